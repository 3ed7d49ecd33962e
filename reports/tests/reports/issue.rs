//! Issues to file.

use insta::assert_snapshot;
use ssespec_reports::fold::fold;
use ssespec_reports::issue::{Issue, distinct, issue};
use ssespec_reports::results::{CaseResult, Delivery, Results, Row, Verdict};

use crate::files::{ALL, read, results, text};

/// A run whose only failure has this session.
pub(crate) fn run(rows: &[(&str, Option<u32>, &str, &str)]) -> Results {
    let run = results("after");
    let failing = |result: &&CaseResult| result.verdict == Verdict::Fail;
    let mut result = run.results().iter().find(failing).expect("a failure").clone();
    let row = |(at, row): (usize, &(&str, Option<u32>, &str, &str))| Row {
        at_us: 1000 * at as u64,
        from: row.0.into(),
        connection: row.1,
        kind: row.2.into(),
        text: row.3.into(),
        length: None,
    };
    result.transcript = rows.iter().enumerate().map(row).collect();
    result.delivery = Delivery::AS_WRITTEN;
    Results::new("issue", run.header().clone(), [result], run.footer().cloned())
}

pub(crate) fn issue_of(run: &Results) -> Issue {
    let cases = fold(run.results());
    issue(run, &cases[0], &[], &["The server sends \"data: a\\n\\n\".".to_owned()]).expect("it failed")
}

pub(crate) const HEAD: &str =
    "HTTP/1.1 200 OK\\r\\ncontent-type: text/event-stream\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n";
pub(crate) const SENT_HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

#[test]
fn an_issue_has_all_that_a_maintainer_needs() {
    let run = run(&[
        ("harness", None, "connect", ""),
        ("client", Some(1), "request", "GET /7/"),
        ("harness", Some(1), "bytes", HEAD),
        ("harness", Some(1), "bytes", "data: a\\n\\n"),
        ("implementation", None, "event", "event type \"message\", data \"a\""),
        ("harness", Some(1), "drop", "fin"),
    ]);
    let issue = issue_of(&run);
    assert_snapshot!("issue-client", issue.markdown);
    let names: Vec<&str> = issue.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["server.py", "response-1.bin"]);
    assert_eq!(issue.files[1].bytes, [SENT_HEAD, b"9\r\ndata: a\n\n\r\n"].concat());
    assert!(issue.markdown.contains(std::str::from_utf8(&issue.files[0].bytes).unwrap()));
}

#[test]
fn an_issue_for_a_server_has_the_request_and_the_bytes() {
    let run = read("probe", &text("probe"));
    let issues: Vec<String> = distinct(&run)
        .iter()
        .filter_map(|failure| issue(&run, &failure.case, &failure.mistakes, &[]))
        .map(|issue| issue.markdown)
        .collect();
    assert!(issues.len() > 1, "one for each failure");
    assert_snapshot!("issue-server", issues[0]);
}

#[test]
fn hostile_text_stays_text() {
    let run = results("hostile");
    for failure in distinct(&run) {
        let Some(issue) = issue(&run, &failure.case, &failure.mistakes, &[]) else { continue };
        let outside: String = issue.markdown.split("```").step_by(2).collect();
        let text: Vec<&str> = outside.lines().filter(|line| !line.starts_with("    ")).collect();
        let tags = text
            .iter()
            .filter(|line| line.contains('<') && !line.contains("<http") && !line.contains("<!--"));
        let tags: Vec<_> =
            tags.filter(|line| !line.contains("details>") && !line.starts_with("<summary>")).collect();
        assert!(tags.is_empty(), "{tags:?}");
        assert!(!issue.markdown.chars().any(|c| c.is_control() && c != '\n'), "{}", issue.markdown);
        assert!(issue.markdown.matches("```").count() <= 2, "{}", issue.markdown);
        assert_snapshot!("issue-hostile", issue.markdown);
    }
}

#[test]
fn only_failures_have_an_issue() {
    for name in ALL {
        let run = results(name);
        for case in fold(run.results()) {
            let failed = case.results().iter().any(|result| {
                result.failure.is_some()
                    && !result.transcript.is_empty()
                    && matches!(result.verdict, Verdict::Fail | Verdict::Warn)
            });
            assert_eq!(issue(&run, &case, &[], &[]).is_some(), failed, "{name}: {}", case.case());
        }
    }
}
