//! Known failures: what a run makes of them, and `--write-baseline`.

use crate::Tests;
use crate::command::{Ssespec, ssespec, words};
use crate::workshop::{Workshop, known};

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
    ("what_fails_by_chance", what_fails_by_chance),
    ("a_file_of_its_own", a_file_of_its_own),
];

const PASSES: &str = "client/demo/shows-an-event";
const FAILS: &str = "client/demo/wants-another-event";

/// What the report says of an entry that is stale.
const STALE: &str = "Stale baseline entries: these cases pass now, so remove the entries";

fn run(shop: &Workshop) -> Ssespec {
    ssespec(["run"]).args([shop.path().join("small")]).args(words("--cases cases"))
}

/// The demo cases are written, and `more` into the ssespec.toml; gives what the file holds then.
fn written(shop: &Workshop, more: &str, options: &str) -> (String, String) {
    shop.implementation("small", more);
    let printed = run(shop).args(words("--write-baseline")).args(words(options)).ends(1);
    (shop.read("small/ssespec.toml"), printed.stderr)
}

fn failures_are_added() {
    let shop = Workshop::new();
    let comment = "# by hand\n\n";
    let (text, said) = written(&shop, comment, "--filter client/demo/*");
    assert!(said.contains("small/ssespec.toml: 1 known failure added; give each its reason"), "{said}");
    let (before, after) = text.split_once("# by hand\n").unwrap();
    assert!(before.contains("role = \"client\"\ncommand = ["));
    let expected = "expected event data \\\"another\\\"; observed event data \\\"a\\\"";
    assert_eq!(after, format!("\n[[known-failure]]\ncase = \"{FAILS}\"\nreason = \"{expected}\"\n"));
    run(&shop).args(words("--filter client/demo/*")).ends(0).shows(&[FAILS]);
}

fn what_passes_is_taken_out_to_the_letter() {
    let shop = Workshop::new();
    let kept = "\n# Known since 2019.\n\n  [[ known-failure ]]   # odd, and kept\n\treason='It   fails' # why\n  case = \
                \"client/demo/wants-another-*\"\n\n# The end.\n";
    let stale = format!("[[known-failure]]\nreason = \"mended\"\ncase = \"{PASSES}\"\n\n");
    let (text, said) =
        written(&shop, &format!("\n# Of two.\n{stale}{stale}# More.\n{kept}"), "--filter client/demo/*");
    assert!(said.contains("2 known failures taken out"), "{said}");
    let (_, after) = text.split_once("]\n").unwrap();
    assert_eq!(after, format!("\n# Of two.\n# More.\n{kept}"));
    run(&shop).args(words("--filter client/demo/*")).ends(0);
}

fn a_pattern_is_narrowed_to_what_fails() {
    let shop = Workshop::new();
    let entry = "\n[[known-failure]]\ncase = \"client/demo/*\"   # all of them\nreason = \"demo\"\nlink = \"https://a.test/\"\n";
    let rest = known("client/suites/*", "suites");
    let (text, said) = written(&shop, &format!("{entry}{rest}"), "");
    let (_, after) = text.split_once("]\n").unwrap();
    assert_eq!(after, format!("{}{rest}", entry.replace("client/demo/*", FAILS)), "{said}");
    run(&shop).ends(0);
}

fn a_filtered_run_leaves_a_pattern() {
    let shop = Workshop::new();
    let entry = known("client/demo/*", "demo");
    let (text, said) = written(&shop, &entry, &format!("--filter {PASSES}"));
    assert!(text.ends_with(&entry), "{text}");
    assert!(said.contains("'client/demo/*' is left as it is"), "{said}");
}

fn nothing_to_change() {
    let shop = Workshop::new();
    shop.implementation("small", &known(FAILS, "nobody sends it"));
    let before = shop.read("small/ssespec.toml");
    let printed = run(&shop).args(words("--filter client/demo/* --write-baseline")).ends(0);
    printed.says(&["the known failures are as they were"]);
    assert_eq!(shop.read("small/ssespec.toml"), before);
}

