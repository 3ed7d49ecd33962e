//! The cases of the suite: all of them can be read, and each is written as agreed.

use std::collections::BTreeSet;

use ssespec_cases::explain::explain;
use ssespec_cases::{Case, Corpus, Role};

/// The first line of each, by which editors find the schema: as many folders up as the id has.
fn schema(case: &Case) -> String {
    let file = match case.role() {
        Role::Client => "case.schema.json",
        Role::Server => "server-case.schema.json",
        Role::Intermediary => "intermediary-case.schema.json",
    };
    format!("#:schema {}{file}\n", "../".repeat(case.id.matches('/').count()))
}

/// The keys of a case in their order.
const KEYS: &[&str] = &["title", "requirements", "needs", "why", "counterparts", "isolated", "steps"];

fn corpus() -> Corpus {
    Corpus::embedded().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn there_are_cases() {
    assert!(corpus().cases.len() >= 80);
}

#[test]
fn titles_differ() {
    let corpus = corpus();
    let titles: BTreeSet<String> = corpus.cases.values().map(|case| case.title.to_lowercase()).collect();
    assert_eq!(titles.len(), corpus.cases.len());
}

#[test]
fn each_names_its_schema() {
    for (id, case) in &corpus().cases {
        let schema = schema(case);
        assert!(case.source.text().starts_with(&schema), "{id} does not begin with {schema}");
        assert!((2..=3).contains(&id.matches('/').count()), "{id} is in a group, which may be in a group");
    }
}

/// Whether Windows refuses a file or folder with this name, whatever its extension,
/// <https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file>.
fn is_reserved(name: &str) -> bool {
    let device = name.strip_suffix(|last: char| last.is_ascii_digit() && last != '0');
    ["con", "prn", "aux", "nul"].contains(&name) || device.is_some_and(|name| ["com", "lpt"].contains(&name))
}

#[test]
fn every_file_can_be_created_on_windows() {
    assert!(is_reserved("nul") && is_reserved("com1") && !is_reserved("com0") && !is_reserved("comments"));
    for id in corpus().cases.keys() {
        if let Some(name) = id.split('/').find(|name| is_reserved(name)) {
            panic!("{id}: `{name}` is a reserved name on Windows; rename the file or folder");
        }
    }
}

#[test]
fn keys_come_in_one_order() {
    for (id, case) in &corpus().cases {
        let written: Vec<&str> = case.source.text().lines().filter_map(key).collect();
        let mut sorted = written.clone();
        sorted.sort_by_key(|key| KEYS.iter().position(|known| known == key));
        assert_eq!(written, sorted, "{id}");
    }
}

/// The key at the start of a line.
fn key(line: &str) -> Option<&str> {
    line.split_once(" = ").map(|(key, _)| key).filter(|key| KEYS.contains(key))
}

#[test]
fn steps_stand_on_lines_of_their_own() {
    for (id, case) in &corpus().cases {
        let lines: Vec<usize> = case.script.locations().iter().map(|at| at.line).collect();
        assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "{id}: {lines:?}");
    }
}

#[test]
fn each_can_be_explained() {
    let corpus = corpus();
    for (id, case) in &corpus.cases {
        let text = explain(case, &corpus);
        assert!(text.starts_with(&format!("{id}\n{}\n", case.title)), "{id}");
        let steps = text.split_once("\nSteps").map(|(_, steps)| steps).unwrap_or_default();
        for number in 1..=case.script.locations().len() {
            assert!(steps.contains(&format!("\n  {number:>7}  ")), "{id}: step {number} is missing\n{text}");
        }
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{id}: {text:?}");
    }
}

/// The case of this id.
fn case<'a>(corpus: &'a Corpus, id: &str) -> &'a Case {
    corpus.cases.get(id).unwrap_or_else(|| panic!("no case {id}"))
}

#[test]
fn a_simple_case_in_english() {
    let corpus = corpus();
    insta::assert_snapshot!(explain(case(&corpus, "client/lines/crlf-ends-one-line"), &corpus));
}

#[test]
fn a_case_that_reconnects_in_english() {
    let corpus = corpus();
    insta::assert_snapshot!(explain(case(&corpus, "client/reconnect/data-is-not-carried-over"), &corpus));
}

#[test]
fn a_case_for_browsers_in_english() {
    let corpus = corpus();
    insta::assert_snapshot!(explain(case(&corpus, "client/browser/close/in-the-message-handler"), &corpus));
}

#[test]
fn a_case_with_alternatives_in_english() {
    let corpus = corpus();
    insta::assert_snapshot!(explain(case(&corpus, "client/redirects/to-a-data-url"), &corpus));
}
