//! `ssespec run`: folders.

use crate::Tests;
use crate::command::{here, ssespec, words};
use crate::test_folder::{TestFolder, known, own};

pub(crate) const TESTS: Tests = &[
    ("a_folder", a_folder),
    ("the_folder_in_which_it_runs", the_folder_in_which_it_runs),
    ("a_folder_of_folders", a_folder_of_folders),
    ("everything_in_full", everything_in_full),
    ("one_of_several_cannot_be_run", one_of_several_cannot_be_run),
    ("no_ssespec_toml", no_ssespec_toml),
    ("mistakes_are_shown_with_their_places", mistakes_are_shown_with_their_places),
    ("an_adapter_that_does_not_start", an_adapter_that_does_not_start),
    ("the_command_that_reruns_a_case", the_command_that_reruns_a_case),
];

fn a_folder() {
    let folder = TestFolder::new();
    let small = folder.implementation("small", &known("client/demo/wants-another-event", "nobody sends it"));
    let printed = ssespec(["run"]).args([&small]).args(words("--cases cases --filter client/demo/*")).ends(0);
    printed.shows(&[
        "small 1 (Rust client) over process",
        "✔ 2",
        "client/demo/wants-another-event: nobody sends it",
        "2 skipped (1 needs dom; 1 needs reconnect)",
        "exit status 0: conforming, or failing only where the baseline expects it",
    ]);
    assert_eq!(printed.stderr, "", "nothing needs attention");
}

fn the_folder_in_which_it_runs() {
    let folder = TestFolder::new();
    let small = folder.implementation("small", "");
    let cases = here().join("cases");
    ssespec(["run", "--filter", "client/demo/shows-*", "--cases"])
        .args([&cases])
        .folder(&small)
        .ends(0)
        .shows(&["small 1 (Rust client)", "2 of 2 cases ran"]);
}

fn a_folder_of_folders() {
    let folder = TestFolder::new();
    folder.implementation("all/second", "");
    folder.implementation("all/first", "");
    folder.file("all/notes/README.md", "not an implementation");
    let printed = ssespec(["run"])
        .args([folder.path().join("all")])
        .args(words("--cases cases --filter client/demo/shows-* --filter client/demo/wants-another-event"))
        .ends(1);
    let (first, second) = (printed.stdout.find("first 1 (Rust"), printed.stdout.find("second 1 (Rust"));
    assert!(first.unwrap() < second.unwrap(), "in the order of their names\n{}", printed.stdout);
    let running: Vec<&str> = printed.stderr.lines().filter(|line| line.starts_with("running ")).collect();
    assert!(
        running.len() == 2 && running[0].ends_with("first") && running[1].ends_with("second"),
        "{running:?}"
    );
    let table: Vec<&str> = printed.stdout.lines().rev().take(3).collect();
    assert!(
        table[2].starts_with("implementation ") && table[2].contains("whatwg MUST  fail  known"),
        "{table:?}"
    );
    assert!(table[1].starts_with("first 1 ") && table[0].starts_with("second 1 "), "{table:?}");
}

fn everything_in_full() {
    let folder = TestFolder::new();
    let case = |name: &str| {
        let text = format!(
            "title = \"The claim of {name}\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [\n  {{ send = \"data: a\\n\\n\" }},\n  \
             {{ expect-event = {{ data = \"b\" }} }},\n]\n"
        );
        folder.file(&format!("cases/client/mine/{name}.toml"), &text);
    };
    case("first");
    case("second");
    folder.implementation("own", "");
    let run = |option: &str| {
        ssespec(["run"])
            .args([folder.path().join("own")])
            .args(["--cases"])
            .args([folder.path().join("cases")])
            .args(words(option))
            .ends(1)
    };
    let folded = run("--delivery whole");
    assert_eq!(folded.stdout.matches("✘ FAIL").count(), 1, "{}", folded.stdout);
    folded.shows(&["--verbose shows each in full", "✘ client/mine/second  The claim of second"]);
    let verbose = run("--delivery whole --verbose");
    assert_eq!(verbose.stdout.matches("✘ FAIL").count(), 2, "{}", verbose.stdout);
    let conflict = ssespec(words("run --verbose --format junit")).ends(2);
    conflict.says(&["cannot be used with"]);
}