fn a_form_that_is_not_written() {
    let shop = Workshop::new();
    shop.implementation("small", &format!("known-failure = [{{ case = \"{FAILS}\", reason = \"r\" }}]\n"));
    let before = shop.read("small/ssespec.toml");
    let printed = run(&shop).args(words("--filter client/demo/* --write-baseline")).ends(2);
    printed.says(&[
        "ssespec.toml:4: known failures can only be updated if each starts with a line [[known-failure]]",
    ]);
    assert_eq!(shop.read("small/ssespec.toml"), before);
}

fn a_stale_entry_fails_the_run() {
    let shop = Workshop::new();
    shop.implementation("small", &known(PASSES, "it was broken once"));
    let printed = run(&shop).args(words("--filter client/demo/shows-*")).ends(1);
    printed.shows(&[STALE, &format!("{PASSES}   it was broken once"), "exit status 1"]);
    let printed = run(&shop).args(words("--filter client/demo/shows-* --format snapshot")).ends(1);
    printed.says(&["exit status 1: 0 fail, 0 error; 1 stale and 0 unmatched entries of the baseline"]);
}

fn a_pattern_without_a_case_fails_the_run() {
    let shop = Workshop::new();
    let knowns = [
        known("client/demo/*other*", "nobody sends it"),
        known("client/gone/*", "there were such cases"),
        // What is about cases that are built in is of no interest to others.
        known("client/lines/*", "built in"),
        known("client/suites/*", "suites"),
    ];
    shop.implementation("small", &knowns.concat());
    let printed = run(&shop).ends(1);
    printed.shows(&[
        "Baseline entries that match no case: correct or remove them",
        "client/gone/*   there were such cases",
    ]);
    assert!(!printed.stdout.contains("built in"), "{}", printed.stdout);
    // A filtered run judges only what it selected.
    run(&shop).args(["--filter", FAILS]).ends(0);
}

fn a_filtered_run_judges_what_it_selected() {
    let shop = Workshop::new();
    shop.implementation("small", &known(PASSES, "it was broken once"));
    run(&shop).args(words("--filter client/demo/shows-two-events")).ends(0);
}

/// It may fail in another.
fn one_delivery_makes_no_entry_stale() {
    let shop = Workshop::new();
    shop.implementation("small", &known(PASSES, "it fails where it is cut"));
    let printed = run(&shop).args(["--filter", PASSES, "--delivery", "whole", "--write-baseline"]).ends(0);
    printed.says(&["as they were"]);
    run(&shop)
        .args(["--filter", PASSES])
        .args(words("--delivery whole --delivery bytes --delivery as-written"))
        .ends(1);
}

fn what_fails_by_chance() {
    let shop = Workshop::new();
    let by_chance = |case| format!("{}flaky = true\n", known(case, "now and then"));
    shop.implementation("small", &format!("{}{}", by_chance(PASSES), by_chance(FAILS)));
    let before = shop.read("small/ssespec.toml");
    let printed = run(&shop).args(words("--filter client/demo/* --write-baseline")).ends(0);
    printed
        .shows(&[&format!("{PASSES}: now and then"), &format!("{FAILS}: now and then")])
        .says(&["as they were"]);
    assert_eq!(shop.read("small/ssespec.toml"), before);
}

fn a_file_of_its_own() {
    let shop = Workshop::new();
    let run = |baseline: &str| {
        ssespec(words("client --cases cases --filter client/demo/* --reference --baseline"))
            .args([shop.path().join(baseline)])
    };
    shop.file("known.toml", &known(FAILS, "nobody sends it"));
    run("known.toml").ends(0).shows(&["nobody sends it"]);
    shop.file("known.toml", &format!("{}{}", known(FAILS, "nobody sends it"), known(PASSES, "mended")));
    run("known.toml").ends(1).shows(&[STALE, PASSES]);
    // The file of a folder will do.
    shop.implementation("small", &known(FAILS, "nobody sends it"));
    run("small/ssespec.toml").ends(0);
    run("no-such-file.toml").ends(2).says(&["no-such-file.toml"]);
    shop.file("known.toml", "[[known-failure]]\ncase = \"client/*\"\nresaon = \"r\"\n");
    let printed = run("known.toml").ends(2);
    printed.says(&["known.toml:3:1", "error: unknown key `resaon`", "did you mean `reason`?"]);
    assert!(printed.stderr.starts_with("error: unknown key"), "{}", printed.stderr);
}
