//! The suite under `cargo test`, as its users have it: the example crate is built, and its test binaries are run with
//! the arguments that people and tools give.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;

/// The example's test binaries.
struct Example {
    conformance: PathBuf,
    broken: PathBuf,
    mock_server: PathBuf,
}

static EXAMPLE: LazyLock<Example> = LazyLock::new(|| {
    let built = cargo(&["test", "--no-run", "--message-format", "json-render-diagnostics"])
        .args(["--test", "conformance", "--test", "broken", "--test", "mock_server"])
        .output()
        .expect("cargo starts");
    assert!(
        built.status.success(),
        "the example cannot be built; where its dependencies are not in cargo's cache, that takes access to crates.io:\n{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let executable = |name: &str| {
        let messages =
            built.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
        let mut artifacts = messages.filter(|message: &Value| message["target"]["name"] == name);
        artifacts
            .find_map(|message| message["executable"].as_str().map(PathBuf::from))
            .expect("a test binary")
    };
    Example {
        conformance: executable("conformance"),
        broken: executable("broken"),
        mock_server: executable("mock_server"),
    }
});

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/rust-client")
}

/// Cargo in the example's folder. It builds where this workspace does and as it does, so that what both need is there.
fn cargo(arguments: &[&str]) -> Command {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder that it is in");
    let mut command = Command::new(env!("CARGO"));
    command
        .args(arguments)
        .current_dir(folder())
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    command
}

/// Runs a test binary as cargo does, in this folder.
fn run_in(folder: &Path, binary: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(binary);
    command
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_PKG_NAME", "rust-client")
        .env_remove("RUST_BACKTRACE");
    command.output().expect("a test binary starts").into()
}

fn conformance(arguments: &[&str]) -> Ran {
    run_in(&folder(), &EXAMPLE.conformance, arguments)
}

fn broken(arguments: &[&str]) -> Ran {
    run_in(&folder(), &EXAMPLE.broken, arguments)
}

/// Runs the example's tests with this text as their baseline.
fn with_baseline(text: &str, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("tests")).expect("a folder in it");
    std::fs::write(folder.path().join("tests/ssespec.toml"), text).expect("a file in that");
    run_in(folder.path(), &EXAMPLE.conformance, arguments)
}

/// What came of running something.
struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Ran {
    /// The names of the tests that ran, sorted, with their outcomes.
    #[track_caller]
    fn tests(&self) -> Vec<(&str, &str)> {
        let lines = self.stdout.lines().filter_map(|line| line.strip_prefix("test ")?.split_once(" ... "));
        let mut tests: Vec<_> = lines.map(|(name, outcome)| (name.trim_end(), outcome)).collect();
        tests.sort_unstable();
        assert!(!tests.is_empty(), "no test ran:\n{}{}", self.stdout, self.stderr);
        tests
    }

    /// The names of a list.
    fn listed(&self) -> Vec<&str> {
        self.stdout.lines().map(|line| line.strip_suffix(": test").expect("a list of tests")).collect()
    }
}

/// What differs from run to run, and with every case that is added.
const UNSTABLE: &[(&str, &str)] = &[
    (r"finished in \d+\.\d+s", "finished in [time]"),
    (r"\d+ filtered out", "[n] filtered out"),
    // The end of a session and that of its connections come in any order.
    (r"(?m)^ +\d+ +\S+ +(#\d+)? +(closed|disconnect|close) .*\n", ""),
    (r"(?m)^ +\d+ +\S+ +(#\d+)? +close\n", ""),
];

const LF: &str = "client/lines/lf-ends-a-line";

#[test]
fn the_client_passes_its_test_with_the_mock_server() {
    let ran = run_in(&folder(), &EXAMPLE.mock_server, &[]);
    assert_eq!(ran.status, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.tests(), [("resumes_after_a_dropped_connection", "ok")]);
}

