//! The list of checks fits the requirements.

use std::collections::BTreeSet;

use ssespec_cases::Corpus;
use ssespec_cases::requirement::Bound;
use ssespec_probe::all_checks;

#[test]
fn check_names_are_unique_and_every_check_has_a_requirement_for_servers() {
    let corpus = Corpus::embedded().expect("the requirements");
    let all = all_checks();
    let names: BTreeSet<&str> = all.iter().map(|check| check.name).collect();
    assert_eq!(names.len(), all.len(), "the names are unique");
    for check in &all {
        let requirement = corpus.requirements.get(check.requirement);
        let requirement = requirement.unwrap_or_else(|| panic!("{}: no {}", check.name, check.requirement));
        assert!(requirement.binds.contains(&Bound::Server), "{}", check.name);
    }
}
