//! `--shard`, and `ssespec report` of shards.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::Tests;
use crate::command::{Printed, ssespec, words};
use crate::test_folder::{TestFolder, known};

pub(crate) const TESTS: Tests = &[
    ("shards_together_are_the_run", shards_together_are_the_run),
    ("shards_of_a_folder", shards_of_a_folder),
    ("shards_of_a_server", shards_of_a_server),
    ("a_shard_without_a_case", a_shard_without_a_case),
    ("a_shard_that_does_not_exist", a_shard_that_does_not_exist),
    ("a_missing_shard", a_missing_shard),
    ("a_shard_twice", a_shard_twice),
    ("a_difference_of_shards", a_difference_of_shards),
    ("one_shard_finds_a_pattern_without_a_case", one_shard_finds_a_pattern_without_a_case),
];

/// The ids of the cases in a results file.
fn cases(printed: &Printed) -> Vec<String> {
    let lines = printed.json_lines();
    let results = lines.iter().filter(|line| line["kind"] == "result");
    let ids: BTreeSet<String> = results.map(|line| line["case"].as_str().unwrap().to_owned()).collect();
    ids.into_iter().collect()
}

/// Cases that the reference passes.
const PASS: &str =
    "--cases cases --filter client/levels/* --filter client/demo/shows-* --filter client/demo/resumes";

/// Runs these cases, or a shard of them, and writes a results file.
fn run(folder: &TestFolder, name: &str, options: &str) -> (PathBuf, Printed) {
    let file = folder.path().join(name);
    let line = format!("client --reference {PASS} --format jsonl {options} --output");
    let printed = ssespec(words(&line)).args([&file]).ends(0);
    (file, printed)
}

fn shards_together_are_the_run() {
    let folder = TestFolder::new();
    let (whole, printed) = run(&folder, "whole.jsonl", "");
    let all = cases(&printed);
    let shards = ["1/3", "2/3", "3/3"].map(|shard| {
        let (file, printed) = run(&folder, &format!("{}.jsonl", &shard[..1]), &format!("--shard {shard}"));
        assert_eq!(printed.json_lines()[0]["selection"]["shard"], shard);
        (file, cases(&printed))
    });
    let mut together = shards.each_ref().map(|(_, ids)| ids.clone()).concat();
    together.sort_unstable();
    assert_eq!(together, all);
    let report =
        |format: &str, files: &[&PathBuf]| ssespec(["report", "--format", format]).args(files).ends(0);
    let [(a, _), (b, _), (c, _)] = &shards;
    let merged = report("snapshot", &[b, c, a]);
    assert_eq!(merged.stdout, report("snapshot", &[&whole]).stdout);
    assert_eq!(merged.stderr, "");
    let lines = report("jsonl", &[a, b, c]).json_lines();
    assert!(lines[0]["selection"]["shard"].is_null());
    assert_eq!(lines.last().unwrap()["complete"], true);
}

fn shards_of_a_folder() {
    let folder = TestFolder::new();
    folder.implementation("small", "");
    let run = |options: &str| {
        let command = ssespec(["run"]).args([folder.path().join("small")]);
        cases(
            &command
                .args(words("--cases cases --filter client/levels/* --format jsonl"))
                .args(words(options))
                .ends(0),
        )
    };
    let mut together = ["1/2", "2/2"].map(|shard| run(&format!("--shard {shard}"))).concat();
    together.sort_unstable();
    assert_eq!(together, run(""));
}

fn shards_of_a_server() {
    let run = |options: &str| {
        let line = format!("server --reference --filter server/comments/* --format jsonl {options}");
        cases(&ssespec(words(&line)).ends(0))
    };
    let mut together = ["1/2", "2/2"].map(|shard| run(&format!("--shard {shard}"))).concat();
    together.sort_unstable();
    assert_eq!(together, run(""));
    ssespec(words("server --shard 1/2 http://127.0.0.1:1/"))
        .ends(2)
        .says(&["--shard <I/N>", "cannot be used with"]);
}

