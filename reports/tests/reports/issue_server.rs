//! The server in an issue, run and asked over raw connections.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use ssespec_reports::issue::Issue;
use ssespec_reports::results::Results;

use crate::issue::{HEAD, SENT_HEAD, issue_of, run};

/// The server in the text of an issue, while it runs.
struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    address: String,
}

impl Server {
    fn of(issue: &Issue) -> Self {
        let script =
            issue.markdown.split("```python\n").nth(1).expect("a script").split("```").next().unwrap();
        let mut child = Command::new("python3")
            .args(["-", "0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tests need python3");
        child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let address =
            line.trim().split("http://").nth(1).unwrap_or_default().trim_end_matches('/').to_owned();
        assert!(address.starts_with("127.0.0.1:"), "{line}");
        Self { child, lines, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(stream: &mut TcpStream) {
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nlast-event-id: 7\r\n\r\n").unwrap();
}

/// Reads exactly these bytes.
#[track_caller]
fn expect(stream: &mut TcpStream, expected: &[u8]) {
    let mut bytes = vec![0; expected.len()];
    stream.read_exact(&mut bytes).unwrap();
    assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(expected));
}

#[test]
fn the_server_sends_the_session_again() {
    let run = run(&[
        ("client", Some(1), "request", "GET /7/"),
        ("harness", Some(1), "bytes", HEAD),
        ("harness", Some(1), "bytes", "id: 1\\ndata: \\xFF\\0\\\\\"`\\n\\n"),
        ("harness", Some(1), "end", ""),
        ("client", Some(1), "request", "GET /7/"),
        ("harness", Some(1), "bytes", HEAD),
        ("harness", Some(1), "bytes", "d"),
        ("harness", Some(1), "bytes", "a"),
        ("harness", Some(1), "bytes", "t"),
        ("harness", Some(1), "drop", "reset"),
        ("client", Some(2), "request", "GET /7/"),
        (
            "harness",
            Some(2),
            "bytes",
            "HTTP/1.1 302 Found\\r\\nlocation: http://other.test/x\\r\\nconnection: close\\r\\n\\r\\n",
        ),
        ("harness", Some(2), "end", ""),
        ("harness", None, "refuse", "2s"),
        ("client", Some(3), "request", "GET /x"),
        ("harness", Some(3), "bytes", HEAD),
        ("harness", Some(3), "drop", "fin"),
    ]);
    let issue = issue_of(&run);
    let mut server = Server::of(&issue);

    let mut first = server.connect();
    ask(&mut first);
    expect(&mut first, SENT_HEAD);
    expect(&mut first, b"13\r\nid: 1\ndata: \xff\0\\\"`\n\n\r\n0\r\n\r\n");
    // The connection stays open, as the framing allows, and takes the second request.
    ask(&mut first);
    expect(&mut first, SENT_HEAD);
    expect(&mut first, b"1\r\nd\r\n1\r\na\r\n1\r\nt\r\n");
    let reset = first.read(&mut [0; 1]).unwrap_err();
    assert_eq!(reset.kind(), std::io::ErrorKind::ConnectionReset);

    let mut second = server.connect();
    ask(&mut second);
    let mut redirect = String::new();
    second.read_to_string(&mut redirect).expect("FIN");
    let other = redirect.strip_prefix("HTTP/1.1 302 Found\r\nlocation: http://").unwrap();
    let other = other.strip_suffix("/x\r\nconnection: close\r\n\r\n").unwrap();
    assert!(other.starts_with("127.0.0.1:") && other != server.address, "{redirect}");

    // Connections are refused for a while, and then accepted on the other port too.
    let mut log = String::new();
    while !log.contains("refusing connections for 2000 ms\n") {
        assert!(server.lines.read_line(&mut log).unwrap() > 0, "{log}");
    }
    let refused = Instant::now();
    for address in [server.address.as_str(), other] {
        let error = TcpStream::connect(address).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    }
    let mut third = loop {
        match TcpStream::connect(other) {
            Ok(stream) => break stream,
            Err(_) => {
                assert!(refused.elapsed() < Duration::from_secs(20), "it does not accept again");
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    };
    assert!(refused.elapsed() > Duration::from_millis(1000), "{:?}", refused.elapsed());
    third.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    ask(&mut third);
    expect(&mut third, SENT_HEAD);
    assert_eq!(third.read(&mut [0; 1]).unwrap(), 0, "FIN without the last chunk");

    while !log.contains("response 4: FIN") {
        assert!(server.lines.read_line(&mut log).unwrap() > 0, "{log}");
    }
    for part in ["request 1: GET / HTTP/1.1, Last-Event-ID: 7", "response 2: RST", "request 4: "] {
        assert!(log.contains(part), "{part}: {log}");
    }
}

#[test]
fn writes_are_separate_and_patterns_are_repeated() {
    let mut run = run(&[
        ("client", Some(1), "request", "GET /7/"),
        ("harness", Some(1), "bytes", HEAD),
        ("harness", Some(1), "bytes", "data: "),
        ("harness", Some(1), "bytes", &"xy".repeat(2048)),
        ("harness", Some(1), "end", ""),
    ]);
    let mut result = run.results()[0].clone();
    result.transcript[2].at_us = 500_000;
    result.transcript[3].at_us = 500_000;
    result.transcript[3].length = Some(200_001);
    run = Results::new("issue", run.header().clone(), [result], None);
    let server = Server::of(&issue_of(&run));
    let mut stream = server.connect();
    ask(&mut stream);
    let began = Instant::now();
    expect(&mut stream, SENT_HEAD);
    expect(&mut stream, b"6\r\ndata: \r\n");
    assert!(began.elapsed() > Duration::from_millis(400), "the pause is kept: {:?}", began.elapsed());
    let mut body = Vec::new();
    while !body.ends_with(b"\r\n0\r\n\r\n") {
        let mut bytes = [0; 8192];
        let length = stream.read(&mut bytes).unwrap();
        assert!(length > 0);
        body.extend_from_slice(&bytes[..length]);
    }
    assert_eq!(body.iter().filter(|byte| matches!(byte, b'x' | b'y')).count(), 200_001);
    assert!(body.ends_with(b"x\r\n0\r\n\r\n"), "the pattern goes on from write to write");
}
