//! What a corpus lacks as a whole: cases for testable requirements, and an explanation for each test of another suite.
//!
//! This concerns a corpus rather than single files, so reading a case does not check it: a folder with a single case is
//! not wrong because it covers little.

use std::collections::{BTreeMap, BTreeSet};

use ssespec_diagnostics::{Diagnostics, Findings, Source};

use crate::corpus::Corpus;
use crate::counterpart::{self, List};
use crate::requirement::Requirement;
use crate::role::Role;

#[cfg(test)]
mod tests;

/// The roles that a requirement binds but for which no case checks it; empty if it is untestable.
pub fn missing(requirement: &Requirement, corpus: &Corpus) -> BTreeSet<Role> {
    let mut roles = requirement.roles();
    if requirement.untestable.is_some() {
        roles.clear();
    }
    for case in corpus.cases.values().filter(|case| case.requirements.contains(&requirement.id)) {
        roles.remove(&case.role());
    }
    roles
}

/// Checks a whole corpus: each testable requirement that binds a role with cases has a case of that role, an untestable
/// one has none, and each test of another suite is named by a case or explains why not.
pub fn check(corpus: &Corpus) -> Vec<Diagnostics> {
    check_beside(corpus, |_, _| false)
}

/// Like [`check`], if requirements are also checked by something other than cases: `elsewhere` says whether that is so
/// for a requirement and a role.
pub fn check_beside(corpus: &Corpus, elsewhere: impl Fn(&Requirement, Role) -> bool) -> Vec<Diagnostics> {
    let roles: BTreeSet<Role> = corpus.cases.values().map(|case| case.role()).collect();
    let mut files: BTreeMap<String, (Source, Findings)> = BTreeMap::new();
    for requirement in corpus.requirements.values() {
        let file = files.entry(requirement.source.name().to_owned());
        let (_, findings) = file.or_insert_with(|| (requirement.source.clone(), Findings::default()));
        let missing = missing(requirement, corpus);
        for role in missing.intersection(&roles).filter(|role| !elsewhere(requirement, **role)) {
            let message = format!("no {role} case checks {}", requirement.id);
            let hint = format!(
                "write a case that lists \"{}\" in its requirements, or say why it is untestable: untestable = \"..\"",
                requirement.id
            );
            findings.add_with_hint(
                requirement.span.clone(),
                message,
                format!("binds {}", role.with_article()),
                hint,
            );
        }
        contradiction(requirement, corpus, findings);
    }
    let of_lists = corpus.counterparts.values().map(|list| tests(list, corpus));
    let found = files.into_values().chain(of_lists);
    found.filter_map(|(source, findings)| findings.or(&source, Some(())).err()).collect()
}

/// Finds a requirement that is marked untestable but has a case.
fn contradiction(requirement: &Requirement, corpus: &Corpus, findings: &mut Findings) {
    let case = corpus.cases.values().find(|case| case.requirements.contains(&requirement.id));
    if let (Some(_), Some(case)) = (&requirement.untestable, case) {
        let message = format!("{} is marked untestable, but {} checks it", requirement.id, case.id);
        let hint = "remove `untestable`, or remove the requirement from the case";
        findings.add_with_hint(requirement.span.clone(), message, "one of them is wrong", hint);
    }
}

/// Finds tests that neither a case nor a reason mentions, and tests that both do.
fn tests(list: &List, corpus: &Corpus) -> (Source, Findings) {
    let mut findings = Findings::default();
    for test in &list.tests {
        let case = counterpart::cases(list, test, corpus.cases.values()).first().map(|case| &case.id);
        match (case, &test.none) {
            (Some(case), Some((_, place))) => {
                let message = format!("{case} makes the claim of \"{}\"", test.name);
                let hint = "remove it here, or from the counterparts of the case";
                findings.add_with_hint(place.clone(), message, "a case exists", hint);
            }
            (None, None) => {
                let message = format!("no case makes the claim of \"{}\"", test.name);
                let hint = format!(
                    "add \"{}:{}\" to the counterparts of a case that fails if the claim is violated, or say \
                     below [none] why there is no such case",
                    list.name, test.name
                );
                findings.add_with_hint(test.span.clone(), message, "neither named nor explained", hint);
            }
            _ => {}
        }
    }
    (list.source.clone(), findings)
}
