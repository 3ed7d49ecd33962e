//! `ssespec cases`, `explain`, `check` and `schema`.

use serde_json::{Value, json};

use crate::Tests;
use crate::command::{here, repository, ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("cases_are_listed", cases_are_listed),
    ("cases_as_json", cases_as_json),
    ("no_such_case", no_such_case),
    ("a_case_is_explained", a_case_is_explained),
    ("clean_files", clean_files),
    ("all_of_the_suite", all_of_the_suite),
    ("what_a_folder_lacks", what_a_folder_lacks),
    ("mistakes", mistakes),
    ("files_that_cannot_be_checked", files_that_cannot_be_checked),
    ("scenarios", scenarios),
    ("schemas_fit_what_they_describe", schemas_fit_what_they_describe),
];

fn cases_are_listed() {
    let all = ssespec(["cases"]).ends(0).stdout;
    let lines: Vec<&str> = all.lines().collect();
    assert!(lines.len() >= 199 && lines.is_sorted(), "{}", lines.len());
    let printed = ssespec(words("cases client/lines/lf-ends-a-line client/close/*")).ends(0);
    let ids: Vec<&str> = printed.stdout.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert!(
        ids.contains(&"client/lines/lf-ends-a-line") && ids.contains(&"client/close/while-open"),
        "{ids:?}"
    );
    assert!(
        ids.iter().all(|id| id.starts_with("client/close/") || *id == "client/lines/lf-ends-a-line"),
        "{ids:?}"
    );
    let printed = ssespec(words("cases --cases cases client/levels/*")).ends(0);
    let expected = "client/levels/may     A matter of taste, of which a fact is recorded\n\
                    client/levels/should  A should that no client keeps\n";
    assert_eq!(printed.stdout, expected);
}

fn cases_as_json() {
    let list = ssespec(words("cases --cases cases --format json *another* *resumes *may")).ends(0).json();
    let expected = json!([
        {
            "id": "client/demo/resumes", "title": "A client resumes after a drop in mid-event", "role": "client",
            "suite": "whatwg", "level": "must",
            "requirements": ["whatwg/reconnect-last-event-id-single-latest"], "needs": ["reconnect"],
            "why": null, "counterparts": [], "isolated": false, "soak": false,
            "file": "cases/client/demo/resumes.toml",
        },
        {
            "id": "client/demo/wants-another-event",
            "title": "No client passes this: it wants an event that nobody sends", "role": "client",
            "suite": "whatwg", "level": "must", "requirements": ["whatwg/line-lf"], "needs": [],
            "why": "To see what a failure looks like.", "counterparts": [], "isolated": false, "soak": false,
            "file": "cases/client/demo/wants-another-event.toml",
        },
        {
            "id": "client/levels/may", "title": "A matter of taste, of which a fact is recorded", "role": "client",
            "suite": "whatwg", "level": "may", "requirements": ["whatwg/http-network-error-futile-may-fail"],
            "needs": [], "why": null, "counterparts": [], "isolated": false, "soak": false,
            "file": "cases/client/levels/may.toml",
        },
    ]);
    assert_eq!(list, expected);
}

fn no_such_case() {
    ssespec(["cases", "lines"]).ends(2).says(&["nothing matches 'lines'; a pattern must match the full id"]);
    ssespec(["cases", "client/["]).ends(2).says(&["invalid value 'client/['", "unclosed character class"]);
    ssespec(words("cases --cases no-such-folder")).ends(2).says(&["no-such-folder: no such folder"]);
    let explain = |id: &str| ssespec(["explain", id]).ends(2);
    explain("client/lines/lf-ends-a-lin")
        .says(&["no case client/lines/lf-ends-a-lin; did you mean client/lines/lf-ends-a-line?"]);
    explain("while-open").says(&["no case while-open; these contain it: ", "client/close/while-open"]);
    explain("xyzzy").says(&["no case xyzzy; `ssespec cases` lists them"]);
}

fn a_case_is_explained() {
    let printed = ssespec(words("explain --cases cases client/demo/resumes")).ends(0);
    printed.shows(&[
        "client/demo/resumes\nA client resumes after a drop in mid-event\n",
        "whatwg/reconnect-last-event-id-single-latest (must)",
        "https://html.spec.whatwg.org/",
        "It needs a client that",
        "The server sends \"retry: 20\\nid: 1\\ndata: first\\n\\n\".",
        "The server resets the connection (RST).",
        "a request, with last-event-id: \"1\"",
        "cases/client/demo/resumes.toml",
    ]);
    // Every case that is built in can be explained.
    for case in ssespec(words("cases --format json client/http/*")).ends(0).json().as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        ssespec(["explain", id]).ends(0).shows(&[id, case["title"].as_str().unwrap()]);
    }
}

