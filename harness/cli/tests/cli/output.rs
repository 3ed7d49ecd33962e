//! The output of a run: `--format`, `--output`, and readers that close the pipe.

use std::path::Path;

use serde_json::Value;
use ssespec_reports::results::Results;

use crate::Tests;
use crate::command::{Printed, repository, ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("formats", formats),
    ("formats_of_several", formats_of_several),
    ("progress_is_for_people", progress_is_for_people),
    ("where_the_time_went", where_the_time_went),
    ("a_results_file", a_results_file),
    ("results_files_of_several", results_files_of_several),
    ("two_of_one_name", two_of_one_name),
    ("a_file_that_cannot_be_written", a_file_that_cannot_be_written),
    #[cfg(target_os = "linux")]
    ("a_disk_that_is_full", a_disk_that_is_full),
    ("a_reader_that_leaves", a_reader_that_leaves),
];

fn run(format: &str, status: i32) -> Printed {
    ssespec(words("client --reference --cases cases --format")).args([format]).ends(status)
}

fn formats() {
    run("terminal", 1)
        .shows(&["whatwg\n  client/demo     ✔ 3   ✘ 1", "✘ FAIL must client/demo/wants-another-event"]);
    let lines = run("jsonl", 1).json_lines();
    assert_eq!((&lines[0]["kind"], &lines[lines.len() - 1]["kind"]), (&"header".into(), &"footer".into()));
    run("markdown", 1).shows(&[
        "# Server-Sent Events: compatibility of implementations",
        "| client/demo/wants-another-event | MUST | ✘ 0/2",
    ]);
    let xml = run("junit", 1);
    xml.shows(&[
        "<?xml version=\"1.0\"",
        "<testsuite name=\"whatwg\"",
        "<testsuite name=\"resilience\"",
        "</testsuites>",
    ]);
    let snapshot = run("snapshot", 1);
    snapshot.shows(&[
        "✘ client/demo/wants-another-event   fail\n",
        "client/levels/may: the target of the request: the session's URL",
    ]);
    assert_eq!(run("snapshot", 1).stdout, snapshot.stdout, "it can be compared");
    ssespec(words("client --reference --format html"))
        .ends(2)
        .says(&["invalid value 'html'", "terminal, full, jsonl, markdown"]);
}

fn where_the_time_went() {
    let run = |format: &str| {
        let options = format!("client --reference --cases cases --timings --format {format}");
        ssespec(words(&options)).ends(1)
    };
    let heading = "Where the time went\n";
    let printed = run("terminal");
    printed.shows(&[heading, "sessions that took", "adapters started: 1", "Longest cases", "Longest waits"]);
    assert!(!printed.stderr.contains(heading));
    // Standard output is for programs.
    let printed = run("jsonl");
    printed.says(&[heading, "Longest cases"]);
    assert!(printed.json_lines().len() > 2);
}

fn formats_of_several() {
    let folder = TestFolder::new();
    folder.implementation("first", "");
    folder.implementation("second", "");
    let run = |format: &str, status: i32| {
        let options = format!("--cases cases --filter client/demo/shows-* --format {format}");
        ssespec(["run"]).args([folder.path()]).args(words(&options)).ends(status)
    };
    run("terminal", 0).shows(&["first 1 (Rust client)", "second 1 (Rust client)"]);
    run("snapshot", 0)
        .shows(&["first 1 (Rust client) over process\n", "second 1 (Rust client) over process\n"]);
    run("markdown", 0).shows(&["| case | level | first 1 | second 1 |"]);
    let xml = run("junit", 0);
    xml.shows(&[
        "<testsuite name=\"first: whatwg\"",
        "<testsuite name=\"second: whatwg\"",
        "<testsuites name=\"ssespec\" tests=\"10\"",
    ]);
    assert_eq!(xml.stdout.matches("<?xml").count(), 1, "one document");
    assert_eq!(xml.stdout.matches("</testsuites>").count(), 1);
    run("jsonl", 2).says(&[
        "--format jsonl prints the results file of one run, but there are 2 runs",
        "--output FOLDER",
    ]);
}

fn progress_is_for_people() {
    // Once for a case, though it fails in two deliveries; in the order in which they are played.
    let stderr = run("terminal", 1).stderr;
    let mut reported: Vec<&str> = stderr.lines().collect();
    reported.sort_unstable();
    assert_eq!(reported, ["✘ client/demo/wants-another-event", "✘ client/suites/resilience"]);
    // Elsewhere one line says why the status is not 0.
    let stderr = run("junit", 1).stderr;
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("exit status 1: 2 fail, 0 error; 0 stale and 0 unmatched"), "{stderr}");
}

