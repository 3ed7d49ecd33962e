//! A long pattern needs no more memory than a short one. The test has its own process, so that nothing else is measured.

#![cfg(target_os = "linux")]

use std::fs;

use ssespec_mock_server::action::{Repeat, Respond};
use ssespec_mock_server::wire::{Listener, Options, WireEventKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::sync::mpsc;

/// The most memory that this process ever had, in KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the status of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[tokio::test]
async fn sixty_four_mebibytes_to_a_slow_reader() {
    const TOTAL: u64 = 64 << 20;
    let (sender, mut events) = mpsc::unbounded_channel();
    let address = "127.0.0.1:0".parse().expect("an address");
    let listener = Listener::bind(address, Options::default(), sender, 0).await.expect("a listener");
    let socket = TcpSocket::new_v4().expect("a socket");
    // A small buffer keeps the writer waiting for the reader all the time.
    socket.set_recv_buffer_size(8192).expect("a socket");
    let mut stream = socket.connect(listener.address()).await.expect("a connection");
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("an open connection");
    let mut exchange = loop {
        if let Some(WireEventKind::Request(exchange)) = events.recv().await.map(|event| event.kind) {
            break exchange;
        }
    };
    let before = peak();
    let repeat = Repeat { pattern: b"data: x\n\n".to_vec(), times: TOTAL / 9, write: None };
    let work = async {
        exchange.respond(&Respond::default(), str::to_owned).await.expect("the peer is there");
        exchange.send_repeat(&repeat).await.expect("the peer is there");
        exchange.drop_connection(ssespec_mock_server::action::Drop::Fin).await;
    };
    let read = async {
        let mut bytes = [0; 4096];
        let mut length = 0;
        while let Ok(read @ 1..) = stream.read(&mut bytes).await {
            length += read as u64;
            tokio::task::yield_now().await;
        }
        length
    };
    let ((), length) = tokio::join!(work, read);
    assert!(length > repeat.total());
    let grown = peak() - before;
    assert!(grown < 8 * 1024, "{grown} KiB more");
}
