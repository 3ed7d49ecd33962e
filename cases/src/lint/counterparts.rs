//! Counterparts that no list knows.

use ssespec_diagnostics::Findings;

use super::place;
use crate::{Case, Corpus, counterpart};

/// Whether the tests of other suites that the case names are there.
pub(super) fn check(case: &Case, corpus: &Corpus, findings: &mut Findings) {
    for (number, name) in case.counterparts.iter().enumerate() {
        let place = || place(case, "counterparts", Some(number));
        if case.counterparts[..number].contains(name) {
            findings.add_with_hint(place(), "a counterpart is named twice", "named before", "take it out");
        } else if let Err(unknown) = counterpart::named(name, &corpus.counterparts) {
            findings.add_with_hint(place(), unknown.to_string(), "not listed", unknown.hint);
        }
    }
}
