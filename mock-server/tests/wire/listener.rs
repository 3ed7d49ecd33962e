//! The listener: addresses, refusing, limits, and that nothing of it is left.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};
use ssespec_mock_server::wire::{Barrier, Listener, Options, WireEventKind};
use tokio::runtime::{Handle, RuntimeMetrics};
use tokio::sync::mpsc;

use crate::peer::{Peer, Server, both, soon};

/// Binds a port exclusively: without any option to share it.
fn bind_alone(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.bind(&address.into())?;
    socket.listen(1)
}

fn refused(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// Tries until a connection is made.
async fn until_accepted(address: SocketAddr) {
    soon(async {
        while refused(address) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn refuses_no_more() {
    let server = Server::start().await;
    let address = server.listener.address();
    server.listener.refuse_no_more().await;
    assert!(!refused(address));
    for _ in 0..20 {
        server.listener.refuse_for(Duration::from_secs(60));
        assert!(refused(address));
        server.listener.refuse_no_more().await;
        assert!(!refused(address));
    }
}

/// Waits until there are no more tasks than this. A task is counted until its worker has thrown it away, a moment
/// after its last statement.
async fn until_tasks(metrics: &RuntimeMetrics, count: usize) {
    soon(async {
        while metrics.num_alive_tasks() > count {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn addresses() {
    for (address, host) in
        [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "[::1]"), ("0.0.0.0:0", "127.0.0.1"), ("[::]:0", "[::1]")]
    {
        let mut server = Server::at(address, Options::default()).await;
        let url = server.listener.url();
        assert_eq!(url, format!("http://{host}:{}", server.listener.address().port()));
        let mut peer = Peer::connect(url["http://".len()..].parse().expect("an address")).await;
        peer.write(crate::peer::GET).await;
        let mut exchange = server.request().await;
        both(exchange.raw(b"hello"), peer.expect("hello")).await.0.expect("the peer is there");
        assert_eq!(server.listener.barrier() == Barrier::Kernel, cfg!(target_os = "linux"));
    }
}

#[tokio::test]
async fn a_port_is_not_shared() {
    let server = Server::start().await;
    let (sender, _events) = mpsc::unbounded_channel();
    let address = server.listener.address();
    let second = Listener::bind(address, Options::default(), sender.clone(), 1).await;
    assert_eq!(second.expect_err("the port is taken").kind(), io::ErrorKind::AddrInUse);
    server.listener.refuse_for(Duration::from_secs(60));
    let second = Listener::bind(address, Options::default(), sender, 1).await;
    assert_eq!(second.expect_err("the port is taken").kind(), io::ErrorKind::AddrInUse);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refuses_at_once_and_listens_again() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let mut server = Server::at(address, Options::default()).await;
        let address = server.listener.address();
        let (mut peer, mut exchange) = server.stream().await;
        for round in 0..3_u8 {
            let start = Instant::now();
            server.listener.refuse_for(Duration::from_millis(50));
            assert!(refused(address) || start.elapsed() >= Duration::from_millis(50));
            assert!(bind_alone(address).is_err());
            let text = format!("{round}");
            both(exchange.send(text.as_bytes()), peer.expect(format!("1\r\n{round}\r\n")))
                .await
                .0
                .expect("there");
            until_accepted(address).await;
            assert!(start.elapsed() >= Duration::from_millis(50));
            server.stream().await;
        }
    }
}

#[tokio::test]
async fn refusing_twice_lasts_until_the_later_end() {
    let server = Server::start().await;
    let address = server.listener.address();
    let start = Instant::now();
    server.listener.refuse_for(Duration::from_millis(80));
    server.listener.refuse_for(Duration::ZERO);
    until_accepted(address).await;
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_connection_made_before_the_refusal_counts() {
    let mut server = Server::start().await;
    // On this runtime of one thread the listener's task cannot run before the next await.
    let mut peer = TcpStream::connect(server.listener.address()).expect("a connection");
    server.listener.refuse_for(Duration::from_secs(60));
    io::Write::write_all(&mut peer, crate::peer::GET).expect("an open connection");
    server.request().await;
}

#[tokio::test]
async fn one_connection_too_many_is_refused() {
    let mut server = Server::with(Options { connection_limit: 2, ..Options::default() }).await;
    let (first, _exchange) = server.stream().await;
    let _second = server.stream().await;
    let mut third = server.connect().await;
    third.write(crate::peer::GET).await;
    let reason = "this server has 2 open connections, which is its limit";
    let head = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n\
                content-length: 55\r\nconnection: close\r\n\r\n";
    assert_eq!(soon(third.rest()).await, format!("{head}{reason}\n"));
    drop(third);
    assert!(server.until("closed").await.contains(&format!("refused: {reason}")));
    drop(first);
    server.until("closed").await;
    server.stream().await;
}

/// Everything that a listener can be in the middle of.
async fn busy(server: &mut Server) -> Vec<Peer> {
    let much = vec![b'x'; 32 << 20];
    let (idle, _) = server.exchange(crate::peer::GET).await;
    let (mut stuck, mut exchange) = server.stream().await;
    let work = async {
        tokio::select! { _ = exchange.send(&much) => {}, () = stuck.expect("2000000") => {} }
    };
    soon(work).await;
    let silent = server.connect().await;
    let (mut parting, mut exchange) = server.stream().await;
    both(exchange.end(), parting.expect("0\r\n\r\n")).await.0.expect("the peer is there");
    while !matches!(server.next().await, WireEventKind::Ended) {}
    vec![idle, stuck, silent, parting]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_outlives_a_shutdown() {
    let metrics = Handle::current().metrics();
    for refusing in [false, true] {
        let before = metrics.num_alive_tasks();
        let mut server = Server::start().await;
        let address = server.listener.address();
        let peers = busy(&mut server).await;
        if refusing {
            server.listener.refuse_for(Duration::from_secs(60));
        }
        soon(server.listener.shutdown()).await;
        bind_alone(address).expect("the port is free");
        until_tasks(&metrics, before).await;
        drop(peers);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_outlives_a_drop() {
    let metrics = Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    let mut server = Server::start().await;
    let address = server.listener.address();
    let mut peers = busy(&mut server).await;
    drop(server.listener);
    assert!(refused(address));
    until_tasks(&metrics, before).await;
    bind_alone(address).expect("the port is free");
    peers[0].expect_reset().await;
}
