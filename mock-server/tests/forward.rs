//! Requests that are forwarded to a real server, seen by raw clients and raw servers.

use std::sync::Arc;
use std::time::Duration;

use ssespec_diagnostics::Source;
use ssespec_mock_server::forward::Upstream;
use ssespec_mock_server::scenario::Scenario;
use ssespec_mock_server::scenario::format::read;
use ssespec_mock_server::scenario::journal::Entry;
use ssespec_mock_server::scenario::server::Server;
use ssespec_mock_server::scenario::settings::Settings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

mod raw_client;

use raw_client::{Client, route, soon, until};

/// The head of a chunked event stream.
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/// A mock server that forwards to a raw server, which the test plays.
struct Between {
    server: Server,
    journal: UnboundedReceiver<Entry>,
    upstream: TcpListener,
}

/// With this scenario; without one, everything is forwarded as it is.
async fn between(scenario: Option<&str>) -> Between {
    let upstream = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", upstream.local_addr().expect("an address"));
    let (server, journal) = start(scenario, &url).await;
    Between { server, journal, upstream }
}

async fn start(scenario: Option<&str>, url: &str) -> (Server, UnboundedReceiver<Entry>) {
    let mut scenario = match scenario {
        Some(text) => read(&Source::new("test.toml", text)).unwrap_or_else(|reported| panic!("{reported}")),
        None => Scenario::default(),
    };
    scenario.upstream = Some(Arc::new(Upstream::new(url).expect("a URL")));
    let (tell, journal) = unbounded_channel();
    let address = "127.0.0.1:0".parse().expect("an address");
    let server = Server::start_with(address, vec![scenario], Settings::default(), Some(tell)).await;
    (server.expect("a server"), journal)
}

impl Between {
    /// The request that arrives at the upstream, and its connection.
    async fn accept(&self) -> (String, TcpStream) {
        let (mut stream, _) = soon(self.upstream.accept()).await.expect("a connection");
        let mut request = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&request).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if length.is_none_or(|length| length.parse() == Ok(body.len())) {
                    return (text, stream);
                }
            }
            let mut bytes = [0; 1024];
            let length = soon(stream.read(&mut bytes)).await.expect("a request");
            assert_ne!(length, 0, "it ended after {text:?}");
            request.extend_from_slice(&bytes[..length]);
        }
    }

    /// A client of GET /, and the connection at the upstream, which has answered with this.
    async fn answered(&self, answer: &str) -> (Client, TcpStream) {
        let client = Client::get(&self.server, "/").await;
        let (_, mut upstream) = self.accept().await;
        write(&mut upstream, answer).await;
        (client, upstream)
    }
}

async fn write(stream: &mut TcpStream, text: &str) {
    soon(stream.write_all(text.as_bytes())).await.expect("an open connection");
}

/// How a connection ends that the other side closes: with nothing more, whether by FIN or RST.
async fn closed(stream: &mut TcpStream) {
    let mut byte = [0];
    let read = soon(stream.read(&mut byte)).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
}