#[test]
fn a_list_names_every_case_and_the_baseline() {
    let list = conformance(&["--list", "--format", "terse"]);
    assert_eq!(list.status, Some(0), "{}", list.stderr);
    let names = list.listed();
    let cases = ssespec_cases::Corpus::embedded().unwrap().cases;
    // Those that wait for minutes are for the command.
    let wrong: Vec<_> = cases
        .values()
        .filter(|case| case.id.starts_with("client/") && names.contains(&case.id.as_str()) == case.soak)
        .map(|case| &case.id)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(names.contains(&"baseline"));
}

#[test]
fn a_list_of_the_ignored_holds_what_the_client_cannot() {
    let names = conformance(&["--list", "--ignored"]).stdout;
    assert!(names.contains("client/requests/own-headers-on-every-connection: test"));
    assert!(!names.contains(LF));
}

#[test]
fn a_filter_selects_by_a_part_of_the_name() {
    let ran = conformance(&["client/types/"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stdout);
    assert!(ran.tests().iter().all(|(name, outcome)| name.starts_with("client/types/") && *outcome == "ok"));
}

#[test]
fn exact_selects_one() {
    assert_eq!(conformance(&["--exact", LF]).tests(), [(LF, "ok")]);
}

#[test]
fn skip_leaves_out_by_a_part_of_the_name() {
    let ran = conformance(&["client/lines/", "--skip", "cr"]);
    assert!(ran.tests().iter().all(|(name, _)| name.starts_with("client/lines/") && !name.contains("cr")));
}

#[test]
fn the_ignored_say_what_they_need() {
    let case = "client/requests/own-headers-on-every-connection";
    assert_eq!(conformance(&["--exact", case]).tests(), [(case, "ignored (needs headers)")]);
    assert_eq!(conformance(&["--ignored", "--exact", case]).tests(), [(case, "ignored (needs headers)")]);
}

#[test]
fn json_is_an_object_a_line() {
    let ran = conformance(&["--format", "json", "-Zunstable-options", "--exact", LF]);
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[2]["name"], LF);
    assert_eq!(lines[2]["event"], "ok");
}

#[test]
fn a_failure_in_json_holds_no_escape_sequences() {
    let case = "client/fields/only-one-space-is-removed";
    let ran = broken(&["--format", "json", "-Zunstable-options", "--exact", case]);
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let message = lines[2]["stdout"].as_str().unwrap();
    assert!(message.contains("✘ FAIL must client/fields/") && !message.contains('\u{1b}'), "{message}");
}

