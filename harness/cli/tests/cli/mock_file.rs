//! `ssespec mock FILE`: scenarios.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;

use crate::Tests;
use crate::command::{Running, repository, ssespec, words};
use crate::http::{End, get};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("a_drop_and_a_resume", a_drop_and_a_resume),
    ("the_journal_as_json", the_journal_as_json),
    ("curl", curl),
    ("connections_in_turn", connections_in_turn),
    ("several_files", several_files),
    ("a_port_of_ones_choice", a_port_of_ones_choice),
    ("an_address_of_ones_choice", an_address_of_ones_choice),
    ("files_that_cannot_be_served", files_that_cannot_be_served),
    #[cfg(unix)]
    ("a_signal_is_the_usual_end", a_signal_is_the_usual_end),
    ("a_journal_that_nobody_reads", a_journal_that_nobody_reads),
];

fn example() -> PathBuf {
    repository().join("mock-server/examples/drop-and-resume.toml")
}

/// The URL in the first line, without its slash.
#[track_caller]
fn url(running: &Running) -> String {
    let line = running.line();
    line.strip_suffix('/').unwrap_or_else(|| panic!("{line}")).to_owned()
}

fn a_drop_and_a_resume() {
    let running = ssespec(["mock"]).args([example()]).start();
    let stream = format!("{}/stream", url(&running));
    let (text, end) = get(&stream, "").end();
    assert!(text.contains("content-type: text/event-stream\r\n"), "{text}");
    assert!(text.contains("retry: 200\nid: 1\ndata: first\n\n"), "{text}");
    assert!(!text.contains("second") && end == End::Reset, "{end:?} after {text}");
    let mut resumed = get(&stream, "last-event-id: 1\r\n");
    let text = resumed.until("data: third\n\n");
    assert!(text.contains("id: 2\ndata: second\n\n") && text.contains(": still there\n\n"), "{text}");
    drop(resumed);
    assert!(get(&stream, "Last-Event-ID: 3\r\n").until("\r\n\r\n").starts_with("HTTP/1.1 204 "));
    let answer = get(&stream.replace("/stream", "/elsewhere"), "").until("/stream\n");
    assert!(
        answer.starts_with("HTTP/1.1 404 ") && answer.contains("no route for GET /elsewhere"),
        "{answer}"
    );

    // In any order: the entries about the client are asynchronous.
    let mut missing = vec![
        "#1   GET /stream  (route /stream, connection 1)",
        "#1   dropped (reset)",
        "#2   GET /stream  last-event-id: \"1\"  (route /stream, connection 1)",
        "#2   the client left (",
        "#3   GET /stream  last-event-id: \"3\"  (route /stream, connection 1)",
        "#4   GET /elsewhere  (no route)",
    ];
    while !missing.is_empty() {
        let line = running.line();
        missing.retain(|part| !line.contains(part));
    }
}

fn the_journal_as_json() {
    let running = ssespec(["mock"]).args([example()]).args(["--format", "json"]).start();
    let first: Value = serde_json::from_str(&running.line()).unwrap();
    let stream = format!("{}stream", first["listening"].as_str().unwrap());
    get(&stream, "x-a: b\r\n").end();
    let line: Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!((&line["connection"], &line["what"]), (&1.into(), &"request".into()));
    assert_eq!((&line["method"], &line["target"]), (&"GET".into(), &"/stream".into()));
    assert!(line["headers"].as_array().unwrap().contains(&serde_json::json!(["x-a", "b"])));
    assert_eq!((&line["route"], &line["nth"]), (&"/stream".into(), &1.into()));
    let time = line["at"].as_str().unwrap();
    assert!(time.ends_with('Z') && time.contains('T'), "{time}");
    let dropped = running.lines_to("\"dropped\"");
    assert_eq!(serde_json::from_str::<Value>(&dropped[dropped.len() - 1]).unwrap()["how"], "reset");
}

