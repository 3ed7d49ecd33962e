//! What peers send: requests in pieces and in a row, with bodies, and what is none.

use ssespec_mock_server::action::Respond;
use ssespec_mock_server::wire::{Options, Version, WireEventKind};

use crate::peer::{GET, Server, as_is, both, name, soon};

const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn no_content() -> Respond {
    Respond { status: 204, ..Respond::default() }
}

#[tokio::test]
async fn a_request_is_told_as_it_was_sent() {
    let mut server = Server::start().await;
    let head = b"REPORT /7/?a=b HTTP/1.1\r\nHost: x\r\nACCEPT: a\r\naccept: b\r\nX-Raw: \xff\r\n\r\n";
    let (_peer, exchange) = server.exchange(head).await;
    let request = exchange.request();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("REPORT", "/7/?a=b"));
    assert_eq!((request.version, request.version.to_string().as_str()), (Version::Http11, "HTTP/1.1"));
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Host", "ACCEPT", "accept", "X-Raw"]);
    assert_eq!(request.header("Accept").collect::<Vec<_>>(), [b"a", b"b"]);
    assert_eq!(request.header("x-raw").collect::<Vec<_>>(), [b"\xff"]);
    assert_eq!(request.body, b"");
}

#[tokio::test]
async fn events_come_in_order() {
    let mut server = Server::start().await;
    let mut peer = server.connect().await;
    for byte in GET {
        peer.write(&[*byte]).await;
    }
    for expected in ["accepted", "received \"GET / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\""] {
        assert_eq!(name(&server.next().await), expected);
    }
    let WireEventKind::Request(mut exchange) = server.next().await else { panic!("no request") };
    both(exchange.respond(&no_content(), as_is), peer.expect(NO_CONTENT)).await.0.expect("the peer is there");
    assert_eq!(server.reported(), ["sent \"HTTP/1.1 204 No Content\\r\\n\\r\\n\"", "ended"]);
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let mut server = Server::start().await;
    let both_at_once = b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n";
    let (mut peer, mut first) = server.exchange(both_at_once).await;
    assert_eq!(first.request().target, "/1");
    assert!(server.reported().is_empty());
    both(first.respond(&no_content(), as_is), peer.expect(NO_CONTENT)).await.0.expect("the peer is there");
    let mut second = server.request().await;
    assert_eq!(second.request().target, "/2");
    both(second.respond(&no_content(), as_is), peer.expect(NO_CONTENT)).await.0.expect("the peer is there");
}

#[tokio::test]
async fn bodies() {
    let mut server = Server::start().await;
    let (_peer, exchange) = server.exchange(b"POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello").await;
    assert_eq!(exchange.request().body, b"hello");
    let chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n\
                    3;x=y\r\nhel\r\n002\r\nlo\r\n0\r\ntrailer: 1\r\n\r\n";
    for cut in 1..chunked.len() {
        let mut peer = server.connect().await;
        peer.write(&chunked[..cut]).await;
        peer.write(&chunked[cut..]).await;
        assert_eq!(server.request().await.request().body, b"hello");
    }
}