/// The whole suite: the example's client fails exactly where its baseline says.
#[test]
fn the_example_is_as_its_baseline_says() {
    // Skipped: it does not decide, and takes this client half a minute, because it searches the whole line for each piece.
    let ran = conformance(&["--skip", "client/resilience/line-of-32-mib"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
    assert!(ran.tests().contains(&("[known failure] client/bom/cut-between-reads", "ok")));
}

#[test]
fn a_failure_shows_all_that_a_maintainer_needs() {
    let ran = broken(&["--exact", "client/fields/only-one-space-is-removed"]);
    assert_eq!(ran.status, Some(101));
    insta::with_settings!({ filters => UNSTABLE.to_vec() }, { insta::assert_snapshot!(ran.stdout) });
}

#[test]
fn the_command_of_a_failure_runs_it_again() {
    let case = "client/fields/only-one-space-is-removed";
    let ran = broken(&[case]);
    let command = ran
        .stdout
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("rerun"))
        .expect("a command")
        .trim();
    assert_eq!(command, format!("cargo test -p rust-client --test broken -- --exact {case}"));
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let again = Ran::from(cargo(&words).output().unwrap());
    assert_eq!(again.tests(), [(case, "FAILED")]);
}

#[test]
fn what_is_neither_a_pass_nor_a_failure_is_ignored_with_its_reason() {
    let case = "client/lines/last-cr-is-not-waited-for";
    let ran = with_baseline("", &["--exact", case]);
    assert_eq!(
        ran.tests(),
        [(case, "ignored (warning: expected event data \"a\"; observed nothing within 5s)")]
    );
}

#[test]
fn a_client_that_panics_is_told_apart_from_a_test_that_does() {
    let ran = with_baseline("", &["client/bom/removed-at-the-start"]);
    assert_eq!(ran.status, Some(101));
    assert!(
        ran.stdout.contains("it crashed twice at this step: the function under test panicked: "),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("event_stream.rs:271"), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_known_failure_that_passes_fails() {
    let baseline = "\n[[known-failure]]\ncase = \"client/lines/lf-*\"\nreason = \"it used to\"\n";
    let ran = with_baseline(baseline, &["--exact", LF]);
    assert_eq!(ran.status, Some(101));
    insta::with_settings!({ filters => UNSTABLE.to_vec() }, { insta::assert_snapshot!(ran.stdout) });
}

#[test]
fn a_known_failure_is_ok_and_named_as_known() {
    let case = "client/bom/cut-between-reads";
    let known = [("[known failure] client/bom/cut-between-reads", "ok")];
    assert_eq!(conformance(&[case]).tests(), known);
    assert_eq!(conformance(&["--exact", case]).tests(), known);
    let list = conformance(&["--list", "--format", "terse", "--exact", case]);
    assert_eq!(list.listed(), [case]);
}

#[test]
fn a_baseline_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("tests")).expect("a folder in it");
    let file = folder.path().join("tests/ssespec.toml");
    let run = |write: &str| -> Ran {
        let mut command = Command::new(&EXAMPLE.conformance);
        command.arg("client/bom/removed-at-the-start").current_dir(folder.path());
        command.env("SSESPEC_WRITE_BASELINE", write).output().expect("a test binary starts").into()
    };
    // There is no file yet.
    let ran = run("1");
    assert_eq!(ran.status, Some(101), "{}", ran.stdout);
    assert_eq!(ran.stderr, "tests/ssespec.toml: 1 known failure added, 0 removed; give each a reason\n");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("[[known-failure]]\ncase = \"client/bom/removed-at-the-start\"\nreason = "),
        "{text}"
    );
    let ran = run("");
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(ran.tests(), [("[known failure] client/bom/removed-at-the-start", "ok")]);
    // An entry that is stale goes.
    std::fs::write(&file, format!("{text}\n[[known-failure]]\ncase = \"{LF}\"\nreason = \"it used to\"\n"))
        .unwrap();
    let mut command = Command::new(&EXAMPLE.conformance);
    command.arg(LF).current_dir(folder.path()).env("SSESPEC_WRITE_BASELINE", "1");
    let ran = Ran::from(command.output().unwrap());
    assert_eq!(ran.stderr, "tests/ssespec.toml: 0 known failures added, 1 removed\n");
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim_end(), text.trim_end());
}

#[test]
fn a_filter_selects_entries_of_the_baseline_too() {
    let baseline = "[[known-failure]]\ncase = \"client/line/*\"\nreason = \"a slip\"\n";
    let ran = with_baseline(baseline, &["client/line"]);
    assert!(ran.tests().contains(&("baseline client/line/*", "FAILED")), "{}", ran.stdout);
}

#[test]
fn a_pattern_without_a_case_fails_the_baseline() {
    let baseline = "[[known-failure]]\ncase = \"client/line/*\"\nreason = \"a slip\"\n";
    let ran = with_baseline(baseline, &["--exact", "baseline"]);
    assert_eq!(ran.status, Some(101));
    insta::with_settings!({ filters => UNSTABLE.to_vec() }, { insta::assert_snapshot!(ran.stdout) });
}

#[test]
fn a_malformed_baseline_is_shown_with_its_place() {
    let ran = with_baseline("[[known-failure]]\ncase = \"client/lines/*\"\nreasn = \"a slip\"\n", &[]);
    assert_eq!(ran.status, Some(2));
    insta::assert_snapshot!(ran.stderr);
}

#[test]
fn a_missing_baseline_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run_in(folder.path(), &EXAMPLE.conformance, &["--list"]);
    assert_eq!(ran.status, Some(2));
    let place = format!("error: tests/ssespec.toml: there is no such file in {}", folder.path().display());
    assert!(ran.stderr.starts_with(&place), "{}", ran.stderr);
}
