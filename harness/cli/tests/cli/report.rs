//! `ssespec report` and `ssespec diff`: results files.

use std::path::PathBuf;

use crate::Tests;
use crate::command::{ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("formats", formats),
    ("a_file_for_the_report", a_file_for_the_report),
    ("a_matrix_of_many", a_matrix_of_many),
    ("files_that_cannot_be_read", files_that_cannot_be_read),
    ("an_incomplete_run", an_incomplete_run),
    ("no_difference", no_difference),
    ("what_is_broken_and_what_is_fixed", what_is_broken_and_what_is_fixed),
    ("files_to_compare_that_cannot_be_read", files_to_compare_that_cannot_be_read),
];

/// A results file of the reference client, of cases in which this event is sent.
fn results(folder: &TestFolder, name: &str, sent: &str) -> PathBuf {
    let text = format!(
        "title = \"An event\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [\n  {{ send = \"data: {sent}\\n\\n\" }},\n  \
         {{ expect-event = {{ data = \"a\" }} }},\n]\n"
    );
    folder.file("cases/client/mine/first.toml", &text);
    let file = folder.path().join(name);
    ssespec(words("client --reference --cases"))
        .args([folder.path().join("cases")])
        .args(["--output"])
        .args([&file])
        .ends(if sent == "a" { 0 } else { 1 });
    file
}

fn formats() {
    let folder = TestFolder::new();
    let file = results(&folder, "r.jsonl", "b");
    let report = |format: &str| ssespec(["report", "--format", format]).args([&file]).ends(0);
    report("terminal").shows(&["reference ", "✘ FAIL must client/mine/first", "exit status 1"]);
    report("markdown").shows(&["| client/mine/first | MUST | ✘ 0/2"]);
    report("junit").shows(&["<testcase name=\"client/mine/first@as-written\"", "<failure "]);
    report("snapshot").shows(&["✘ client/mine/first   fail"]);
    let lines = report("jsonl").json_lines();
    assert_eq!(lines.len(), 4, "header, two deliveries, footer");
    // Without a format it is the matrix.
    assert_eq!(ssespec(["report"]).args([&file]).ends(0).stdout, report("markdown").stdout);
}

fn a_file_for_the_report() {
    let folder = TestFolder::new();
    let file = results(&folder, "r.jsonl", "a");
    let report = || ssespec(words("report --format junit")).args([&file]);
    let printed = report().ends(0);
    let output = folder.path().join("junit.xml");
    assert_eq!(report().args(["--output"]).args([&output]).ends(0).stdout, "");
    assert_eq!(folder.read("junit.xml"), printed.stdout);
    let nowhere = folder.path().join("no-such-folder/junit.xml");
    report().args(["--output"]).args([&nowhere]).ends(2).says(&["junit.xml: cannot be written: "]);
}

fn a_matrix_of_many() {
    let folder = TestFolder::new();
    let reference = results(&folder, "reference.jsonl", "a");
    let other = folder.path().join("small.jsonl");
    ssespec(words("client --cases"))
        .args([folder.path().join("cases")])
        .args(["--output"])
        .args([&other])
        .adapter(["name=small"])
        .ends(0);
    let printed = ssespec(["report"]).args([&reference, &other]).ends(0);
    printed.shows(&[
        "| case | level | reference ",
        " | small 1 |",
        "| client/mine/first | MUST | ✔ 2/2 | ✔ 2/2 |",
    ]);
    let printed = ssespec(words("report --format jsonl")).args([&reference, &other]).ends(2);
    printed.says(&["--format jsonl prints the results file of one run"]);
    let printed = ssespec(["report"]).args([&reference, &reference]).ends(2);
    printed.says(&["are both results of reference", "pass only one of them"]);
}

