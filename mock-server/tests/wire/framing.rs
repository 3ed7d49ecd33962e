//! The exact bytes of every head and framing, and what becomes of the connection after it.

use ssespec_mock_server::action::{Framing, Respond};

use crate::peer::{GET, Server, as_is, both};

fn headers(fields: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
    Some(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn status(status: u16) -> Respond {
    Respond { status, ..Respond::default() }
}

/// Answers `request` and checks all that the peer gets before a second request on the same connection is seen.
async fn reuses(request: &[u8], respond: Respond, expected: &str) {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(request).await;
    both(exchange.respond(&respond, as_is), peer.expect(expected)).await.0.expect("the peer is there");
    assert!(exchange.answered() && !exchange.is_open());
    peer.write(b"GET /again HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let again = server.request().await;
    assert_eq!((again.request().target.as_str(), again.connection()), ("/again", exchange.connection()));
}

/// Answers `request` and checks all that the peer gets before the connection is closed.
async fn closes(request: &[u8], respond: Respond, expected: &str) {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(request).await;
    let (result, rest) = both(exchange.respond(&respond, as_is), peer.rest()).await;
    result.expect("the peer is there");
    assert_eq!(rest, expected);
    drop(peer);
    assert!(server.until("closed").await.contains(&"disconnected Fin".to_owned()));
}

#[tokio::test]
async fn event_stream_is_chunked_and_each_send_is_one_chunk() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    for (sent, expected) in [("data: a\n\n", "9\r\ndata: a\n\n\r\n"), ("x", "1\r\nx\r\n")] {
        both(exchange.send(sent.as_bytes()), peer.expect(expected)).await.0.expect("the peer is there");
    }
    let long = "y".repeat(4097);
    let expected = format!("1001\r\n{long}\r\n");
    both(exchange.send(long.as_bytes()), peer.expect(expected)).await.0.expect("the peer is there");
    both(exchange.end(), peer.expect("0\r\n\r\n")).await.0.expect("the peer is there");
    assert!(!exchange.is_open());
    assert_eq!(exchange.end().await, Ok(()));
    assert!(exchange.send(b"z").await.is_err());
    peer.write(GET).await;
    assert_eq!(server.request().await.connection(), exchange.connection());
}

#[tokio::test]
async fn an_empty_send_does_not_end_the_body() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    exchange.send(b"").await.expect("the peer is there");
    both(exchange.send(b"a"), peer.expect("1\r\na\r\n")).await.0.expect("the peer is there");
}

#[tokio::test]
async fn until_fin() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    let respond = Respond { framing: Some(Framing::Close), headers: headers(&[]), ..Respond::default() };
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    both(exchange.respond(&respond, as_is), peer.expect(head)).await.0.expect("the peer is there");
    both(exchange.send(b"data: a\n\n"), peer.expect("data: a\n\n")).await.0.expect("the peer is there");
    both(exchange.end(), peer.expect_fin()).await.0.expect("the peer is there");
}

#[tokio::test]
async fn promised_length() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    let respond = Respond { framing: Some(Framing::Length(3)), headers: headers(&[]), ..Respond::default() };
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n";
    both(exchange.respond(&respond, as_is), peer.expect(head)).await.0.expect("the peer is there");
    both(exchange.send(b"ab"), peer.expect("ab")).await.0.expect("the peer is there");
    both(exchange.send(b"c"), peer.expect("c")).await.0.expect("the peer is there");
    exchange.end().await.expect("the peer is there");
    peer.write(GET).await;
    assert_eq!(server.request().await.connection(), exchange.connection());
}

#[tokio::test]
async fn a_length_that_is_not_reached_ends_with_fin() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    let respond =
        Respond { framing: Some(Framing::Length(100)), headers: headers(&[]), ..Respond::default() };
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    both(exchange.respond(&respond, as_is), peer.expect(head)).await.0.expect("the peer is there");
    both(exchange.send(b"short"), peer.expect("short")).await.0.expect("the peer is there");
    both(exchange.end(), peer.expect_fin()).await.0.expect("the peer is there");
}

