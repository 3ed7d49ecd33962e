//! How a connection ends: dropped by us, left by the peer, closed between sessions.

use std::time::{Duration, Instant};

use socket2::SockRef;
use ssespec_mock_server::action::{Drop, Respond};
use ssespec_mock_server::wire::PeerGone;

use crate::peer::{GET, Server, as_is, both, soon};

#[tokio::test]
async fn fin_without_the_end_of_the_body() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    server.reported();
    both(exchange.send(b"a"), peer.expect("1\r\na\r\n")).await.0.expect("the peer is there");
    both(exchange.drop_connection(Drop::Fin), peer.expect_fin()).await;
    assert!(!exchange.is_open() && !exchange.peer_gone());
    assert_eq!(exchange.send(b"b").await, Err(PeerGone));
    drop(peer);
    assert_eq!(server.until("closed").await, ["sent \"a\"", "dropped Fin", "disconnected Fin", "closed"]);
    assert!(exchange.peer_gone());
}

#[tokio::test]
async fn reset() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    server.reported();
    both(exchange.drop_connection(Drop::Reset), peer.expect_reset()).await;
    assert_eq!(server.reported(), ["dropped Reset", "closed"]);
    // Once more does nothing.
    exchange.drop_connection(Drop::Reset).await;
}

#[tokio::test]
async fn bytes_that_nobody_reads_do_not_turn_fin_into_reset() {
    let mut server = Server::start().await;
    for _ in 0..20 {
        let (mut peer, mut exchange) = server.stream().await;
        peer.write(&[b'x'; 100_000]).await;
        both(exchange.drop_connection(Drop::Fin), peer.expect_fin()).await;
        peer.write(&[b'x'; 100_000]).await;
        drop(peer);
        server.until("disconnected Fin").await;
    }
}

#[tokio::test]
async fn the_peer_has_read_everything_before_a_reset() {
    let mut server = Server::start().await;
    for _ in 0..20 {
        let (mut peer, mut exchange) = server.stream().await;
        let work = async {
            exchange.send(&[b'x'; 3000]).await.expect("the peer is there");
            exchange.drop_connection(Drop::Reset).await;
        };
        let read = async {
            peer.expect(format!("bb8\r\n{}\r\n", "x".repeat(3000))).await;
            peer.expect_reset().await;
        };
        both(work, read).await;
    }
}

#[tokio::test]
async fn an_answered_connection_can_be_dropped() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    let respond = Respond { status: 204, ..Respond::default() };
    let expected = "HTTP/1.1 204 No Content\r\n\r\n";
    both(exchange.respond(&respond, as_is), peer.expect(expected)).await.0.expect("the peer is there");
    both(exchange.drop_connection(Drop::Fin), peer.expect_fin()).await;
}

#[tokio::test]
async fn a_peer_that_leaves_while_idle_is_noticed() {
    let mut server = Server::start().await;
    let (peer, exchange) = server.stream().await;
    drop(peer);
    let reported = server.until("closed").await;
    assert_eq!(reported[reported.len() - 2..], ["disconnected Fin", "closed"]);
    assert!(exchange.peer_gone() && !exchange.is_open());

    let (peer, mut exchange) = server.stream().await;
    SockRef::from(&peer.stream).set_linger(Some(Duration::ZERO)).expect("an open socket");
    drop(peer);
    assert!(server.until("closed").await.contains(&"disconnected Reset".to_owned()));
    assert_eq!(exchange.send(b"a").await, Err(PeerGone));
    assert_eq!(exchange.end().await, Err(PeerGone));
    assert_eq!(server.reported(), <[&str; 0]>::default());
}

#[tokio::test]
async fn a_peer_that_leaves_between_requests_is_noticed() {
    let mut server = Server::start().await;
    let mut peer = server.connect().await;
    peer.write(b"GET / HT").await;
    drop(peer);
    let expected = ["accepted", "received \"GET / HT\"", "disconnected Fin", "closed"];
    assert_eq!(server.until("closed").await, expected);
}

