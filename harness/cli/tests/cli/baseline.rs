//! Known failures in a run, and `--write-baseline`.

use crate::Tests;
use crate::command::{Ssespec, ssespec, words};
use crate::test_folder::{TestFolder, known};

pub(crate) const TESTS: Tests = &[
    ("failures_are_added", failures_are_added),
    ("what_passes_is_taken_out_to_the_letter", what_passes_is_taken_out_to_the_letter),
    ("a_pattern_is_narrowed_to_what_fails", a_pattern_is_narrowed_to_what_fails),
    ("a_filtered_run_leaves_a_pattern", a_filtered_run_leaves_a_pattern),
    ("nothing_to_change", nothing_to_change),
    ("a_form_that_is_not_written", a_form_that_is_not_written),
    ("a_stale_entry_fails_the_run", a_stale_entry_fails_the_run),
    ("a_pattern_without_a_case_fails_the_run", a_pattern_without_a_case_fails_the_run),
    ("a_filtered_run_judges_what_it_selected", a_filtered_run_judges_what_it_selected),
    ("one_delivery_makes_no_entry_stale", one_delivery_makes_no_entry_stale),
    ("a_flaky_failure", a_flaky_failure),
    ("a_failure_in_some_deliveries", a_failure_in_some_deliveries),
    ("a_file_of_its_own", a_file_of_its_own),
];

const PASSES: &str = "client/demo/shows-an-event";
const FAILS: &str = "client/demo/wants-another-event";

/// The report's line about a stale entry.
const STALE: &str = "Stale baseline entries: these cases pass now, so remove the entries";

fn run(folder: &TestFolder) -> Ssespec {
    ssespec(["run"]).args([folder.path().join("small")]).args(words("--cases cases"))
}

/// Writes an ssespec.toml that ends with `more`, runs with `--write-baseline`, and returns the new file and the messages.
fn written(folder: &TestFolder, more: &str, options: &str) -> (String, String) {
    folder.implementation("small", more);
    let printed = run(folder).args(words("--write-baseline")).args(words(options)).ends(1);
    (folder.read("small/ssespec.toml"), printed.stderr)
}

fn failures_are_added() {
    let folder = TestFolder::new();
    let comment = "# by hand\n\n";
    let (text, said) = written(&folder, comment, "--filter client/demo/*");
    assert!(said.contains("small/ssespec.toml: 1 known failure added; give each a reason"), "{said}");
    let (before, after) = text.split_once("# by hand\n").unwrap();
    assert!(before.contains("role = \"client\"\ncommand = ["));
    let expected = "expected event data \\\"another\\\"; observed event data \\\"a\\\"";
    assert_eq!(after, format!("\n[[known-failure]]\ncase = \"{FAILS}\"\nreason = \"{expected}\"\n"));
    run(&folder).args(words("--filter client/demo/*")).ends(0).shows(&[FAILS]);
}

fn what_passes_is_taken_out_to_the_letter() {
    let folder = TestFolder::new();
    let kept = "\n# Known since 2019.\n\n  [[ known-failure ]]   # odd, and kept\n\treason='It   fails' # why\n  case = \
                \"client/demo/wants-another-*\"\n\n# The end.\n";
    let stale = format!("[[known-failure]]\nreason = \"mended\"\ncase = \"{PASSES}\"\n\n");
    let (text, said) =
        written(&folder, &format!("\n# Of two.\n{stale}{stale}# More.\n{kept}"), "--filter client/demo/*");
    assert!(said.contains("2 known failures removed"), "{said}");
    let (_, after) = text.split_once("]\n").unwrap();
    assert_eq!(after, format!("\n# Of two.\n# More.\n{kept}"));
    run(&folder).args(words("--filter client/demo/*")).ends(0);
}

fn a_pattern_is_narrowed_to_what_fails() {
    let folder = TestFolder::new();
    let entry = "\n[[known-failure]]\ncase = \"client/demo/*\"   # all of them\nreason = \"demo\"\nlink = \"https://a.test/\"\n";
    let rest = known("client/suites/*", "suites");
    let (text, said) = written(&folder, &format!("{entry}{rest}"), "");
    let (_, after) = text.split_once("]\n").unwrap();
    assert_eq!(after, format!("{}{rest}", entry.replace("client/demo/*", FAILS)), "{said}");
    run(&folder).ends(0);
}

fn a_filtered_run_leaves_a_pattern() {
    let folder = TestFolder::new();
    let entry = known("client/demo/*", "demo");
    let (text, said) = written(&folder, &entry, &format!("--filter {PASSES}"));
    assert!(text.ends_with(&entry), "{text}");
    assert!(said.contains("'client/demo/*' is unchanged"), "{said}");
}

fn nothing_to_change() {
    let folder = TestFolder::new();
    folder.implementation("small", &known(FAILS, "nobody sends it"));
    let before = folder.read("small/ssespec.toml");
    let printed = run(&folder).args(words("--filter client/demo/* --write-baseline")).ends(0);
    printed.says(&["the known failures have not changed"]);
    assert_eq!(folder.read("small/ssespec.toml"), before);
}