fn clean_files() {
    let check = |line: &str| ssespec(["check"]).args(words(line)).folder(&repository()).ends(0).stdout;
    assert_eq!(check("cases/client/lines/lf-ends-a-line.toml"), "1 case, no mistakes\n");
    assert!(check("cases/client/lines").ends_with(" cases, no mistakes\n"));
    assert_eq!(check("ci/implementations/eventsource/ssespec.toml"), "1 ssespec.toml file, no mistakes\n");
    let both = check("cases/client/lines/lf-ends-a-line.toml ci/implementations/eventsource/ssespec.toml");
    assert_eq!(both, "1 case and 1 ssespec.toml file, no mistakes\n");
    assert_eq!(ssespec(["check"]).args([here().join("cases")]).ends(0).stdout, "8 cases, no mistakes\n");
}

/// What is built in, and the folder that it is made from: no mistakes but statements without a case, as long as there are
/// some.
fn all_of_the_suite() {
    let uncovered = ssespec(words("requirements --uncovered --format json")).ends(0).json();
    let statements = uncovered["suites"].as_array().unwrap().iter().flat_map(|suite| {
        let sections = suite["sections"].as_array().unwrap().iter();
        sections.flat_map(|section| section["requirements"].as_array().unwrap())
    });
    let of_clients = |one: &&Value| one["missing"].as_array().unwrap().contains(&json!("client"));
    let missing = statements.filter(of_clients).count();
    for line in ["", "cases"] {
        let check = ssespec(["check"]).args(words(line)).folder(&repository());
        if missing == 0 {
            assert!(check.ends(0).stdout.ends_with(" cases, no mistakes\n"), "{line}");
        } else {
            let printed = check.ends(2);
            printed.shows(&["error: no client case checks ", "--> cases/requirements/", " binds a client"]);
            printed.says(&[&format!("error: {missing} mistake")]);
        }
    }
}

fn what_a_folder_lacks() {
    let folder = TestFolder::new();
    let requirement = |name: &str, more: &str| {
        format!(
            "[requirement.{name}]\nlevel = \"must\"\nbinds = [\"parser\"]\ntext = \"A rule.\"\nanchor = \"#a\"\n{more}\n"
        )
    };
    let rules = |more: &str| {
        let rules = [requirement("kept", ""), requirement("forgotten", more)].concat();
        format!("title = \"House\"\nurl = \"https://house.test/\"\n\n{rules}")
    };
    let list = |none: &str| {
        let head = "title = \"Theirs\"\nurl = \"https://theirs.test/\"\nrevision = \"1\"\n";
        format!("{head}tests = [\"first\", \"second\"]\n{none}")
    };
    folder.file("requirements/house.toml", &rules(""));
    folder.file("counterparts/theirs.toml", &list(""));
    let case = "title = \"A case\"\nrequirements = [\"house/kept\"]\ncounterparts = [\"theirs:first\"]\nsteps = [\n  \
                { send = \"data: a\\n\\n\" },\n  { expect-event = { data = \"a\" } },\n]\n";
    folder.file("client/mine/first.toml", case);
    let check = || ssespec(["check", "."]).folder(folder.path());
    let printed = check().ends(2);
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("what-a-folder-lacks", printed.stdout);
    });
    printed.says(&["error: 2 mistakes in 2 files"]);
    // A reason is as good as a case.
    folder.file("requirements/house.toml", &rules("untestable = \"Nobody can see it.\""));
    folder.file("counterparts/theirs.toml", &list("[none]\n\"second\" = \"It is about tea.\"\n"));
    assert_eq!(check().ends(0).stdout, "1 case, no mistakes\n");
    // But not both.
    folder.file(
        "counterparts/theirs.toml",
        &list("[none]\n\"first\" = \"No.\"\n\"second\" = \"It is about tea.\"\n"),
    );
    check().ends(2).shows(&["client/mine/first makes the claim of \"first\"", "theirs.toml:6:1"]);
    // A mistake in a list is reported before mistakes in cases that name it.
    folder.file("counterparts/theirs.toml", "title = 1\n");
    let printed = check().ends(2);
    printed.shows(&["expected a string, found a whole number"]).says(&["error: 2 mistakes in 1 file"]);
}

