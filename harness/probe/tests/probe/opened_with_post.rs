//! A stream opened with POST, as those of LLM services: it ends on its own, and every request has content.

use std::path::Path;
use std::time::Duration;

use ssespec_probe::Content;
use ssespec_reports::results::Verdict;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::event_log::EventLog;
use crate::http2::{self, Http2Flaw};
use crate::probing::{ProbeResults, ProbeSetup, probe};

/// The only content that gets a stream. It is longer than an HTTP/2 frame.
fn content() -> String {
    format!(r#"{{"stream":true,"prompt":"{}"}}"#, "café ".repeat(3000))
}

/// Starts a server. Returns the URL of its stream.
async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection));
        }
    });
    format!("http://{address}/v1/responses")
}

const COMMON: &str = "date: Sun, 22 Nov 2026 01:00:00 GMT\r\nvary: Origin\r\nconnection: close\r\n";

async fn serve(mut connection: TcpStream) -> Option<()> {
    let mut start = [0; 4];
    connection.peek(&mut start).await.ok()?;
    if &start == b"PRI " {
        return http2::serve(connection, Http2Flaw::None, &EventLog::start()).await;
    }
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return respond(&mut connection, &head, &bytes[end + 4..]).await;
            }
        }
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

async fn respond(connection: &mut TcpStream, head: &str, sent: &[u8]) -> Option<()> {
    let refusal = match head.split(' ').next()? {
        "post" if !head.starts_with("post /v1/") => Some("404 Not Found"),
        "post" if sent != content().as_bytes() => Some("400 Bad Request"),
        "post" if !head.contains("content-type: application/json") => Some("415 Unsupported Media Type"),
        "post" => None,
        "options" => Some("204 No Content"),
        _ => Some("405 Method Not Allowed"),
    };
    if let Some(status) = refusal {
        let length = if status.starts_with("204") { "" } else { "content-length: 0\r\n" };
        let text = format!("HTTP/1.1 {status}\r\n{COMMON}allow: POST\r\n{length}\r\n");
        return connection.write_all(text.as_bytes()).await.ok();
    }
    let is_chunked = !head.contains(" http/1.0\r\n");
    let coding = if is_chunked { "transfer-encoding: chunked\r\n" } else { "" };
    let (is_collected, is_named_twice) = (head.contains("/v1/collected"), head.contains("/v1/twice"));
    let head = format!("HTTP/1.1 200 OK\r\n{COMMON}content-type: text/event-stream\r\n{coding}\r\n");
    connection.write_all(head.as_bytes()).await.ok()?;
    if is_collected || is_named_twice {
        let (prefix, wait) = if is_collected { ("", 900) } else { ("data: ", 30) };
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let events: String = ["a", "b", "c", "d"].map(|text| format!("data: {prefix}{text}\n\n")).concat();
        let all = format!("{events}data: [DONE]\n\n");
        let framed = if is_chunked { format!("{:x}\r\n{all}\r\n0\r\n\r\n", all.len()) } else { all };
        return connection.write_all(framed.as_bytes()).await.ok();
    }
    for text in ["data: {\"delta\":\"a\"}\n\n", "data: {\"delta\":\"b\"}\n\n", "data: [DONE]\n\n", ""] {
        let framed = match (is_chunked, text) {
            (true, "") => "0\r\n\r\n".to_owned(),
            (true, text) => format!("{:x}\r\n{text}\r\n", text.len()),
            (false, text) => text.to_owned(),
        };
        connection.write_all(framed.as_bytes()).await.ok()?;
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    Some(())
}

async fn probed(content: Option<&str>) -> ProbeResults {
    let content = content.map(|text| Content::read(text, Path::new(".")).expect("content"));
    probe(&start().await, ProbeSetup { content, ..ProbeSetup::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_opened_with_post_passes() {
    let probed = probed(Some(&content())).await;
    let wrong = [Verdict::Fail, Verdict::Warn, Verdict::Error];
    assert_eq!(probed.with(&wrong), [""; 0], "{}", probed.problems());
    for name in ["status", "headers-flushed", "http10", "chunked-end", "other-method", "h2-equal", "parallel"]
    {
        assert_eq!(probed.verdict(name), Verdict::Pass, "{name}: {:?}", probed.0[name]);
    }
    for name in ["head", "range", "resume", "finite-stream", "cors-preflight", "cache-control"] {
        let reason = probed.0[name].reason.as_deref();
        assert_eq!(reason, Some("applies only to a stream opened with GET"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_a_stream_that_ends_are_found() {
    for (path, check) in [("collected", "clumps"), ("twice", "payload-is-text")] {
        let url = start().await.replace("responses", path);
        let content = Some(Content::read(&content(), Path::new(".")).expect("content"));
        let filters = &["clumps", "payload-is-text"];
        let probed = probe(&url, ProbeSetup { content, filters, ..ProbeSetup::default() }).await;
        assert_eq!(probed.with(&[Verdict::Warn]), [check], "{:?}", probed.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_requests_fail() {
    for (content, method) in [(None, "GET"), (Some("{}"), "POST")] {
        let probed = probed(content).await;
        assert_eq!(probed.verdict("status"), Verdict::Fail);
        let asked = &probed.0["status"].failure.as_ref().expect("a failure").step_text;
        assert!(asked.starts_with(method), "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probe_does_not_wait_for_a_server_to_read_the_content() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut connections = Vec::new();
        while let Ok(connection) = listener.accept().await {
            connections.push(connection);
        }
    });
    // More than the operating system buffers for a connection.
    let content = Some(Content::read(&"x".repeat(16 * 1024 * 1024), Path::new(".")).expect("content"));
    let setup = ProbeSetup {
        content,
        timeout: Duration::from_millis(300),
        filters: &["status"],
        ..ProbeSetup::default()
    };
    let probed = probe(&format!("http://{address}/"), setup).await;
    assert_eq!(probed.verdict("status"), Verdict::Fail, "{:?}", probed.0["status"]);
}
