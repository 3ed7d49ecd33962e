//! HTTP/2 with prior knowledge: each stream is an exchange of its own.

use std::time::Duration;

use ssespec_mock_server::action::{Drop, Framing, Repeat, Respond};
use ssespec_mock_server::wire::{Exchange, Options, PeerGone, Version, WireEventKind};

use crate::http2_peer::{
    CANCEL, GOAWAY, HTTP_1_1_REQUIRED, Http2Peer, INTERNAL_ERROR, PREFACE, server, server_with,
};
use crate::peer::{Server, as_is, both, name, soon};

const WIDE: u32 = 1 << 20;

const RECEIVED: &str =
    "received \":method: GET\\r\\n:path: /7/\\r\\n:authority: h\\r\\nlast-event-id: é\\r\\n\\r\\n\"";

/// A stream whose head has been read.
async fn stream(server: &mut Server, peer: &mut Http2Peer, number: u32) -> Exchange {
    peer.get(number, "/7/").await;
    let mut exchange = server.request().await;
    both(exchange.respond(&Respond::default(), as_is), peer.expect_head(number))
        .await
        .0
        .expect("an open stream");
    exchange
}

/// What is reported of one stream, up to its end.
async fn reported(server: &mut Server, exchange: &Exchange) -> Vec<String> {
    let mut all = Vec::new();
    while all.last().is_none_or(|event| event != "closed") {
        let event = soon(server.events.recv()).await.expect("an event");
        if event.connection == exchange.connection() {
            all.push(name(&event.kind));
        }
    }
    all
}

#[tokio::test]
async fn a_stream_from_its_head_to_its_end() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    peer.get(1, "/7/").await;
    let mut exchange = server.request().await;
    let request = exchange.request();
    assert_eq!((request.version, request.target.as_str()), (Version::Http2, "/7/"));
    assert_eq!(request.header("host").collect::<Vec<_>>(), [b"h"]);
    assert_eq!(request.header("last-event-id").collect::<Vec<_>>(), ["é".as_bytes()]);
    assert!(exchange.awaits_head() && !exchange.answered());
    let play = async {
        exchange.respond(&Respond::default(), as_is).await?;
        exchange.send(b"data: a\n\n").await?;
        exchange.send(b"").await?;
        exchange.send(b"data: b\n\n").await?;
        exchange.end().await
    };
    let read = async {
        peer.expect_head(1).await;
        peer.expect_data(1, "data: a\n\n").await;
        peer.expect_data(1, "data: b\n\n").await;
        peer.expect_end(1).await;
    };
    both(play, read).await.0.expect("an open stream");
    assert!(!exchange.is_open() && !exchange.peer_gone());
    let head = ":status: 200\\r\\ncontent-type: text/event-stream\\r\\ncache-control: no-store\\r\\n\\r\\n";
    assert_eq!(
        reported(&mut server, &exchange).await,
        [
            &format!("sent {head:?}").replace("\\\\", "\\"),
            "sent \"data: a\\n\\n\"",
            "sent \"data: b\\n\\n\"",
            "ended",
            "closed"
        ]
    );
    // The connection serves the next stream.
    stream(&mut server, &mut peer, 3).await;
}

#[tokio::test]
async fn what_is_reported_of_a_request() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    assert_eq!(server.until("accepted").await, ["accepted"]);
    peer.get(1, "/7/").await;
    assert_eq!(server.until("request /7/").await, ["accepted", RECEIVED, "request /7/"]);
}

#[tokio::test]
async fn the_content_of_a_request_is_read_beyond_the_first_window() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    peer.head(1, "POST", "/", 0x4).await;
    for _ in 0..20 {
        // The server widens both windows before they are used up.
        peer.data(1, &[b'x'; 10_000], 0).await;
        tokio::task::yield_now().await;
    }
    peer.data(1, b"end", 0x1).await;
    let exchange = server.request().await;
    assert_eq!(exchange.request().body.len(), 200_003);
    assert!(exchange.request().body.ends_with(b"xend"));
}

#[tokio::test]
async fn a_reset_ends_only_its_stream() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    let mut first = stream(&mut server, &mut peer, 1).await;
    let mut second = stream(&mut server, &mut peer, 3).await;
    server.reported();
    both(first.drop_connection(Drop::Reset), peer.expect_reset(1, INTERNAL_ERROR)).await;
    assert_eq!(first.send(b"a").await, Err(PeerGone));
    assert_eq!(reported(&mut server, &first).await, ["dropped Reset", "closed"]);
    both(second.send(b"b"), peer.expect_data(3, "b")).await.0.expect("an open stream");
}

