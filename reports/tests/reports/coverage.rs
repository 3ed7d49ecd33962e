//! Documents statement by statement.

use insta::assert_snapshot;
use ssespec_reports::{
    coverage::{Check, Counterparts, Coverage, ForeignSuite, ForeignTest, Section, Statement, Suite},
    markdown::MatrixError,
    results::{Level, Results},
    terminal::Color,
};

use crate::files::{read, results, text};

/// What everything that comes from a file may hold.
const HOSTILE: &str = "\u{1b}[31m</td> | `a|b` *x* [l](javascript:1) @org #1 \u{202e}";

fn check(id: &str) -> Check {
    Check { id: id.to_owned(), title: format!("The claim of {id}") }
}

fn statement(id: &str, level: Level, text: &str) -> Statement {
    Statement {
        id: format!("whatwg/{id}"),
        level,
        binds: vec!["parser".to_owned(), "connection".to_owned()],
        roles: vec!["client".to_owned()],
        text: text.to_owned(),
        link: format!("https://example.org/standard#{id}"),
        evidence: Vec::new(),
        untestable: None,
        disputed: None,
        cases: Vec::new(),
        missing: Vec::new(),
        results: Vec::new(),
    }
}

/// The statements that the results files are about, and some more.
fn suites() -> Vec<Suite> {
    let lines = vec![
        Statement {
            cases: vec![check("client/chunks/crlf")],
            ..statement(
                "line-crlf-split-across-reads",
                Level::Must,
                "A CR and the LF of the next read are one.",
            )
        },
        Statement {
            cases: vec![check("client/lines/crlf"), check("client/lines/crlf-again")],
            ..statement("line-crlf-single-terminator", Level::Must, "CR and LF are `one`.")
        },
        Statement {
            cases: vec![check("client/lines/cr")],
            ..statement("line-cr-last-byte-not-delayed", Level::Should, "A CR is not waited for.")
        },
    ];
    let others = vec![
        Statement {
            untestable: Some("Nobody can see it.".to_owned()),
            ..statement("hidden", Level::May, "It is hidden.")
        },
        Statement {
            disputed: Some("One reading `keeps` it, the other does not.".to_owned()),
            missing: vec!["client".to_owned()],
            ..statement("open", Level::Must, "It is open.")
        },
        Statement {
            roles: vec!["client".to_owned(), "server".to_owned()],
            missing: vec!["server".to_owned()],
            cases: vec![check("client/both")],
            evidence: vec!["owner/name#1".to_owned(), "CVE-1-2".to_owned()],
            ..statement("both", Level::Must, "It binds both.")
        },
    ];
    let hostile = Statement {
        id: HOSTILE.to_owned(),
        link: "javascript:alert(1)".to_owned(),
        untestable: Some(HOSTILE.to_owned()),
        evidence: vec![HOSTILE.to_owned()],
        cases: vec![Check { id: HOSTILE.to_owned(), title: HOSTILE.to_owned() }],
        missing: vec![HOSTILE.to_owned()],
        ..statement("", Level::Must, HOSTILE)
    };
    let section =
        |title: Option<&str>, requirements| Section { title: title.map(str::to_owned), requirements };
    vec![
        Suite {
            name: "house".to_owned(),
            title: Some(HOSTILE.to_owned()),
            url: Some(HOSTILE.to_owned()),
            sections: vec![section(Some(HOSTILE), vec![hostile]), section(None, Vec::new())],
        },
        Suite {
            name: "whatwg".to_owned(),
            title: Some("The standard".to_owned()),
            url: Some("https://example.org/standard".to_owned()),
            sections: vec![section(Some("Lines and `data`"), lines), section(None, others)],
        },
    ]
}

