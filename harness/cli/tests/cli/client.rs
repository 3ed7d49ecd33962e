//! `ssespec client`: commands.

use crate::Tests;
use crate::command::{here, ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("the_reference_client", the_reference_client),
    ("a_command", a_command),
    ("a_command_with_a_path", a_command_with_a_path),
    ("a_program_that_is_missing", a_program_that_is_missing),
    ("a_command_that_is_no_adapter", a_command_that_is_no_adapter),
    ("neither_or_both", neither_or_both),
    ("the_report_of_a_failure", the_report_of_a_failure),
    ("the_command_that_reruns_a_case", the_command_that_reruns_a_case),
];

fn the_reference_client() {
    let printed =
        ssespec(words("client --reference --filter client/lines/* --filter client/chunks/*")).ends(0);
    printed.shows(&["reference ", "(Rust client) over in-process", "0 fail · 0 error", "exit status 0"]);
    assert_eq!(printed.stderr, "", "nothing needs attention");
}

fn a_command() {
    let printed =
        ssespec(words("client --cases cases --filter client/demo/shows-*")).adapter(["name=mine"]).ends(0);
    printed.shows(&["mine 1 (Rust client) over process", "✔ 2", "2 of 2 cases ran"]);
}

/// A path to a program is relative to the working directory.
fn a_command_with_a_path() {
    let folder = TestFolder::new();
    let own = std::env::current_exe().unwrap();
    let name = format!("bin/adapter{}", std::env::consts::EXE_SUFFIX);
    std::fs::copy(&own, folder.file(&name, "")).unwrap();
    ssespec(words("client --filter client/demo/shows-* --cases"))
        .args([here().join("cases")])
        .args(["--", &format!("./{name}"), "adapter"])
        .folder(folder.path())
        .ends(0);
}

fn a_program_that_is_missing() {
    let printed = ssespec(words("client --cases cases -- no-such-program-anywhere --quiet")).ends(3);
    printed.says(&[
        "error: the adapter could not be started: `no-such-program-anywhere --quiet`",
        "help: check the command",
    ]);
    assert_eq!(printed.stdout, "");
}

fn a_command_that_is_no_adapter() {
    let printed =
        ssespec(words("client --cases cases")).adapter(["exit", "stderr=what do you want of me"]).ends(3);
    printed.says(&["the adapter exited: ", "help: ", "its stderr:\n  what do you want of me"]);
}

fn neither_or_both() {
    ssespec(["client"]).ends(2).says(&["-- COMMAND", "--browser", "--page", "--reference"]);
    ssespec(words("client --reference -- true")).ends(2).says(&["cannot be used with"]);
    // Without the two dashes, options of the adapter would be parsed as options of ssespec.
    ssespec(words("client node adapter.mjs")).ends(2).says(&["unexpected argument 'node'", "-- <COMMAND>"]);
}

fn the_report_of_a_failure() {
    let printed = ssespec(words("client --reference --cases cases --filter client/demo/* --jobs 1")).ends(1);
    insta::with_settings!({
        prepend_module_to_snapshot => false,
        omit_expression => true,
        filters => [
            (r"127\.0\.0\.1:\d+", "[address]"),
            (r"\d+ bytes on connection \d+", "[n] bytes on connection [n]"),
            (r"GET /\d+/", "GET /[n]/"),
            (r"(?ms)^  wire log .*?^  rerun", "  wire log  [rows with times]\n  rerun"),
            (r"(?m)^\d+\.\d s, exit", "[time], exit"),
            (r" on \w+ \w+\n", " on [platform]\n"),
            (r"\d+\.\d+\.\d+", "[version]"),
        ],
    }, {
        insta::assert_snapshot!("failure", printed.stdout);
    });
    // Without a terminal, each failing case is printed once during the run.
    assert_eq!(printed.stderr, "✘ client/demo/wants-another-event\n");
}

fn the_command_that_reruns_a_case() {
    let printed = ssespec(words(
        "client --reference --cases cases --suite resilience --delivery whole --ipv6 --format jsonl",
    ));
    let Some(printed) = crate::execution::over_ipv6(printed) else { return };
    let rerun = printed.ends(1).json_lines()[1]["rerun"].as_str().unwrap().to_owned();
    assert_eq!(
        rerun,
        "ssespec client --filter 'client/suites/resilience' --delivery whole --cases cases --suite resilience --ipv6 --reference"
    );
    let typed = words(&rerun.replace('\'', ""));
    ssespec(&typed[1..])
        .ends(1)
        .shows(&["1 of 1 cases ran", "FAIL must client/suites/resilience, delivery whole"]);
}
