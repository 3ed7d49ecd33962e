//! A server that emits on request, immediately or late.

use std::sync::{Arc, Mutex};
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

/// What a server with a history does when a client resumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resuming {
    /// It subscribes, and then sends what was missed.
    SubscribesFirst,
    /// It sends what was missed, and subscribes this much later.
    SubscribesAfter(Duration),
    /// It sends what was missed, and nothing after that.
    NeverSubscribes,
}

/// Starts a server that emits only on request, with ids. Returns its URL.
async fn start_resuming(resuming: Resuming) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let history: Arc<Mutex<Vec<u64>>> = Arc::default();
    let emitted = channel(64).0;
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(resume(connection, Arc::clone(&history), emitted.clone(), resuming));
        }
    });
    format!("http://{address}")
}

async fn resume(
    mut connection: TcpStream,
    history: Arc<Mutex<Vec<u64>>>,
    emitted: Sender<u64>,
    resuming: Resuming,
) -> Option<()> {
    let mut request = [0; 4096];
    let length = connection.read(&mut request).await.ok()?;
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    if request.starts_with("POST /emit ") {
        {
            let mut history = history.lock().expect("a lock");
            let number = history.len() as u64 + 1;
            history.push(number);
            // There may be no client yet.
            let _ = emitted.send(number);
        }
        return connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok();
    }
    let last =
        request.split("last-event-id: ").nth(1).and_then(|rest| rest.lines().next()?.parse::<u64>().ok());
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.write_all(head).await.ok()?;
    let subscribe = || {
        let history = history.lock().expect("a lock");
        let missed = last.map(|last| history.iter().copied().filter(|number| *number > last).collect());
        let missed: Vec<u64> = missed.unwrap_or_default();
        (missed, emitted.subscribe())
    };
    let (missed, mut events) = subscribe();
    for number in missed {
        write(&mut connection, number).await?;
    }
    match resuming {
        Resuming::SubscribesAfter(time) if last.is_some() => {
            tokio::time::sleep(time).await;
            events = emitted.subscribe();
        }
        Resuming::NeverSubscribes if last.is_some() => std::future::pending().await,
        _ => {}
    }
    loop {
        let number = events.recv().await.ok()?;
        write(&mut connection, number).await?;
    }
}

async fn write(connection: &mut TcpStream, number: u64) -> Option<()> {
    let text = format!("id: {number}\ndata: x\n\n");
    connection.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_between_replay_and_subscription_is_missed() {
    for (resuming, verdict) in [
        (Resuming::SubscribesFirst, Verdict::Pass),
        (Resuming::SubscribesAfter(Duration::from_millis(120)), Verdict::Fail),
        (Resuming::SubscribesAfter(Duration::from_millis(500)), Verdict::Fail),
        (Resuming::NeverSubscribes, Verdict::Fail),
    ] {
        let base = start_resuming(resuming).await;
        let target = Target::parse(&format!("{base}/emit")).expect("a URL");
        let emit = Some(EmitTrigger::Url(Box::new(target), Trust::default()));
        let setup = ProbeSetup { filters: &["resume-no-loss"], emit, ..ProbeSetup::default() };
        let probed = probe(&format!("{base}/events"), setup).await;
        assert_eq!(probed.verdict("resume-no-loss"), verdict, "{resuming:?}: {:?}", probed.0);
    }
}
