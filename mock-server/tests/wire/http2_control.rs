//! What scripts do over HTTP/2 alone: frames about the connection, codes of resets, trailers and refused streams.

use std::time::Duration;

use ssespec_mock_server::action::http2::{Control, ErrorCode, GoAway, LastStream, Settings};
use ssespec_mock_server::action::{Drop, Respond};
use ssespec_mock_server::wire::{Exchange, PeerGone, WireEventKind};

use crate::http2_peer::{GOAWAY, HEADERS, Http2Peer, PING, SETTINGS, server};
use crate::peer::{Server, as_is, both, soon};

const WIDE: u32 = 1 << 20;

/// The codes of resets, <https://www.rfc-editor.org/rfc/rfc9113#section-7>.
const FLOW_CONTROL_ERROR: u8 = 3;
const REFUSED_STREAM: u8 = 7;

/// A stream whose head has been read, on a connection whose first settings are acknowledged.
async fn stream(server: &mut Server) -> (Http2Peer, Exchange) {
    let mut peer = Http2Peer::connect(server, WIDE).await;
    peer.get(1, "/7/").await;
    let mut exchange = server.request().await;
    both(exchange.respond(&Respond::default(), as_is), peer.expect_head(1)).await.0.expect("an open stream");
    let settings = peer.control().await;
    assert_eq!(settings.kind, SETTINGS);
    peer.acknowledge(settings).await;
    (peer, exchange)
}

#[tokio::test]
async fn goaway_ends_nothing() {
    for (last, number) in [(LastStream::This, 1), (LastStream::None, 0)] {
        let mut server = server().await;
        let (mut peer, mut exchange) = stream(&mut server).await;
        let go_away = Control::GoAway(GoAway { last, code: ErrorCode::EnhanceYourCalm });
        exchange.control(go_away).await.expect("an open stream");
        let frame = soon(peer.next()).await.expect("no reset").expect("a frame");
        assert_eq!((frame.kind, frame.stream), (GOAWAY, 0));
        assert_eq!(frame.payload, [0, 0, 0, number, 0, 0, 0, 11]);
        both(exchange.send(b"a"), peer.expect_data(1, "a")).await.0.expect("an open stream");
    }
}

#[tokio::test]
async fn the_answer_to_ping_is_reported() {
    let mut server = server().await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    for _ in 0..2 {
        exchange.control(Control::Ping).await.expect("an open stream");
        let ping = peer.control().await;
        assert_eq!(ping.kind, PING);
        server.reported();
        peer.acknowledge(ping).await;
        let event = soon(server.events.recv()).await.expect("an event");
        assert!(matches!(event.kind, WireEventKind::PingAck), "{:?}", event.kind);
        assert_eq!(event.connection, exchange.carrier());
    }
}

#[tokio::test]
async fn settings_are_sent_and_their_acknowledgments_are_expected() {
    let mut server = server().await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    for (settings, payload) in [
        (Settings { max_concurrent_streams: Some(3), initial_window_size: None }, [0, 3, 0, 0, 0, 3]),
        (Settings { initial_window_size: Some(10), max_concurrent_streams: None }, [0, 4, 0, 0, 0, 10]),
        (Settings { max_concurrent_streams: Some(1), initial_window_size: None }, [0, 3, 0, 0, 0, 1]),
    ] {
        exchange.control(Control::Settings(settings)).await.expect("an open stream");
        let frame = peer.control().await;
        assert_eq!((frame.kind, frame.payload.as_slice()), (SETTINGS, &payload[..]));
        peer.acknowledge(frame).await;
    }
    both(exchange.send(b"a"), peer.expect_data(1, "a")).await.0.expect("an open stream");
    // A new stream has the smaller window.
    peer.head(3, "POST", "/", 0x4).await;
    peer.data(3, b"0123456789", 0x1).await;
    assert_eq!(server.request().await.request().body, b"0123456789");
    peer.head(5, "POST", "/", 0x4).await;
    peer.data(5, b"0123456789a", 0x1).await;
    peer.expect_reset(5, FLOW_CONTROL_ERROR).await;
}

#[tokio::test]
async fn a_reset_has_the_code_of_the_script() {
    let mut server = server().await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    let dropped = exchange.drop_connection(Drop::ResetWith(ErrorCode::EnhanceYourCalm));
    both(dropped, peer.expect_reset(1, 11)).await;
    assert_eq!(exchange.control(Control::Ping).await, Err(PeerGone));
}

#[tokio::test]
async fn trailers_end_a_stream() {
    let mut server = server().await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    let trailers = [("x-checksum".to_owned(), "1".to_owned())];
    let read = async {
        let (kind, flags, stream, _) = peer.frame().await;
        assert_eq!((kind, flags, stream), (HEADERS, 0x4 | 0x1, 1));
    };
    both(exchange.trailers(&trailers), read).await.0.expect("an open stream");
    assert!(!exchange.is_open());
}

#[tokio::test]
async fn trailers_follow_the_last_chunk() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    let trailers = [("x-checksum".to_owned(), "1".to_owned())];
    // There is no connection of HTTP/2, and nothing is written.
    exchange.control(Control::Ping).await.expect("an open connection");
    both(exchange.trailers(&trailers), peer.expect("0\r\nx-checksum: 1\r\n\r\n"))
        .await
        .0
        .expect("an open connection");
}

#[tokio::test]
async fn streams_are_refused_while_connections_are() {
    let mut server = server().await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    server.listener.refuse_for(Duration::from_secs(60));
    peer.get(3, "/").await;
    peer.expect_reset(3, REFUSED_STREAM).await;
    assert_eq!(server.listener.refused_streams(), 1);
    both(exchange.send(b"a"), peer.expect_data(1, "a")).await.0.expect("an open stream");
    server.listener.refuse_no_more().await;
    peer.get(5, "/5").await;
    assert_eq!(server.request().await.request().target, "/5");
}
