//! Reading: what is superseded, what is incomplete, and what every error says.

use insta::assert_snapshot;
use proptest::prelude::*;
use ssespec_reports::{
    Results,
    results::{Delivery, Known, Verdict, Warning},
    terminal::{Style, render},
};

use crate::files::{ALL, results, text};

fn error(text: &str) -> String {
    Results::read("run.jsonl", text.as_bytes()).expect_err("it is wrong").to_string()
}

fn lines(name: &str) -> Vec<String> {
    text(name).lines().map(str::to_owned).collect()
}

#[test]
fn a_later_record_supersedes() {
    let run = results("verdicts");
    let close: Vec<_> =
        run.results().iter().filter(|result| result.case.ends_with("cancels-reconnect")).collect();
    assert_eq!(close.len(), 2);
    assert_eq!((close[0].delivery, close[0].verdict), (Delivery::AS_WRITTEN, Verdict::Fail));
    assert_eq!((close[1].delivery, close[1].verdict), (Delivery::WHOLE, Verdict::Pass));
}

#[test]
fn the_order_of_the_lines_does_not_matter() {
    let mut lines = lines("verdicts");
    let last = lines.len() - 1;
    lines[1..last].reverse();
    let reversed = Results::read("verdicts.jsonl", lines.join("\n").as_bytes()).unwrap();
    assert_eq!(reversed, results("verdicts"));
}

