//! `ssespec mock --forward`: a real server, and the faults that a scenario injects.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::Tests;
use crate::command::{Running, repository, ssespec, words};
use crate::http::{End, get};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("the_example_breaks_a_preset", the_example_breaks_a_preset),
    ("without_a_file_everything_is_forwarded", without_a_file_everything_is_forwarded),
    ("mistakes_name_file_and_line", mistakes_name_file_and_line),
    ("a_changed_file_is_read_again", a_changed_file_is_read_again),
    ("the_journal_matches_its_schema", the_journal_matches_its_schema),
];

/// A server that forwards to the one at this URL.
fn forwarding(url: &str, rest: &[&str]) -> (Running, String) {
    let running = ssespec(["mock", "--forward", url]).args(rest).start();
    let own = running.line();
    (running, own)
}

fn preset() -> (Running, String) {
    let running = ssespec(words("mock --preset openai-chat --print-url")).start();
    let url = running.line();
    (running, url)
}

/// The answer to a chat request, and whether the connection was reset.
fn chat(url: &str) -> (String, bool) {
    let host = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    let body = "{\"model\":\"m\",\"stream\":true}";
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(stream, "POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n").unwrap();
    write!(stream, "authorization: Bearer x\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
    let mut bytes = Vec::new();
    let is_reset = stream.read_to_end(&mut bytes).is_err();
    (String::from_utf8(bytes).unwrap(), is_reset)
}

fn the_example_breaks_a_preset() {
    let (_real, real) = preset();
    let example = repository().join("mock-server/examples/break-after-three-events.toml");
    let (mock, url) = forwarding(&real, &[example.to_str().unwrap()]);
    let (text, is_reset) = chat(&url);
    assert_eq!((text.matches("data: ").count(), is_reset), (3, true), "{text}");
    let (text, is_reset) = chat(&url);
    assert_eq!((text, is_reset), chat(&real));
    let lines = mock.lines_to("after 6 events (complete)");
    let forwarded = format!("forwarded to {real}v1/chat/completions: 200 text/event-stream");
    for part in [&forwarded, "fault drop: reset", "dropped (reset)"] {
        assert!(lines.iter().any(|line| line.contains(part)), "{part}: {lines:?}");
    }
}

fn without_a_file_everything_is_forwarded() {
    let (_real, real) = preset();
    let (mock, url) = forwarding(&real, &[]);
    assert_eq!(chat(&url), chat(&real));
    let (text, end) = get(&format!("{url}elsewhere"), "connection: close\r\n").end();
    assert!(text.starts_with("HTTP/1.1 404 ") && text.contains("no route for GET /elsewhere"), "{text}");
    assert_eq!(end, End::Fin);
    mock.lines_to("404");
    // It never ends on its own.
    ssespec(["mock", "--forward", &real, "--once"]).ends(2).says(&["<FILE|--preset <NAME>|--case <ID>>"]);
}

fn mistakes_name_file_and_line() {
    let folder = TestFolder::new();
    let text = "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [\"forward\"]\n";
    let file = folder.file("faults.toml", text);
    let file = file.to_str().unwrap();
    ssespec(["mock", file]).ends(2).says(&["faults.toml:4:10", "--forward URL"]);
    ssespec(["check", file]).ends(0).shows(&["1 scenario, no mistakes"]);
    for (url, message) in [
        ("ftp://x", "neither an http nor an https URL"),
        ("x", "is not a URL"),
        ("http://x/?a=b", "leave the query out"),
        ("http://a:b@x/", "Authorization"),
    ] {
        ssespec(["mock", "--forward", url, file]).ends(2).says(&[message]);
    }
    ssespec(["mock", "--forward", "https://x", "--ca", "missing.pem", file]).ends(2).says(&["missing.pem"]);
    ssespec(["mock", "--ca", "a.pem", file]).ends(2).says(&["--forward <URL>"]);
}

fn a_changed_file_is_read_again() {
    let folder = TestFolder::new();
    let (_real, real) = preset();
    let scenario = |steps: &str| {
        format!("[[route]]\npath = \"*/completions\"\n[[route.connection]]\nsteps = [{steps}]\n")
    };
    let file = folder.file("faults.toml", &scenario("{ respond = { status = 503 } }"));
    let (mock, url) = forwarding(&real, &[file.to_str().unwrap()]);
    assert!(chat(&url).0.starts_with("HTTP/1.1 503 "));
    folder.file("faults.toml", &scenario("{ forward = { events = 1 } }, \"end\""));
    mock.lines_to("replaced");
    let (text, is_reset) = chat(&url);
    assert_eq!((text.matches("data: ").count(), is_reset), (1, false), "{text}");
    assert!(text.ends_with("\r\n0\r\n\r\n"), "{text}");
}

fn the_journal_matches_its_schema() {
    let schema: Value = ssespec(words("schema journal")).ends(0).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (_real, real) = preset();
    let example = repository().join("mock-server/examples/break-after-three-events.toml");
    let (mock, first) = forwarding(&real, &[example.to_str().unwrap(), "--format", "json"]);
    let first: Value = serde_json::from_str(&first).unwrap();
    let url = first["listening"].as_str().unwrap();
    chat(url);
    chat(url);
    let mut found = Vec::new();
    for line in mock.lines_to("upstream-ended") {
        let entry: Value = serde_json::from_str(&line).unwrap();
        if let Err(error) = validator.validate(&entry) {
            panic!("{line}: {error}");
        }
        found.push(entry["what"].as_str().unwrap().to_owned());
    }
    for what in ["forwarded", "fault", "upstream-ended"] {
        assert!(found.iter().any(|found| found == what), "{what}: {found:?}");
    }
}
