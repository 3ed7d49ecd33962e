//! Servers that are none: a clear verdict, in bounded time and memory.

use std::time::{Duration, Instant};

use ssespec_reports::results::Verdict;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::probing::{How, Probed, attempt, probe};

/// What a beast does with each connection after the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beast {
    Silence,
    Garbage,
    EndlessGarbage,
    ClosesAtOnce,
    Resets,
    EndlessHead,
    EndlessLine,
    EndlessEvents,
    EndlessInterim,
    EndlessGzip,
    Trickle,
}

async fn start(beast: Beast) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(live(beast, connection));
        }
    });
    format!("http://{address}/")
}

async fn live(beast: Beast, mut connection: TcpStream) -> Option<()> {
    let mut request = [0; 4096];
    if connection.read(&mut request).await.ok()? == 0 {
        return None;
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
    let (start, piece) = match beast {
        Beast::Silence => (String::new(), None),
        Beast::ClosesAtOnce => return None,
        Beast::Resets => {
            connection.set_zero_linger().ok()?;
            return None;
        }
        Beast::Garbage => ("SSH-2.0-OpenSSH_9.6\r\n".into(), None),
        Beast::EndlessGarbage => (String::new(), Some("\u{0}garbage".repeat(10_000))),
        Beast::EndlessHead => ("HTTP/1.1 200 OK\r\n".into(), Some("x-field: value\r\n".repeat(5000))),
        Beast::EndlessLine => (format!("{head}\r\n"), Some("x".repeat(64 * 1024))),
        Beast::EndlessEvents => (format!("{head}\r\n"), Some("data: x\n\n".repeat(8000))),
        Beast::EndlessInterim => (String::new(), Some("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(2000))),
        Beast::EndlessGzip => (format!("{head}content-encoding: gzip\r\n\r\n"), Some(bomb())),
        Beast::Trickle => {
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

/// Not a gzip stream, and endless.
fn bomb() -> String {
    "\u{1f}\u{8}".repeat(30_000)
}

async fn meet(beast: Beast) -> Probed {
    let url = start(beast).await;
    let began = Instant::now();
    let probed = probe(&url, How { timeout: Duration::from_secs(1), ..How::default() }).await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(60), "{beast:?} took {took:?}");
    assert_eq!(probed.with(&[Verdict::Error]), [""; 0], "{beast:?}");
    let kept: usize = probed.0.values().flat_map(|result| &result.transcript).map(|row| row.text.len()).sum();
    assert!(kept < 16 * 1024 * 1024, "{beast:?} kept {kept} bytes");
    probed
}

/// Nothing but what is about the answer as such is judged.
#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_there_is_one_clear_failure() {
    let mut tasks = JoinSet::new();
    for (beast, why) in [
        (Beast::Silence, "no response head, the connection was open"),
        (Beast::ClosesAtOnce, "no response head, the server closed the connection without a byte"),
        (Beast::Resets, "no response head, the connection broke"),
        (Beast::Garbage, "no response head, not an HTTP/1.x response at byte 0"),
        (Beast::EndlessGarbage, "no response head, not an HTTP/1.x response at byte 0"),
        (Beast::EndlessHead, "no response head, a head longer than the limit"),
        (Beast::EndlessInterim, "no response head"),
        (Beast::Trickle, "no response head"),
    ] {
        tasks.spawn(async move { (beast, why, meet(beast).await) });
    }
    for (beast, why, probed) in tasks.join_all().await {
        assert_eq!(probed.verdict("status"), Verdict::Fail, "{beast:?}");
        let observed = &probed.0["status"].failure.as_ref().expect("a failure").observed;
        assert!(observed.contains(why), "{beast:?}: {observed}");
        let failed = probed.with(&[Verdict::Fail, Verdict::Warn]);
        let about_the_answer = ["head-syntax", "headers-flushed", "status"];
        assert!(failed.iter().all(|name| about_the_answer.contains(name)), "{beast:?}: {failed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_named_and_nobody_at_all_too() {
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
    let refused = attempt(&url, How::default()).await.map(|_| ());
    assert_eq!(refused.unwrap_err().to_string(), format!("{url} redirects to /events; probe that URL"));
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let refused = attempt(&format!("http://{free}/"), How::default()).await.map(|_| ());
    assert!(refused.unwrap_err().to_string().contains("no connection"), "{free}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_left() {
    for beast in [Beast::EndlessLine, Beast::EndlessEvents, Beast::EndlessGzip] {
        let probed = meet(beast).await;
        assert_eq!(probed.verdict("status"), Verdict::Pass, "{beast:?}");
    }
    assert_eq!(meet(Beast::EndlessLine).await.verdict("line-length"), Verdict::Info);
}