fn files_that_cannot_be_read() {
    let folder = TestFolder::new();
    ssespec(["report"]).ends(2).says(&["required", "<RESULTS>"]);
    ssespec(["report", "no-such.jsonl"]).ends(2).says(&["no-such.jsonl: cannot read it: "]);
    ssespec(["report"]).args([folder.path()]).ends(2).says(&["cannot read it: "]);
    let file = results(&folder, "r.jsonl", "a");
    let whole = folder.read("r.jsonl");
    let report = |text: &str| {
        std::fs::write(&file, text).unwrap();
        ssespec(["report"]).args([&file]).ends(2)
    };
    report("").says(&["r.jsonl: no header", "run it again"]);
    report("{}").says(&["r.jsonl:1: not a results file", "`ssespec run --output FILE`"]);
    report("# Results\n").says(&["r.jsonl:1: not a results file"]);
    report(&whole.replacen("\"v\":1", "\"v\":2", 1)).says(&["r.jsonl:1: version 2 of the results format"]);
    report(&whole.replacen("\"verdict\":\"pass\"", "\"verdict\":\"passed\"", 1)).says(&[
        "r.jsonl:2:",
        "damaged",
        "passed",
    ]);
    report(&format!("{whole}{whole}")).says(&["r.jsonl:5:", "this file contains two runs"]);
}

fn an_incomplete_run() {
    let folder = TestFolder::new();
    let file = results(&folder, "r.jsonl", "a");
    let whole = folder.read("r.jsonl");
    let footer = whole.trim_end().rfind('\n').unwrap();
    std::fs::write(&file, &whole[..=footer]).unwrap();
    let report = |format: &str| ssespec(["report", "--format", format]).args([&file]).ends(0);
    report("terminal").shows(&["INCOMPLETE RUN"]);
    report("snapshot").shows(&["INCOMPLETE RUN"]);
    assert!(report("markdown").stdout.to_lowercase().contains("incomplete"));
    assert!(report("junit").stdout.to_lowercase().contains("incomplete"));
    // The run was killed while it wrote.
    std::fs::write(&file, &whole[..footer - 10]).unwrap();
    report("terminal")
        .shows(&["INCOMPLETE RUN"])
        .says(&["warning: ", "r.jsonl:3: the last line is truncated"]);
}

fn no_difference() {
    let folder = TestFolder::new();
    let (before, after) = (results(&folder, "before.jsonl", "a"), results(&folder, "after.jsonl", "a"));
    ssespec(["diff"]).args([&before, &after]).ends(0).shows(&[
        "before  reference ",
        "after   reference ",
        "0 broken",
    ]);
}

fn what_is_broken_and_what_is_fixed() {
    let folder = TestFolder::new();
    let (good, bad) = (results(&folder, "good.jsonl", "a"), results(&folder, "bad.jsonl", "b"));
    let broken = ssespec(["diff"]).args([&good, &bad]).ends(1);
    broken.shows(&["client/mine/first", "pass → fail"]);
    ssespec(["diff"]).args([&bad, &good]).ends(0).shows(&["client/mine/first", "fail → pass"]);
    let markdown = ssespec(["diff"]).args([&good, &bad]).args(["--format", "markdown"]).ends(1);
    markdown.shows(&["client/mine/first"]);
    assert_ne!(markdown.stdout, broken.stdout);
    ssespec(["diff"]).args([&good, &bad]).args(["--format", "junit"]).ends(2).says(&["terminal, markdown"]);
}

fn files_to_compare_that_cannot_be_read() {
    let folder = TestFolder::new();
    let file = results(&folder, "r.jsonl", "a");
    ssespec(["diff"]).args([&file]).ends(2).says(&["required", "<B>"]);
    ssespec(["diff"])
        .args([&file])
        .args(["no-such.jsonl"])
        .ends(2)
        .says(&["no-such.jsonl: cannot read it: "]);
    ssespec(["diff", "no-such.jsonl"]).args([&file]).ends(2).says(&["no-such.jsonl: cannot read it: "]);
}
