//! Connections that are given away.

use ssespec_mock_server::wire::{Diversion, Diverted, WireEventKind};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::peer::{GET, Server, both, soon};

/// A listener that gives away what begins with `/page/` or is the icon.
async fn diverting() -> (Server, UnboundedReceiver<Diverted>) {
    let server = Server::start().await;
    let (to, diverted) = mpsc::unbounded_channel();
    server.listener.divert(Diversion { prefixes: vec!["/page/".into(), "/favicon.ico".into()], to });
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
