//! `--color` and its default.

use crate::Tests;
use crate::command::{Ssespec, ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("plain_where_nobody_looks", plain_where_nobody_looks),
    ("always", always),
    ("never", never),
    ("the_environment", the_environment),
];

const ESCAPE: char = '\u{1b}';

/// Commands whose output has colours on a terminal, with their exit status.
fn colored_commands(folder: &TestFolder) -> Vec<(Ssespec, i32)> {
    let (before, after) = (folder.path().join("before.jsonl"), folder.path().join("after.jsonl"));
    if !after.is_file() {
        for (file, filter, status) in [(&before, "*shows*", 0), (&after, "*", 1)] {
            ssespec(words("client --reference --cases cases --filter"))
                .args([filter, "--output"])
                .args([file])
                .ends(status);
        }
        folder.file("client/mine/wrong.toml", "title = 5\n");
    }
    vec![
        (ssespec(words("client --reference --cases cases")), 1),
        (ssespec(words("report --format terminal")).args([&after]), 0),
        (ssespec(["diff"]).args([&before, &after]), 0),
        (ssespec(["check"]).args([folder.path()]), 2),
    ]
}

fn plain_where_nobody_looks() {
    let folder = TestFolder::new();
    for (command, status) in colored_commands(&folder) {
        let printed = command.ends(status);
        assert!(!printed.stdout.contains(ESCAPE) && !printed.stderr.contains(ESCAPE), "{printed:?}");
        assert!(!printed.stdout.is_empty());
    }
    for line in ["--help", "client --help", "cases", "explain client/lines/lf-ends-a-line"] {
        assert!(!ssespec(words(line)).ends(0).stdout.contains(ESCAPE), "{line}");
    }
    assert!(!ssespec(["cleint"]).ends(2).stderr.contains(ESCAPE));
}

fn always() {
    let folder = TestFolder::new();
    for (command, status) in colored_commands(&folder) {
        let printed = command.args(["--color", "always"]).env("NO_COLOR", "1").ends(status);
        assert!(printed.stdout.contains(ESCAPE), "{printed:?}");
    }
    // A file is no terminal, whatever is said.
    let file = folder.path().join("report.txt");
    ssespec(words("report --color always --format terminal --output"))
        .args([&file, &folder.path().join("after.jsonl")])
        .ends(0);
    assert!(!folder.read("report.txt").contains(ESCAPE));
    // Output for programs has no color either.
    for format in ["jsonl", "markdown", "junit", "snapshot"] {
        let line = format!("client --reference --cases cases --color always --format {format}");
        assert!(!ssespec(words(&line)).ends(1).stdout.contains(ESCAPE), "{format}");
    }
}

fn never() {
    let folder = TestFolder::new();
    for (command, status) in colored_commands(&folder) {
        let printed = command.args(["--color", "never"]).env("CLICOLOR_FORCE", "1").ends(status);
        assert!(!printed.stdout.contains(ESCAPE), "{printed:?}");
    }
}

fn the_environment() {
    let command = || ssespec(words("client --reference --cases cases"));
    let colours = |command: Ssespec| command.ends(1).stdout.contains(ESCAPE);
    assert!(colours(command().env("CLICOLOR_FORCE", "1")));
    assert!(!colours(command().env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")), "NO_COLOR is obeyed");
    assert!(!colours(command().args(["--color", "auto"]).env("NO_COLOR", "1")));
    ssespec(words("cases --color sometimes"))
        .ends(2)
        .says(&["invalid value 'sometimes'", "auto, always, never"]);
}
