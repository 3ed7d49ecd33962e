//! Counterparts that are in no list.

use ssespec_diagnostics::Findings;

use super::place::place;
use crate::case::Case;
use crate::corpus::Corpus;
use crate::counterpart;

/// Checks that the tests of other suites that the case names exist.
pub(super) fn check(case: &Case, corpus: &Corpus, findings: &mut Findings) {
    for (number, name) in case.counterparts.iter().enumerate() {
        let place = || place(case, "counterparts", Some(number));
        if case.counterparts[..number].contains(name) {
            findings.add_with_hint(place(), "a counterpart is listed twice", "listed before", "remove it");
        } else if let Err(unknown) = counterpart::named(name, &corpus.counterparts) {
            findings.add_with_hint(place(), unknown.to_string(), "not listed", unknown.hint);
        }
    }
}
