//! Connections that are opened and torn at random leave nothing behind: no memory, no task, no descriptor, no panic. The
//! test has its own process, so that nothing else is measured.

#![cfg(target_os = "linux")]
#![allow(clippy::print_stderr, reason = "the figures are worth seeing")]

use std::alloc::System;
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use socket2::SockRef;
use ssespec_mock_server::action::Drop as Ending;
use ssespec_mock_server::scenario::settings::{Limits, Settings};
use ssespec_mock_server::wire::Detail;
use ssespec_mock_server::{MockServer, Scenario};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// Counts what is allocated. The resident size of the process says little: the allocator keeps pages, and how many depends
/// on the peaks.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Tests in one process count each other's memory.
static ALONE: Mutex<()> = Mutex::const_new(());

/// How much more may be allocated afterwards, in bytes: buffers and maps that grew once. Two
/// thousand connections that leave 20 bytes each need more.
const ONCE: usize = 32 * 1024;

/// The random numbers of one client, from its own seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What a client does on one connection, whatever comes of it.
async fn tear(address: SocketAddr, random: &mut Random) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    if random.below(3) == 0 {
        SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    }
    let request =
        ["GET /endless", "GET /cut", "GET /ends", "POST /ends", "GET /none"][random.below(5) as usize];
    let request = format!("{request} HTTP/1.1\r\nhost: x\r\nlast-event-id: {}\r\n\r\n", random.below(100));
    let bytes = match random.below(8) {
        0 => return Ok(()),
        1 => &b"\x16\x03\x01\x00\xff garbage"[..],
        2 => &request.as_bytes()[..random.below(request.len() as u64) as usize],
        _ => request.as_bytes(),
    };
    stream.write_all(bytes).await?;
    if random.below(4) == 0 {
        // It never reads.
        tokio::time::sleep(Duration::from_millis(random.below(50))).await;
        return Ok(());
    }
    let mut buffer = [0; 512];
    for _ in 0..random.below(20) {
        match tokio::time::timeout(Duration::from_millis(20), stream.read(&mut buffer)).await {
            Ok(Ok(0)) => break,
            read => drop(read.unwrap_or(Ok(0))?),
        }
    }
    Ok(())
}

/// Clients that tear connections until the time is over; returns how many connections there were.
async fn churn(server: &MockServer, clients: u64, time: Duration, seed: u64) -> u64 {
    let count = Arc::new(AtomicU64::new(0));
    let end = Instant::now() + time;
    let mut all = JoinSet::new();
    for client in 0..clients {
        let (address, count) = (server.address(), Arc::clone(&count));
        all.spawn(async move {
            let mut random = Random(seed + client + 1);
            while Instant::now() < end {
                // The connection may be dropped at any point.
                let _ = tear(address, &mut random).await;
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let mut random = Random(seed);
    while Instant::now() < end {
        server.push("pushed");
        let how = if random.below(2) == 0 { Ending::Fin } else { Ending::Reset };
        server.drop_all(how);
        tokio::time::sleep(Duration::from_millis(random.below(100))).await;
    }
    while let Some(client) = all.join_next().await {
        client.expect("a client does not panic");
    }
    count.load(Ordering::Relaxed)
}

/// What a server has while it is at rest.
#[derive(Debug)]
struct Rest {
    tasks: usize,
    descriptors: usize,
    /// The bytes that are allocated.
    allocated: usize,
    /// The resident size of the process in KiB, which is only shown.
    resident: u64,
}

/// Waits until there is no connection, forgets the journal, and measures.
async fn rest(server: &MockServer) -> Rest {
    let descriptors = || fs::read_dir("/proc/self/fd").expect("descriptors").count();
    let quiet = async {
        let mut before = usize::MAX;
        while !server.streams().is_empty() || descriptors() < before {
            before = descriptors();
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), quiet).await.expect("all connections end");
    // A journal of 100,000 entries takes more than all the rest.
    server.control().log().clear();
    let stats = ALLOCATOR.stats();
    let status = fs::read_to_string("/proc/self/status").expect("the status of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
    Rest {
        tasks: Handle::current().metrics().num_alive_tasks(),
        descriptors: descriptors(),
        allocated: stats.bytes_allocated - stats.bytes_deallocated,
        resident: line.trim().trim_end_matches(" kB").parse().expect("a number"),
    }
}

async fn nothing_grows(clients: u64, warm_up: Duration, time: Duration, least: u64) {
    let _alone = ALONE.lock().await;
    let scenario = Scenario::new()
        .get("/endless")
        .event("one")
        .send_repeat("data: much\n\n", 10_000)
        .get("/cut")
        .event("one")
        .send("data: ha")
        .drop_reset()
        .get("/ends")
        .event("one")
        .end();
    let mut settings = Settings::default();
    settings.limits = Limits::default().connections(clients as usize);
    settings.detail = Detail::Outline;
    let address = "127.0.0.1:0".parse().expect("an address");
    let server = MockServer::start_with(scenario, address, settings).await.expect("a server");
    // What as many connections need once is not given back.
    churn(&server, clients, warm_up, 1).await;
    let before = rest(&server).await;
    let count = churn(&server, clients, time, 1_000_000).await;
    let after = rest(&server).await;
    eprintln!("{count} connections; before {before:?}, after {after:?}");
    eprintln!("resident: {} KiB, then {} KiB", before.resident, after.resident);
    assert!(count >= least, "{count} connections");
    assert!(after.tasks <= before.tasks, "{before:?}, then {after:?}");
    assert!(after.descriptors <= before.descriptors, "{before:?}, then {after:?}");
    assert!(after.allocated <= before.allocated + ONCE, "{before:?}, then {after:?}");
    // It still serves.
    let mut client = TcpStream::connect(server.address()).await.expect("a connection");
    client.write_all(b"GET /ends HTTP/1.1\r\nconnection: close\r\n\r\n").await.expect("an open connection");
    let mut text = String::new();
    client.read_to_string(&mut text).await.expect("a response");
    assert!(text.contains("data: one\n\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_seconds_of_torn_connections_leave_nothing() {
    nothing_grows(50, Duration::from_secs(2), Duration::from_secs(2), 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes more than a minute, and 6,000 descriptors"]
async fn a_minute_of_torn_connections_leaves_nothing() {
    nothing_grows(2_000, Duration::from_secs(15), Duration::from_secs(60), 10_000).await;
}
