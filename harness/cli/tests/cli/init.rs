//! `ssespec init`. What it writes is run by the test program `templates`.

use crate::Tests;
use crate::command::{ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("files_and_next_steps", files_and_next_steps),
    ("an_implementation_with_its_known_failures", an_implementation_with_its_known_failures),
    ("nothing_is_overwritten", nothing_is_overwritten),
    ("what_there_is_no_adapter_for", what_there_is_no_adapter_for),
    ("the_list", the_list),
];

fn files_and_next_steps() {
    let folder = TestFolder::new();
    let printed = ssespec(words("init python my-tests")).folder(folder.path()).ends(0);
    printed.shows(&[
        "wrote my-tests/adapter.py\n",
        "wrote my-tests/ssespec.toml\n",
        "wrote .github/workflows/conformance.yml\n",
        "  ssespec run --setup my-tests\n",
        "  cd my-tests && ssespec client --check -- python3 adapter.py\n",
        "put your client in the place of the minimal one",
    ]);
    let workflow = folder.read(".github/workflows/conformance.yml");
    assert!(workflow.contains("folders: \"my-tests\"\n"), "{workflow}");
}

fn an_implementation_with_its_known_failures() {
    let folder = TestFolder::new();
    let printed = ssespec(words("init javascript --for eventsource")).folder(folder.path()).ends(0);
    printed.shows(&["wrote conformance/adapter.mjs\n", "wrote conformance/package-lock.json\n"]);
    assert!(!printed.stdout.contains("minimal"), "{}", printed.stdout);
    let toml = folder.read("conformance/ssespec.toml");
    assert!(toml.contains("[[known-failure]]"), "{toml}");
    ssespec(words("run --list --filter client/lines/* conformance")).folder(folder.path()).ends(0);
}

fn nothing_is_overwritten() {
    let folder = TestFolder::new();
    folder.file("conformance/ssespec.toml", "mine");
    let printed = ssespec(words("init go")).folder(folder.path()).ends(2);
    printed.says(&["conformance/ssespec.toml: exists; nothing was written"]);
    assert!(!folder.path().join("conformance/adapter.go").exists(), "a file was written");
    folder.file(".github/workflows/conformance.yml", "mine");
    let printed = ssespec(words("init go other")).folder(folder.path()).ends(0);
    printed.says(&[
        "no .github/workflows/conformance.yml was written: add `ssespec run --setup other` to your CI",
    ]);
    assert_eq!(folder.read(".github/workflows/conformance.yml"), "mine");
    let elsewhere = folder.file("below/file", "").parent().unwrap().to_owned();
    let printed = ssespec(words("init go ../beside")).folder(&elsewhere).ends(0);
    printed.says(&["no .github/workflows/conformance.yml was written"]);
    // A file where the folder belongs.
    ssespec(words("init go file")).folder(&elsewhere).ends(2).says(&["file/", ": cannot be written: "]);
}

fn what_there_is_no_adapter_for() {
    let folder = TestFolder::new();
    let printed = ssespec(words("init go --for go-see")).folder(folder.path()).ends(2);
    printed.says(&["no adapter of the client go-see in go; there are: without --for, --for go-sse"]);
    ssespec(words("init pyton")).folder(folder.path()).ends(2).says(&["'python'"]);
    ssespec(["init"]).folder(folder.path()).ends(2).says(&["<LANGUAGE>"]);
}

fn the_list() {
    ssespec(words("init --list")).ends(0).shows(&[
        "javascript  client  blank anthropic-sdk eventsource launchdarkly-eventsource openai undici\n",
        "python      server  blank aiohttp-sse django-eventstream fastapi litestar sse-starlette\n",
    ]);
    let printed = ssespec(words("init go --list")).ends(0);
    assert!(printed.stdout.lines().all(|line| line.starts_with("go ")), "{}", printed.stdout);
}