#[tokio::test]
async fn fields_keep_their_order_case_and_number() {
    let fields = [("X-B", "2"), ("x-a", "1"), ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("empty", "")];
    let respond = Respond { reason: Some("Sure thing".to_owned()), headers: headers(&fields), ..status(404) };
    let expected = "HTTP/1.1 404 Sure thing\r\nX-B: 2\r\nx-a: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\
                    empty: \r\ncontent-length: 0\r\n\r\n";
    reuses(GET, respond, expected).await;
}

#[tokio::test]
async fn fields_are_expanded() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    let respond = Respond { headers: headers(&[("location", "{base}else")]), ..status(302) };
    let expand = |value: &str| value.replace("{base}", "http://x/7/");
    let expected = "HTTP/1.1 302 Found\r\nlocation: http://x/7/else\r\ncontent-length: 0\r\n\r\n";
    both(exchange.respond(&respond, expand), peer.expect(expected)).await.0.expect("the peer is there");
}

#[tokio::test]
async fn the_scripts_own_framing_fields_stand() {
    let respond =
        Respond { headers: headers(&[("Content-LENGTH", "2")]), body: Some(b"ok".to_vec()), ..status(404) };
    reuses(GET, respond.clone(), "HTTP/1.1 404 Not Found\r\nContent-LENGTH: 2\r\n\r\nok").await;
    let lie = Respond { headers: headers(&[("content-length", "9")]), ..respond.clone() };
    closes(GET, lie, "HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\nok").await;
    let coded = Respond { headers: headers(&[("transfer-encoding", "chunked")]), ..respond };
    closes(GET, coded, "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\nok").await;
    let close = Respond { headers: headers(&[("Connection", "Keep-Alive, Close")]), ..status(404) };
    closes(
        GET,
        close,
        "HTTP/1.1 404 Not Found\r\nConnection: Keep-Alive, Close\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
}

#[tokio::test]
async fn complete_responses() {
    let body = Some(b"<p>".to_vec());
    let found =
        Respond { headers: headers(&[("content-type", "text/html")]), body: body.clone(), ..status(200) };
    reuses(GET, found, "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 3\r\n\r\n<p>").await;
    let stream = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\
                  content-length: 3\r\n\r\n<p>";
    reuses(GET, Respond { body: body.clone(), ..status(200) }, stream).await;
    reuses(GET, status(500), "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n").await;
    reuses(GET, status(299), "HTTP/1.1 299 \r\ncontent-length: 0\r\n\r\n").await;
    reuses(GET, status(204), "HTTP/1.1 204 No Content\r\n\r\n").await;
    reuses(GET, status(304), "HTTP/1.1 304 Not Modified\r\n\r\n").await;
    closes(GET, status(101), "HTTP/1.1 101 Switching Protocols\r\n\r\n").await;
    closes(GET, Respond { body: body.clone(), ..status(204) }, "HTTP/1.1 204 No Content\r\n\r\n<p>").await;
    let framed = |framing| Respond { framing: Some(framing), body: body.clone(), ..status(404) };
    let chunked = "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n3\r\n<p>\r\n0\r\n\r\n";
    reuses(GET, framed(Framing::Chunked), chunked).await;
    closes(GET, framed(Framing::Close), "HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n<p>").await;
    reuses(GET, framed(Framing::Length(3)), "HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\n<p>").await;
    closes(GET, framed(Framing::Length(9)), "HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n<p>").await;
}

#[tokio::test]
async fn an_open_body_of_another_status() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    let respond = Respond { framing: Some(Framing::Chunked), ..status(404) };
    let head = "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n";
    both(exchange.respond(&respond, as_is), peer.expect(head)).await.0.expect("the peer is there");
    both(exchange.send(b"data: a\n\n"), peer.expect("9\r\ndata: a\n\n\r\n"))
        .await
        .0
        .expect("the peer is there");
}

