//! Servers that send garbage, floods or nothing get a clear verdict, in bounded time and memory.

use std::time::{Duration, Instant};

use ssespec_reports::results::Verdict;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::probing::{ProbeResults, ProbeSetup, attempt, probe};

/// What a hostile server does after each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HostileServer {
    Silence,
    Garbage,
    EndlessGarbage,
    ClosesImmediately,
    Resets,
    EndlessHead,
    EndlessLine,
    EndlessEvents,
    EndlessInterim,
    EndlessGzip,
    Trickle,
}

async fn start(server: HostileServer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(server, connection));
        }
    });
    format!("http://{address}/")
}

async fn serve(server: HostileServer, mut connection: TcpStream) -> Option<()> {
    let mut request = [0; 4096];
    if connection.read(&mut request).await.ok()? == 0 {
        return None;
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
    let (start, piece) = match server {
        HostileServer::Silence => (String::new(), None),
        HostileServer::ClosesImmediately => return None,
        HostileServer::Resets => {
            connection.set_zero_linger().ok()?;
            return None;
        }
        HostileServer::Garbage => ("SSH-2.0-OpenSSH_9.6\r\n".into(), None),
        HostileServer::EndlessGarbage => (String::new(), Some("\u{0}garbage".repeat(10_000))),
        HostileServer::EndlessHead => ("HTTP/1.1 200 OK\r\n".into(), Some("x-field: value\r\n".repeat(5000))),
        HostileServer::EndlessLine => (format!("{head}\r\n"), Some("x".repeat(64 * 1024))),
        HostileServer::EndlessEvents => (format!("{head}\r\n"), Some("data: x\n\n".repeat(8000))),
        HostileServer::EndlessInterim => {
            (String::new(), Some("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(2000)))
        }
        HostileServer::EndlessGzip => (format!("{head}content-encoding: gzip\r\n\r\n"), Some(fake_gzip())),
        HostileServer::Trickle => {
            for byte in format!("{head}x-slow: {}", "x".repeat(1000)).bytes() {
                connection.write_all(&[byte]).await.ok()?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            return None;
        }
    };
    connection.write_all(start.as_bytes()).await.ok()?;
    while let Some(piece) = &piece {
        connection.write_all(piece.as_bytes()).await.ok()?;
    }
    std::future::pending().await
}

/// Endless content that is not gzip.
fn fake_gzip() -> String {
    "\u{1f}\u{8}".repeat(30_000)
}

async fn probe_hostile(server: HostileServer) -> ProbeResults {
    let url = start(server).await;
    let began = Instant::now();
    let probed = probe(&url, ProbeSetup { timeout: Duration::from_secs(1), ..ProbeSetup::default() }).await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(60), "{server:?} took {took:?}");
    assert_eq!(probed.with(&[Verdict::Error]), [""; 0], "{server:?}");
    let kept: usize = probed.0.values().flat_map(|result| &result.transcript).map(|row| row.text.len()).sum();
    assert!(kept < 16 * 1024 * 1024, "{server:?} kept {kept} bytes");
    probed
}

/// Only checks of the response itself fail.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_response_there_is_one_clear_failure() {
    let mut tasks = JoinSet::new();
    for (server, why) in [
        (HostileServer::Silence, "no response head, the connection was still open"),
        (
            HostileServer::ClosesImmediately,
            "no response head, the server closed the connection without sending a byte",
        ),
        (HostileServer::Resets, "no response head, the connection broke"),
        (HostileServer::Garbage, "no response head, not an HTTP/1.x response at byte 0"),
        (HostileServer::EndlessGarbage, "no response head, not an HTTP/1.x response at byte 0"),
        (HostileServer::EndlessHead, "no response head, a head longer than the limit"),
        (HostileServer::EndlessInterim, "no response head"),
        (HostileServer::Trickle, "; what came: "),
    ] {
        tasks.spawn(async move { (server, why, probe_hostile(server).await) });
    }
    for (server, why, probed) in tasks.join_all().await {
        assert_eq!(probed.verdict("status"), Verdict::Fail, "{server:?}");
        let observed = &probed.0["status"].failure.as_ref().expect("a failure").observed;
        assert!(observed.contains(why), "{server:?}: {observed}");
        let failed = probed.with(&[Verdict::Fail, Verdict::Warn]);
        let about_the_response = ["head-syntax", "headers-flushed", "status"];
        assert!(failed.iter().all(|name| about_the_response.contains(name)), "{server:?}: {failed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_and_unreachable_servers_are_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let answer = b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /events\r\ncontent-length: 0\r\n\r\n";
            let mut request = [0; 4096];
            if connection.read(&mut request).await.is_ok_and(|length| length > 0) {
                let _ = connection.write_all(answer).await;
            }
        }
    });
    let refused = attempt(&url, ProbeSetup::default()).await.map(|_| ());
    assert_eq!(refused.unwrap_err().to_string(), format!("{url} redirects to /events; probe that URL"));
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let refused = attempt(&format!("http://{free}/"), ProbeSetup::default()).await.map(|_| ());
    assert!(refused.unwrap_err().to_string().contains("no connection"), "{free}");
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_are_cut_off() {
    for server in [HostileServer::EndlessLine, HostileServer::EndlessEvents, HostileServer::EndlessGzip] {
        let probed = probe_hostile(server).await;
        assert_eq!(probed.verdict("status"), Verdict::Pass, "{server:?}");
    }
    assert_eq!(probe_hostile(HostileServer::EndlessLine).await.verdict("line-length"), Verdict::Info);
}

/// The most bytes that one connection may take in of a flood of interim heads: as many as are read at most, and what
/// the sockets of both sides hold.
const TAKEN: usize = 16 * 1024 * 1024;

/// However large the interim heads are, the probe closes the connection after a few.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_interim_heads_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let (told, mut taken) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let head = format!("HTTP/1.1 103 Early Hints\r\n{}\r\n", "x-field: value\r\n".repeat(3500));
        while let Ok((mut connection, _)) = listener.accept().await {
            let (head, told) = (head.clone(), told.clone());
            tokio::spawn(async move {
                let mut request = [0; 4096];
                if connection.read(&mut request).await.is_ok_and(|length| length > 0) {
                    let mut sent = 0;
                    while connection.write_all(head.as_bytes()).await.is_ok() {
                        sent += head.len();
                    }
                    // Nobody counts what comes after the test.
                    let _ = told.send(sent);
                }
            });
        }
    });
    let probed = probe(&url, ProbeSetup { timeout: Duration::from_secs(1), ..ProbeSetup::default() }).await;
    assert_eq!(probed.verdict("status"), Verdict::Fail);
    // The probe is over, so it has closed every connection: each server task counts until it notices.
    let mut connections = 0;
    while let Ok(sent) = taken.try_recv() {
        connections += 1;
        assert!(sent < TAKEN, "a connection took in {sent} bytes");
    }
    assert!(connections > 0, "no connection was closed");
}
