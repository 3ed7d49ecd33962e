//! `ssespec run --setup`.

use crate::Tests;
use crate::command::{Printed, Ssespec, ssespec, words};
use crate::workshop::{Workshop, own};

pub(crate) const TESTS: Tests = &[
    ("commands_run_in_the_folder", commands_run_in_the_folder),
    ("without_it_they_do_not_run", without_it_they_do_not_run),
    ("a_command_that_fails", a_command_that_fails),
    ("a_program_that_is_missing", a_program_that_is_missing),
    ("another_implementation_still_runs", another_implementation_still_runs),
];

fn run(shop: &Workshop) -> Ssespec {
    ssespec(["run"]).args([shop.path()]).args(words("--cases cases --filter client/demo/shows-*"))
}

/// An implementation with these setup commands.
fn implementation(shop: &Workshop, setup: &[String]) {
    shop.implementation("small", "");
    let text = shop
        .read("small/ssespec.toml")
        .replace("command", &format!("setup = [{}]\ncommand", setup.join(", ")));
    shop.file("small/ssespec.toml", &text);
}

fn commands_run_in_the_folder() {
    let shop = Workshop::new();
    implementation(&shop, &[own(&["touch", "made"]), own(&["touch", "made too"])]);
    let printed: Printed = run(&shop).args(["--setup"]).ends(0);
    printed.shows(&["2 of 2 cases ran"]).says(&["setup of ", "touch made\n", "touch made too\n"]);
    assert!(shop.path().join("small/made").is_file() && shop.path().join("small/made too").is_file());
}

fn without_it_they_do_not_run() {
    let shop = Workshop::new();
    implementation(&shop, &[own(&["touch", "made"])]);
    run(&shop).ends(0);
    assert!(!shop.path().join("small/made").exists());
    let text = shop.read("small/ssespec.toml");
    let command = text.lines().find(|line| line.starts_with("command")).unwrap();
    shop.file("small/ssespec.toml", &text.replace(command, "command = [\"./not-built-yet\"]"));
    run(&shop).ends(3).says(&["help: its setup has not run", "--setup"]);
}

fn a_command_that_fails() {
    let shop = Workshop::new();
    implementation(&shop, &[own(&["adapter", "exit", "stderr=no such package"]), own(&["touch", "made"])]);
    let printed = run(&shop).args(["--setup"]).ends(3);
    printed.says(&[
        "small: setup `",
        "adapter exit stderr=no such package` failed with ",
        "no such package\n",
    ]);
    assert_eq!(printed.stdout, "", "it is not run");
    assert!(!shop.path().join("small/made").exists(), "the rest of the setup is not run");
}

fn a_program_that_is_missing() {
    let shop = Workshop::new();
    implementation(&shop, &["[\"no-such-program-anywhere\", \"install\"]".into()]);
    let printed = run(&shop).args(["--setup"]).ends(3);
    printed.says(&[
        "setup `no-such-program-anywhere install` could not be started",
        "is it installed and on the PATH?",
    ]);
}

fn another_implementation_still_runs() {
    let shop = Workshop::new();
    implementation(&shop, &[own(&["adapter", "exit"])]);
    shop.implementation("sound", "");
    run(&shop).args(["--setup"]).ends(3).shows(&["sound 1 (Rust client)", "2 of 2 cases ran"]);
}