fn a_form_that_is_not_written() {
    let folder = TestFolder::new();
    folder.implementation("small", &format!("known-failure = [{{ case = \"{FAILS}\", reason = \"r\" }}]\n"));
    let before = folder.read("small/ssespec.toml");
    let printed = run(&folder).args(words("--filter client/demo/* --write-baseline")).ends(2);
    printed.says(&[
        "ssespec.toml:4: known failures can only be updated if each starts with a line [[known-failure]]",
    ]);
    assert_eq!(folder.read("small/ssespec.toml"), before);
}

fn a_stale_entry_fails_the_run() {
    let folder = TestFolder::new();
    folder.implementation("small", &known(PASSES, "it was broken once"));
    let printed = run(&folder).args(words("--filter client/demo/shows-*")).ends(1);
    printed.shows(&[STALE, &format!("{PASSES}   it was broken once"), "exit status 1"]);
    let printed = run(&folder).args(words("--filter client/demo/shows-* --format snapshot")).ends(1);
    printed.says(&["exit status 1: 0 fail, 0 error; 1 stale and 0 unmatched entries of the baseline"]);
}

fn a_pattern_without_a_case_fails_the_run() {
    let folder = TestFolder::new();
    let knowns = [
        known("client/demo/*other*", "nobody sends it"),
        known("client/gone/*", "there were such cases"),
        // Known failures of built-in cases do not apply to other cases.
        known("client/lines/*", "built in"),
        known("client/suites/*", "suites"),
    ];
    folder.implementation("small", &knowns.concat());
    let printed = run(&folder).ends(1);
    printed.shows(&[
        "Baseline entries that match no case: correct or remove them",
        "client/gone/*   there were such cases",
    ]);
    assert!(!printed.stdout.contains("built in"), "{}", printed.stdout);
    // A filtered run judges only what it selected.
    run(&folder).args(["--filter", FAILS]).ends(0);
}

fn a_filtered_run_judges_what_it_selected() {
    let folder = TestFolder::new();
    folder.implementation("small", &known(PASSES, "it was broken once"));
    run(&folder).args(words("--filter client/demo/shows-two-events")).ends(0);
}

/// It may fail in another.
fn one_delivery_makes_no_entry_stale() {
    let folder = TestFolder::new();
    folder.implementation("small", &known(PASSES, "it fails where it is cut"));
    let printed = run(&folder).args(["--filter", PASSES, "--delivery", "whole", "--write-baseline"]).ends(0);
    printed.says(&["have not changed"]);
    run(&folder)
        .args(["--filter", PASSES])
        .args(words("--delivery whole --delivery bytes --delivery as-written"))
        .ends(1);
}

fn a_flaky_failure() {
    let folder = TestFolder::new();
    let fails = "observed event data \\\"a\\\"";
    let flaky = |case| format!("{}flaky = true\nfails = \"{fails}\"\n", known(case, "now and then"));
    folder.implementation("small", &format!("{}{}", flaky(PASSES), flaky(FAILS)));
    let before = folder.read("small/ssespec.toml");
    let printed = run(&folder).args(words("--filter client/demo/* --write-baseline")).ends(0);
    printed
        .shows(&[&format!("{PASSES}: now and then"), &format!("{FAILS}: now and then")])
        .says(&["have not changed"]);
    assert_eq!(folder.read("small/ssespec.toml"), before);
}

fn a_failure_in_some_deliveries() {
    let folder = TestFolder::new();
    let filter = ["--filter", FAILS];
    folder.implementation("small", "");
    run(&folder).args(filter).args(words("--delivery bytes --write-baseline")).ends(1);
    assert!(folder.read("small/ssespec.toml").ends_with("deliveries = [\"bytes\"]\n"));
    run(&folder).args(filter).args(words("--delivery bytes")).ends(0);
    // It is not excused as written.
    run(&folder).args(filter).args(words("--write-baseline")).ends(1).shows(&["delivery as-written"]);
    run(&folder).args(filter).ends(0);
    // Nor if it fails with something else.
    let other = format!("{}fails = \"nothing within\"\n", known(FAILS, "never"));
    folder.implementation("small", &other);
    run(&folder).args(filter).ends(1);
}

fn a_file_of_its_own() {
    let folder = TestFolder::new();
    let run = |baseline: &str| {
        ssespec(words("client --cases cases --filter client/demo/* --reference --baseline"))
            .args([folder.path().join(baseline)])
    };
    folder.file("known.toml", &known(FAILS, "nobody sends it"));
    run("known.toml").ends(0).shows(&["nobody sends it"]);
    folder.file("known.toml", &format!("{}{}", known(FAILS, "nobody sends it"), known(PASSES, "mended")));
    run("known.toml").ends(1).shows(&[STALE, PASSES]);
    // The file of a folder will do.
    folder.implementation("small", &known(FAILS, "nobody sends it"));
    run("small/ssespec.toml").ends(0);
    run("no-such-file.toml").ends(2).says(&["no-such-file.toml"]);
    folder.file("known.toml", "[[known-failure]]\ncase = \"client/*\"\nresaon = \"r\"\n");
    let printed = run("known.toml").ends(2);
    printed.says(&["known.toml:3:1", "error: unknown key `resaon`", "did you mean `reason`?"]);
    assert!(printed.stderr.starts_with("error: unknown key"), "{}", printed.stderr);
}
