//! The suite as a whole: what no case checks, and that every test of the other suites is accounted for.

use std::fmt::Write;

use ssespec_cases::Corpus;
use ssespec_cases::lint::coverage;

fn corpus() -> Corpus {
    Corpus::embedded().unwrap_or_else(|error| panic!("{error}"))
}

/// The statements that bind clients, can be tested and have no case. The list shrinks to nothing; what is added to it
/// is a statement without a case.
#[test]
fn what_no_case_checks_is_known() {
    let corpus = corpus();
    let mut list = String::new();
    for requirement in corpus.requirements.values() {
        if coverage::missing(requirement, &corpus).contains("client") {
            writeln!(list, "{} ({})", requirement.id, requirement.binds.join(", ")).expect("a string");
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("not-yet-covered", list);
    });
}

/// Whatever is wrong beside that.
#[test]
fn nothing_else_is_lacking() {
    for told in coverage::check(&corpus()) {
        for finding in told.list() {
            let is_uncovered =
                finding.message.starts_with("no client case checks ") && finding.label == "binds a client";
            assert!(is_uncovered, "{told}");
        }
    }
}

#[test]
fn a_finding_points_at_the_requirement() {
    for told in coverage::check(&corpus()) {
        for finding in told.list() {
            let name = &told.source().text()[finding.span.clone()];
            let line = told.source().text()[..finding.span.start].lines().last().unwrap_or_default();
            assert_eq!(line, "[requirement.", "{name}");
            assert!(finding.message.ends_with(&format!("/{name}")), "{}", finding.message);
        }
    }
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
