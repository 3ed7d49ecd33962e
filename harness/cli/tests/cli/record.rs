//! `ssespec record`: our own server, recorded and replayed.

use std::path::Path;

use crate::Tests;
use crate::command::{Running, ssespec, words};
use crate::http::{End, get};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("a_recording_replays_byte_for_byte", a_recording_replays_byte_for_byte),
    ("a_recording_is_the_scenario_again", a_recording_is_the_scenario_again),
    ("secrets_are_not_written", secrets_are_not_written),
    ("a_case_to_complete", a_case_to_complete),
    ("what_cannot_be_recorded", what_cannot_be_recorded),
    #[cfg(unix)]
    ("a_signal_ends_a_recording", a_signal_ends_a_recording),
];

/// A stream with cuts inside lines, characters and events, that breaks off and is resumed.
const STREAM: &str = r#"title = "A recording of GET /stream"

[[route]]
method = "GET"
path = "/stream"

[[route.connection]]
steps = [
  { send = "retry: 20\nid: 1\ndata: fir" },
  { send = "st\r" },
  { send = "\n\n" },
  { send-hex = "64 61 74 61 3a 20 c3" },
  { send-hex = "a9 0a 0a" },
  { send = "data: {{{{\"}}\n\n" },
  { send = "id: 2\ndata: ha" },
  { drop = "fin" },
]

[[route.connection]]
steps = [
  { expect-request = { last-event-id = "1" } },
  { send = "lf\n\nid: 3\ndata: x\n\n" },
  "end",
]

[[route.connection]]
steps = [
  { expect-request = { last-event-id = "3" } },
  { respond = { status = 204, reason = "No Content", headers = {} } },
]
"#;

fn serve(file: &Path) -> (Running, String) {
    let running = ssespec(["mock"]).args([file]).start();
    let stream = format!("{}stream", running.line());
    (running, stream)
}

/// Everything that a client gets on each connection, with the framing.
fn read(stream: &str) -> Vec<(String, End)> {
    ["", "last-event-id: 1\r\n", "last-event-id: 3\r\n"]
        .map(|fields| get(stream, &format!("{fields}connection: close\r\n")).end())
        .into()
}

fn record(url: &str, options: &str) -> String {
    ssespec(["record", url]).args(words(options)).ends(0).stdout
}

/// The text without waits, which depend on the machine.
fn without_waits(text: &str) -> String {
    text.lines().filter(|line| !line.contains("{ wait = ")).map(|line| format!("{line}\n")).collect()
}

fn a_recording_is_the_scenario_again() {
    let folder = TestFolder::new();
    let (_running, stream) = serve(&folder.file("s.toml", STREAM));
    assert_eq!(without_waits(&record(&stream, "")), STREAM);
}

fn a_recording_replays_byte_for_byte() {
    let folder = TestFolder::new();
    let original = folder.file("s.toml", STREAM);
    let (_running, stream) = serve(&original);
    let expected = read(&stream);
    let (_again, stream) = serve(&original);
    let copy = folder.path().join("copy.toml");
    ssespec(["record", &stream, "-o"]).args([&copy]).ends(0);
    let (_copied, stream) = serve(&copy);
    let found = read(&stream);
    for ((found, found_end), (expected, expected_end)) in found.iter().zip(&expected) {
        assert_eq!((found, found_end), (expected, expected_end));
    }
    ssespec(["check"]).args([&copy]).ends(0).shows(&["1 scenario, no mistakes"]);
    // It is not overwritten by accident.
    ssespec(["record", &stream, "-o"]).args([&copy]).ends(2).says(&["copy.toml exists", "--force"]);
}

fn secrets_are_not_written() {
    let folder = TestFolder::new();
    let scenario = "[[route]]\npath = \"/stream\"\n[[route.connection]]\nsteps = [\n{ respond = { headers = { content-type = \
                    \"text/event-stream\", set-cookie = \"a=1\", x-session = \"b\" } } },\n{ send = \"data: \
                    {{header.authorization}} {{query.key}}\\n\\n\" }, \"end\"]\n";
    let (_running, stream) = serve(&folder.file("s.toml", scenario));
    let url = format!("{stream}?key=query-secret&page=2");
    let printed =
        ssespec(["record", &url, "--reconnects", "0", "--header", "authorization: Bearer header-secret"])
            .ends(0);
    assert!(!printed.stdout.contains("secret") && !printed.stdout.contains("a=1"), "{}", printed.stdout);
    printed.shows(&["data: Bearer ************* ************", "x-session = \"***\"", "path = \"/stream\""]);
}

fn a_case_to_complete() {
    let folder = TestFolder::new();
    let (_running, stream) = serve(&folder.file("s.toml", STREAM));
    let case = record(&stream, "--case");
    assert!(case.contains("{ expect-event = { data = \"first\" } }"), "{case}");
    assert!(case.contains("{ expect-request = { headers = { last-event-id = \"1\" } } }"), "{case}");
    // Only what a person has to write is missing.
    ssespec(["check"]).args([folder.file("c.toml", &case)]).ends(2).shows(&["the title is empty"]);
    let complete = case.replace("title = \"\"", "title = \"A recorded stream is resumed\"");
    let complete = complete.replace("requirements = []", "requirements = [\"whatwg/eof-discards-pending\"]");
    let file = folder.file("c.toml", &complete);
    ssespec(["check"]).args([&file]).ends(0).shows(&["1 case, no mistakes"]);
}

fn what_cannot_be_recorded() {
    // Before anything is recorded.
    ssespec(["record", "http://127.0.0.1:1/", "-o", "missing/s.toml"]).ends(2).says(&["missing/s.toml: "]);
    ssespec(["record", "ftp://x"]).ends(2).says(&["neither an http nor an https URL"]);
    ssespec(["record", "http://127.0.0.1:1/"]).ends(3).says(&["http://127.0.0.1:1/: ", "refused"]);
    let folder = TestFolder::new();
    let raw = "[[route]]\npath = \"*\"\n[[route.connection]]\nsteps = [{ raw = \"SSH-2.0\\r\\n\\r\\n\" }, \"end\"]\n";
    let (_running, stream) = serve(&folder.file("raw.toml", raw));
    ssespec(["record", &stream]).ends(3).says(&["this is not an HTTP/1.1 response"]);
    let gone = "[[route]]\npath = \"*\"\n[[route.connection]]\nsteps = [{ drop = \"fin\" }]\n";
    let (_running, stream) = serve(&folder.file("gone.toml", gone));
    ssespec(["record", &stream]).ends(3).says(&["the connection ended without a response"]);
}

#[cfg(unix)]
fn a_signal_ends_a_recording() {
    let folder = TestFolder::new();
    // With the barrier, an exchange is finished once the recorder has read it.
    let open = "barrier = true\n[[route]]\npath = \"/stream\"\n[[route.connection]]\nsteps = [{ send = \"data: a\\n\\n\" }]\n";
    let (server, stream) = serve(&folder.file("s.toml", open));
    let recorder = ssespec(["record", &stream]).start();
    server.lines_to("finished");
    // The recorder has read what the server has seen it read.
    crate::interrupt::send(&recorder, "INT");
    let lines = recorder.rest();
    assert!(lines.iter().any(|line| line == "  { send = \"data: a\\n\\n\" },"), "{lines:?}");
    assert!(recorder.ends(0).contains("still open"));
}
