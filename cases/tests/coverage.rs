//! The suite as a whole: no testable statement is without a case, and every test of the other suites is accounted for.

use ssespec_cases::lint::coverage;
use ssespec_cases::{Corpus, Requirement, Role};

fn corpus() -> Corpus {
    Corpus::embedded().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_testable_statement_that_binds_a_client_has_a_case_and_every_counterpart_a_word() {
    let mut corpus = corpus();
    corpus.cases.retain(|_, case| case.role() == Role::Client);
    let reported: Vec<String> = coverage::check(&corpus).iter().map(ToString::to_string).collect();
    assert!(reported.is_empty(), "{}", reported.join("\n"));
}

#[test]
fn every_testable_statement_that_binds_an_intermediary_has_a_case() {
    let corpus = corpus();
    let is_missing =
        |requirement: &&Requirement| coverage::missing(requirement, &corpus).contains(&Role::Intermediary);
    let missing: Vec<&str> =
        corpus.requirements.values().filter(is_missing).map(|requirement| requirement.id.as_str()).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_other_suites_are_listed_whole() {
    let lists = corpus().counterparts;
    let count = |name: &str| lists.get(name).map(|list| list.tests.len());
    assert_eq!(count("wpt"), Some(62));
    assert_eq!(count("sse-contract-tests"), Some(113));
}

#[test]
fn a_section_is_said_of_every_statement_of_a_standard() {
    for requirement in corpus().requirements.values().filter(|one| ["whatwg", "http"].contains(&one.suite()))
    {
        assert!(
            requirement.section.as_ref().is_some_and(|name| !name.trim().is_empty()),
            "{}",
            requirement.id
        );
    }
}
