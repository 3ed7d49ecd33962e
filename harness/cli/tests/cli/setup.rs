//! `ssespec run --setup`.

use crate::Tests;
use crate::command::{Printed, Ssespec, ssespec, words};
use crate::test_folder::{TestFolder, own};

pub(crate) const TESTS: Tests = &[
    ("commands_run_in_the_folder", commands_run_in_the_folder),
    ("without_it_they_do_not_run", without_it_they_do_not_run),
    ("a_command_that_fails", a_command_that_fails),
    ("a_program_that_is_missing", a_program_that_is_missing),
    ("another_implementation_still_runs", another_implementation_still_runs),
];

fn run(folder: &TestFolder) -> Ssespec {
    ssespec(["run"]).args([folder.path()]).args(words("--cases cases --filter client/demo/shows-*"))
}

/// An implementation with these setup commands.
fn implementation(folder: &TestFolder, setup: &[String]) {
    folder.implementation("small", "");
    let text = folder
        .read("small/ssespec.toml")
        .replace("command", &format!("setup = [{}]\ncommand", setup.join(", ")));
    folder.file("small/ssespec.toml", &text);
}

fn commands_run_in_the_folder() {
    let folder = TestFolder::new();
    implementation(&folder, &[own(&["touch", "made"]), own(&["touch", "made too"])]);
    let printed: Printed = run(&folder).args(["--setup"]).ends(0);
    printed.shows(&["2 of 2 cases ran"]).says(&["setup of ", "touch made\n", "touch made too\n"]);
    assert!(folder.path().join("small/made").is_file() && folder.path().join("small/made too").is_file());
}

fn without_it_they_do_not_run() {
    let folder = TestFolder::new();
    implementation(&folder, &[own(&["touch", "made"])]);
    run(&folder).ends(0);
    assert!(!folder.path().join("small/made").exists());
    let text = folder.read("small/ssespec.toml");
    let command = text.lines().find(|line| line.starts_with("command")).unwrap();
    folder.file("small/ssespec.toml", &text.replace(command, "command = [\"./not-built-yet\"]"));
    run(&folder).ends(3).says(&["help: the setup has not run", "--setup"]);
}

fn a_command_that_fails() {
    let folder = TestFolder::new();
    implementation(&folder, &[own(&["adapter", "exit", "stderr=no such package"]), own(&["touch", "made"])]);
    let printed = run(&folder).args(["--setup"]).ends(3);
    printed.says(&[
        "small: setup `",
        "adapter exit stderr=no such package` failed with ",
        "no such package\n",
    ]);
    assert_eq!(printed.stdout, "", "it is not run");
    assert!(!folder.path().join("small/made").exists(), "the rest of the setup is not run");
}

fn a_program_that_is_missing() {
    let folder = TestFolder::new();
    implementation(&folder, &["[\"no-such-program-anywhere\", \"install\"]".into()]);
    let printed = run(&folder).args(["--setup"]).ends(3);
    printed.says(&[
        "setup `no-such-program-anywhere install` could not be started",
        "check that it is installed and on the PATH",
    ]);
}

fn another_implementation_still_runs() {
    let folder = TestFolder::new();
    implementation(&folder, &[own(&["adapter", "exit"])]);
    folder.implementation("sound", "");
    run(&folder).args(["--setup"]).ends(3).shows(&["sound 1 (Rust client)", "2 of 2 cases ran"]);
}
