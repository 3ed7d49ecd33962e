//! Which cases run: `--filter`, `--suite`, `--level`, `--cases`.

use std::collections::BTreeSet;

use crate::Tests;
use crate::command::{ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("filters", filters),
    ("a_filter_that_matches_nothing", a_filter_that_matches_nothing),
    ("suites", suites),
    ("suites_that_do_not_decide_say_so", suites_that_do_not_decide_say_so),
    ("warnings_decide_if_strict", warnings_decide_if_strict),
    ("the_first_failure_ends_a_fast_run", the_first_failure_ends_a_fast_run),
    ("selected_cases_are_listed", selected_cases_are_listed),
    ("suites_of_conventions", suites_of_conventions),
    ("levels", levels),
    ("nothing_is_left", nothing_is_left),
    ("soak_cases_run_beside_others_if_asked_for", soak_cases_run_beside_others_if_asked_for),
    ("cases_of_a_folder", cases_of_a_folder),
    ("own_cases_need_no_requirements_and_no_folders", own_cases_need_no_requirements_and_no_folders),
    ("folders_without_cases", folders_without_cases),
];

/// The cases that ran, and the header of the results.
fn ran(options: &str, status: i32) -> (Vec<String>, serde_json::Value) {
    let line = format!("client --reference --cases cases --format jsonl --delivery as-written {options}");
    let lines = ssespec(words(&line)).ends(status).json_lines();
    let cases: BTreeSet<String> = lines
        .iter()
        .filter(|line| line["kind"] == "result")
        .map(|line| line["case"].as_str().unwrap().into())
        .collect();
    (cases.into_iter().collect(), lines[0].clone())
}

fn filters() {
    let (cases, header) = ran("--filter client/demo/shows-an-event --filter client/levels/*", 0);
    assert_eq!(cases, ["client/demo/shows-an-event", "client/levels/may", "client/levels/should"]);
    let filters = serde_json::json!(["client/demo/shows-an-event", "client/levels/*"]);
    assert_eq!(header["selection"]["filters"], filters);
    // A star matches any characters, including `/`.
    assert_eq!(ran("--filter *may", 0).0, ["client/levels/may"]);
    assert_eq!(
        ran("--filter client/{levels,suites}/?[a-e]*", 1).0,
        ["client/levels/may", "client/suites/resilience"]
    );
}

fn a_filter_that_matches_nothing() {
    let run = |filter: &str| ssespec(["client", "--reference", "--filter", filter]).ends(2);
    run("client/lnes/*").says(&["nothing matches 'client/lnes/*'; did you mean 'client/lines/*'?"]);
    run("lines/*").says(&["nothing matches 'lines/*'; a pattern must match the full id, so try '*lines/*'"]);
    run("xyzzy").says(&[
        "nothing matches 'xyzzy'; `ssespec cases` lists all cases, `ssespec probe --list` all checks",
    ]);
    run("client/[").says(&["invalid value 'client/[' for '--filter <GLOB>'", "unclosed character class"]);
    // Nor may one of several.
    let printed = ssespec(words("client --reference --filter client/lines/* --filter client/lnes/*")).ends(2);
    printed.says(&["nothing matches 'client/lnes/*'"]);
}

fn suites() {
    let (cases, header) = ran("--filter client/suites/*", 1);
    assert_eq!(cases, ["client/suites/resilience"], "among cases of one's own, each suite decides");
    assert_eq!(header["selection"]["deciding"], "failures");
    assert_eq!(header["selection"]["suites"], serde_json::json!([]));
    let (cases, header) = ran("--suite resilience", 1);
    assert_eq!(cases, ["client/suites/resilience"]);
    assert_eq!(header["selection"]["suites"], serde_json::json!(["resilience"]));
    assert_eq!(ran("--suite resilience --suite whatwg", 1).0.len(), 8);
    let printed = ssespec(words("client --reference --suite whatwgg")).ends(2);
    printed.says(&["no suite whatwgg; did you mean whatwg? the suites are ", "resilience"]);
}

fn suites_that_do_not_decide_say_so() {
    // A case that the small client of these tests fails.
    let run = |options: &str, status: i32| {
        let line =
            format!("client --delivery as-written {options} --filter client/llm/done-written-otherwise");
        ssespec(words(&line)).adapter([""; 0]).ends(status)
    };
    let reported = "llm does not affect the exit status without --suite or --strict";
    run("", 0).shows(&[
        "✘ FAIL must client/llm/done-written-otherwise",
        reported,
        "exit status 0: ",
        "1 failure is in suites that do not decide; --suite llm or --strict makes them decide",
    ]);
    for option in ["--suite llm", "--strict"] {
        let printed = run(option, 1);
        printed.shows(&["✘ FAIL must client/llm/done-written-otherwise", "exit status 1"]);
        assert!(!printed.stdout.contains(reported), "{}", printed.stdout);
    }
}