fn coverage(runs: &[Results]) -> Coverage {
    Coverage::new(suites(), runs).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn statements_and_their_cases() {
    assert_snapshot!("coverage-text", coverage(&[]).text(Color::Plain));
    assert_snapshot!("coverage-markdown", coverage(&[]).markdown());
}

#[test]
fn who_keeps_them() {
    let runs = ["verdicts", "incomplete", "other", "hostile"].map(results);
    assert_snapshot!("coverage-text-runs", coverage(&runs).text(Color::Plain));
    assert_snapshot!("coverage-markdown-runs", coverage(&runs).markdown());
    assert_snapshot!("coverage-json-runs", coverage(&runs).json().unwrap());
}

#[test]
fn what_has_no_case() {
    let uncovered = coverage(&[]).uncovered();
    let text = uncovered.text(Color::Plain);
    assert!(text.contains("whatwg/open") && text.contains("whatwg/both"), "{text}");
    assert!(!text.contains("whatwg/hidden") && !text.contains("whatwg/line"), "{text}");
    // The numbers are of all.
    let numbers = |text: &str| text.split("Testable statements").nth(1).unwrap().to_owned();
    assert_eq!(numbers(&text), numbers(&coverage(&[]).text(Color::Plain)));
}

#[test]
fn color_adds_to_the_plain_text_and_changes_none_of_it() {
    let runs = ["verdicts"].map(results);
    let styled = coverage(&runs).text(Color::Ansi);
    let mut parts = styled.split("\u{1b}[");
    let mut plain = parts.next().unwrap().to_owned();
    plain.extend(parts.map(|part| part.split_once('m').unwrap().1));
    assert_eq!(plain, coverage(&runs).text(Color::Plain));
    assert!(styled.matches('\u{1b}').count() > 10);
}

#[test]
fn nothing_that_a_file_says_is_taken_for_more_than_text() {
    let runs = ["hostile"].map(results);
    for page in [
        coverage(&runs).text(Color::Plain),
        coverage(&runs).markdown(),
        tests().text(Color::Plain),
        tests().markdown(),
    ] {
        assert!(!page.contains(['\u{1b}', '\u{202e}']), "{page}");
    }
    for page in [coverage(&runs).markdown(), tests().markdown()] {
        assert!(!page.contains("</td>") && !page.contains("l](") && !page.contains("(<javascript"), "{page}");
        assert!(!page.contains("@org") && !page.contains("#1 "), "{page}");
        // A row has as many cells as its heading.
        let mut cells = 0;
        for line in page.lines() {
            let count = line.replace("\\|", "").matches('|').count();
            cells = if count == 0 {
                0
            } else if cells == 0 {
                count
            } else {
                cells
            };
            assert_eq!(count, cells, "{line}");
        }
    }
}

#[test]
fn what_cannot_stand_side_by_side_is_refused() {
    let twice = ["verdicts", "all-pass"].map(results);
    assert!(matches!(Coverage::new(suites(), &twice), Err(MatrixError::Duplicate { .. })));
    let older =
        read("older", &text("other").replace("\"suite_version\":\"0.1.0\"", "\"suite_version\":\"0.0.9\""));
    let mixed = [results("verdicts"), older];
    assert!(matches!(Coverage::new(suites(), &mixed), Err(MatrixError::SuiteVersions { .. })));
}

fn tests() -> Counterparts {
    let test = |name: &str, cases: &[&str], none: Option<&str>| ForeignTest {
        name: name.to_owned(),
        cases: cases.iter().map(|id| check(id)).collect(),
        none: none.map(str::to_owned),
    };
    let of = |name: &str, title: &str, url: &str, tests| ForeignSuite {
        name: name.to_owned(),
        title: title.to_owned(),
        url: url.to_owned(),
        revision: "18 August 2025".to_owned(),
        tests,
    };
    let plain = vec![
        test("format-bom.any.js", &["client/bom/a", "client/bom/b"], None),
        test("window.htm", &[], Some("It needs a `window`.")),
    ];
    let hostile = vec![test(HOSTILE, &[HOSTILE], None), test("b", &[], Some(HOSTILE)), test("c", &[], None)];
    let suites = vec![
        of("wpt", "Web Platform Tests", "https://example.org/wpt", plain),
        of("house", HOSTILE, HOSTILE, hostile),
    ];
    Counterparts { suites }
}

#[test]
fn tests_of_other_suites() {
    assert_snapshot!("counterparts-text", tests().text(Color::Plain));
    assert_snapshot!("counterparts-markdown", tests().markdown());
    assert_snapshot!("counterparts-json", tests().json().unwrap());
}