#[tokio::test]
async fn interim_responses_precede_the_final_one() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    assert!(!exchange.answered());
    let hints = Respond { headers: headers(&[("link", "</a>")]), ..status(103) };
    let expected = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    both(exchange.respond(&hints, as_is), peer.expect(expected)).await.0.expect("the peer is there");
    assert!(exchange.answered() && exchange.is_open());
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let respond = Respond { headers: headers(&[]), ..status(200) };
    both(exchange.respond(&respond, as_is), peer.expect(head)).await.0.expect("the peer is there");
    both(exchange.send(b"a"), peer.expect("1\r\na\r\n")).await.0.expect("the peer is there");
}

#[tokio::test]
async fn head_gets_no_body() {
    let head = b"HEAD / HTTP/1.1\r\n\r\n";
    let complete = Respond { body: Some(b"abc".to_vec()), ..status(404) };
    reuses(head, complete, "HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\n").await;
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(head).await;
    let expected = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let respond = Respond { headers: headers(&[]), ..status(200) };
    both(exchange.respond(&respond, as_is), peer.expect(expected)).await.0.expect("the peer is there");
    exchange.send(b"data: a\n\n").await.expect("the peer is there");
    exchange.end().await.expect("the peer is there");
    peer.write(b"GET /again HTTP/1.1\r\n\r\n").await;
    let mut again = server.request().await;
    both(again.respond(&status(204), as_is), peer.expect("HTTP/1.1 204 No Content\r\n\r\n"))
        .await
        .0
        .expect("there");
}

#[tokio::test]
async fn http_1_0_gets_no_chunks() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(b"GET / HTTP/1.0\r\n\r\n").await;
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    let respond = Respond { headers: headers(&[]), ..status(200) };
    both(exchange.respond(&respond, as_is), peer.expect(head)).await.0.expect("the peer is there");
    both(exchange.send(b"a"), peer.expect("a")).await.0.expect("the peer is there");
    both(exchange.end(), peer.expect_fin()).await.0.expect("the peer is there");
    closes(b"GET / HTTP/1.0\r\n\r\n", status(404), "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
        .await;
}

#[tokio::test]
async fn a_request_to_close_is_honoured() {
    let request = b"GET / HTTP/1.1\r\nConnection: foo, CLOSE\r\n\r\n";
    closes(request, status(404), "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(request).await;
    let respond = Respond { headers: headers(&[]), ..status(200) };
    let work = async {
        exchange.respond(&respond, as_is).await?;
        exchange.send(b"a").await?;
        exchange.end().await
    };
    let (result, rest) = both(work, peer.rest()).await;
    result.expect("the peer is there");
    assert_eq!(rest, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
}

#[tokio::test]
async fn raw_bytes_stand_alone() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    both(exchange.raw(b"HTTP/1.1 2"), peer.expect("HTTP/1.1 2")).await.0.expect("the peer is there");
    both(exchange.send(b"00 OK\n\n"), peer.expect("00 OK\n\n")).await.0.expect("the peer is there");
    both(exchange.end(), peer.expect_fin()).await.0.expect("the peer is there");
}

/// A browser repeats a request of which no whole head came back.
#[tokio::test]
async fn a_whole_head_is_told_from_the_start_of_one() {
    for (writes, whole) in [
        (&["HTTP/1.1 2"][..], false),
        (&["HTTP/1.1 200 OK\r\n", "a: b\r\n"], false),
        (&["HTTP/1.1 200 OK\r\na: b\r", "\n\r", "\n"], true),
        (&["HTTP/1.0 200 OK\n", "\n"], true),
        (&["no HTTP"], false),
    ] {
        let mut server = Server::start().await;
        let (mut peer, mut exchange) = server.exchange(GET).await;
        for (number, write) in writes.iter().enumerate() {
            let bytes = write.as_bytes();
            let written =
                async { if number == 0 { exchange.raw(bytes).await } else { exchange.send(bytes).await } };
            both(written, peer.expect(write)).await.0.expect("the peer is there");
        }
        assert_eq!(exchange.has_head(), whole, "{writes:?}");
    }
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    let respond = Respond { headers: headers(&[]), ..status(404) };
    let head = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
    both(exchange.respond(&respond, as_is), peer.expect(head)).await.0.expect("the peer is there");
    assert!(exchange.has_head());
}
