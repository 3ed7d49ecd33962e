//! `ssespec report --issue`, and the formats for machines.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::Tests;
use crate::command::{ssespec, words};
use crate::http::{End, get};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    (
        "the_server_of_an_issue_sends_what_the_harness_sent",
        the_server_of_an_issue_sends_what_the_harness_sent,
    ),
    ("an_issue_for_each_cause", an_issue_for_each_cause),
    ("nothing_to_file", nothing_to_file),
    ("formats_for_machines", formats_for_machines),
    ("a_summary_of_a_step", a_summary_of_a_step),
];

/// A results file of the reference client, which fails a case that expects too much after two losses.
fn failing(folder: &TestFolder) -> PathBuf {
    folder.file(
        "cases/client/mine/lost.toml",
        "title = \"A loss\"\nrequirements = [\"whatwg/line-lf\"]\nneeds = [\"reconnect\"]\nsteps = [\n  { send = \"retry: \
         20\\nid: 1\\ndata: a\\r\\n\\n\" },\n  { expect-event = { data = \"a\" } },\n  { send = \"data: \\\"\\\\\" },\n  { drop \
         = \"reset\" },\n  { expect-request = { headers = { last-event-id = \"1\" } } },\n  { send = \"data: b\\n\\n\" },\n  \
         { expect-event = { data = \"b\" } },\n  { drop = \"fin\" },\n  \"expect-request\",\n  { send = \"data: c\\n\\n\" },\n  { expect-event = { data = \"d\" } \
         },\n]\n",
    );
    let file = folder.path().join("r.jsonl");
    ssespec(words("client --reference --delivery as-written --cases"))
        .args([folder.path().join("cases")])
        .args(["--output"])
        .args([&file])
        .ends(1);
    file
}

fn issue(case: &str, file: &Path) -> crate::command::Ssespec {
    ssespec(["report", "--issue", case]).args([file])
}

/// A server in Python while it runs.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn the_server_of_an_issue_sends_what_the_harness_sent() {
    let folder = TestFolder::new();
    let file = failing(&folder);
    let output = folder.path().join("issues");
    let listed = issue("client/mine/lost", &file).args(["--output"]).args([&output]).ends(0).stdout;
    let path = Path::new(listed.split(": ").next().unwrap()).parent().unwrap();
    let mut child = Command::new("python3")
        .arg(path.join("server.py"))
        .arg("0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the tests need python3");
    let mut line = String::new();
    // It goes on to print requests.
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    lines.read_line(&mut line).unwrap();
    let _server = Server(child);
    let url = line.trim().split("serving at ").nth(1).expect("an address");
    for (number, expected) in [(1, End::Reset), (2, End::Fin)] {
        let (text, end) = get(url, "").end();
        let recorded = std::fs::read_to_string(path.join(format!("response-{number}.bin"))).unwrap();
        assert_eq!((text, end), (recorded, expected));
    }
    let third = get(url, "").until("data: c\n\n\r\n");
    assert!(third.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"), "{third}");
    assert!(std::fs::read_to_string(path.join("response-1.bin")).unwrap().ends_with("8\r\ndata: \"\\\r\n"));
}

fn an_issue_for_each_cause() {
    let folder = TestFolder::new();
    let file = failing(&folder);
    let printed = issue("client/mine/lost", &file).ends(0);
    printed.shows(&[
        "# A loss",
        "An LF that does not follow a CR ends a line.",
        "```python",
        "## Expected",
        "event data \"d\"",
    ]);
    issue("all", &file).ends(2).says(&["--output FOLDER"]);
    let output = folder.path().join("issues");
    let all = issue("all", &file).args(["--output"]).args([&output]).ends(0);
    all.shows(&["client.mine.lost/issue.md: A loss (1 case)"]);
    let written = all.stdout.split(": ").next().unwrap();
    assert_eq!(std::fs::read_to_string(written).unwrap(), printed.stdout);
    // A second report replaces the first, and nothing that others wrote.
    folder.file("theirs/x", "");
    issue("all", &file).args(["--output"]).args([&output]).ends(0);
    let theirs = folder.path().join("theirs");
    issue("all", &file).args(["--output"]).args([&theirs]).ends(2).says(&["this folder is not empty"]);
}

fn nothing_to_file() {
    let folder = TestFolder::new();
    let file = folder.path().join("r.jsonl");
    ssespec(words("client --reference --filter client/bom/* --delivery whole --output"))
        .args([&file])
        .ends(0);
    issue("all", &file).ends(0).says(&["no case failed"]);
    issue("client/bom/second-one-is-kept", &file).ends(2).says(&["has no failure"]);
    issue("client/bom/second-one-is-keept", &file)
        .ends(2)
        .says(&["no case", "client/bom/second-one-is-kept"]);
    issue("all", &file).args(["--format", "html"]).ends(2).says(&["cannot be used with"]);
}

fn formats_for_machines() {
    let folder = TestFolder::new();
    let file = failing(&folder);
    let report = |format: &str| ssespec(["report", "--format", format]).args([&file]).ends(0);
    let json: Value = serde_json::from_str(&report("json").stdout).unwrap();
    assert_eq!(json["runs"][0]["findings"][0]["case"], "client/mine/lost");
    let schema = ssespec(["schema", "overview"]).ends(0).stdout;
    assert!(jsonschema::is_valid(&serde_json::from_str(&schema).unwrap(), &json));
    let sarif: Value = serde_json::from_str(&report("sarif").stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "whatwg/line-lf");
    let badge: Value = serde_json::from_str(&report("badge").stdout).unwrap();
    assert_eq!((badge["schemaVersion"].as_u64(), badge["message"].as_str()), (Some(1), Some("0%")));
    report("github").shows(&["::error file=", "client/mine/lost.toml,line=15,title="]);
    report("summary").shows(&["| whatwg | 0 of 1 (0.0 %)", "**client/mine/lost**"]);
    let two = ssespec(words("report --format badge")).args([&file, &file]).ends(2);
    two.says(&["--format badge shows one run, but there are 2"]);
}

fn a_summary_of_a_step() {
    let folder = TestFolder::new();
    let file = failing(&folder);
    let summary = folder.file("summary.md", "before\n");
    let report = || {
        ssespec(words("report --format github --link https://example.org/full"))
            .args([&file])
            .env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())
    };
    report().ends(0);
    let text = folder.read("summary.md");
    assert!(text.starts_with("before\n## reference ") && text.contains("[Full report]"), "{text}");
    report().env("GITHUB_STEP_SUMMARY", "/no/such/folder/x").ends(2).says(&["cannot be written"]);
}