fn warnings_decide_if_strict() {
    let run = |options: &str| {
        ssespec(words(&format!("client --reference --cases cases --filter client/levels/* {options}")))
    };
    run("").ends(0).shows(&["exit status 0: ", "; --strict makes the 1 warning decide"]);
    run("--strict").ends(1).shows(&["exit status 1: there are warnings, which --strict does not allow"]);
}

fn the_first_failure_ends_a_fast_run() {
    let run = |options: &str| {
        let line = format!("client --reference --cases cases --delivery as-written --jobs 1 {options}");
        ssespec(words(&line)).ends(1)
    };
    let ran = |options: &str| {
        run(&format!("{options} --format jsonl"))
            .json_lines()
            .iter()
            .filter(|line| line["kind"] == "result")
            .count()
    };
    let (all, some) = (ran(""), ran("--fail-fast"));
    assert!(some < all, "{some} of {all}");
    run("--fail-fast")
        .shows(&["stopped at the first failure", "INCOMPLETE RUN: it stopped at the first failure"]);
}

fn selected_cases_are_listed() {
    let list = |line: &str| ssespec(words(line)).ends(0).stdout;
    let text = list("client --list --cases cases --filter client/levels/*");
    assert_eq!(text.lines().count(), 2);
    assert!(text.starts_with("client/levels/may     may    A matter of taste"), "{text}");
    assert!(list("server --list --reference").lines().all(|line| line.starts_with("server/")));
    assert!(list("probe --list").lines().all(|line| line.starts_with("server/probe/")));
    ssespec(words("client --list --filter client/lines/* --suite llm"))
        .ends(2)
        .says(&["no case is selected"]);
}

fn suites_of_conventions() {
    for suite in ["llm", "mcp"] {
        let line = format!("client --reference --suite {suite} --format jsonl --delivery as-written");
        let lines = ssespec(words(&line)).ends(0).json_lines();
        let results: Vec<&serde_json::Value> = lines.iter().filter(|line| line["kind"] == "result").collect();
        assert!(results.len() >= 15, "{}", results.len());
        for result in results {
            assert_eq!(result["suite"], suite);
            assert!(result["case"].as_str().unwrap().starts_with(&format!("client/{suite}/")), "{result}");
        }
    }
}

fn levels() {
    assert_eq!(ran("--level should", 0).0, ["client/levels/should"]);
    assert_eq!(ran("--level may --level should", 0).0, ["client/levels/may", "client/levels/should"]);
    assert_eq!(ran("--level must", 1).0.len(), 6);
    ssespec(words("client --reference --level shall"))
        .ends(2)
        .says(&["invalid value 'shall'", "must, should, may"]);
}

fn nothing_is_left() {
    let printed =
        ssespec(words("client --reference --filter client/lines/* --suite resilience --level may")).ends(2);
    printed.says(&[
        "no case is selected: --filter 'client/lines/*' --suite resilience --level may",
        "`ssespec cases`",
    ]);
    // The adapter is not even started.
    let printed =
        ssespec(words("client --filter client/lines/* --suite resilience -- no-such-program")).ends(2);
    printed.says(&["no case is selected"]);
}

fn soak_cases_run_beside_others_if_asked_for() {
    let folder = TestFolder::new();
    let case = |title: &str, keys: &str, expected: &str| {
        format!(
            "title = \"{title}\"\n{keys}\nsteps = [\n  {{ wait = \"1s\" }},\n  {{ send = \"data: a\\n\\n\" }},\n  \
             {{ expect-event = {{ data = \"{expected}\" }} }},\n]\n"
        )
    };
    folder.file("client/own/usual.toml", &case("Soon", "", "a"));
    for (number, expected) in ["a", "a", "b"].iter().enumerate() {
        let path = format!("client/own/soak-{number}.toml");
        folder.file(&path, &case(&format!("Later {number}"), "soak = true", expected));
    }
    let run = |options: &str, status: i32| {
        let line = format!("client --reference --cases . --format jsonl --jobs 1 {options}");
        ssespec(words(&line)).folder(folder.path()).ends(status).json_lines()
    };
    let played = |lines: &[serde_json::Value]| {
        let results = lines.iter().filter(|line| line["kind"] == "result");
        results.map(|line| (line["case"].clone(), line["start_us"].as_u64())).collect::<Vec<_>>()
    };
    for too_short in ["", "--soak 900ms"] {
        let cases = played(&run(too_short, 0));
        assert!(cases.iter().all(|(case, _)| case == "client/own/usual"), "{cases:?}");
    }
    let lines = run("--soak 1s", 1);
    let soak: Vec<u64> = played(&lines)
        .iter()
        .filter(|(case, _)| case != "client/own/usual")
        .map(|(_, start)| start.expect("a start"))
        .collect();
    // Once each, and side by side although one session may be busy at a time.
    assert!(soak.len() == 3 && soak.iter().all(|start| start.abs_diff(soak[0]) < 1_000_000), "{soak:?}");
    let failed = lines.iter().find(|line| line["verdict"] == "fail").expect("a failure");
    assert_eq!(failed["case"], "client/own/soak-2");
    let rerun = failed["rerun"].as_str().expect("a command");
    assert!(rerun.contains("--soak 1s"), "{rerun}");
    ssespec(words("client --reference --cases . --filter client/own/soak*"))
        .folder(folder.path())
        .ends(2)
        .says(&["only soak cases are selected (--filter 'client/own/soak*')", "add --soak 1min"]);
}