fn mistakes() {
    let folder = TestFolder::new();
    let first = "title = \"A mistake\"\nrequirements = [\"whatwg/line-fl\"]\nsteps = [\n  { sned = \"data: a\\n\\n\" },\n]\n";
    let first = folder.file("client/mine/first.toml", first);
    let second = folder.file("client/mine/second.toml", "title = \"A second\nrequirements = []\n");
    let printed = ssespec(["check"]).args([folder.path()]).ends(2);
    printed
        .shows(&["no step is called `sned` here", "first.toml:4:5", "  { sned = ", "did you mean"])
        .shows(&["this is not TOML", "second.toml:1:"])
        .says(&["error: 2 mistakes in 2 files"]);
    // All mistakes in all files are reported, whatever their kind.
    let third = folder.file("ssespec.toml", "name = \"a\"\nrole = \"client\"\n");
    let printed = ssespec(["check"]).args([&first, &second, &third]).ends(2);
    printed
        .shows(&["first.toml:4:5", "second.toml:1:", "ssespec.toml:2:8"])
        .says(&["error: 3 mistakes in 3 files"]);
    // A mistake that involves several cases.
    let sound = "title = \"A case\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [\n  { send = \"data: a\\n\\n\" },\n  \
                 { expect-event = { data = \"a\" } },\n]\n";
    folder.file("client/mine/first.toml", sound);
    folder.file("client/mine/second.toml", sound);
    ssespec(["check"])
        .args([folder.path()])
        .ends(2)
        .shows(&["two cases share this title"])
        .says(&["error: 1 mistake in 1 file\n"]);
}

fn files_that_cannot_be_checked() {
    let folder = TestFolder::new();
    ssespec(["check", "no-such.toml"]).ends(2).says(&["no-such.toml"]);
    ssespec(["check"]).args([folder.path()]).ends(2).says(&["no cases found"]);
    // Other TOML files are no cases, and not all of a home directory is read in search of some.
    folder.file("notes/Cargo.toml", "[package]\n");
    ssespec(["check"]).args([folder.path()]).ends(2).says(&["no cases found"]);
    ssespec(words("check --scenario")).ends(2).says(&["required"]);
}

fn scenarios() {
    let folder = TestFolder::new();
    let check = |line: &str| ssespec(words("check --scenario")).args(words(line)).folder(&repository());
    assert_eq!(
        check("mock-server/examples/drop-and-resume.toml").ends(0).stdout,
        "1 scenario, no mistakes\n"
    );
    let file = folder
        .file("s.toml", "[[route]]\npath = \"/stream\"\n[[route.connection]]\nsteps = [\"expect-event\"]\n");
    let printed = ssespec(words("check --scenario")).args([&file]).ends(2);
    printed.shows(&["s.toml:4:", "`expect-event`"]).says(&["mistake"]);
    check("no-such.toml").ends(2).says(&["no-such.toml"]);
    // Without the option, a scenario is known by its routes, also one with mistakes.
    ssespec(["check"]).args([&file]).ends(2).shows(&["s.toml:4:", "`expect-event`"]);
    let check = |line: &str| ssespec(words(&format!("check {line}"))).folder(&repository()).ends(0).stdout;
    assert_eq!(
        check("cases/client/lines/crlf-ends-one-line.toml mock-server/examples/drop-and-resume.toml"),
        "1 case and 1 scenario, no mistakes\n"
    );
    let presets = check("mock-server/presets/openai-chat");
    assert!(presets.ends_with(" scenarios, no mistakes\n"), "{presets}");
}

fn schemas_fit_what_they_describe() {
    let schema = |format: &str| -> Value { ssespec(["schema", format]).ends(0).json() };
    let fits = |schema: &Value, text: &str| {
        let document: toml::Value = toml::from_str(text).unwrap();
        jsonschema::validator_for(schema).unwrap().is_valid(&serde_json::to_value(document).unwrap())
    };
    let case = std::fs::read_to_string(here().join("cases/client/demo/resumes.toml")).unwrap();
    let scenario =
        std::fs::read_to_string(repository().join("mock-server/examples/drop-and-resume.toml")).unwrap();
    let (of_case, of_scenario) = (schema("case"), schema("scenario"));
    assert!(fits(&of_case, &case) && !fits(&of_case, &scenario));
    assert!(fits(&of_scenario, &scenario) && !fits(&of_scenario, &case));
    assert!(!fits(&of_case, &case.replace("expect-request", "expect-reqest")));
    let of_results = jsonschema::validator_for(&schema("results")).unwrap();
    let run = ssespec(words("client --reference --cases cases --format jsonl")).ends(1);
    assert!(run.json_lines().iter().all(|line| of_results.is_valid(line)));
    assert!(!of_results.is_valid(&json!({ "v": 1, "kind": "result" })));
    ssespec(["schema"]).ends(2).says(&["required", "<FORMAT>"]);
    ssespec(["schema", "html"])
        .ends(2)
        .says(&["invalid value 'html'", "case, server-case, intermediary-case, scenario, journal, results"]);
}
