//! The shards of a run, merged.

use insta::assert_snapshot;
use ssespec_reports::{
    Results,
    results::{Shard, Warning},
    shards::merge,
    snapshot::snapshot,
    terminal::{Style, render},
};

use crate::files::{read, results, text};

/// The results that shard `word` of a run would have.
fn shard(of: &str, word: &str) -> Results {
    let part: Shard = word.parse().expect("a shard");
    let is_of_it = |line: &&str| {
        let value: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        value["case"].as_str().is_none_or(|case| part.contains(case))
    };
    let lines: Vec<&str> = of.lines().filter(is_of_it).collect();
    let levels = "\"levels\":[]";
    let header = lines[0].replace(levels, &format!("{levels},\"shard\":\"{word}\""));
    assert_ne!(header, lines[0], "the header has no {levels}");
    let lines: Vec<&str> = std::iter::once(header.as_str()).chain(lines[1..].iter().copied()).collect();
    read(&format!("shard-{}", part.part()), &lines.join("\n"))
}

fn merged(runs: &[&Results]) -> Vec<Results> {
    merge(runs.iter().map(|run| (*run).clone()).collect()).expect("they can be merged")
}

#[test]
fn shards_are_one_run_in_any_order() {
    for name in ["verdicts", "all-pass"] {
        let [a, b, c] = ["1/3", "2/3", "3/3"].map(|word| shard(&text(name), word));
        let whole = results(name);
        let [run] = &merged(&[&b, &c, &a])[..] else { panic!("one run") };
        assert_eq!(run.header(), whole.header());
        assert_eq!(run.results(), whole.results());
        assert_eq!(snapshot(run), snapshot(&whole));
        assert_eq!(run.footer().unwrap().counts, whole.footer().unwrap().counts);
        assert_eq!((run.name(), run.warnings()), ("shard-1.jsonl, shard-2.jsonl, shard-3.jsonl", &[][..]));
    }
}

#[test]
fn other_runs_are_unchanged() {
    let (whole, other) = (results("verdicts"), results("other"));
    let only = shard(&text("all-pass"), "1/1");
    let runs = merged(&[&other, &only, &whole]);
    assert_eq!(runs[0], other);
    assert_eq!(runs[1].header(), results("all-pass").header());
    assert_eq!(runs[2], whole);
}

#[test]
fn a_missing_shard_is_reported() {
    let text = text("all-pass");
    let [first, second] = ["1/4", "3/4"].map(|word| shard(&text, word));
    let [run] = &merged(&[&first, &second])[..] else { panic!("one run") };
    assert!(!run.is_complete());
    let [warning @ Warning::MissingShards { .. }] = run.warnings() else { panic!("{:?}", run.warnings()) };
    assert_snapshot!(warning, @"shard-1.jsonl, shard-3.jsonl: shards 2/4, 4/4 are missing");
    let report = render(run, Style::default());
    assert!(report.contains("shards 2/4, 4/4 are missing") && report.contains("INCOMPLETE RUN"), "{report}");
    let many = shard(&text, "1/40");
    let [run] = &merged(&[&many])[..] else { panic!("one run") };
    assert_snapshot!(run.warnings()[0], @"shard-1.jsonl: shards 2/40, 3/40, 4/40, 5/40, 6/40, 7/40, 8/40, 9/40, 10/40, 11/40 and more are missing");
}

#[test]
fn an_incomplete_shard_makes_an_incomplete_run() {
    let text = text("all-pass");
    let stopped = text.trim_end().rsplit_once('\n').unwrap().0;
    let (first, second) = (shard(&text, "1/2"), shard(stopped, "2/2"));
    let [run] = &merged(&[&first, &second])[..] else { panic!("one run") };
    assert!(!run.is_complete() && run.warnings().is_empty());
}

#[test]
fn a_shard_twice_is_an_error() {
    let text = text("all-pass");
    let (first, again) = (shard(&text, "2/3"), shard(&text, "2/3"));
    let error = merge(vec![first, again]).unwrap_err();
    assert_snapshot!(error, @"shard-2.jsonl and shard-2.jsonl are both shard 2/3 of eventsource 5.1.5 (JavaScript client): pass only one of them");
}

#[test]
fn shards_of_other_runs_are_not_merged() {
    let text = text("all-pass");
    let first = shard(&text, "1/2");
    for (from, to) in [
        ("\"suite_version\":\"0.1.0\"", "\"suite_version\":\"0.0.9\""),
        ("\"version\":\"5.1.5\"", "\"version\":\"5.1.6\""),
        ("\"suites\":[\"whatwg\",", "\"suites\":["),
    ] {
        let other = text.replacen(from, to, 1);
        assert_ne!(other, text, "{from}");
        let runs = merged(&[&first, &shard(&other, "2/2")]);
        assert_eq!(runs.len(), 2, "{to}");
        assert!(runs.iter().all(|run| run.warnings().len() == 1));
    }
    assert_eq!(merged(&[&first, &shard(&text, "2/3")]).len(), 2, "another number of parts");
}

#[test]
fn the_report_of_a_shard_says_so() {
    let run = shard(&text("all-pass"), "2/3");
    assert!(render(&run, Style::default()).contains("; shard 2/3"));
    assert!(snapshot(&run).contains("SHARD 2/3: do not accept this as a snapshot"));
}