fn cases_of_a_folder() {
    let folder = TestFolder::new();
    let case = |title: &str, requirement: &str| {
        format!(
            "title = \"{title}\"\nrequirements = [\"{requirement}\"]\nsteps = [\n  {{ send = \"data: a\\n\\n\" }},\n  \
             {{ expect-event = {{ data = \"a\" }} }},\n]\n"
        )
    };
    let run = || ssespec(["client", "--reference", "--cases"]).args([folder.path()]);
    folder.file("client/mine/first.toml", &case("A case of mine", "whatwg/line-lf"));
    run().ends(0).shows(&["client/mine   ✔ 1"]);
    // With requirements of its own.
    folder.file("client/mine/second.toml", &case("Another of mine", "house/rule"));
    run().ends(2).says(&["second.toml:2:17", "unknown requirement \"house/rule\""]);
    let rule = "[requirement.rule]\nlevel = \"must\"\nbinds = [\"parser\"]\ntext = \"House rule.\"\nanchor = \"#rule\"\n";
    folder.file(
        "requirements/house.toml",
        &format!("title = \"House\"\nurl = \"https://house.test/\"\n\n{rule}"),
    );
    let printed = run().args(["--suite", "house"]).ends(0);
    printed.shows(&["house\n  client/mine   ✔ 1"]);
}

fn own_cases_need_no_requirements_and_no_folders() {
    let folder = TestFolder::new();
    let case = |title: &str, data: &str| {
        format!(
            "title = \"{title}\"\nsteps = [\n  {{ send = \"data: a\\n\\n\" }},\n  {{ expect-event = {{ data = \"{data}\" \
             }} }},\n]\n"
        )
    };
    folder.file("ssespec.toml", "name = \"mine\"\n");
    folder.file("first.toml", &case("A case of mine", "a"));
    let run = || ssespec(["client", "--reference", "--cases"]).args([folder.path()]);
    run().ends(0).shows(&["own\n  client   ✔ 1", "MUST 1 of 1"]);
    folder.file("second.toml", &case("Another case of mine", "b"));
    run().ends(1).shows(&["✘ FAIL must client/second", "exit status 1"]);
    run().args(["--suite", "own", "--filter", "client/first"]).ends(0);
    ssespec(["check"]).args([folder.path()]).ends(0).shows(&["2 cases, no mistakes"]);
    folder.file("third.toml", "title = \"A third\"\nsteps = [\"end\", { expect-end = true }]\n");
    run().ends(2).says(&["third.toml:2:"]);
    // For servers.
    let step =
        "title = \"A third\"\nsteps = [{ emit = { data = \"a\" } }, { expect-event = { data = \"a\" } }]\n";
    folder.file("third.toml", step);
    ssespec(["server", "--reference", "--cases"])
        .args([folder.path()])
        .ends(0)
        .shows(&["own\n  server   ✔ 1"]);
}

fn folders_without_cases() {
    let folder = TestFolder::new();
    let run = || ssespec(["client", "--reference", "--cases"]);
    run()
        .args([folder.path()])
        .ends(2)
        .says(&["no cases found; a case is a file like ", "/client/<group>/<name>.toml"]);
    run().args(["no-such-folder"]).ends(2).says(&["no-such-folder: no such folder"]);
    let file = folder.file("client/mine/first.toml", "title = 5\n");
    run().args([&file]).ends(2).says(&["first.toml: no such folder"]);
    run().args([folder.path()]).ends(2).says(&["first.toml:1:9", "expected a string, found a whole number"]);
}