#[tokio::test]
async fn a_large_body_is_captured_in_part() {
    let mut server = Server::start().await;
    let mut peer = server.connect().await;
    let body = vec![b'x'; 3 << 20];
    peer.write(format!("POST / HTTP/1.1\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes()).await;
    let (_, exchange) = both(peer.write(&body), async {
        server.next().await;
        let WireEventKind::Received(captured) = server.next().await else { panic!("nothing received") };
        assert_eq!((captured.bytes.len(), captured.length > 3 << 20), (4096, true));
        server.request().await
    })
    .await;
    assert!(exchange.request().body == body);
}

#[tokio::test]
async fn a_peer_that_awaits_100_continue_gets_it() {
    let mut server = Server::start().await;
    let mut peer = server.connect().await;
    peer.write(b"POST / HTTP/1.1\r\nexpect: 100-Continue\r\ncontent-length: 200000\r\n\r\n").await;
    peer.expect("HTTP/1.1 100 Continue\r\n\r\n").await;
    peer.write(&[b'x'; 200_000]).await;
    let mut exchange = server.request().await;
    assert_eq!(exchange.request().body.len(), 200_000);
    assert!(!exchange.answered());
    both(exchange.respond(&no_content(), as_is), peer.expect(NO_CONTENT)).await.0.expect("the peer is there");
}

/// Sends what is no request and checks the answer and the reason.
async fn refused(options: Options, bytes: &[u8], reason: &str) {
    let mut server = Server::with(options).await;
    let mut peer = server.connect().await;
    peer.write(bytes).await;
    assert_eq!(
        peer.rest().await,
        "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    drop(peer);
    let reported = server.until("closed").await;
    assert!(reported.iter().any(|event| event.starts_with("received")), "{reported:?}");
    let reported: Vec<&String> = reported.iter().filter(|event| event.starts_with("malformed")).collect();
    assert!(reported.len() == 1 && reported[0].contains(reason), "{reported:?}");
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let limits = Options { head_limit: 1000, body_limit: 10, ..Options::default() };
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(1000));
    let endless = format!("GET /{}", "x".repeat(1000));
    let fields = format!("GET / HTTP/1.1\r\n{}\r\n", "a:\r\n".repeat(1100));
    let trailers =
        format!("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n{}", "a:\r\n".repeat(300));
    for (bytes, reason) in [
        ("\x16\x03\x01\x02\x00\x01\x00\x01", "not the start of an HTTP/1.1 request"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "not the start of an HTTP/1.1 request"),
        ("GET  HTTP/1.1\r\n\r\n", "not the start of an HTTP/1.1 request"),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", "not a header field: \"no colon\""),
        (&long, "longer than 1000 bytes"),
        (&endless, "longer than 1000 bytes"),
        ("POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", "content-length is not one number: \"-1\""),
        ("POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "\"1, 2\""),
        (
            "POST / HTTP/1.1\r\ncontent-length: 99999999999999999999999\r\n\r\n",
            "content-length is not one number",
        ),
        ("POST / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n", "not \"chunked\" but \"gzip\""),
        (
            "POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
            "both transfer-encoding",
        ),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nx\r\n", "a chunk without a valid size"),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n\r\n", "a chunk without a valid size"),
        (
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
            "does not end where its size says",
        ),
        (&trailers, "the trailers are longer than 1000 bytes"),
    ] {
        refused(limits.clone(), bytes.as_bytes(), reason).await;
    }
    refused(Options::default(), fields.as_bytes(), "more than 1024 fields").await;
}

#[tokio::test]
async fn a_long_body_and_too_much_memory_are_refused_with_503() {
    let body = Options { body_limit: 10, ..Options::default() };
    let memory = Options { memory_limit: 50, ..Options::default() };
    let long = "the body of the request is longer than 10 bytes, which is the limit of this server";
    for (limits, bytes, reason) in [
        (body.clone(), "POST / HTTP/1.1\r\ncontent-length: 11\r\n\r\n", long),
        (body, "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nb\r\n01234567890", long),
        (
            memory,
            "POST / HTTP/1.1\r\ncontent-length: 60\r\n\r\n012345678901234567890123456789012345678901234567890",
            "the requests that this server is reading or answering have 50 bytes, which is its limit",
        ),
    ] {
        let mut server = Server::with(limits).await;
        let mut peer = server.connect().await;
        peer.write(bytes.as_bytes()).await;
        let rest = soon(peer.rest()).await;
        assert!(
            rest.starts_with("HTTP/1.1 503 ") && rest.ends_with(&format!("\r\n\r\n{reason}\n")),
            "{rest}"
        );
        drop(peer);
        assert!(server.until("closed").await.contains(&format!("refused: {reason}")));
    }
}

#[tokio::test]
async fn a_peer_that_does_not_stop_sending_is_refused_after_its_answer() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    peer.write(&vec![b'x'; 1 << 20]).await;
    let expected =
        format!("{NO_CONTENT}HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    // All that was sent has been read when the peer's own queue is empty, which a second megabyte proves.
    peer.write(&vec![b'x'; 8 << 20]).await;
    let (result, rest) = both(exchange.respond(&no_content(), as_is), peer.rest()).await;
    result.expect("the peer is there");
    assert!(rest == expected, "{rest}");
    let reported =
        server.until("malformed: more than 1048576 bytes arrived before the previous request was answered");
    assert!(reported.await.contains(&"ended".to_owned()));
}
