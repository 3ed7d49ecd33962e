//! All lints of a case.

use std::collections::BTreeMap;

use ssespec_diagnostics::{Diagnostics, Findings};

use super::claim::Claims;
use super::{choices, claim, counterparts, growth, isolation, needs, soak};
use crate::case::{Case, Script};
use crate::corpus::Corpus;
use crate::{client, intermediary, server};

#[cfg(test)]
mod tests;

/// Checks new cases against each other and against those of a corpus. Each must name a requirement.
pub fn check(cases: &[Case], corpus: &Corpus) -> Vec<Diagnostics> {
    check_with(cases, corpus, Claims::Required)
}

/// The same, where cases may be without requirements.
pub(crate) fn check_with(cases: &[Case], corpus: &Corpus, claims: Claims) -> Vec<Diagnostics> {
    let mut titles: BTreeMap<&str, &str> =
        corpus.cases.values().map(|case| (case.title.as_str(), case.id.as_str())).collect();
    let mut found = Vec::new();
    for case in cases {
        let mut findings = Findings::default();
        claim::title(case, &mut titles, &mut findings);
        claim::requirements(case, corpus, claims, &mut findings);
        claim::script(case, &mut findings);
        needs::check(case, &mut findings);
        counterparts::check(case, corpus, &mut findings);
        isolation::check(case, &mut findings);
        match &case.script {
            Script::Client(steps) => {
                client::lint::check(steps, &mut findings);
                client::lost_attempts::check(steps, &mut findings);
                // A user knows the delays of the clients that their own cases are for, and how long they want to wait.
                if claims == Claims::Required {
                    client::hidden_windows::check(steps, &mut findings);
                    soak::check(case.soak, steps, &mut findings);
                }
                choices::check(steps, &mut findings);
                growth::check(steps, &mut findings);
            }
            Script::Intermediary(steps) => {
                intermediary::lint::check(steps, &mut findings);
                if claims == Claims::Required {
                    soak::check(case.soak, steps, &mut findings);
                }
                choices::check(steps, &mut findings);
            }
            Script::Server(steps) => {
                server::lint::check(steps, &mut findings);
                choices::check(steps, &mut findings);
                growth::check(steps, &mut findings);
            }
        }
        if let Err(diagnostics) = findings.or(&case.source, Some(())) {
            found.push(diagnostics);
        }
    }
    found
}