#[tokio::test]
async fn fin_ends_the_connection_and_no_stream() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    let mut first = stream(&mut server, &mut peer, 1).await;
    let mut second = stream(&mut server, &mut peer, 3).await;
    server.reported();
    both(first.send(b"half"), peer.expect_data(1, "half")).await.0.expect("an open stream");
    let ended = async { assert_eq!(soon(peer.next()).await.expect("a FIN"), None) };
    both(first.drop_connection(Drop::Fin), ended).await;
    drop(peer);
    assert_eq!(
        reported(&mut server, &first).await,
        ["sent \"half\"", "dropped Fin", "disconnected Fin", "closed"]
    );
    assert!(first.peer_gone());
    assert_eq!(second.send(b"x").await, Err(PeerGone));
}

#[tokio::test]
async fn a_peer_that_resets_a_stream_has_left_it() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    let silent = stream(&mut server, &mut peer, 1).await;
    server.reported();
    peer.reset(1).await;
    assert_eq!(reported(&mut server, &silent).await, ["disconnected ResetStream(8)", "closed"]);
    assert!(silent.peer_gone());
    // Before its head, too.
    peer.get(3, "/").await;
    let unanswered = server.request().await;
    peer.reset(3).await;
    assert_eq!(reported(&mut server, &unanswered).await, ["disconnected ResetStream(8)", "closed"]);
}

#[tokio::test]
async fn a_peer_that_leaves_the_connection_has_left_its_streams() {
    for is_reset in [false, true] {
        let mut server = server().await;
        let mut peer = Http2Peer::connect(&server, WIDE).await;
        let silent = stream(&mut server, &mut peer, 1).await;
        server.reported();
        if is_reset {
            socket2::SockRef::from(&peer.peer.stream)
                .set_linger(Some(Duration::ZERO))
                .expect("an open socket");
        }
        drop(peer);
        let how = if is_reset { "disconnected Reset" } else { "disconnected Fin" };
        assert_eq!(reported(&mut server, &silent).await, [how, "closed"]);
    }
}

#[tokio::test]
async fn a_peer_that_does_not_read_a_stream_blocks_only_that_stream() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, 10).await;
    let mut first = stream(&mut server, &mut peer, 1).await;
    let mut second = stream(&mut server, &mut peer, 3).await;
    let written = first.written().bytes();
    let watched = first.written();
    let blocked = tokio::spawn(async move {
        let sent = first.send(b"0123456789abcde").await;
        (first, sent)
    });
    peer.expect_data(1, "0123456789").await;
    for text in ["one", "two"] {
        both(second.send(text.as_bytes()), peer.expect_data(3, text)).await.0.expect("an open stream");
    }
    assert!(!blocked.is_finished());
    assert_eq!(watched.bytes(), written + 10);
    peer.widen(1, 100).await;
    peer.expect_data(1, "abcde").await;
    let (mut first, sent) = soon(blocked).await.expect("no panic");
    sent.expect("an open stream");
    // A stream that is blocked can be dropped.
    let repeat = Repeat { pattern: b"x".to_vec(), times: 1 << 30, write: None };
    assert!(tokio::time::timeout(Duration::from_millis(50), first.send_repeat(&repeat)).await.is_err());
    peer.expect_data(1, &"x".repeat(95)).await;
    server.reported();
    both(first.drop_connection(Drop::Reset), peer.expect_reset(1, INTERNAL_ERROR)).await;
    assert_eq!(reported(&mut server, &first).await, ["cut short", "dropped Reset", "closed"]);
}

#[tokio::test]
async fn what_only_http1_has_resets_the_stream() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    let switching = Respond { status: 101, ..Respond::default() };
    for number in 0..4 {
        let stream = number * 2 + 1;
        peer.get(stream, "/").await;
        let mut exchange = server.request().await;
        let play = async {
            // The stream is reset in place of what the script says.
            let _ = match number {
                0 => exchange.raw(b"HTTP/1.1 200 OK\r\n\r\n").await,
                1 => exchange.send(b"data: a\n\n").await,
                2 => exchange.end().await,
                _ => exchange.respond(&switching, as_is).await,
            };
        };
        both(play, peer.expect_reset(stream, HTTP_1_1_REQUIRED)).await;
        let last: Vec<String> = reported(&mut server, &exchange).await;
        assert!(last.ends_with(&["dropped Reset".into(), "closed".into()]), "{last:?}");
    }
}

