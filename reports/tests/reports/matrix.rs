//! Many implementations side by side.

use insta::assert_snapshot;
use ssespec_reports::markdown::{MatrixError, compatibility, matrix};

use crate::files::{read, results, text};

#[test]
fn each_file_alone() {
    for name in ["all-pass", "empty", "hostile"] {
        assert_snapshot!(format!("matrix-{name}"), matrix(&[results(name)]).unwrap());
    }
}

#[test]
fn many_implementations() {
    let runs = ["verdicts", "incomplete", "other", "after"].map(results);
    assert_snapshot!("matrix-many", matrix(&runs).unwrap());
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let mut runs = ["verdicts", "incomplete", "other", "after"].map(results).to_vec();
    let page = matrix(&runs).unwrap();
    runs.reverse();
    assert_eq!(matrix(&runs).unwrap(), page);
}

#[test]
fn what_cannot_stand_side_by_side_is_refused() {
    assert_eq!(matrix(&[]), Err(MatrixError::Nothing));
    let twice = matrix(&[results("verdicts"), results("all-pass")]).unwrap_err();
    assert_snapshot!(twice, @"verdicts.jsonl and all-pass.jsonl are both results of eventsource 5.1.5 (JavaScript client): pass only one of them");
    let older =
        read("older", &text("other").replace("\"suite_version\":\"0.1.0\"", "\"suite_version\":\"0.0.9\""));
    let mixed = matrix(&[results("verdicts"), older]).unwrap_err();
    assert_snapshot!(mixed, @"verdicts.jsonl is from ssespec 0.1.0, older.jsonl from 0.0.9: their cases differ, so run one of them again");
}

#[test]
fn roles_and_suites_have_tables_of_their_own() {
    let proxy = text("all-pass")
        .replace("\"role\":\"client\"", "\"role\":\"intermediary\"")
        .replace("eventsource", "nginx");
    let page = matrix(&[results("other"), read("proxy", &proxy)]).unwrap();
    let headings: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(
        headings,
        [
            "## whatwg: clients",
            "## whatwg: intermediaries",
            "## http: clients",
            "## http: intermediaries",
            "## Implementations"
        ]
    );
}

#[test]
fn a_page_about_many_implementations() {
    let site = "https://example.org/site";
    let runs = ["verdicts", "incomplete", "other", "after"].map(results).to_vec();
    let page = compatibility(&runs, site).unwrap();
    assert_snapshot!("compatibility-many", page);
    for name in ["all-pass", "empty", "hostile"] {
        assert_snapshot!(format!("compatibility-{name}"), compatibility(&[results(name)], site).unwrap());
    }
    let reversed: Vec<_> = runs.into_iter().rev().collect();
    assert_eq!(compatibility(&reversed, site).unwrap(), page);
    assert_eq!(compatibility(&[], site), Err(MatrixError::Nothing));
}