#[tokio::test]
async fn a_request_is_forwarded_and_its_response_passed_on() {
    let mut between = between(None).await;
    let fields = "x-a: 1\r\nlast-event-id: 7\r\nconnection: x-hop\r\nx-hop: 1\r\ncontent-length: 2\r\n";
    let mut client = Client::request(&between.server, "POST /a?b=c", fields).await;
    write(&mut client.0, "{}").await;
    let (request, mut upstream) = between.accept().await;
    let host = between.upstream.local_addr().expect("an address");
    let own = between.server.address();
    assert_eq!(
        request,
        format!(
            "POST /a?b=c HTTP/1.1\r\nhost: {host}\r\nx-a: 1\r\nlast-event-id: 7\r\ncontent-length: 2\r\n\
             via: 1.1 {own} (ssespec)\r\nconnection: close\r\n\r\n{{}}"
        )
    );
    // The head comes before any part of the body, and an interim response is passed on.
    write(&mut upstream, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n").await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n");
    write(&mut upstream, "HTTP/1.1 201 Fine\r\nX-B: 2\r\nKeep-Alive: 5\r\nContent-Length: 5\r\n\r\n").await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 201 Fine\r\nX-B: 2\r\nContent-Length: 5\r\n\r\n");
    write(&mut upstream, "hel").await;
    assert_eq!(client.until("hel").await, "hel");
    write(&mut upstream, "lo").await;
    assert_eq!(client.until("lo").await, "lo");
    closed(&mut upstream).await;
    // The client's connection is used again.
    client.send("GET /next", "").await;
    let (request, mut upstream) = between.accept().await;
    assert!(request.starts_with("GET /next HTTP/1.1\r\n"), "{request}");
    write(&mut upstream, "HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 204 No Content\r\n\r\n");
    let journal = until(&mut between.journal, "204").await;
    assert_eq!(journal[0], "1   POST /a?b=c  last-event-id: \"7\"  (no route)");
    assert_eq!(journal[1], format!("1   forwarded to http://{host}/a?b=c: 201"));
}

#[tokio::test]
async fn each_read_is_a_write_and_each_chunk_a_chunk() {
    let between = between(None).await;
    let (mut client, mut upstream) = between.answered(HEAD).await;
    assert_eq!(client.until("\r\n\r\n").await, HEAD);
    for (from, to) in [
        ("3\r\nabc\r\n2\r\nde\r\n", "3\r\nabc\r\n2\r\nde\r\n"),
        // The beginning of a chunk does not wait for its end.
        ("4\r\nf", "1\r\nf\r\n"),
        ("ghi\r\n", "3\r\nghi\r\n"),
        ("0\r\ntrailer: 1\r\n\r\n", "0\r\n\r\n"),
    ] {
        write(&mut upstream, from).await;
        assert_eq!(client.until(to).await, to);
    }
}

