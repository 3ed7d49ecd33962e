//! Text from an implementation can do nothing to a terminal, a page, or the size of a report.

use insta::assert_snapshot;
use proptest::prelude::*;
use ssespec_reports::{
    Results,
    diff::diff,
    fold::CaseOutcome,
    junit::junit,
    markdown::matrix,
    results::{CaseResult, Fact, Failure, Known, KnownFailure, Row},
    snapshot::snapshot,
    terminal::{Style, failure as failure_block, render},
    transcript::escape,
};

use crate::files::results;

/// Every surface of a run, by name.
fn surfaces(run: &Results) -> Vec<(&'static str, String)> {
    let other = results("all-pass");
    vec![
        ("terminal", render(run, Style::default())),
        ("snapshot", snapshot(run)),
        ("matrix", matrix(std::slice::from_ref(run)).expect("one run stands alone")),
        ("junit", junit(run).expect("any run is XML")),
        ("diff", diff(&other, run).text(Style::default())),
        ("diff markdown", diff(&other, run).markdown()),
    ]
}

fn assert_harmless(run: &Results) {
    for (name, text) in surfaces(run) {
        let hidden = text.chars().find(|c| {
            c.is_control() && *c != '\n'
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(hidden, None, "{name}");
    }
}

#[test]
fn nothing_hidden_reaches_any_surface() {
    assert_harmless(&results("hostile"));
}

#[test]
fn no_markup_reaches_markdown() {
    let run = results("hostile");
    for (name, text) in
        surfaces(&run).into_iter().filter(|(name, _)| matches!(*name, "matrix" | "diff markdown"))
    {
        for markup in ["<script", "](", "@everyone", "://evil", "**2**"] {
            let found = text.match_indices(markup).find(|(at, _)| !text[..*at].ends_with('\\'));
            assert_eq!(found, None, "{name}");
        }
    }
}

/// The number of pipes in a row of a table that are not escaped.
fn pipes(row: &str) -> usize {
    let escapes = |at: usize| row[..at].chars().rev().take_while(|c| *c == '\\').count();
    row.match_indices('|').filter(|(at, _)| escapes(*at) % 2 == 0).count()
}

#[test]
fn no_text_breaks_a_table() {
    let hostile = results("hostile");
    let row = hostile.results().iter().find_map(|result| result.transcript.first()).unwrap();
    let run = everywhere("a|b\\|c\\\\|\n|d", row.clone());
    for page in [matrix(std::slice::from_ref(&run)).unwrap(), diff(&run, &hostile).markdown()] {
        for (row, next) in page.lines().zip(page.lines().skip(1)) {
            if row.starts_with('|') && next.starts_with('|') {
                assert_eq!(pipes(row), pipes(next), "{row}\n{next}");
            }
        }
    }
}

/// One failure in which every text is `text`.
pub(crate) fn everywhere(text: &str, row: Row) -> Results {
    let run = results("hostile");
    let mut header = run.header().clone();
    header.implementation.name = text.to_owned();
    header.implementation.version = text.to_owned();
    header.adapter.capabilities = vec![text.to_owned()];
    let template = run.results()[0].clone();
    let result = |case: &str, verdict| CaseResult {
        case: format!("client/{case}/{text}"),
        verdict,
        title: text.to_owned(),
        why: Some(text.to_owned()),
        requirements: vec![text.to_owned()],
        needs: vec![text.to_owned()],
        known: None,
        reason: Some(text.to_owned()),
        late: vec![text.to_owned(); 12],
        failure: Some(Failure {
            step: 1,
            line: 1,
            step_text: text.to_owned(),
            expected: format!("{text}a"),
            observed: format!("{text}b"),
            hint: Some(text.to_owned()),
        }),
        facts: vec![Fact { fact: text.to_owned(), value: text.to_owned() }],
        rerun: text.to_owned(),
        stderr: Some(text.to_owned()),
        transcript: vec![row.clone(); 60],
        ..template.clone()
    };
    use ssespec_reports::results::Verdict::{Error, Fail, Info, Pass, Skip, Warn};
    let mut all: Vec<CaseResult> =
        [("a", Fail), ("b", Error), ("c", Info), ("d", Skip), ("e", Warn), ("f", Pass)]
            .map(|(case, verdict)| result(case, verdict))
            .to_vec();
    all.push(CaseResult {
        known: Some(Known { reason: text.to_owned(), link: Some(text.to_owned()), flaky: false }),
        ..result("g", Fail)
    });
    let mut footer = run.footer().expect("it has one").clone();
    let entry = KnownFailure {
        case: text.to_owned(),
        reason: text.to_owned(),
        link: Some(text.to_owned()),
        fails: Some(text.to_owned()),
        ..KnownFailure::default()
    };
    footer.stale = vec![entry.clone()];
    footer.unmatched = vec![entry];
    Results::new("big.jsonl", header, all, Some(footer))
}

#[test]
fn a_megabyte_everywhere_stays_a_page() {
    let text = "\u{1b}é|".repeat(250_000);
    let row = Row {
        at_us: 1,
        from: text.clone(),
        connection: Some(1),
        kind: "bytes".into(),
        text: "x".repeat(4096),
        length: Some(1_000_000),
    };
    let run = everywhere(&text, row);
    for (name, text) in surfaces(&run) {
        // Twenty texts of seven cases are a megabyte each.
        assert!(text.len() < 250_000, "{name} has {} bytes", text.len());
    }
}

#[test]
fn a_megabyte_of_data_is_shown_where_it_differs() {
    let data = "0123456789".repeat(100_000);
    let run = results("verdicts");
    let mut result =
        run.results().iter().find(|result| result.case.ends_with("crlf-split-across-reads")).unwrap().clone();
    let failure = result.failure.as_mut().unwrap();
    failure.expected = format!("event data \"{data}\"");
    failure.observed = format!("event data \"{}\"", &data[..999_990]);
    let sent = escape(data.as_bytes());
    for row in result.transcript.iter_mut().filter(|row| row.kind == "bytes") {
        (row.text, row.length) = (sent.text.clone(), sent.length);
    }
    let case = CaseOutcome::of([&result]).unwrap();
    assert_snapshot!(failure_block(&run.header().requirements, &case, Style::default()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_does_anything(text in any::<String>(), kind in "bytes|event|.*", connection in any::<Option<u32>>()) {
        let row = Row { at_us: u64::MAX, from: text.clone(), connection, kind, text: text.clone(), length: Some(u64::MAX) };
        let run = everywhere(&text, row);
        assert_harmless(&run);
        // What is XML for one reader is XML for all.
        let xml = junit(&run).unwrap();
        prop_assert!(quick_junit::Report::deserialize_from_str(&xml).is_ok());
    }
}
