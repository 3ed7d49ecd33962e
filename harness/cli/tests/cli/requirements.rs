//! `ssespec requirements`: what is checked, statement by statement.

use std::path::PathBuf;

use crate::Tests;
use crate::command::{Ssespec, ssespec, words};
use crate::workshop::Workshop;

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
fn house() -> Workshop {
    let shop = Workshop::new();
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
    shop.file("cases/requirements/house.toml", &format!("{head}{}", rules.concat()));
    let list = "title = \"Theirs\"\nurl = \"https://theirs.test/\"\nrevision = \"1 May\"\ntests = [\"first\", \"b_c\", \"last\"]\n\
                [none]\n\"b_c\" = \"It is about `tea`.\"\n";
    shop.file("cases/counterparts/theirs.toml", list);
    let case = |title: &str, rule: &str, seen: &str| {
        format!(
            "title = \"{title}\"\nrequirements = [\"house/{rule}\"]\ncounterparts = [\"theirs:f*\"]\nsteps = [\n  \
             {{ send = \"data: a\\n\\n\" }},\n  {{ expect-event = {{ data = \"{seen}\" }} }},\n]\n"
        )
    };
    shop.file("cases/client/mine/kept.toml", &case("What is kept", "kept", "a"));
    shop.file("cases/client/mine/broken.toml", &case("What nobody keeps", "broken", "b"));
    shop
}

/// The command for the house.
fn asks(shop: &Workshop, line: &str) -> Ssespec {
    ssespec(["requirements", "--cases", "cases"]).args(words(line)).folder(shop.path())
}

/// A results file of the house.
fn results(shop: &Workshop, name: &str, line: &str) -> PathBuf {
    let file = shop.path().join(name);
    let run = ssespec(words("client --cases cases --suite house --output")).args([&file]).folder(shop.path());
    match line {
        "" => run.args(["--reference"]).ends(1),
        name => run.adapter([format!("name={name}")]).ends(1),
    };
    file
}

fn each_format() {
    let shop = house();
    results(&shop, "r.jsonl", "");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        for format in ["terminal", "markdown", "json"] {
            let printed = asks(&shop, &format!("--suite house --format {format} r.jsonl")).ends(0).stdout;
            insta::assert_snapshot!(
                format!("requirements-{format}"),
                printed.replace(env!("CARGO_PKG_VERSION"), "[version]")
            );
        }
    });
    assert_eq!(
        asks(&shop, "--suite house").ends(0).stdout,
        asks(&shop, "--suite house --format terminal").ends(0).stdout
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
    let count = ssespec(words("cases --requirements")).ends(0).stdout.lines().count();
    assert_eq!(printed.stdout.lines().filter(|line| line.contains(", binds ")).count(), count);
    let at = |part: &str| printed.stdout.find(part).unwrap();
    assert!(at("    whatwg/") < at("    resilience/"));
    // In the order of the document.
    assert!(at("    whatwg/api-exposed-window-worker ") < at("    whatwg/line-lf "));
}