fn a_shard_without_a_case() {
    let line = "client --reference --cases cases --filter client/levels/may --format jsonl --shard";
    let counts = ["1/2", "2/2"].map(|shard| {
        let lines = ssespec(words(line)).args([shard]).ends(0).json_lines();
        assert_eq!(lines.last().unwrap()["complete"], true);
        lines.iter().filter(|line| line["kind"] == "result").count()
    });
    assert!(counts.contains(&0) && counts.iter().any(|count| *count > 0), "{counts:?}");
    // Nothing is selected at all.
    let line = "client --reference --filter client/lines/* --suite resilience --level may --shard 1/2";
    ssespec(words(line)).ends(2).says(&["no case is selected"]);
}

fn a_shard_that_does_not_exist() {
    let run = |shard: &str| ssespec(["client", "--reference", "--shard", shard]).ends(2);
    run("0/3").says(&[
        "invalid value '0/3' for '--shard <I/N>'",
        "there is no part 0 of 3; the parts are 1/3 to 3/3",
    ]);
    run("4/3").says(&["there is no part 4 of 3; the parts are 1/3 to 3/3"]);
    run("1/0").says(&["there must be at least one part; parts are written like 1/3"]);
    run("x").says(&["expected the number of a part, a slash and the number of parts, like 1/3"]);
    for command in ["run", "server"] {
        ssespec([command, "--shard", "x"]).ends(2).says(&["invalid value 'x' for '--shard <I/N>'"]);
    }
}

fn a_missing_shard() {
    let folder = TestFolder::new();
    let (first, _) = run(&folder, "first.jsonl", "--shard 1/3");
    let (third, _) = run(&folder, "third.jsonl", "--shard 3/3");
    let report = |format: &str| ssespec(["report", "--format", format]).args([&first, &third]).ends(0);
    let printed = report("terminal");
    printed.says(&["warning: ", "first.jsonl, ", "third.jsonl: shard 2/3 is missing"]);
    printed.shows(&["shard 2/3 is missing", "INCOMPLETE RUN"]);
    report("markdown").says(&["shard 2/3 is missing"]).shows(&["(incomplete)"]);
}

fn a_shard_twice() {
    let folder = TestFolder::new();
    let (first, _) = run(&folder, "first.jsonl", "--shard 1/3");
    let (again, _) = run(&folder, "again.jsonl", "--shard 1/3");
    let printed = ssespec(["report"]).args([&first, &again]).ends(2);
    printed.says(&["first.jsonl and ", "again.jsonl are both shard 1/3 of reference "]);
}

fn a_difference_of_shards() {
    let folder = TestFolder::new();
    let (whole, _) = run(&folder, "whole.jsonl", "");
    std::fs::create_dir(folder.path().join("shards")).unwrap();
    let diff = |a: &PathBuf, b: &PathBuf| ssespec(["diff"]).args([a, b]);
    let shards = folder.path().join("shards");
    diff(&whole, &shards).ends(2).says(&["shards: expected the results of one run, found 0 runs"]);
    run(&folder, "shards/second.jsonl", "--shard 2/2");
    diff(&whole, &shards).printed().says(&["shard 1/2 is missing"]);
    let (first, _) = run(&folder, "shards/first.jsonl", "--shard 1/2");
    let printed = diff(&whole, &shards).ends(0);
    assert_eq!((printed.stderr.as_str(), printed.stdout), ("", diff(&whole, &whole).ends(0).stdout));
    // A shard alone is not the run either.
    diff(&first, &first).printed().says(&["shard 2/2 is missing"]);
    std::fs::copy(&whole, shards.join("whole.jsonl")).unwrap();
    diff(&whole, &shards).ends(2).says(&["found 2 runs"]);
}

fn one_shard_finds_a_pattern_without_a_case() {
    let folder = TestFolder::new();
    let entries = known("client/demo/wants-another-event", "demo") + &known("client/no-such-case/*", "gone");
    folder.implementation("small", &entries);
    let unmatched = ["1/2", "2/2"].map(|shard| {
        let command = ssespec(["run"]).args([folder.path().join("small")]);
        let printed = command.args(words("--cases cases --format jsonl --shard")).args([shard]).printed();
        let footer = printed.json_lines().pop().unwrap();
        assert_eq!(footer["stale"], serde_json::json!([]));
        footer["unmatched"].as_array().unwrap().len()
    });
    assert_eq!(unmatched.iter().sum::<usize>(), 1);
}
