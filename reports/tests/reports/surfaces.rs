//! A snapshot of every text surface for every results file.

use insta::assert_snapshot;
use ssespec_reports::{
    Results,
    fold::{counts, fold},
    results::{Adapters, CaseResult, Counts, Footer},
    snapshot::snapshot,
    terminal::{Color, Progress, Style, Times, case_line, failure, overview, progress_line, render},
};

use crate::files::{ALL, results};

#[test]
fn a_run_on_a_terminal() {
    for name in ALL {
        assert_snapshot!(format!("terminal-{name}"), render(&results(name), Style::default()));
    }
}

#[test]
fn what_happened_to_the_adapter_is_shown_where_all_pass() {
    let run = results("all-pass");
    let noted = |note: &str| {
        let with_note = |result: &CaseResult| CaseResult { reason: Some(note.into()), ..result.clone() };
        run.results().iter().map(with_note).collect::<Vec<_>>()
    };
    let text = |died, exit_status, all: Vec<CaseResult>| {
        let adapters = Some(Adapters { started: 12, died });
        let footer = Footer { adapters, exit_status, ..run.footer().unwrap().clone() };
        render(&Results::new("noted", run.header().clone(), all, Some(footer)), Style::default())
    };
    let note = "afterwards: the adapter did not answer `close` with `closed` within 5s";
    let shown = text(9, 1, noted(note));
    assert_snapshot!("terminal-adapter-died", shown);
    assert!(text(1, 0, noted(note)).contains("the adapter died once and was restarted\n"));
    assert!(!text(0, 0, run.results().to_vec()).contains("died"));
}

#[test]
fn several_runs_end_with_a_table() {
    let runs = ["verdicts", "all-pass", "incomplete", "other", "empty", "hostile"].map(results);
    assert_snapshot!("terminal-overview", overview(&runs, Style::default()));
}

#[test]
fn a_run_to_be_compared() {
    for name in ALL {
        assert_snapshot!(format!("snapshot-{name}"), snapshot(&results(name)));
    }
}

#[test]
fn color_and_times_add_to_the_plain_text_and_change_none_of_it() {
    let run = results("verdicts");
    let styled = render(&run, Style { color: Color::Ansi, ..Style::default() });
    assert_snapshot!("terminal-color", styled.replace('\u{1b}', "␛"));
    assert_eq!(without_ansi(&styled), render(&run, Style::default()));
    assert_snapshot!("terminal-times", render(&run, Style { times: Times::Shown, ..Style::default() }));
}

fn without_ansi(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split("\u{1b}[");
    plain.push_str(parts.next().expect("a split has a first part"));
    for part in parts {
        plain.push_str(part.split_once('m').expect("a style ends").1);
    }
    plain
}

#[test]
fn one_line_for_a_case() {
    let run = results("verdicts");
    let lines: Vec<String> =
        fold(run.results()).iter().map(|case| case_line(case, Style::default())).collect();
    assert_snapshot!(lines.join("\n"));
}

#[test]
fn one_failure_alone() {
    let run = results("after");
    let cases = fold(run.results());
    let case = cases.iter().find(|case| case.case() == "client/fields/data-appends").unwrap();
    assert_snapshot!(failure(&[], case, Style::default()));
}

#[test]
fn one_line_of_progress() {
    let counts = Counts { pass: 140, fail: 1, skip: 2, ..Counts::default() };
    let progress = Progress { counts, planned: 1271, running: Some("client/lines/crlf-split-across-reads") };
    assert_snapshot!(
        progress_line(&progress, Style::default()),
        @" 143 of 1271  ✔ 140  ✘ 1  – 2  client/lines/crlf-split-across-reads"
    );
    let start = Progress { counts: Counts::default(), planned: 9, running: None };
    assert_snapshot!(progress_line(&start, Style::default()), @"0 of 9");
}

#[test]
fn the_fold_counts_what_the_footer_says() {
    for name in ALL {
        let run = results(name);
        if let Some(footer) = run.footer() {
            assert_eq!(counts(&fold(run.results())), footer.counts, "{name}");
        }
    }
}