/// The ids that are listed.
fn ids(shop: &Workshop, line: &str) -> Vec<String> {
    let printed = asks(shop, &format!("{line} --format json")).ends(0).json();
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
    let shop = house();
    let all = ["house/kept", "house/broken", "house/hidden", "house/other", "house/open"];
    assert_eq!(ids(&shop, "--suite house"), all);
    assert_eq!(ids(&shop, "--filter house/*"), all);
    assert_eq!(ids(&shop, "--suite house --level should"), ["house/other"]);
    // What is disputed is judged as `may`.
    assert_eq!(ids(&shop, "--suite house --level may --level should"), ["house/other", "house/open"]);
    assert_eq!(ids(&shop, "--filter house/?e* --filter house/op*"), ["house/kept", "house/open"]);
    assert_eq!(ids(&shop, "--suite house --uncovered"), ["house/other", "house/open"]);
    assert_eq!(ids(&shop, "--suite house --level must --uncovered"), [""; 0]);
    let printed = asks(&shop, "--suite house --level must --uncovered").ends(0);
    assert_eq!(
        printed.stdout,
        "Testable statements with a case\n  house   client     2 of   2   (1 untestable)\n"
    );
    let suites = asks(&shop, "--suite house --suite resilience --format json").ends(0).json();
    let names: Vec<&str> =
        suites["suites"].as_array().unwrap().iter().map(|suite| suite["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["house", "resilience"]);
}

fn what_is_not_there() {
    let shop = house();
    asks(&shop, "--suite hous").ends(2).says(&["no suite hous; did you mean house? the suites are house, "]);
    asks(&shop, "--filter house/kep").ends(2).says(&["nothing matches 'house/kep'; ", "'house/kep*'"]);
    let nothing = asks(&shop, "--filter xyzzy").ends(2);
    nothing.says(&["nothing matches 'xyzzy'; `ssespec requirements` lists what there is"]);
    asks(&shop, "--level shall").ends(2).says(&["invalid value 'shall'", "must, should, may"]);
    asks(&shop, "--suite house --level may --filter house/kept")
        .ends(2)
        .says(&["no statement is left: --suite, --level and"]);
    asks(&shop, "--format html").ends(2).says(&["invalid value 'html'", "terminal, markdown, json"]);
    asks(&shop, "--counterparts --uncovered").ends(2).says(&["--counterparts", "cannot be used with"]);
    asks(&shop, "--counterparts r.jsonl").ends(2).says(&["cannot be used with"]);
    ssespec(words("requirements --cases no-such-folder")).ends(2).says(&["no-such-folder: no such folder"]);
}

fn who_keeps_them() {
    let shop = house();
    results(&shop, "reference.jsonl", "");
    results(&shop, "small.jsonl", "small");
    let printed = asks(&shop, "--suite house reference.jsonl small.jsonl").ends(0);
    printed.shows(&["✔ 1/1 reference ", " · ✔ 1/1 small 1\n", "✘ 0/1 reference ", " · ✘ 0/1 small 1\n"]);
    printed.shows(&["  small 1 (Rust client)\n    house   MUST 1 of 2 (50.0 %)\n"]);
    let page = asks(&shop, "--suite house --format markdown reference.jsonl small.jsonl").ends(0);
    page.shows(&[" | client/mine/kept | ✔ 1/1 | ✔ 1/1 |\n", " | **no client case** | · | · |\n"]);
}

fn results_that_cannot_be_shown() {
    let shop = house();
    results(&shop, "r.jsonl", "");
    asks(&shop, "no-such.jsonl").ends(2).says(&["no-such.jsonl: cannot read it: "]);
    asks(&shop, "cases").ends(2).says(&["cannot read it: "]);
    asks(&shop, "r.jsonl r.jsonl").ends(2).says(&["are both results of reference", "pass only one of them"]);
    let whole = shop.read("r.jsonl");
    shop.file("r.jsonl", "# Results\n");
    asks(&shop, "r.jsonl").ends(2).says(&["r.jsonl:1: not a results file"]);
    // Of a run that was stopped no percentage is told.
    let footer = whole.trim_end().rfind('\n').unwrap();
    shop.file("r.jsonl", &whole[..=footer]);
    let printed = asks(&shop, "--suite house r.jsonl").ends(0);
    printed.shows(&["MUST 1 of 2\n", "no percentages: the run did not finish"]);
}

fn other_suites() {
    let shop = house();
    let printed = asks(&shop, "--counterparts").ends(0);
    printed.shows(&[
        "theirs: Theirs (1 May)\nhttps://theirs.test/\n\n  first\n    client/mine/broken\n    client/mine/kept\n  b_c\n    none: It is \
         about `tea`.\n  last\n    neither a case nor a reason for its absence\n",
        "\n  theirs: 3 tests: 1 with a case here, 1 with a reason why not; 1 with neither\n",
    ]);
    asks(&shop, "--counterparts --format markdown").ends(0).shows(&[
        "\n## theirs\n\n[Theirs](<https://theirs.test/>), 1 May. 3 tests: ",
        "| first | client/mine/broken<br>client/mine/kept |\n| b\\_c | *none:* It is about `tea`. |\n| last | **neither",
    ]);
    // Those that are built in are accounted for.
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
    let shop = house();
    let page = asks(&shop, "--suite house --format markdown").ends(0).stdout;
    let printed = asks(&shop, "--suite house --format markdown --output page.md").ends(0);
    assert_eq!((printed.stdout.as_str(), shop.read("page.md")), ("", page));
    let nowhere = asks(&shop, "--counterparts --output no-such-folder/page.md").ends(2);
    nowhere.says(&["page.md: cannot be written: "]);
    // A file has no colours.
    asks(&shop, "--suite house --color always --output page.txt").ends(0);
    assert!(!shop.read("page.txt").contains('\u{1b}'));
    let colours = asks(&shop, "--suite house --color always").ends(0).stdout;
    assert!(colours.contains("\u{1b}["), "{colours}");
}