/// Where there is one.
fn curl() {
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    let running = ssespec(["mock"]).args([example()]).start();
    let stream = format!("{}/stream", url(&running));
    let output = Command::new("curl").args(["-sN", "--noproxy", "*", &stream]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let half = text.strip_prefix("retry: 200\nid: 1\ndata: first\n\n").unwrap_or_else(|| panic!("{text}"));
    // A reset may discard bytes that were sent just before.
    assert!("id: 2\ndata: sec".starts_with(half), "{half}");
    assert!(!output.status.success(), "the stream broke off");
}

/// The last connection's script serves all that follow.
fn connections_in_turn() {
    let folder = TestFolder::new();
    let text = "[[route]]\nmethod = \"GET\"\npath = \"/a/*\"\n\n[[route.connection]]\nsteps = [{ send = \"data: 1\\n\\n\" }, \"end\"]\n\n\
                [[route.connection]]\nsteps = [{ respond = { status = 503, body = \"busy\" } }]\n";
    let file = folder.file("turns.toml", text);
    let running = ssespec(["mock"]).args([&file]).start();
    let url = url(&running);
    assert!(get(&format!("{url}/a/b"), "").until("0\r\n\r\n").contains("data: 1\n\n"));
    for _ in 0..2 {
        assert!(get(&format!("{url}/a/c/d?e"), "").until("busy").starts_with("HTTP/1.1 503 "));
    }
    let journal = running.lines_to("connection 3)");
    assert!(journal.iter().any(|line| line.contains("(route /a/*, connection 2)")), "{journal:?}");
}

fn several_files() {
    let folder = TestFolder::new();
    let scenario = |path: &str, data: &str| {
        let steps = format!("[{{ send = \"data: {data}\\n\\n\" }}, \"end\"]");
        format!("[[route]]\npath = \"{path}\"\n[[route.connection]]\nsteps = {steps}\n")
    };
    let (a, b) = (folder.file("a.toml", &scenario("/a", "a")), folder.file("b.toml", &scenario("*", "b")));
    let running = ssespec(["mock"]).args([&a, &b]).start();
    let url = url(&running);
    assert!(get(&format!("{url}/a"), "").until("0\r\n\r\n").contains("data: a"), "the first that matches");
    assert!(get(&format!("{url}/"), "").until("0\r\n\r\n").contains("data: b"));
}

/// A free port below those that systems choose automatically, so that it stays free.
fn free_port() -> u16 {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    // Test executables that run side by side begin elsewhere.
    let begin = 20_000 + u16::try_from(std::process::id() % 9_000).unwrap();
    (0..1_000)
        .map(|_| begin + TRIED.fetch_add(1, Ordering::Relaxed))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}

fn a_port_of_ones_choice() {
    let port = free_port();
    let running = ssespec(["mock"]).args([example()]).args(["--port", &port.to_string()]).start();
    assert_eq!(url(&running), format!("http://127.0.0.1:{port}"));
    get(&format!("http://127.0.0.1:{port}/stream"), "").until("data: first");
    // Nobody else can have it.
    let second = ssespec(["mock"]).args([example()]).args(["--port", &port.to_string()]).ends(2);
    second.says(&[&format!("cannot listen on 127.0.0.1:{port}: ")]);
    ssespec(words("mock --case client/close/while-open --port"))
        .args([port.to_string()])
        .ends(2)
        .says(&["cannot listen on"]);
    ssespec(words("mock s.toml --port 65536")).ends(2).says(&["invalid value '65536' for '--port <PORT>'"]);
}

fn an_address_of_ones_choice() {
    let running = ssespec(["mock"]).args([example()]).args(["--bind", "0.0.0.0"]).start();
    // A URL that can be asked for.
    let url = url(&running);
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    get(&format!("{url}/stream"), "").until("data: first");
    if TcpListener::bind("[::1]:0").is_ok() {
        let running = ssespec(["mock"]).args([example()]).args(["--bind", "::1"]).start();
        let line = running.line();
        assert!(line.starts_with("http://[::1]:"), "{line}");
    }
    ssespec(words("mock s.toml --bind localhost"))
        .ends(2)
        .says(&["invalid value 'localhost' for '--bind <ADDRESS>'"]);
}

fn files_that_cannot_be_served() {
    let folder = TestFolder::new();
    ssespec(["mock", "no-such.toml"]).ends(2).says(&["no-such.toml"]);
    let file = folder
        .file("s.toml", "[[route]]\npath = \"stream\"\n[[route.connection]]\nsteps = [{ sned = \"a\" }]\n");
    let printed = ssespec(["mock"]).args([example(), file]).ends(2);
    printed.says(&["s.toml:4:12", "no step is called `sned` here", "did you mean"]);
    assert_eq!(printed.stdout, "", "nothing listens");
}

/// Its port is free then, and its clients are gone.
#[cfg(unix)]
fn a_signal_is_the_usual_end() {
    let case = ["--case", "client/close/while-open"].map(PathBuf::from).to_vec();
    for (what, path, headers, shown) in [
        (vec![example()], "/stream", "last-event-id: 1\r\n", "data: third\n\n"),
        (case, "/", "", "data: a\n\n"),
    ] {
        for signal in ["TERM", "INT", "HUP"] {
            let port = free_port();
            let running = ssespec(["mock"]).args(&what).args(["--port", &port.to_string()]).start();
            let mut client = get(&format!("{}{path}", url(&running)), headers);
            client.until(shown);
            crate::interrupt::send(&running, signal);
            running.ends(0);
            client.end();
            TcpListener::bind(("127.0.0.1", port)).unwrap();
        }
    }
}

fn a_journal_that_nobody_reads() {
    let port = free_port();
    let served = std::thread::spawn(move || {
        ssespec(words("mock --case client/demo/shows-an-event --once --cases cases --port"))
            .args([port.to_string()])
            .unread()
    });
    let began = std::time::Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed().as_secs() < 60, "it does not listen");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    get(&format!("http://127.0.0.1:{port}/"), "").until("data: a\n");
    let (status, stderr) = served.join().unwrap();
    assert!(status.success() && stderr.is_empty(), "{status}: {stderr}");
}