#[tokio::test]
async fn events_are_counted_as_the_standard_says() {
    let steps = "{ forward = { events = 2 } }, { drop = \"reset\" }";
    let mut between = between(Some(&route("path = \"/\"", &[steps]))).await;
    let stream = "\u{feff}: no event\n\nretry: 1\n\ndata: a\r\n\r\nid: 1\n\ndata\n\ndata: third\n\n";
    let (mut client, mut upstream) = between
        .answered(&format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n{stream}"))
        .await;
    assert_eq!(client.status().await, 200);
    let (text, end) = client.rest().await;
    assert_eq!(text, stream.replace("data: third\n\n", ""));
    assert_eq!(end.expect_err("a reset").kind(), std::io::ErrorKind::ConnectionReset);
    closed(&mut upstream).await;
    let journal = until(&mut between.journal, "dropped").await;
    assert!(journal.contains(&"1   fault drop: reset".to_owned()), "{journal:?}");
}

#[tokio::test]
async fn faults_are_injected_between_parts() {
    let steps = "{ forward = \"head\" }, { send = \": first\\n\\n\" }, { forward = { events = 1 } }, \
                 { event = \"added\" }, { forward = { bytes = 8 } }, { send-hex = \"ff\" }, \"forward\"";
    let between = between(Some(&route("path = \"/\"", &[steps]))).await;
    let body = "data: a\n\ndata: b\n\n";
    let length = body.len();
    let (mut client, _upstream) =
        between.answered(&format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")).await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    let expected: &[u8] = b"9\r\n: first\n\n\r\n9\r\ndata: a\n\n\r\nd\r\ndata: added\n\n\r\n8\r\ndata: b\n\r\n1\r\n\xff\r\n1\r\n\n\r\n0\r\n\r\n";
    let mut found = vec![0; expected.len()];
    soon(client.0.read_exact(&mut found)).await.expect("a body");
    assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(expected));
}

#[tokio::test]
async fn a_head_can_be_replaced() {
    let steps = "{ respond = { headers = { content-type = \"text/plain\" } } }, \"forward\"";
    let between = between(Some(&route("path = \"/\"", &[steps]))).await;
    let (mut client, mut upstream) = between.answered(HEAD).await;
    write(&mut upstream, "3\r\nabc\r\n0\r\n\r\n").await;
    let expected = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    assert_eq!(client.until("0\r\n\r\n").await, expected);
}

#[tokio::test]
async fn events_can_be_slowed_down() {
    let steps = "{ repeat = { every = \"60ms\", steps = [{ forward = { events = 1 } }] } }";
    let mut between = between(Some(&route("path = \"/\"", &[steps]))).await;
    let begun = std::time::Instant::now();
    let (mut client, mut upstream) = between.answered(HEAD).await;
    write(&mut upstream, "1b\r\ndata: a\n\ndata: b\n\ndata: c\n\n\r\n0\r\n\r\n").await;
    client.until("\r\n\r\n").await;
    let body = client.until("0\r\n\r\n").await;
    assert!(begun.elapsed() >= Duration::from_millis(120));
    assert_eq!(body, "9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n9\r\ndata: c\n\n\r\n0\r\n\r\n");
    let journal = until(&mut between.journal, "finished").await;
    assert!(journal.iter().any(|line| line.contains("after 3 events (complete)")), "{journal:?}");
}

/// How a response ends for a client whose upstream ends after this.
async fn end(head: &str, reset: bool, version: &str) -> (String, std::io::Result<()>) {
    let between = between(None).await;
    let mut client = Client::connect(&between.server).await;
    write(&mut client.0, &format!("GET / HTTP/1.{version}\r\nhost: x\r\n\r\n")).await;
    let (_, mut upstream) = between.accept().await;
    write(&mut upstream, head).await;
    // What was sent before is not lost with a reset.
    client.until("ab").await;
    if reset {
        upstream.set_zero_linger().expect("a socket");
    }
    drop(upstream);
    client.rest().await
}

#[tokio::test]
async fn a_broken_response_never_looks_complete() {
    let chunk = format!("{HEAD}2\r\nab\r\n");
    let part = format!("{HEAD}5\r\nab");
    let length = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab";
    let close = "HTTP/1.1 200 OK\r\n\r\nab";
    for head in [&chunk, &part, length] {
        let (rest, end) = end(head, false, "1").await;
        end.unwrap_or_else(|error| panic!("{head:?}: FIN, not {error}"));
        assert!(!rest.contains("0\r\n\r\n"), "{rest:?}");
    }
    for head in [&chunk, &part, length, close] {
        assert!(end(head, true, "1").await.1.is_err(), "{head:?}");
    }
    // Without chunks, FIN would look complete.
    assert!(end(&chunk, false, "0").await.1.is_err());
    // This one is complete.
    end(close, false, "1").await.1.expect("FIN");
    let malformed = format!("{HEAD}2\r\nab\r\nzz\r\n");
    assert!(end(&malformed, false, "1").await.1.is_err());
}

#[tokio::test]
async fn an_upstream_that_refuses_is_reported_with_502() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", port.local_addr().expect("an address"));
    drop(port);
    let (server, mut journal) = start(None, &url).await;
    let mut client = Client::get(&server, "/a").await;
    let text = client.until("refused (os error 111)\n").await;
    assert!(text.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), "{text}");
    let lines = until(&mut journal, "not forwarded").await;
    let last = lines.last().expect("a line");
    assert!(last.starts_with(&format!("1   not forwarded to {url}: ")) && last.contains("refused"), "{last}");
}

#[tokio::test]
async fn what_is_not_a_response_is_reported_with_502() {
    for (answer, reason) in [
        ("", "ended the connection without a response (fin)"),
        ("HTTP/1.1 200 OK\r\n", "without a response"),
        ("SSH-2.0\r\n\r\n", "cannot be passed on"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "content-length is \"1, 2\""),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n", "transfer coding \"gzip\""),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "switches protocols"),
    ] {
        let between = between(None).await;
        let (mut client, upstream) = between.answered(answer).await;
        drop(upstream);
        let text = client.until("\n\r\n").await + &client.until("\n").await;
        assert!(text.starts_with("HTTP/1.1 502 ") && text.contains(reason), "{answer:?}: {text}");
    }
}