#[tokio::test]
async fn a_peer_that_leaves_during_a_write_is_noticed() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    let much = vec![b'x'; 32 << 20];
    let leave = async {
        peer.expect("2000000\r\nxxx").await;
        drop(peer);
    };
    let (result, ()) = both(exchange.send(&much), leave).await;
    assert_eq!(result, Err(PeerGone));
    let reported = server.until("closed").await;
    assert_eq!(reported[reported.len() - 3..], ["cut short", "disconnected Reset", "closed"]);
}

#[tokio::test]
async fn a_write_can_be_given_up() {
    let mut server = Server::start().await;
    let much = vec![b'x'; 32 << 20];
    for how in [Drop::Fin, Drop::Reset] {
        let (mut peer, mut exchange) = server.stream().await;
        let mut stuck = Box::pin(exchange.send(&much));
        let first = async {
            tokio::select! { _ = &mut stuck => panic!("nobody reads"), () = peer.expect("2000000") => {} }
        };
        soon(first).await;
        drop(stuck);
        soon(exchange.drop_connection(how)).await;
        let reported = server.until(&format!("dropped {how:?}")).await;
        assert!(reported.contains(&"cut short".to_owned()), "{reported:?}");
    }
    let (mut peer, mut exchange) = server.stream().await;
    let mut stuck = Box::pin(exchange.send(&much));
    let first = async {
        tokio::select! { _ = &mut stuck => panic!("nobody reads"), () = peer.expect("2000000") => {} }
    };
    soon(first).await;
    drop(stuck);
    let start = Instant::now();
    soon(server.listener.close_connections(Duration::from_millis(20))).await;
    assert!(start.elapsed() >= Duration::from_millis(20));
    assert!(server.reported().ends_with(&["closed".to_owned()]));
}

#[tokio::test]
async fn a_write_that_was_given_up_goes_on_before_the_next() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    let much = vec![b'x'; 8 << 20];
    let mut stuck = Box::pin(exchange.send(&much));
    let first = async {
        tokio::select! { _ = &mut stuck => panic!("nobody reads"), () = peer.expect("800000\r\n") => {} }
    };
    soon(first).await;
    drop(stuck);
    let read = async {
        peer.expect(&much).await;
        peer.expect("\r\n1\r\na\r\n").await;
    };
    both(exchange.send(b"a"), read).await.0.expect("the peer is there");
}

#[tokio::test]
async fn connections_are_closed_between_sessions() {
    let mut server = Server::start().await;
    let (mut idle, exchange) = server.exchange(GET).await;
    let (mut streaming, _) = server.stream().await;
    let mut silent = server.connect().await;
    let peers = async {
        for peer in [&mut idle, &mut streaming, &mut silent] {
            peer.expect_fin().await;
        }
        drop((idle, streaming, silent));
    };
    both(server.listener.close_connections(Duration::from_secs(60)), peers).await;
    let reported = server.reported();
    assert_eq!(reported.iter().filter(|event| *event == "closed").count(), 3, "{reported:?}");
    assert!(!exchange.is_open());
    server.stream().await;
}

#[tokio::test]
async fn a_connection_that_nobody_has_accepted_yet_is_closed_too() {
    let mut server = Server::start().await;
    // On this runtime of one thread the listener's task cannot run before the next await.
    let address = server.listener.address();
    let mut peers: Vec<_> =
        (0..5).map(|_| std::net::TcpStream::connect(address).expect("a connection")).collect();
    let close = server.listener.close_connections(Duration::ZERO);
    soon(close).await;
    let reported = server.reported();
    assert_eq!(reported.iter().filter(|event| *event == "closed").count(), 5, "{reported:?}");
    for peer in &mut peers {
        peer.set_nonblocking(false).expect("an open socket");
        let read = std::io::Read::read(peer, &mut [0; 8]);
        assert!(!matches!(read, Ok(1..)), "{read:?}");
    }
}

#[tokio::test]
async fn peers_that_stay_are_reset() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    let start = Instant::now();
    soon(server.listener.close_connections(Duration::from_millis(30))).await;
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert_eq!(exchange.send(b"a").await, Err(PeerGone));
    let reported = server.reported();
    assert_eq!(reported.last().map(String::as_str), Some("closed"));
    // FIN first and then RST: a read sees either.
    let read = peer.read().await;
    assert!(!matches!(&read, Ok(bytes) if !bytes.is_empty()), "{read:?}");
}
