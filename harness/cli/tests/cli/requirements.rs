//! `ssespec requirements`.

use std::path::PathBuf;

use crate::Tests;
use crate::command::{Ssespec, ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("each_format", each_format),
    ("all_statements_are_listed", all_statements_are_listed),
    ("a_selection", a_selection),
    ("what_is_not_there", what_is_not_there),
    ("who_keeps_them", who_keeps_them),
    ("results_that_cannot_be_shown", results_that_cannot_be_shown),
    ("other_suites", other_suites),
    ("a_file_for_the_page", a_file_for_the_page),
];

/// A folder with requirements, a list of another suite's tests and two cases, of which a client keeps one.
fn house() -> TestFolder {
    let folder = TestFolder::new();
    let rule = |name: &str, level: &str, section: &str, more: &str| {
        format!(
            "[requirement.{name}]\nsection = \"{section}\"\nlevel = \"{level}\"\nbinds = [\"parser\"]\n\
             text = \"The `{name}` rule | of the house.\"\nanchor = \"#{name}\"\n{more}\n"
        )
    };
    let rules = [
        rule("kept", "must", "Rooms", ""),
        rule("broken", "must", "Rooms", ""),
        rule("hidden", "must", "Rooms", "untestable = \"Nobody can see it.\"\n"),
        rule("open", "should", "Garden", "disputed = \"Open, or shut.\"\n"),
        rule("other", "should", "Rooms", "evidence = [\"owner/name#1\", \"CVE-1-2\"]\n"),
    ];
    let head = "title = \"House rules\"\nurl = \"https://house.test/\"\n\n";
    folder.file("cases/requirements/house.toml", &format!("{head}{}", rules.concat()));
    let list = "title = \"Theirs\"\nurl = \"https://theirs.test/\"\nrevision = \"1 May\"\ntests = [\"first\", \"b_c\", \"last\"]\n\
                [none]\n\"b_c\" = \"It is about `tea`.\"\n";
    folder.file("cases/counterparts/theirs.toml", list);
    let case = |title: &str, rule: &str, seen: &str| {
        format!(
            "title = \"{title}\"\nrequirements = [\"house/{rule}\"]\ncounterparts = [\"theirs:f*\"]\nsteps = [\n  \
             {{ send = \"data: a\\n\\n\" }},\n  {{ expect-event = {{ data = \"{seen}\" }} }},\n]\n"
        )
    };
    folder.file("cases/client/mine/kept.toml", &case("What is kept", "kept", "a"));
    folder.file("cases/client/mine/broken.toml", &case("What nobody keeps", "broken", "b"));
    folder
}

/// The command for the house.
fn asks(folder: &TestFolder, line: &str) -> Ssespec {
    ssespec(["requirements", "--cases", "cases"]).args(words(line)).folder(folder.path())
}

/// A results file of the house.
fn results(folder: &TestFolder, name: &str, line: &str) -> PathBuf {
    let file = folder.path().join(name);
    let run =
        ssespec(words("client --cases cases --suite house --output")).args([&file]).folder(folder.path());
    match line {
        "" => run.args(["--reference"]).ends(1),
        name => run.adapter([format!("name={name}")]).ends(1),
    };
    file
}

fn each_format() {
    let folder = house();
    results(&folder, "r.jsonl", "");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        for format in ["terminal", "markdown", "json"] {
            let printed = asks(&folder, &format!("--suite house --format {format} r.jsonl")).ends(0).stdout;
            insta::assert_snapshot!(
                format!("requirements-{format}"),
                printed.replace(env!("CARGO_PKG_VERSION"), "[version]")
            );
        }
    });
    assert_eq!(
        asks(&folder, "--suite house").ends(0).stdout,
        asks(&folder, "--suite house --format terminal").ends(0).stdout
    );
}