fn one_of_several_cannot_be_run() {
    let folder = TestFolder::new();
    folder.implementation("sound", "");
    folder.file(
        "broken/ssespec.toml",
        "name = \"broken\"\nrole = \"client\"\ncommand = [\"./no-such-adapter\"]\n",
    );
    let printed = ssespec(["run"])
        .args([folder.path()])
        .args(words("--cases cases --filter client/demo/shows-*"))
        .ends(3);
    printed
        .shows(&["sound 1 (Rust client)", "2 of 2 cases ran"])
        .says(&["broken: the adapter could not be started", "could not be run: "]);
}

fn no_ssespec_toml() {
    let folder = TestFolder::new();
    let printed = ssespec(["run"]).args([folder.path()]).ends(2);
    printed.says(&[
        "there is no ssespec.toml in this folder",
        "ssespec run --help",
        "ssespec client -- COMMAND",
    ]);
    ssespec(["run", "no-such-folder"]).ends(2).says(&["no-such-folder: cannot be read"]);
}

fn mistakes_are_shown_with_their_places() {
    let folder = TestFolder::new();
    for (text, said) in [
        (
            "name = \"a\"\nrole = \"client\"\n",
            &["nothing says how to start the implementation", "ssespec.toml:2:8"][..],
        ),
        (
            "name = \"a\"\nrole = \"client\"\ncomand = [\"x\"]\n",
            &["unknown key `comand`", "ssespec.toml:3:1", "did you mean"],
        ),
        ("name = \"a\"\nrole = \"client\"\ncommand = []\n", &["the command is empty", "ssespec.toml:3:11"]),
        ("name = \"a\"\nrole = \"proxy\"\ncommand = [\"x\"]\n", &["ssespec.toml:2:8", "\"client\""]),
        ("name = \"a\n", &["this is not TOML", "ssespec.toml:1:"]),
        (
            "name = \"a\"\nrole = \"client\"\ncommand = [\"x\"]\n[[known-failure]]\ncase = \"client/[\"\nreason = \"\"\n",
            &["this is not a pattern", "ssespec.toml:5:8", "unclosed character class"],
        ),
        (
            "name = \"a\"\nrole = \"client\"\ncommand = [\"x\"]\n[[known-failure]]\ncase = \"client/*\"\nreason = \" \"\n",
            &["the reason is empty", "ssespec.toml:6:10"],
        ),
    ] {
        let file = folder.file("folder/ssespec.toml", text);
        ssespec(["run"]).args([file.parent().unwrap()]).ends(2).says(said);
        // `ssespec check` shows the same mistakes.
        let printed = ssespec(["check"]).args([&file]).ends(2);
        printed.shows(said).says(&["mistake"]);
    }
}

fn an_adapter_that_does_not_start() {
    let folder = TestFolder::new();
    let start = |command: &str| {
        let text = format!("name = \"a\"\nrole = \"client\"\ncommand = {command}\n");
        let file = folder.file("folder/ssespec.toml", &text);
        ssespec(["run"]).args([file.parent().unwrap()]).args(words("--cases cases")).ends(3)
    };
    start("[\"no-such-program-anywhere\"]")
        .says(&["folder: the adapter could not be started: `no-such-program-anywhere`"]);
    let printed = start(&own(&["adapter", "exit", "stderr=I cannot live like this"]));
    printed.says(&["the adapter exited", "help: ", "its stderr:\n  I cannot live like this"]);
}

/// A report's command runs just that case in just that delivery, with all that the run depended on.
fn the_command_that_reruns_a_case() {
    let folder = TestFolder::new();
    let folder = folder.implementation("an implementation", "");
    let printed = ssespec(["run"])
        .args([&folder])
        .args(words(
            "--cases cases --filter *another* --delivery bytes --barrier pause --timeout 20s --format jsonl",
        ))
        .ends(1);
    let rerun = printed.json_lines()[1]["rerun"].as_str().unwrap().to_owned();
    assert!(rerun.starts_with("ssespec run '"), "{rerun}");
    let quoted: Vec<&str> = rerun.split('\'').collect();
    let [program, folder_again, options, filter, delivery] = quoted.as_slice() else { panic!("{rerun}") };
    assert_eq!((*program, *folder_again), ("ssespec run ", folder.to_str().unwrap()));
    assert_eq!(words(options), words("--cases cases --timeout 20s --barrier pause --filter"));
    let again =
        ssespec(["run", folder_again]).args(words(options)).args([filter]).args(words(delivery)).ends(1);
    again.shows(&[
        "1 of 1 cases ran, in 1 session",
        "FAIL must client/demo/wants-another-event, delivery bytes",
    ]);
}