#[test]
fn the_earlier_name_of_flaky_is_read() {
    let known = |name| {
        let flag = format!(r#"{{"reason":"r","{name}":true}}"#);
        serde_json::from_str::<Known>(&flag).unwrap().flaky
    };
    assert!(known("flaky") && known("by_chance"));
}

#[test]
fn a_cut_last_line_is_an_incomplete_run() {
    let run = results("incomplete");
    assert!(!run.is_complete());
    assert_eq!(run.warnings(), [Warning::CutLine { file: "incomplete.jsonl".into(), line: 9 }]);
    assert_eq!(run.results().len(), 7);
}

#[test]
fn wherever_a_run_is_cut_its_file_is_readable() {
    let text = text("all-pass");
    let header = text.find('\n').unwrap();
    for at in (header..text.len()).step_by(7) {
        let run = Results::read("cut.jsonl", &text.as_bytes()[..at]).unwrap();
        assert!(run.warnings().len() <= 1);
    }
}

#[test]
fn a_line_of_an_unknown_kind_is_passed_over() {
    let mut lines = lines("all-pass");
    lines.insert(1, "{\"v\":1,\"kind\":\"note\",\"text\":\"x\"}".to_owned());
    let run = Results::read("newer.jsonl", lines.join("\n").as_bytes()).unwrap();
    assert_snapshot!(
        run.warnings()[0],
        @"newer.jsonl:2: skipped a line of the unknown kind note; a newer ssespec wrote it"
    );
    assert!(run.is_complete());
}

#[test]
fn unknown_fields_are_ignored() {
    let newer = text("all-pass").replace("\"suite\":", "\"later\":[{}],\"suite\":");
    assert_eq!(crate::files::read("all-pass", &newer), results("all-pass"));
}

#[test]
fn every_error_says_where_and_what_to_do() {
    let lines = lines("all-pass");
    let with = |at: usize, line: &str| {
        let mut lines = lines.clone();
        lines[at] = line.to_owned();
        error(&lines.join("\n"))
    };
    assert_snapshot!(error(""), @"run.jsonl: no header: the run ended before it wrote anything; run it again");
    assert_snapshot!(error(&lines[0][..99]), @"run.jsonl: no header: the run ended before it wrote anything; run it again");
    assert_snapshot!(error("<html>"), @"run.jsonl:1: not a results file: the first line is not a header (expected value at line 1 column 1); pass a file that `ssespec run --output FILE` wrote");
    assert_snapshot!(error("{}"), @r#"run.jsonl:1: not a results file: the line has no version ("v":1); pass a file that `ssespec run --output FILE` wrote"#);
    assert_snapshot!(error(&lines[1]), @"run.jsonl:1: not a results file: the first line is not a header; pass a file that `ssespec run --output FILE` wrote");
    assert_snapshot!(with(2, &lines[2].replace("\"v\":1", "\"v\":2")), @"run.jsonl:3: version 2 of the results format, but this ssespec reads version 1 only; read it with the ssespec that wrote it, or run again with this one");
    assert_snapshot!(with(2, &lines[2].replace("\"v\":1", "\"v\":\"\\u001b[31m\"")), @r#"run.jsonl:3: version "\u001b[31m" of the results format, but this ssespec reads version 1 only; read it with the ssespec that wrote it, or run again with this one"#);
    assert_snapshot!(with(2, &lines[2][..50]), @"run.jsonl:3:50: damaged: EOF while parsing a string; restore the file, or run it again");
    assert_snapshot!(with(lines.len() - 1, &format!("{}\n{{", lines[lines.len() - 1])), @"run.jsonl:21:1: damaged: EOF while parsing an object; restore the file, or run it again");
    assert_snapshot!(with(2, &lines[2].replace("\"title\"", "\"titel\"")), @"run.jsonl:3:576: damaged: missing field `title`; restore the file, or run it again");
    assert_snapshot!(with(2, &lines[2].replace("\"delivery\":\"whole\"", "\"delivery\":\"\\u001b]0;x\\u0007\"")), @r#"run.jsonl:3:462: damaged: unknown delivery "\u{1b}]0;x\u{7}", expected as-written, whole, bytes, or split@ followed by a number; restore the file, or run it again"#);
    assert_snapshot!(with(2, &lines[0]), @"run.jsonl:3: a second header: this file contains two runs; split it before this line, and pass both files");
    assert_snapshot!(with(lines.len() - 1, &format!("{}\n{}", lines[lines.len() - 1], lines[1])), @"run.jsonl:21: a line after the footer, which ends a results file; restore the file, or run it again");
    let missing = Results::open(std::path::Path::new("no/such\u{1b}.jsonl")).unwrap_err().to_string();
    assert!(missing.starts_with("no/such\\x1B.jsonl: cannot read it: "), "{missing}");
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Results::read("any", bytes.as_slice());
    }

    #[test]
    fn no_damage_breaks_the_reader_or_the_renderings(
        file in 0..ALL.len(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0x20_u8..0x7F), 1..6),
    ) {
        let mut bytes = text(ALL[file]).into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(run) = Results::read("damaged", bytes.as_slice()) {
            render(&run, Style::default());
        }
    }

    #[test]
    fn lines_like_ours_do_not_break_the_reader(
        kind in "header|result|footer|x",
        rest in "[\\[\\]{}\",:0-9a-z\\\\]{0,40}",
    ) {
        let text = format!("{}\n{{\"v\":1,\"kind\":\"{kind}\"{rest}\n", text("empty").lines().next().unwrap());
        let _ = Results::read("any", text.as_bytes());
    }
}

#[test]
fn whatever_is_intact_can_be_read() {
    let read = |lines: &[String]| Results::read_readable("run.jsonl", lines.join("\n").as_bytes());
    let whole = lines("all-pass");
    let intact = read(&whole).unwrap();
    assert_eq!(intact, results_named("all-pass", "run.jsonl"));
    assert!(intact.is_complete() && intact.warnings().is_empty());

    let mut damaged = whole.clone();
    damaged[1] = "{\"kind\":\"result\",\"v\":1".into();
    damaged[3] = "\0not JSON".into();
    damaged[4] = damaged[4].replace("\"v\":1", "\"v\":2");
    let run = read(&damaged).unwrap();
    assert!(!run.is_complete());
    assert_eq!(run.results().len(), intact.results().len() - 3);
    let warnings: Vec<String> = run.warnings().iter().map(ToString::to_string).collect();
    assert_snapshot!(warnings.join("\n"), @r#"
    skipped a line: run.jsonl:2:22: damaged: EOF while parsing an object; restore the file, or run it again
    skipped a line: run.jsonl:4:1: damaged: expected value; restore the file, or run it again
    skipped a line: run.jsonl:5: version 2 of the results format, but this ssespec reads version 1 only; read it with the ssespec that wrote it, or run again with this one
    "#);

    // What follows the run is another one.
    let twice: Vec<String> = whole.iter().chain(&whole).cloned().collect();
    let run = read(&twice).unwrap();
    assert_eq!((run.results().len(), run.warnings().len()), (intact.results().len(), 1));
    let without_header = read(&whole[1..]).unwrap_err().to_string();
    assert!(without_header.starts_with("run.jsonl:1: not a results file"), "{without_header}");
}

fn results_named(file: &str, name: &str) -> Results {
    Results::read(name, text(file).as_bytes()).expect("the file can be read")
}

/// Bytes that are made as they are read.
fn long_line(bytes: u64) -> impl std::io::Read {
    std::io::Read::take(std::io::repeat(b'x'), bytes)
}

#[test]
fn a_line_without_an_end_is_not_kept() {
    use std::io::{BufReader, Read as _};
    let text = text("all-pass");
    let (header, rest) = text.split_at(text.find('\n').unwrap() + 1);
    let file = || {
        BufReader::new(header.as_bytes().chain(long_line(65 << 20)).chain(&b"\n"[..]).chain(rest.as_bytes()))
    };
    let refused = Results::read("run.jsonl", file()).unwrap_err().to_string();
    assert_eq!(
        refused,
        "run.jsonl:2:0: damaged: the line is longer than 64 MiB; restore the file, or run it again"
    );
    let run = Results::read_readable("run.jsonl", file()).unwrap();
    assert_eq!((run.results().len(), run.warnings().len()), (results("all-pass").results().len(), 1));
}
