//! Connections that are given away.

#[cfg(feature = "http2")]
use ssespec_mock_server::action::Respond;
#[cfg(feature = "tls")]
use ssespec_mock_server::wire::Versions;
use ssespec_mock_server::wire::{Diversion, Diverted, Exchange, WireEventKind};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

#[cfg(feature = "http2")]
use crate::http2_peer::{self, HTTP_1_1_REQUIRED, Http2Peer};
#[cfg(feature = "http2")]
use crate::peer::as_is;
use crate::peer::{GET, Server, both, soon};
#[cfg(feature = "tls")]
use crate::tls_peer::TlsServer;

fn diversion(to: UnboundedSender<Diverted>, streams: Option<UnboundedSender<Exchange>>) -> Diversion {
    Diversion { prefixes: vec!["/page/".into(), "/favicon.ico".into()], to, streams }
}

/// A listener that gives away what begins with `/page/` or is the icon.
async fn diverting() -> (Server, UnboundedReceiver<Diverted>) {
    let server = Server::start().await;
    let (to, diverted) = mpsc::unbounded_channel();
    server.listener.divert(diversion(to, None));
    (server, diverted)
}

#[tokio::test]
async fn a_request_beneath_the_path() {
    let (server, mut diverted) = diverting().await;
    for target in ["/page/", "/page/style.css?x", "/favicon.ico"] {
        let mut peer = server.connect().await;
        let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\nahead");
        peer.write(request.as_bytes()).await;
        let Diverted { mut stream, request, ahead } = soon(diverted.recv()).await.expect("it is given away");
        assert_eq!((request.target.as_str(), ahead.as_slice()), (target, b"ahead".as_slice()));
        let (written, ()) = both(stream.write_all(b"hello"), peer.expect("hello")).await;
        written.expect("the peer is there");
    }
}

#[tokio::test]
async fn other_requests_are_for_scripts() {
    let (mut server, mut diverted) = diverting().await;
    for target in ["/", "/pag", "/7/page/", "/favicon"] {
        let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n");
        let (_peer, exchange) = server.exchange(request.as_bytes()).await;
        assert_eq!(exchange.request().target, target);
    }
    assert!(diverted.try_recv().is_err());
}

/// A connection may have carried a stream before.
#[tokio::test]
async fn a_request_on_a_used_connection() {
    let (mut server, mut diverted) = diverting().await;
    let (mut peer, mut exchange) = server.stream().await;
    exchange.end().await.expect("the peer is there");
    peer.expect("0\r\n\r\n").await;
    peer.write(b"GET /page/worker.js HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let given = soon(diverted.recv()).await.expect("it is given away");
    assert_eq!(given.request.target, "/page/worker.js");
}

/// What is given away outlives the sessions of the listener, and the listener.
#[tokio::test]
async fn the_listener_leaves_it_alone() {
    let (mut server, mut diverted) = diverting().await;
    let mut peer = server.connect().await;
    peer.write(b"GET /page/ HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut given = soon(diverted.recv()).await.expect("it is given away");
    let reported = [server.next().await, server.next().await];
    assert!(matches!(reported, [WireEventKind::Accepted { .. }, WireEventKind::Closed]), "{reported:?}");
    let (_other, _exchange) = server.exchange(GET).await;
    soon(server.listener.close_connections(std::time::Duration::ZERO)).await;
    both(given.stream.write_all(b"one"), peer.expect("one")).await.0.expect("the peer is there");
    soon(server.listener.shutdown()).await;
    both(given.stream.write_all(b"two"), peer.expect("two")).await.0.expect("the peer is there");
}

/// If no handler takes it, it is closed.
#[tokio::test]
async fn nobody_takes_it() {
    let (server, diverted) = diverting().await;
    drop(diverted);
    let mut peer = server.connect().await;
    peer.write(b"GET /page/ HTTP/1.1\r\nhost: x\r\n\r\n").await;
    peer.expect_fin().await;
}

/// It keeps its encryption, and ends with close_notify.
#[cfg(feature = "tls")]
#[tokio::test]
async fn a_request_over_tls() {
    let server = TlsServer::speaking(Versions::Http1And2).await;
    let (to, mut diverted) = mpsc::unbounded_channel();
    server.server.listener.divert(diversion(to, None));
    let mut peer = server.handshake(&["http/1.1"]).await.expect("a handshake");
    peer.write(b"GET /page/ HTTP/1.1\r\nhost: x\r\n\r\nahead").await;
    let Diverted { mut stream, request, ahead } = soon(diverted.recv()).await.expect("it is given away");
    assert_eq!((request.target.as_str(), ahead.as_slice()), ("/page/", b"ahead".as_slice()));
    let write = async {
        stream.write_all(b"hello").await?;
        stream.shutdown().await
    };
    let read = async {
        peer.expect("hello").await;
        assert_eq!(peer.read().await.expect("close_notify"), "");
    };
    both(write, read).await.0.expect("the peer is there");
}

/// The connection has other streams, so only the request is given away, and nothing of it is reported.
#[cfg(feature = "http2")]
#[tokio::test]
async fn a_request_over_http_2() {
    let mut server = http2_peer::server().await;
    let ((to, _connections), (to_streams, mut streams)) =
        (mpsc::unbounded_channel(), mpsc::unbounded_channel());
    server.listener.divert(diversion(to, Some(to_streams)));
    let mut peer = Http2Peer::connect(&server, 1 << 20).await;
    peer.get(1, "/page/style.css").await;
    let mut given = soon(streams.recv()).await.expect("it is given away");
    assert_eq!(given.request().target, "/page/style.css");
    let response = Respond { body: Some(b"p {}".to_vec()), ..Respond::default() };
    let read = async {
        peer.expect_head(1).await;
        assert_eq!(peer.frame().await, (0, 0x1, 1, "p {}".to_owned()));
    };
    both(given.respond(&response, as_is), read).await.0.expect("an open stream");
    peer.get(3, "/7/").await;
    let exchange = server.request().await;
    assert_eq!(exchange.request().target, "/7/");
    let page: Vec<WireEventKind> = std::iter::from_fn(|| server.events.try_recv().ok())
        .filter(|event| event.connection == given.connection())
        .map(|event| event.kind)
        .collect();
    assert!(page.is_empty(), "{page:?}");
}

/// Without a handler for streams.
#[cfg(feature = "http2")]
#[tokio::test]
async fn a_request_over_http_2_that_needs_a_connection() {
    let server = http2_peer::server().await;
    let (to, _connections) = mpsc::unbounded_channel();
    server.listener.divert(diversion(to, None));
    let mut peer = Http2Peer::connect(&server, 1 << 20).await;
    peer.get(1, "/page/").await;
    peer.expect_reset(1, HTTP_1_1_REQUIRED).await;
}
