//! The `--help` of every command, and its examples.

use crate::Tests;
use crate::command::{Printed, repository, ssespec, words};

pub(crate) const TESTS: Tests = &[
    ("every_command_is_documented", every_command_is_documented),
    ("every_option_has_an_example", every_option_has_an_example),
    ("cases_in_examples_exist", cases_in_examples_exist),
    ("files_in_examples_exist", files_in_examples_exist),
    ("short_help_and_version", short_help_and_version),
    ("completions", completions),
    ("hidden_options_still_work", hidden_options_still_work),
    ("wrong_usage", wrong_usage),
];

const COMMANDS: [&str; 16] = [
    "run",
    "client",
    "server",
    "proxy",
    "probe",
    "init",
    "mock",
    "record",
    "cases",
    "explain",
    "check",
    "requirements",
    "report",
    "diff",
    "schema",
    "completions",
];

fn help(command: &str) -> String {
    // On Windows the program's name has an extension.
    ssespec([command, "--help"]).ends(0).stdout.replace("ssespec.exe", "ssespec")
}

fn every_command_is_documented() {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        let all = ssespec(["--help"]).ends(0).stdout.replace("ssespec.exe", "ssespec");
        insta::assert_snapshot!("help", all);
        for command in COMMANDS {
            assert!(all.contains(&format!("\n  {command} ")), "{command}");
            insta::assert_snapshot!(format!("help-{command}"), help(command));
        }
    });
}

/// The part of a help with the examples.
fn examples(help: &str) -> &str {
    help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("no examples in\n{help}")).1
}

fn every_option_has_an_example() {
    for command in COMMANDS {
        let help = help(command);
        let options = help.lines().filter_map(|line| {
            let word = line
                .trim_start()
                .trim_start_matches("-h, ")
                .trim_start_matches("-V, ")
                .trim_start_matches("-j, ")
                .split_whitespace()
                .next()?;
            word.strip_prefix("--")
        });
        // Only the long help tells of --barrier, and the short one has the examples too.
        for option in options.filter(|option| !["help", "version", "barrier"].contains(option)) {
            let option = format!("--{option}");
            let has_example = examples(&help).split_whitespace().any(|word| word == option);
            assert!(has_example, "{command}: no example of {option}");
        }
    }
}

/// The words of a help that may name a case, without their quotes. Lines with `--cases` name cases of that folder.
fn named(help: &str) -> Vec<String> {
    let lines = help.lines().filter(|line| !line.contains("--cases my-cases"));
    let words =
        lines.flat_map(str::split_whitespace).map(|word| word.trim_matches(['\'', '"', ',', ';', '`']));
    words.map(str::to_owned).collect()
}

fn cases_in_examples_exist() {
    let mut found = 0;
    for command in [&[][..], &COMMANDS].concat() {
        for id in
            named(&help(command)).iter().filter(|word| word.starts_with("client/") && *word != "client/")
        {
            ssespec(["cases", id]).ends(0);
            found += 1;
        }
    }
    for id in named(&ssespec(["--help"]).ends(0).stdout).iter().filter(|word| word.starts_with("client/")) {
        ssespec(["explain", id]).ends(0);
        found += 1;
    }
    assert!(found > 5, "{found}");
}

fn files_in_examples_exist() {
    let mut found = 0;
    for command in COMMANDS {
        for path in named(&help(command))
            .iter()
            .filter(|word| ["ci/", "cases/", "mock-server/"].iter().any(|folder| word.starts_with(folder)))
        {
            assert!(repository().join(path).exists(), "{command}: {path}");
            found += 1;
        }
    }
    assert!(found > 4, "{found}");
}

fn short_help_and_version() {
    let version = format!("ssespec {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(ssespec(["--version"]).ends(0).stdout, version);
    assert_eq!(ssespec(["-V"]).ends(0).stdout, version);
    for command in COMMANDS {
        ssespec([command, "-h"]).ends(0).shows(&["Usage: "]);
        ssespec([command, "--version"]).ends(0);
    }
}

fn completions() {
    for (shell, part) in
        [("bash", "complete -F _ssespec"), ("zsh", "#compdef ssespec"), ("fish", "complete -c ssespec")]
    {
        ssespec(["completions", shell]).ends(0).shows(&[part, "fail-fast", "probe"]);
    }
    ssespec(["completions", "csh"]).ends(2).says(&["bash"]);
}

fn hidden_options_still_work() {
    // `--lanes` is the former name of `--jobs`.
    ssespec(words("client --list --lanes 2 --filter client/close/while-open")).ends(0);
    let (short, long) = (ssespec(["client", "-h"]).ends(0).stdout, help("client"));
    assert!(
        !short.contains("--barrier <HOW>") && long.contains("--barrier <HOW>") && !long.contains("--lanes")
    );
}

fn wrong_usage() {
    let nothing: [&str; 0] = [];
    ssespec(nothing).ends(2).says(&["Usage: ", "client --reference"]);
    ssespec(["cleint"]).ends(2).says(&["unrecognized subcommand 'cleint'", "'client'"]);
    ssespec(["run", "--filtr", "x"]).ends(2).says(&["unexpected argument '--filtr'", "'--filter'"]);
    let printed: Printed = ssespec(["client", "--reference", "--delivery", "thirds"]).ends(2);
    printed.says(&["invalid value 'thirds' for '--delivery <DELIVERY>'", "as-written, whole, bytes, splits"]);
}
