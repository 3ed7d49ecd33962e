//! What a corpus lacks as a whole: cases for testable requirements, and a word about each test of another suite.
//!
//! This is no matter of one file, so it is asked for a corpus and not when a case is read: a folder with one case in it
//! is not wrong because it covers little.

use std::collections::{BTreeMap, BTreeSet};

use ssespec_diagnostics::{Diagnostics, Findings, Source};

use crate::counterpart::{self, List};
use crate::{Corpus, Requirement};

#[cfg(test)]
mod tests;

/// The roles that a requirement binds and of which no case checks it; none where no case can.
pub fn missing(requirement: &Requirement, corpus: &Corpus) -> BTreeSet<&'static str> {
    let mut roles = requirement.roles();
    if requirement.untestable.is_some() {
        roles.clear();
    }
    for case in corpus.cases.values().filter(|case| case.requirements.contains(&requirement.id)) {
        roles.remove(case.role());
    }
    roles
}

/// Looks at all of a corpus: each testable requirement that binds a role with cases has a case of that role, what is
/// called untestable has none, and each test of another suite is named by a case or has a reason why none does.
pub fn check(corpus: &Corpus) -> Vec<Diagnostics> {
    check_beside(corpus, |_, _| false)
}

/// The same where statements are also checked by something else than cases: `elsewhere` says so of a requirement and a
/// role.
pub fn check_beside(corpus: &Corpus, elsewhere: impl Fn(&Requirement, &str) -> bool) -> Vec<Diagnostics> {
    let roles: BTreeSet<&str> = corpus.cases.values().map(|case| case.role()).collect();
    let mut files: BTreeMap<String, (Source, Findings)> = BTreeMap::new();
    for requirement in corpus.requirements.values() {
        let file = files.entry(requirement.source.name().to_owned());
        let (_, findings) = file.or_insert_with(|| (requirement.source.clone(), Findings::default()));
        let missing = missing(requirement, corpus);
        for role in missing.intersection(&roles).filter(|role| !elsewhere(requirement, role)) {
            let message = format!("no {role} case checks {}", requirement.id);
            let hint = format!(
                "write a case that names \"{}\" among its requirements, or say why none can: untestable = \"..\"",
                requirement.id
            );
            findings.add_with_hint(requirement.span.clone(), message, format!("binds a {role}"), hint);
        }
        contradiction(requirement, corpus, findings);
    }
    let of_lists = corpus.counterparts.values().map(|list| tests(list, corpus));
    let found = files.into_values().chain(of_lists);
    found.filter_map(|(source, findings)| findings.or(&source, Some(())).err()).collect()
}

/// A requirement that is called untestable and has a case.
fn contradiction(requirement: &Requirement, corpus: &Corpus, findings: &mut Findings) {
    let case = corpus.cases.values().find(|case| case.requirements.contains(&requirement.id));
    if let (Some(_), Some(case)) = (&requirement.untestable, case) {
        let message = format!("{} is called untestable, and {} checks it", requirement.id, case.id);
        let hint = "take `untestable` out, or the requirement out of the case";
        findings.add_with_hint(requirement.span.clone(), message, "one of them is wrong", hint);
    }
}

/// Each test of a list is named by a case, or has a reason why none does.
fn tests(list: &List, corpus: &Corpus) -> (Source, Findings) {
    let mut findings = Findings::default();
    for test in &list.tests {
        let case = counterpart::cases(list, test, corpus.cases.values()).first().map(|case| &case.id);
        match (case, &test.none) {
            (Some(case), Some((_, place))) => {
                let message = format!("{case} makes the claim of \"{}\"", test.name);
                let hint = "take it out here, or out of the case's counterparts";
                findings.add_with_hint(place.clone(), message, "so there is one", hint);
            }
            (None, None) => {
                let message = format!("no case makes the claim of \"{}\"", test.name);
                let hint = format!(
                    "name \"{}:{}\" among the counterparts of a case that fails when the claim is broken, or say \
                     below [none] why there is none",
                    list.name, test.name
                );
                findings.add_with_hint(test.span.clone(), message, "neither named nor explained", hint);
            }
            _ => {}
        }
    }
    (list.source.clone(), findings)
}