fn all_statements_are_listed() {
    let printed = ssespec(["requirements"]).ends(0);
    printed.shows(&[
        "whatwg: HTML Living Standard, 9.2 Server-sent events\nhttps://html.spec.whatwg.org/",
        "\n  Lines\n",
        "\n    whatwg/line-lf   must, binds parser\n      An LF that does not follow a CR ends a line.\n",
        "      client/lines/lf-ends-a-line ",
        "resilience: Resilience of clients\n",
        "\nTestable statements with a case\n",
    ]);
    // Each is there once, and those of the standard come first.
    let json = ssespec(words("requirements --format json")).ends(0).json();
    let sections =
        json["suites"].as_array().unwrap().iter().flat_map(|suite| suite["sections"].as_array().unwrap());
    let count: usize = sections.map(|section| section["requirements"].as_array().unwrap().len()).sum();
    assert_eq!(printed.stdout.lines().filter(|line| line.contains(", binds ")).count(), count);
    let at = |part: &str| printed.stdout.find(part).unwrap();
    assert!(at("    whatwg/") < at("    resilience/"));
    // In the order of the document.
    assert!(at("    whatwg/api-exposed-window-worker ") < at("    whatwg/line-lf "));
}

/// The listed ids.
fn ids(folder: &TestFolder, line: &str) -> Vec<String> {
    let printed = asks(folder, &format!("{line} --format json")).ends(0).json();
    let mut ids = Vec::new();
    for suite in printed["suites"].as_array().unwrap() {
        for section in suite["sections"].as_array().unwrap() {
            for one in section["requirements"].as_array().unwrap() {
                ids.push(one["id"].as_str().unwrap().to_owned());
            }
        }
    }
    ids
}

