//! A server that emits on request, immediately or late.

use std::time::Duration;

use ssespec_probe::EmitTrigger;
use ssespec_probe::Target;
use ssespec_probe::Trust;
use ssespec_reports::results::Verdict;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::{Sender, channel};

use crate::probing::{ProbeSetup, probe};

/// Starts a server that sends each event this long after the request to emit it. Returns its URL.
async fn start(delay: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let emitted = channel(16).0;
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, emitted.clone(), delay));
        }
    });
    format!("http://{address}")
}

async fn serve(mut connection: TcpStream, emitted: Sender<()>, delay: Duration) -> Option<()> {
    let mut request = [0; 4096];
    let length = connection.read(&mut request).await.ok()?;
    if request[..length].starts_with(b"POST /emit ") {
        // There may be no client yet.
        let _ = emitted.send(());
        return connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok();
    }
    let mut events = emitted.subscribe();
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.write_all(head).await.ok()?;
    loop {
        events.recv().await.ok()?;
        tokio::time::sleep(delay).await;
        connection.write_all(b"9\r\ndata: x\n\n\r\n").await.ok()?;
    }
}

async fn latency(delay: Duration, path: &str) -> Verdict {
    let base = start(delay).await;
    let target = Target::parse(&format!("{base}{path}")).expect("a URL");
    let emit = Some(EmitTrigger::Url(Box::new(target), Trust::default()));
    let setup = ProbeSetup { filters: &["event-latency"], emit, ..ProbeSetup::default() };
    probe(&format!("{base}/events"), setup).await.verdict("event-latency")
}

#[tokio::test(flavor = "multi_thread")]
async fn immediate_events_pass() {
    assert_eq!(latency(Duration::ZERO, "/emit").await, Verdict::Pass);
}

#[tokio::test(flavor = "multi_thread")]
async fn late_events_fail() {
    assert_eq!(latency(Duration::from_millis(1800), "/emit").await, Verdict::Fail);
}