#[tokio::test]
async fn complete_responses_and_heads() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    peer.get(1, "/").await;
    let busy = Respond { status: 503, body: Some(b"busy".to_vec()), ..Respond::default() };
    let mut exchange = server.request().await;
    let read = async {
        peer.expect_head(1).await;
        assert_eq!(peer.frame().await, (0, 0x1, 1, "busy".to_owned()));
    };
    both(exchange.respond(&busy, as_is), read).await.0.expect("an open stream");
    peer.get(3, "/").await;
    let mut exchange = server.request().await;
    let none = Respond { status: 204, ..Respond::default() };
    let read = async {
        let (kind, flags, stream, _) = peer.frame().await;
        assert_eq!((kind, flags, stream), (1, 0x5, 3));
    };
    both(exchange.respond(&none, as_is), read).await.0.expect("an open stream");
    peer.head(5, "HEAD", "/", 0x5).await;
    let mut exchange = server.request().await;
    let open = Respond { framing: Some(Framing::Length(9)), ..Respond::default() };
    both(exchange.respond(&open, as_is), peer.expect_head(5)).await.0.expect("an open stream");
    exchange.send(b"nobody expects it").await.expect("an open stream");
    both(exchange.end(), peer.expect_end(5)).await.0.expect("an open stream");
}

#[tokio::test]
async fn an_interim_response_precedes_the_head() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    peer.get(1, "/").await;
    let mut exchange = server.request().await;
    let hints = Respond { status: 103, ..Respond::default() };
    both(exchange.respond(&hints, as_is), peer.expect_head(1)).await.0.expect("an open stream");
    both(exchange.respond(&Respond::default(), as_is), peer.expect_head(1)).await.0.expect("an open stream");
}

#[tokio::test]
async fn a_limit_is_answered_with_503() {
    let server = server_with(Options { body_limit: 10, ..Options::default() }).await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    peer.head(1, "POST", "/", 0x4).await;
    peer.data(1, &[b'x'; 11], 0x1).await;
    peer.expect_head(1).await;
    let (_, _, _, text) = peer.frame().await;
    assert!(text.contains("longer than 10 bytes"), "{text}");
    // The connection counts too.
    let mut server = server_with(Options { connection_limit: 2, ..Options::default() }).await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    stream(&mut server, &mut peer, 1).await;
    peer.get(3, "/").await;
    peer.expect_head(3).await;
    let (_, _, _, text) = peer.frame().await;
    assert!(text.contains("2 open connections"), "{text}");
}

#[tokio::test]
async fn streams_are_closed_between_sessions() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    let first = stream(&mut server, &mut peer, 1).await;
    let second = stream(&mut server, &mut peer, 3).await;
    let of_first = [first.connection()];
    both(server.listener.close_these(&of_first, Duration::from_secs(20)), peer.expect_reset(1, CANCEL)).await;
    assert!(!first.is_open() && second.is_open());
    let left = async {
        let mut kinds = Vec::new();
        while let Some(frame) = soon(peer.next()).await.expect("a FIN") {
            kinds.push(frame.kind);
        }
        assert!(kinds.contains(&GOAWAY), "{kinds:?}");
        drop(peer);
    };
    both(server.listener.close_connections(Duration::from_secs(20)), left).await;
    assert!(!second.is_open());
}

#[tokio::test]
async fn a_listener_that_shuts_down_resets_everything() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    stream(&mut server, &mut peer, 1).await;
    soon(server.listener.shutdown()).await;
    let end = async { while let Ok(Some(_)) = peer.next().await {} };
    soon(end).await;
}

#[tokio::test]
async fn a_preface_in_pieces() {
    let mut server = server().await;
    let mut peer = server.connect().await;
    for byte in PREFACE {
        peer.write(&[*byte]).await;
        tokio::task::yield_now().await;
    }
    // The settings of the server come first.
    let settings = peer.read().await.expect("settings");
    assert_eq!(settings.get(3), Some(&4), "{settings:?}");
    assert_eq!(server.until("accepted").await, ["accepted"]);
}

#[tokio::test]
async fn what_breaks_the_protocol_ends_the_connection() {
    let mut server = server().await;
    let mut peer = Http2Peer::connect(&server, WIDE).await;
    let silent = stream(&mut server, &mut peer, 1).await;
    // HEADERS on an even stream.
    peer.get(2, "/").await;
    let (kind, ..) = peer.frame().await;
    assert_eq!(kind, GOAWAY);
    assert_eq!(soon(peer.next()).await.expect("a FIN"), None);
    drop(peer);
    let mut malformed = 0;
    loop {
        let event = soon(server.events.recv()).await.expect("an event");
        malformed += usize::from(matches!(event.kind, WireEventKind::Malformed { .. }));
        if event.connection != silent.connection() && matches!(event.kind, WireEventKind::Closed) {
            break;
        }
    }
    assert_eq!(malformed, 1);
}
