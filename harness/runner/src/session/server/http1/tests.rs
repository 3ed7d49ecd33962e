//! Responses that break off with an invalid chunk, as a client of an intermediary and as one of a server sees them.

#![expect(clippy::unwrap_used, reason = "a test")]

use ssespec_mock_server::client::{Offer, Trust};
use ssespec_strict::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::session::server::outlet::StreamUpdate;
use crate::session::server::stream_contents::{Named, StreamReading, Strictness};

/// What the peer does after it has written.
#[derive(Clone, Copy)]
enum Then {
    Closes,
    Waits,
}

/// What a stream shows of chunked content that continues like this after its first chunk: not bytes, head and content.
async fn shown(strictness: Strictness, rest: &'static [u8], then: Then) -> Vec<Seen> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let peer = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        assert!(socket.read(&mut request).await.unwrap() > 0);
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n";
        socket.write_all(&[head, rest].concat()).await.unwrap();
        if matches!(then, Then::Waits) {
            assert_eq!(socket.read(&mut request).await.unwrap_or(0), 0);
        }
    });
    let target = Target::parse(&url).unwrap();
    let trust = Trust::default();
    let socket = Connection::open(&target, &trust, Offer::Http11, CLOSING).await.unwrap();
    let (tell, mut told) = mpsc::channel(16);
    let limits = Limits::default();
    let reading = StreamReading { limits, named: Named::default(), strictness, most: 1 << 20 };
    let outlet = Outlet { stream: 0, tell, began: Instant::now(), limits, reads: 0 };
    let asked = Request::default();
    let content = Content::new(reading, String::new());
    let stream = Http1Stream::open(socket, &target, &asked, (content, outlet)).await;
    let (order, orders) = mpsc::unbounded_channel();
    let reading = tokio::spawn(stream.live(Control { orders, reading: asked.reading }));
    let mut shown = Vec::new();
    while let Some(StreamUpdate { seen, .. }) = told.recv().await {
        let is_last = matches!(seen, Seen::End | Seen::Broken(_) | Seen::Violation(_));
        if !matches!(seen, Seen::Bytes(..) | Seen::Head(_) | Seen::Content(_)) {
            shown.push(seen);
        }
        if is_last {
            break;
        }
    }
    drop(order);
    reading.await.unwrap();
    peer.await.unwrap();
    shown
}

const NO_SIZE: &[u8] = b"\r\n1\r\n";
const NO_END: &[u8] = b"2\r\n:\nx";

#[tokio::test]
async fn an_invalid_chunk_and_the_end_of_the_connection_break_a_response_off() {
    for rest in [NO_SIZE, NO_END] {
        let shown = shown(Strictness::Http, rest, Then::Closes).await;
        assert!(
            matches!(&shown[..], [Seen::Broken(how)] if how.contains("closed after an invalid chunk")),
            "{shown:?}"
        );
    }
}

#[tokio::test]
async fn an_invalid_chunk_on_a_connection_that_stays_open_is_a_violation() {
    for rest in [NO_SIZE, NO_END] {
        let shown = shown(Strictness::Http, rest, Then::Waits).await;
        assert!(matches!(&shown[..], [Seen::Violation(_)]), "{shown:?}");
    }
}

#[tokio::test]
async fn a_server_that_sends_an_invalid_chunk_is_not_excused() {
    let shown = shown(Strictness::Full, NO_SIZE, Then::Closes).await;
    assert!(matches!(&shown[..], [Seen::Violation(_)]), "{shown:?}");
}