/// Each line of a results file fits the published schema, and the last one is the footer.
#[track_caller]
fn check(file: &Path, cases: usize) -> Results {
    let schema = std::fs::read_to_string(repository().join("reports/schema/results.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    for (number, line) in std::fs::read_to_string(file).unwrap().lines().enumerate() {
        let line: Value = serde_json::from_str(line).unwrap();
        let errors: Vec<String> = validator.iter_errors(&line).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "line {}: {errors:?}", number + 1);
    }
    let results = Results::open(file).unwrap();
    assert!(results.is_complete() && results.warnings().is_empty());
    assert_eq!(results.footer().unwrap().counts.total(), cases);
    results
}

fn a_results_file() {
    let folder = TestFolder::new();
    let file = folder.path().join("results.jsonl");
    let printed = ssespec(words("client --reference --cases cases --output")).args([&file]).ends(1);
    printed.shows(&["exit status 1"]);
    let results = check(&file, 8);
    assert_eq!(results.footer().unwrap().exit_status, 1);
    let result = &results.results()[0];
    assert_eq!(
        (result.case.as_str(), result.source.path.as_str()),
        ("client/demo/resumes", "cases/client/demo/resumes.toml")
    );
    let took = results.footer().unwrap().duration_us;
    assert!(result.lane.is_some() && result.start_us.unwrap() + result.duration_us <= took);
    assert!(result.source.text.starts_with("title = "), "a rendering needs nothing else");
    // Rendering the results file later gives the same output.
    let again = ssespec(words("report --format terminal")).args([&file]).ends(0);
    assert_eq!(again.stdout, printed.stdout);
    // Another run takes its place.
    ssespec(words("client --reference --cases cases --filter client/demo/shows-* --output"))
        .args([&file])
        .ends(0);
    check(&file, 2);
}

fn results_files_of_several() {
    let folder = TestFolder::new();
    folder.implementation("all/first", "");
    let second = folder.implementation("all/second", "");
    let text =
        folder.read("all/second/ssespec.toml").replace("name = \"second\"", "name = \"@owner/second\"");
    folder.file("all/second/ssespec.toml", &text);
    let output = folder.path().join("made/on/demand");
    let run = |folder: &Path| {
        ssespec(["run"])
            .args([folder])
            .args(words("--cases cases --filter client/demo/shows-* --output"))
            .args([&output])
    };
    run(&folder.path().join("all")).ends(0);
    assert_eq!(check(&output.join("first.jsonl"), 2).header().implementation.name, "first");
    check(&output.join("@owner-second.jsonl"), 2);
    // An existing folder is used even for a single implementation.
    std::fs::remove_file(output.join("@owner-second.jsonl")).unwrap();
    run(&second).ends(0);
    check(&output.join("@owner-second.jsonl"), 2);
}

fn two_of_one_name() {
    let folder = TestFolder::new();
    folder.implementation("all/first", "");
    folder.implementation("all/second", "");
    let text = folder.read("all/second/ssespec.toml").replace("name = \"second\"", "name = \"First\"");
    folder.file("all/second/ssespec.toml", &text);
    let printed = ssespec(["run"])
        .args([folder.path().join("all")])
        .args(["--output"])
        .args([folder.path().join("out")])
        .ends(2);
    printed.says(&["two implementations are called First, so their results cannot go into the same folder"]);
}

fn a_file_that_cannot_be_written() {
    let folder = TestFolder::new();
    let printed =
        ssespec(words("client --reference --cases cases --output no-such-folder/results.jsonl")).ends(2);
    printed.says(&["results.jsonl: cannot be written: "]);
    assert_eq!(printed.stdout, "", "nothing was run");
    ssespec(words("client --reference --cases cases --output"))
        .args([folder.path()])
        .ends(2)
        .says(&["cannot be written"]);
    let file = folder.file("file", "");
    folder.implementation("all/first", "");
    folder.implementation("all/second", "");
    let printed = ssespec(["run"]).args([folder.path().join("all")]).args(["--output"]).args([&file]).ends(2);
    printed.says(&["file: cannot create this folder: "]);
}

#[cfg(target_os = "linux")]
fn a_disk_that_is_full() {
    let printed = ssespec(words("client --reference --cases cases --output /dev/full")).ends(2);
    printed.says(&["/dev/full: cannot write the results: ", "check the free space"]);
}

fn a_reader_that_leaves() {
    for line in [
        "--help",
        "cases",
        "cases --format json",
        "explain client/lines/lf-ends-a-line",
        "schema case",
        "client --reference --cases cases --filter client/demo/shows-*",
        "client --reference --cases cases --filter client/demo/shows-* --format jsonl",
        "check no-such-file",
    ] {
        let (status, stderr) = ssespec(words(line)).unread();
        assert!(matches!(status.code(), Some(0 | 2)), "{line}: {status}\n{stderr}");
        assert!(!stderr.contains("panicked"), "{line}: {stderr}");
    }
}
