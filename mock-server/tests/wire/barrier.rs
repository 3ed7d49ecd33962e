//! What is sent apart arrives apart.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use ssespec_mock_server::action::{Drop, Framing, Repeat, Respond};
use ssespec_mock_server::wire::{BarrierMode, Options};

use crate::peer::{GET, Server, as_is, both};

/// A thread that reads to the end and tells what each read gave.
fn reader(mut stream: TcpStream) -> thread::JoinHandle<Vec<usize>> {
    thread::spawn(move || {
        let mut reads = Vec::new();
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut bytes) {
            reads.push(length);
        }
        reads
    })
}

/// How many of `count` one-byte writes a reader sees as reads of their own.
async fn kept(mode: BarrierMode, address: &str, count: usize) -> usize {
    let mut server = Server::at(address, Options { barrier: mode, ..Options::default() }).await;
    let mut stream = TcpStream::connect(server.listener.address()).expect("a connection");
    stream.write_all(GET).expect("an open connection");
    let reader = reader(stream);
    let mut exchange = server.request().await;
    let respond = Respond { framing: Some(Framing::Close), headers: Some(Vec::new()), ..Respond::default() };
    exchange.respond(&respond, as_is).await.expect("the peer is there");
    for _ in 0..count {
        exchange.send(b"x").await.expect("the peer is there");
    }
    exchange.drop_connection(Drop::Fin).await;
    let reads = reader.join().expect("a reader");
    assert_eq!(reads.iter().sum::<usize>(), "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".len() + count);
    reads.iter().filter(|length| **length == 1).count()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_kernel_keeps_boundaries() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let kept = kept(BarrierMode::Kernel, address, 1000).await;
        assert!(kept >= 950, "{kept}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_kernel_keeps_boundaries_on_many_threads() {
    let kept = kept(BarrierMode::Auto, "127.0.0.1:0", 1000).await;
    assert!(kept >= 950, "{kept}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_kernel_keeps_the_boundaries_within_a_pattern() {
    let mut server =
        Server::at("127.0.0.1:0", Options { barrier: BarrierMode::Kernel, ..Options::default() }).await;
    let mut stream = TcpStream::connect(server.listener.address()).expect("a connection");
    stream.write_all(GET).expect("an open connection");
    let reader = reader(stream);
    let mut exchange = server.request().await;
    let respond = Respond { framing: Some(Framing::Close), headers: Some(Vec::new()), ..Respond::default() };
    exchange.respond(&respond, as_is).await.expect("the peer is there");
    exchange
        .send_repeat(&Repeat { pattern: b"ab".to_vec(), times: 1500, write: Some(3) })
        .await
        .expect("the peer is there");
    exchange.drop_connection(Drop::Fin).await;
    let reads = reader.join().expect("a reader");
    let kept = reads.iter().filter(|length| **length == 3).count();
    assert!(kept >= 950, "{kept}");
}

#[tokio::test]
async fn a_pause_keeps_most_boundaries() {
    let kept = kept(BarrierMode::Pause, "127.0.0.1:0", 200).await;
    // How many, depends on the machine.
    assert!(kept >= 50, "{kept}");
}

#[tokio::test]
async fn a_reader_in_the_same_thread_keeps_boundaries() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    server.reported();
    let reads = tokio::spawn(async move {
        let mut reads = Vec::new();
        loop {
            let read = peer.read().await.expect("an open connection");
            if read.is_empty() {
                return reads;
            }
            reads.push(read);
        }
    });
    for _ in 0..200 {
        exchange.send(b"x").await.expect("the peer is there");
    }
    exchange.drop_connection(Drop::Fin).await;
    let reads = reads.await.expect("a reader");
    if cfg!(target_os = "linux") {
        assert_eq!(reads.len(), 200);
    }
}

/// Clients on the JVM, among others, connect to an IPv4 address with an IPv6 socket.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_ipv6_socket_with_an_ipv4_address_is_found() {
    for listening in ["127.0.0.1:0", "[::]:0"] {
        let mut server = Server::at(listening, Options::default()).await;
        let port = server.listener.address().port();
        let socket = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP)).expect("a socket");
        let address: SocketAddr = format!("[::ffff:127.0.0.1]:{port}").parse().expect("an address");
        socket.connect(&address.into()).expect("a connection");
        let mut stream: TcpStream = socket.into();
        stream.write_all(GET).expect("an open connection");
        let mut exchange = server.request().await;
        server.reported();
        // A pause would not notice that the peer does not read.
        exchange.raw(b"unread").await.expect("the peer is there");
        assert_eq!(server.reported(), ["sent \"unread\"", "boundary not kept"], "{listening}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_peer_that_does_not_read_is_waited_for_and_told() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    server.reported();
    exchange.send(b"a").await.expect("the peer is there");
    assert_eq!(server.reported(), ["sent \"a\"", "boundary not kept"]);
    both(exchange.send(b"b"), peer.expect("1\r\na\r\n1\r\nb\r\n")).await.0.expect("the peer is there");
    assert_eq!(server.reported(), ["sent \"b\""]);
    exchange.send(b"c").await.expect("the peer is there");
    exchange.end().await.expect("the peer is there");
    let unread = "boundary not kept";
    assert_eq!(server.reported(), ["sent \"c\"", unread, unread, "ended", unread]);

    let (_peer, mut exchange) = server.stream().await;
    server.reported();
    exchange.send(b"a").await.expect("the peer is there");
    exchange.drop_connection(Drop::Fin).await;
    assert_eq!(server.reported(), ["sent \"a\"", unread, unread, "dropped Fin"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_write_returns_when_its_reader_has_read() {
    let mut server = Server::start().await;
    let mut stream = TcpStream::connect(server.listener.address()).expect("a connection");
    stream.write_all(GET).expect("an open connection");
    let mut exchange = server.request().await;
    server.reported();
    let (go, gone) = mpsc::channel::<()>();
    let reader = thread::spawn(move || {
        gone.recv().expect("a word");
        // Long enough that a write that does not wait would return before.
        thread::sleep(Duration::from_millis(10));
        stream.read(&mut [0; 100]).expect("an open connection")
    });
    go.send(()).expect("a reader");
    let start = std::time::Instant::now();
    exchange.raw(b"abc").await.expect("the peer is there");
    if server.reported() == ["sent \"abc\""] {
        assert!(start.elapsed() >= Duration::from_millis(9));
    }
    assert_eq!(reader.join().expect("a reader"), 3);
}