#[tokio::test]
async fn a_coded_response_is_not_searched_for_events() {
    let between =
        between(Some(&route("path = \"/\"", &["{ forward = { events = 1 } }, { drop = \"fin\" }"]))).await;
    let mut client = Client::request(&between.server, "GET /", "accept-encoding: gzip\r\n").await;
    let (request, mut upstream) = between.accept().await;
    assert!(request.contains("accept-encoding: identity\r\n") && !request.contains("gzip"), "{request}");
    write(&mut upstream, "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n").await;
    assert_eq!(client.status().await, 502);
}

#[tokio::test]
async fn the_end_of_a_response_ends_a_script_that_wanted_more() {
    let steps = "{ forward = { events = 3 } }, { drop = \"reset\" }, { expect-request = {} }, \"forward\"";
    let mut between = between(Some(&route("path = \"/\"", &[steps]))).await;
    let (mut client, mut upstream) = between.answered(HEAD).await;
    write(&mut upstream, "9\r\ndata: a\n\n\r\n0\r\n\r\n").await;
    client.until("\r\n\r\n").await;
    assert_eq!(client.until("0\r\n\r\n").await, "9\r\ndata: a\n\n\r\n0\r\n\r\n");
    client.send("GET /", "").await;
    let (_, mut upstream) = between.accept().await;
    write(&mut upstream, "HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(client.status().await, 401);
    let journal = until(&mut between.journal, "finished").await;
    assert!(journal.iter().any(|line| line.contains("after 1 event (complete)")), "{journal:?}");
}

#[tokio::test]
async fn a_client_that_leaves_closes_the_upstream() {
    let waits = "{ forward = { events = 1 } }, { wait = \"60min\" }, \"forward\"";
    let expects = "{ forward = { events = 1 } }, { expect-disconnect = { within = \"1min\" } }, { expect-no-request = \"60min\" }";
    let scenarios = [None, Some(route("path = \"/\"", &[waits])), Some(route("path = \"/\"", &[expects]))];
    for scenario in scenarios {
        for reset in [false, true] {
            let between = between(scenario.as_deref()).await;
            let (mut client, mut upstream) = between.answered(HEAD).await;
            write(&mut upstream, "9\r\ndata: a\n\n\r\n").await;
            client.until("data: a\n\n\r\n").await;
            if reset {
                client.0.set_zero_linger().expect("a socket");
            }
            drop(client);
            closed(&mut upstream).await;
        }
    }
}

#[tokio::test]
async fn a_stopped_server_closes_the_upstream() {
    let between = between(None).await;
    let (mut client, mut upstream) = between.answered(HEAD).await;
    client.until("\r\n\r\n").await;
    between.server.shutdown().await;
    closed(&mut upstream).await;
}

#[tokio::test]
async fn streams_that_are_forwarded_can_be_dropped_from_outside() {
    let between = between(None).await;
    let (mut client, mut upstream) = between.answered(HEAD).await;
    client.until("\r\n\r\n").await;
    let streams = between.server.control().streams();
    assert_eq!(streams.count(), 1);
    between.server.control().push(&Default::default(), b"data: pushed\n\n");
    client.until("data: pushed\n\n\r\n").await;
    streams.drop_connections(&Default::default(), ssespec_mock_server::action::Drop::Reset);
    assert!(client.rest().await.1.is_err());
    closed(&mut upstream).await;
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_the_upstream_up() {
    let between = between(None).await;
    let (mut client, mut upstream) = between.answered("HTTP/1.1 200 OK\r\n\r\n").await;
    let block = vec![b'x'; 256 * 1024];
    let mut written = 0;
    // The buffers of three sockets fill up; without back-pressure this would never end.
    while let Ok(wrote) = tokio::time::timeout(Duration::from_millis(500), upstream.write(&block)).await {
        written += wrote.expect("an open connection");
        assert!(written < 256 << 20, "nothing holds it up");
    }
    drop(upstream);
    client.until("\r\n\r\n").await;
    let (rest, end) = client.rest().await;
    end.expect("FIN");
    assert_eq!(rest.len(), written);
}

#[tokio::test]
async fn a_heartbeat_does_not_split_an_event() {
    let steps = "{ forward = \"head\" }, { heartbeat = \"20ms\" }, \"forward\"";
    let between = between(Some(&route("path = \"/\"", &[steps]))).await;
    let (mut client, mut upstream) = between.answered(HEAD).await;
    client.until("\r\n\r\n3\r\n:\n\n\r\n").await;
    write(&mut upstream, "4\r\ndata\r\n").await;
    client.until("4\r\ndata\r\n").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    write(&mut upstream, "4\r\n: a\n\r\n1\r\n\n\r\n").await;
    assert_eq!(client.until("1\r\n\n\r\n").await, "4\r\n: a\n\r\n1\r\n\n\r\n");
    client.until("3\r\n:\n\n\r\n").await;
}

#[tokio::test]
async fn methods_without_a_body_are_forwarded() {
    let between = between(None).await;
    let mut client = Client::request(&between.server, "HEAD /", "").await;
    let (request, mut upstream) = between.accept().await;
    assert!(request.starts_with("HEAD / HTTP/1.1\r\n") && !request.contains("content-length"), "{request}");
    write(&mut upstream, "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n").await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n");
    client.send("OPTIONS *", "").await;
    let (request, mut upstream) = between.accept().await;
    assert!(request.starts_with("OPTIONS * HTTP/1.1\r\n"), "{request}");
    write(&mut upstream, "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n").await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n");
    client.send("CONNECT x:443", "").await;
    assert_eq!(client.status().await, 502);
}

#[test]
fn impossible_steps_are_mistakes() {
    use ssespec_mock_server::scenario::format::{ForwardSteps, read_with};
    let mistakes = |steps: &str, forward_steps| {
        let text = route("path = \"/\"", &[steps]);
        let found = read_with(&Source::new("faults.toml", &text), forward_steps).expect_err("a mistake");
        found.to_string()
    };
    for (steps, message) in [
        ("\"forward\", { send = \"a\" }", "there is no open body to write to"),
        ("\"forward\", \"forward\"", "there is nothing to forward"),
        ("\"respond\", { forward = \"head\" }", "this request has already been answered"),
        (
            "{ respond = { framing = \"length\", length = 5 } }, \"forward\"",
            "the length of what is forwarded",
        ),
        ("{ respond = { status = 503 } }, \"forward\"", "there is nothing to forward"),
        ("{ forward = {} }", "`forward` needs one measure"),
        ("{ forward = { events = 1, bytes = 1 } }", "`forward` needs one measure"),
        ("{ forward = { events = 0 } }", "events"),
        ("{ forward = \"tail\" }", "head"),
        ("{ forward = { event = 1 } }", "events"),
        ("{ repeat = { times = 2, steps = [\"forward\"] } }", "there is nothing to forward"),
    ] {
        let found = mistakes(steps, ForwardSteps::Allowed);
        assert!(found.contains(message) && found.contains("faults.toml:4:"), "{steps}: {found}");
    }
    let found = mistakes("{ wait = \"1s\" }, \"forward\"", ForwardSteps::Refused);
    assert!(found.contains("needs a server to forward to") && found.contains("faults.toml:4:27"), "{found}");
}

#[tokio::test]
async fn a_server_that_forwards_to_itself_says_so() {
    let address =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a port");
    let upstream = Arc::new(Upstream::new(&format!("http://{address}")).expect("a URL"));
    let scenario = Scenario { upstream: Some(upstream), ..Scenario::default() };
    let server =
        Server::start_with(address, vec![scenario], Settings::default(), None).await.expect("a server");
    let mut client = Client::get(&server, "/").await;
    let text = client.until("before\n").await;
    assert!(text.starts_with("HTTP/1.1 502 ") && text.contains("leads back to this server"), "{text}");
}
