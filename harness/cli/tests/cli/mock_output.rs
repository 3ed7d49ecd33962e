//! `ssespec mock` while nobody reads its standard output.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::Tests;
use crate::command::{Running, repository, ssespec};
use crate::interrupt::send;
use crate::mock_case::play;

pub(crate) const TESTS: Tests = &[
    ("an_output_that_is_read_late", an_output_that_is_read_late),
    ("a_signal_while_the_output_is_not_read", a_signal_while_the_output_is_not_read),
    ("a_case_whose_output_is_not_read", a_case_whose_output_is_not_read),
];

/// A server whose journal is not read, and the host in its URL.
fn start() -> (Running, String) {
    let example = repository().join("mock-server/examples/drop-and-resume.toml");
    let running = ssespec(["mock"]).args([example]).args(["--format", "json"]).start_unread();
    let first: Value = serde_json::from_str(&running.line()).unwrap();
    let url = first["listening"].as_str().unwrap();
    let host = url.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
    (running, host)
}

/// A request with a body of this many bytes, which no route serves.
fn post(host: &str, target: &str, length: usize) {
    let mut stream = TcpStream::connect(host).unwrap();
    let head =
        format!("POST {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![b'x'; length]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

fn an_output_that_is_read_late() {
    const POSTS: u64 = 450;
    let (running, host) = start();
    // 28 MiB. The server answers all of them.
    for number in 1..=POSTS {
        post(&host, &format!("/{number}"), 64 * 1024);
    }
    post(&host, "/last", 0);
    let lines = running.lines_to("\"/last\"");
    let numbers = lines.iter().filter_map(|line| {
        let entry: Value = serde_json::from_str(line).unwrap();
        entry["target"].as_str()?.strip_prefix('/')?.parse().ok()
    });
    let numbers: Vec<u64> = numbers.collect();
    send(&running, "INT");
    running.rest();
    let stderr = running.ends(0);
    let note = " entries of the journal were not printed: the output was not read fast enough";
    let counts =
        stderr.lines().filter_map(|line| line.strip_suffix(note)).map(|count| count.parse().unwrap());
    let counts: Vec<u64> = counts.collect();
    // One gap, after what the pipe took.
    assert_eq!(counts.len(), 1, "{stderr}");
    let gap = numbers.windows(2).position(|pair| pair[1] != pair[0] + 1).expect("a gap");
    let (before, after) = numbers.split_at(gap + 1);
    assert!(before.iter().copied().eq(1..=before.len() as u64), "{numbers:?}");
    assert!(after.iter().copied().eq(after[0]..=POSTS), "{numbers:?}");
    assert!(after.len() > 100, "{numbers:?}");
    // Other entries were discarded too.
    assert!(counts[0] >= POSTS - numbers.len() as u64, "{counts:?}, {numbers:?}");
}

fn a_signal_while_the_output_is_not_read() {
    let (running, host) = start();
    for _ in 0..20 {
        post(&host, "/", 64 * 1024);
    }
    send(&running, "INT");
    let stderr = running.ends(0);
    let note = " entries of the journal were not printed: standard output is not read";
    let said = stderr.lines().any(|line| line.starts_with("the last ") && line.ends_with(note));
    assert!(said, "{stderr}");
}

/// A case that is played until its output is longer than a pipe.
fn a_case_whose_output_is_not_read() {
    const ROUNDS: usize = 400;
    let case = ["mock", "--cases", "cases", "--case", "client/demo/resumes"];
    let running = ssespec(case).start_unread();
    let url = running.line();
    for _ in 0..ROUNDS {
        play(&url);
    }
    send(&running, "INT");
    let stderr = running.ends(0);
    assert!(stderr.contains("were not printed: standard output is not read"), "{stderr}");
}