fn a_selection() {
    let folder = house();
    let all = ["house/kept", "house/broken", "house/hidden", "house/other", "house/open"];
    assert_eq!(ids(&folder, "--suite house"), all);
    assert_eq!(ids(&folder, "--filter house/*"), all);
    assert_eq!(ids(&folder, "--suite house --level should"), ["house/other"]);
    // Disputed requirements are judged as `may`.
    assert_eq!(ids(&folder, "--suite house --level may --level should"), ["house/other", "house/open"]);
    assert_eq!(ids(&folder, "--filter house/?e* --filter house/op*"), ["house/kept", "house/open"]);
    assert_eq!(ids(&folder, "--suite house --uncovered"), ["house/other", "house/open"]);
    assert_eq!(ids(&folder, "--suite house --level must --uncovered"), [""; 0]);
    let printed = asks(&folder, "--suite house --level must --uncovered").ends(0);
    assert_eq!(
        printed.stdout,
        "Testable statements with a case\n  house   client     2 of   2   (1 untestable)\n"
    );
    let suites = asks(&folder, "--suite house --suite resilience --format json").ends(0).json();
    let names: Vec<&str> =
        suites["suites"].as_array().unwrap().iter().map(|suite| suite["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["house", "resilience"]);
}

fn what_is_not_there() {
    let folder = house();
    asks(&folder, "--suite hous")
        .ends(2)
        .says(&["no suite hous; did you mean house? the suites are house, "]);
    asks(&folder, "--filter house/kep").ends(2).says(&["nothing matches 'house/kep'; ", "'house/kep*'"]);
    let nothing = asks(&folder, "--filter xyzzy").ends(2);
    nothing.says(&["nothing matches 'xyzzy'; `ssespec requirements` lists all ids"]);
    asks(&folder, "--level shall").ends(2).says(&["invalid value 'shall'", "must, should, may"]);
    asks(&folder, "--suite house --level may --filter house/kept")
        .ends(2)
        .says(&["no requirement matches --suite, --level and"]);
    asks(&folder, "--format html").ends(2).says(&["invalid value 'html'", "terminal, markdown, json"]);
    asks(&folder, "--counterparts --uncovered").ends(2).says(&["--counterparts", "cannot be used with"]);
    asks(&folder, "--counterparts r.jsonl").ends(2).says(&["cannot be used with"]);
    ssespec(words("requirements --cases no-such-folder")).ends(2).says(&["no-such-folder: no such folder"]);
}

fn who_keeps_them() {
    let folder = house();
    results(&folder, "reference.jsonl", "");
    results(&folder, "small.jsonl", "small");
    let printed = asks(&folder, "--suite house reference.jsonl small.jsonl").ends(0);
    printed.shows(&["✔ 1/1 reference ", " · ✔ 1/1 small 1\n", "✘ 0/1 reference ", " · ✘ 0/1 small 1\n"]);
    printed.shows(&["  small 1 (Rust client)\n    house   MUST 1 of 2 (50.0 %)\n"]);
    let page = asks(&folder, "--suite house --format markdown reference.jsonl small.jsonl").ends(0);
    page.shows(&[" | client/mine/kept | ✔ 1/1 | ✔ 1/1 |\n", " | **no client case** | · | · |\n"]);
}

fn results_that_cannot_be_shown() {
    let folder = house();
    results(&folder, "r.jsonl", "");
    asks(&folder, "no-such.jsonl").ends(2).says(&["no-such.jsonl: cannot read it: "]);
    asks(&folder, "cases").ends(2).says(&["cannot read it: "]);
    asks(&folder, "r.jsonl r.jsonl")
        .ends(2)
        .says(&["are both results of reference", "pass only one of them"]);
    let whole = folder.read("r.jsonl");
    folder.file("r.jsonl", "# Results\n");
    asks(&folder, "r.jsonl").ends(2).says(&["r.jsonl:1: not a results file"]);
    // An incomplete run has no percentages.
    let footer = whole.trim_end().rfind('\n').unwrap();
    folder.file("r.jsonl", &whole[..=footer]);
    let printed = asks(&folder, "--suite house r.jsonl").ends(0);
    printed.shows(&["MUST 1 of 2\n", "no percentages: the run did not finish"]);
}

fn other_suites() {
    let folder = house();
    let printed = asks(&folder, "--counterparts").ends(0);
    printed.shows(&[
        "theirs: Theirs (1 May)\nhttps://theirs.test/\n\n  first\n    client/mine/broken\n    client/mine/kept\n  b_c\n    none: It is \
         about `tea`.\n  last\n    neither a case nor a reason for its absence\n",
        "\n  theirs: 3 tests: 1 with a case here, 1 with a reason why not; 1 with neither\n",
    ]);
    asks(&folder, "--counterparts --format markdown").ends(0).shows(&[
        "\n## theirs\n\n[Theirs](<https://theirs.test/>), 1 May. 3 tests: ",
        "| first | client/mine/broken<br>client/mine/kept |\n| b\\_c | *none:* It is about `tea`. |\n| last | **neither",
    ]);
    // The built-in lists are complete.
    let list = ssespec(words("requirements --counterparts --format json")).ends(0).json();
    for (name, count) in [("wpt", 62), ("sse-contract-tests", 113)] {
        let suites = list["suites"].as_array().unwrap();
        let tests = suites.iter().find(|suite| suite["name"] == name).unwrap()["tests"].as_array().unwrap();
        assert_eq!(tests.len(), count);
        for test in tests {
            let is_named = !test["cases"].as_array().unwrap().is_empty();
            assert!(is_named != test["none"].is_string(), "{name}: {test}");
        }
    }
}

fn a_file_for_the_page() {
    let folder = house();
    let page = asks(&folder, "--suite house --format markdown").ends(0).stdout;
    let printed = asks(&folder, "--suite house --format markdown --output page.md").ends(0);
    assert_eq!((printed.stdout.as_str(), folder.read("page.md")), ("", page));
    let nowhere = asks(&folder, "--counterparts --output no-such-folder/page.md").ends(2);
    nowhere.says(&["page.md: cannot be written: "]);
    // A file has no colours.
    asks(&folder, "--suite house --color always --output page.txt").ends(0);
    assert!(!folder.read("page.txt").contains('\u{1b}'));
    let colours = asks(&folder, "--suite house --color always").ends(0).stdout;
    assert!(colours.contains("\u{1b}["), "{colours}");
}
