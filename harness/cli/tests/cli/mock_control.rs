//! `ssespec mock --control` and `--ui`, and its limits.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use serde_json::Value;

use crate::Tests;
use crate::command::{Running, repository, ssespec, words};
use crate::http::get;

pub(crate) const TESTS: Tests = &[
    ("curl_pushes_and_drops", curl_pushes_and_drops),
    ("the_page", the_page),
    ("a_connection_too_many", a_connection_too_many),
    ("health", health),
    ("wrong_options", wrong_options),
];

const EXAMPLE: &str = "mock-server/examples/drop-and-resume.toml";

/// A server with these options, its URL, and that of its control port.
fn start(options: &str) -> (Running, String, Option<String>) {
    let file = repository().join(EXAMPLE);
    let running = ssespec(["mock", "--format", "json"]).args([file]).args(words(options)).start();
    let line: Value = serde_json::from_str(&running.line()).unwrap();
    let url = |key: &str| line[key].as_str().map(|url| url.trim_end_matches('/').to_owned());
    (running, url("listening").unwrap(), url("control"))
}

/// The response to a request with a body.
fn ask(method: &str, url: &str, body: &str) -> String {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn curl_pushes_and_drops() {
    let (running, url, control) = start("--control 0");
    let control = control.unwrap();
    let mut stream = get(&format!("{url}/stream"), "last-event-id: 1\r\n");
    stream.until("data: third\n\n");
    if Command::new("curl").arg("--version").output().is_err() {
        ask("POST", &format!("{control}/streams/push"), "{\"data\": \"pushed\"}");
    } else {
        let url = format!("{control}/streams/push");
        let output = Command::new("curl")
            .args(["-sf", "--noproxy", "*", "-d", "{\"data\": \"pushed\"}", &url])
            .output();
        let output = output.unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "{\"connections\":[1],\"slow\":[]}\n");
    }
    stream.until("data: pushed\n\n");
    let verified = ask("POST", &format!("{control}/verify"), "{\"last-event-id\": \"1\"}");
    assert!(verified.contains("\"met\":true"), "{verified}");
    ask("POST", &format!("{control}/streams/drop"), "{\"how\": \"fin\"}");
    stream.end();
    running.lines_to("\"what\":\"pushed\"");
}

fn the_page() {
    let (_running, url, control) = start("--ui");
    assert_eq!(control, None);
    assert!(ask("GET", &format!("{url}/__ssespec/"), "").contains("<title>ssespec mock server</title>"));
    assert!(ask("GET", &format!("{url}/__ssespec/streams"), "").ends_with("{\"streams\":[]}\n"));
    let (_running, url, _) = start("");
    assert!(ask("GET", &format!("{url}/__ssespec/"), "").starts_with("HTTP/1.1 404 "));
}

fn a_connection_too_many() {
    let (running, url, _) = start("--max-connections 1");
    let mut stream = get(&format!("{url}/stream"), "last-event-id: 1\r\n");
    stream.until("data: third\n\n");
    let refused = ask("GET", &format!("{url}/stream"), "");
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("1 open connections"), "{refused}");
    running.lines_to("\"what\":\"refused\"");
}

fn health() {
    let (_running, url, control) = start("--control 0");
    let address = |url: &str| url.strip_prefix("http://").unwrap().to_owned();
    ssespec(["mock", "--health"]).args([address(&control.unwrap())]).ends(0);
    let printed = ssespec(["mock", "--health"]).args([address(&url)]).ends(1);
    printed.says(&["is not the control port of a running mock server"]);
}

fn wrong_options() {
    ssespec(words("mock s.toml --control-bind 0.0.0.0")).ends(2).says(&["--control <PORT>"]);
    ssespec(words("mock --case client/close/while-open --control 0")).ends(2).says(&["cannot be used with"]);
    ssespec(words("mock s.toml --control x")).ends(2).says(&["invalid value 'x'"]);
    let (_running, _, control) = start("--control 0");
    let control = control.unwrap();
    let port = control.rsplit(':').next().unwrap();
    let file = repository().join(EXAMPLE);
    let taken = ssespec(["mock", "--control", port]).args([file]).ends(2);
    taken.says(&[&format!("cannot listen on 127.0.0.1:{port}")]);
}
