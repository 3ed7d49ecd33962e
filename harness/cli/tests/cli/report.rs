//! `ssespec report` and `ssespec diff`: results files.

use std::path::PathBuf;

use crate::Tests;
use crate::command::{Ssespec, ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("formats", formats),
    ("a_file_for_the_report", a_file_for_the_report),
    ("a_matrix_of_many", a_matrix_of_many),
    ("files_that_cannot_be_read", files_that_cannot_be_read),
    ("an_incomplete_run", an_incomplete_run),
    ("a_site", a_site),
    ("a_site_needs_a_folder_of_its_own", a_site_needs_a_folder_of_its_own),
    ("a_site_of_what_can_be_read", a_site_of_what_can_be_read),
    ("a_site_of_shards", a_site_of_shards),
    ("a_comparison_as_a_site", a_comparison_as_a_site),
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

/// The command that writes a site of these files.
fn site(files: &[&PathBuf], folder: &TestFolder) -> Ssespec {
    ssespec(words("report --format html --output")).args([folder.path().join("site")]).args(files)
}

fn a_site() {
    let folder = TestFolder::new();
    let (good, bad) = (results(&folder, "good.jsonl", "a"), results(&folder, "bad.jsonl", "b"));
    assert_eq!(site(&[&bad], &folder).ends(0).stdout, "");
    let index = folder.read("site/index.html");
    assert!(index.contains("mine"), "{index}");
    let version = env!("CARGO_PKG_VERSION");
    let result = folder.read(&format!("site/results/reference-{version}/client.mine.first.html"));
    for part in [
        "The server sends &#34;data: b\\n\\n&#34;.",
        "failed here",
        "event type &#34;message&#34;, data &#34;b&#34;",
        "64 61 74 61 3a 20 62 0a",
        "Run it again",
    ] {
        assert!(result.contains(part), "{part}: {result}");
    }
    let standard = folder.read("site/standard/whatwg.html");
    // In the order of the document, with those that no case can check.
    let order =
        ["api-exposed-window-worker", "line-lf"].map(|id| standard.find(&format!("id=\"whatwg.{id}\"")));
    assert!(order[0].is_some() && order[0] < order[1], "{order:?}");
    assert!(standard.contains("No case can check this: "));
    // A second report replaces the first.
    site(&[&good], &folder).ends(0);
    assert!(!folder.path().join("site/results").exists());
}

fn a_site_needs_a_folder_of_its_own() {
    let folder = TestFolder::new();
    let file = results(&folder, "r.jsonl", "a");
    ssespec(words("report --format html")).args([&file]).ends(2).says(&["--output <PATH>"]);
    folder.file("site/mine.txt", "mine");
    site(&[&file], &folder)
        .ends(2)
        .says(&["site: this folder is not empty, and `ssespec report` did not write it"]);
    assert_eq!(folder.read("site/mine.txt"), "mine");
    std::fs::remove_file(folder.path().join("site/mine.txt")).unwrap();
    site(&[&file], &folder).ends(0);
    // What others put there later stays.
    folder.file("site/CNAME", "example.org");
    site(&[&file], &folder).ends(0);
    assert_eq!(folder.read("site/CNAME"), "example.org");
    let to_a_file = ssespec(words("report --format html --output")).args([&file, &file]).ends(2);
    to_a_file.says(&["r.jsonl: this is a file, but a site is a folder"]);
}

fn a_site_of_what_can_be_read() {
    let folder = TestFolder::new();
    let file = results(&folder, "r.jsonl", "a");
    let text = folder.read("r.jsonl");
    folder.file("other.jsonl", &text.replacen("\"v\":1", "\"v\":2", 1));
    folder.file("no.jsonl", "<b>not JSON</b>");
    let [other, no] = ["other.jsonl", "no.jsonl"].map(|name| folder.path().join(name));
    let run = site(&[&other, &file, &no, &file], &folder).ends(2);
    run.says(&[
        "other.jsonl:1: version 2 of the results format",
        "no.jsonl:1: not a results file",
        "are both results of reference",
    ]);
    let index = folder.read("site/index.html");
    assert_eq!(index.matches("Not shown: ").count(), 3, "{index}");
    assert!(index.contains("other.jsonl:1: version 2"), "{index}");
    // A damaged line costs that line.
    let damaged = text.replacen("\"verdict\":\"pass\"", "\"verdict\":\"passed\"", 1);
    folder.file("damaged.jsonl", &damaged);
    let damaged = folder.path().join("damaged.jsonl");
    site(&[&damaged], &folder).ends(0).says(&["damaged.jsonl:2:"]);
    assert!(folder.read("site/index.html").contains("skipped a line"));
    // Where nothing can be read, the old site stays.
    site(&[&no], &folder).ends(2).says(&["there is nothing to show"]);
    assert!(folder.read("site/index.html").contains("skipped a line"));
}

fn a_site_of_shards() {
    let folder = TestFolder::new();
    let shard = |part: &str| {
        let file = folder.path().join(format!("{part}.jsonl"));
        ssespec(words("client --reference --filter client/bom/* --delivery whole --shard"))
            .args([&format!("{part}/2")])
            .args(["--output"])
            .args([&file])
            .ends(0);
        file
    };
    let (one, two) = (shard("1"), shard("2"));
    site(&[&one, &two], &folder).ends(0);
    assert!(!folder.read("site/index.html").contains("Incomplete"));
    let half = site(&[&one], &folder).ends(0);
    half.says(&["shard 2/2 is missing"]);
    assert!(folder.read("site/index.html").contains("shard 2/2 is missing"));
}

fn a_comparison_as_a_site() {
    let folder = TestFolder::new();
    let (good, bad) = (results(&folder, "good.jsonl", "a"), results(&folder, "bad.jsonl", "b"));
    let compare = |a: &PathBuf, b: &PathBuf| {
        let output = folder.path().join("comparison");
        ssespec(words("diff --format html --output")).args([&output, a, b])
    };
    compare(&good, &bad).ends(1);
    let index = folder.read("comparison/index.html");
    assert!(
        index.contains("after/client.mine.first.html") && index.contains("some cases are broken"),
        "{index}"
    );
    assert!(folder.read("comparison/after/client.mine.first.html").contains("failed here"));
    compare(&bad, &good).ends(0);
    assert!(folder.read("comparison/index.html").contains("no case is broken"));
    assert!(!folder.path().join("comparison/after").exists());
    ssespec(words("diff --format html")).args([&good, &bad]).ends(2).says(&["--output <PATH>"]);
}
