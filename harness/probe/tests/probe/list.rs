//! The list of checks.

use std::collections::BTreeSet;

use ssespec_cases::Corpus;
use ssespec_cases::requirement::Bound;
use ssespec_probe::check;

#[test]
fn checks_and_requirements_fit_each_other() {
    let corpus = Corpus::embedded().expect("the requirements");
    let all = check::all();
    let names: BTreeSet<&str> = all.iter().map(|check| check.name).collect();
    assert_eq!(names.len(), all.len(), "names differ");
    for check in &all {
        let requirement = corpus.requirements.get(check.requirement);
        let requirement = requirement.unwrap_or_else(|| panic!("{}: no {}", check.name, check.requirement));
        assert!(requirement.binds.contains(&Bound::Server), "{}", check.name);
    }
}
