//! Servers that emit on request only: what is wrong with them shows only if they are made to.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use ssespec_probe::{EmitTrigger, Length, Target, Trust};
use ssespec_reports::results::Verdict;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::{Sender, channel};
use tokio::time::Instant;

use crate::probing::{ProbeResults, ProbeSetup, probe};

/// What a server does with events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// It writes each one.
    Each,
    /// It writes each one, and does not flush what it compresses.
    UnflushedGzip,
    /// It writes each one, and flushes what it compresses.
    FlushedGzip,
    /// It writes 4 KiB at a time.
    Buffer,
    /// It writes each one when the next comes.
    OneBehind,
    /// It tells its streams of each one when the next comes.
    AllBehind,
    /// It flushes after every second one.
    EverySecond,
    /// It writes each one this much later.
    Late,
    /// It drops what it emits on a stream that has been open for 30 s.
    UntilDeadline,
}

/// How much a buffering server collects.
const BUFFER: usize = 4096;

/// An event.
const EVENT: &[u8] = b"data: a small event\n\n";

/// When a server with a deadline stops writing.
const DEADLINE: Duration = Duration::from_secs(30);

/// How late a late server is: nearly as late as the probe makes it emit again.
const LATE: Duration = Duration::from_millis(1150);

/// Starts a server; with `tick`, it also emits on its own this often. Returns its URL.
async fn start(writing: Writing, tick: Option<Duration>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (emitted, pending) = (channel(256).0, Arc::new(AtomicBool::new(false)));
    if let Some(tick) = tick {
        let emitted = emitted.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(tick).await;
                // There may be no client.
                let _ = emitted.send(());
            }
        });
    }
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, emitted.clone(), writing, Arc::clone(&pending)));
        }
    });
    format!("http://{address}")
}

async fn serve(
    mut connection: TcpStream,
    emitted: Sender<()>,
    writing: Writing,
    pending: Arc<AtomicBool>,
) -> Option<()> {
    let mut request = [0; 4096];
    let length = connection.read(&mut request).await.ok()?;
    let request = String::from_utf8_lossy(&request[..length]).to_ascii_lowercase();
    if request.starts_with("post /emit ") {
        // There may be no client yet.
        if writing != Writing::AllBehind || pending.swap(true, Ordering::Relaxed) {
            let _ = emitted.send(());
        }
        return connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok();
    }
    let mut events = emitted.subscribe();
    let compresses = matches!(writing, Writing::UnflushedGzip | Writing::FlushedGzip);
    let mut gzip =
        (compresses && request.contains("gzip")).then(|| GzEncoder::new(Vec::new(), Compression::default()));
    let coding = if gzip.is_some() { "content-encoding: gzip\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n{coding}transfer-encoding: chunked\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.ok()?;
    let opened = Instant::now();
    let mut held = Vec::new();
    loop {
        events.recv().await.ok()?;
        if writing == Writing::UntilDeadline && opened.elapsed() > DEADLINE {
            continue;
        }
        if writing == Writing::OneBehind && held.is_empty() {
            held.extend_from_slice(EVENT);
            continue;
        }
        if writing == Writing::Late {
            tokio::time::sleep(LATE).await;
        }
        held.extend_from_slice(EVENT);
        if writing == Writing::EverySecond && held.len() < 2 * EVENT.len() {
            continue;
        }
        if writing == Writing::Buffer && held.len() < BUFFER {
            continue;
        }
        let mut bytes = match writing {
            Writing::Buffer => held.drain(..BUFFER).collect(),
            Writing::OneBehind => held.drain(..EVENT.len()).collect(),
            _ => std::mem::take(&mut held),
        };
        if let Some(gzip) = &mut gzip {
            gzip.write_all(&bytes).ok()?;
            if writing == Writing::FlushedGzip {
                gzip.flush().ok()?;
            }
            bytes = std::mem::take(gzip.get_mut());
        }
        // An empty chunk would be the last one.
        if !bytes.is_empty() {
            let chunk = [format!("{:x}\r\n", bytes.len()).as_bytes(), &bytes, b"\r\n"].concat();
            connection.write_all(&chunk).await.ok()?;
        }
    }
}

/// Probes a server with this check.
async fn probed(writing: Writing, tick: Option<Duration>, check: &str, emits: bool) -> ProbeResults {
    let base = start(writing, tick).await;
    let target = Target::parse(&format!("{base}/emit")).expect("a URL");
    let emit = emits.then(|| EmitTrigger::Url(Box::new(target), Trust::default()));
    let is_long = ["still-receives", "held-back", "keep-alive"].contains(&check);
    let length = if is_long { Length::Full } else { Length::Quick };
    let setup = ProbeSetup { filters: &[check], emit, length, ..ProbeSetup::default() };
    probe(&format!("{base}/events"), setup).await
}

async fn verdict(writing: Writing, check: &str) -> Verdict {
    probed(writing, None, check, true).await.verdict(check)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_open_but_deaf_is_found() {
    let check = "still-receives";
    let verdicts = tokio::join!(verdict(Writing::UntilDeadline, check), verdict(Writing::Each, check));
    assert_eq!(verdicts, (Verdict::Fail, Verdict::Pass));
}

#[tokio::test(flavor = "multi_thread")]
async fn small_events_in_a_buffer_are_found() {
    let check = "event-latency";
    let verdicts = tokio::join!(verdict(Writing::Buffer, check), verdict(Writing::Each, check));
    assert_eq!(verdicts, (Verdict::Fail, Verdict::Pass));
    // Without a trigger, as soon as the buffer was full more than once.
    let often = Some(Duration::from_millis(4));
    let (buffered, each) = tokio::join!(
        probed(Writing::Buffer, often, "clumps", false),
        probed(Writing::Each, often, "clumps", false)
    );
    assert_eq!(buffered.verdict("clumps"), Verdict::Warn, "{}", buffered.problems());
    assert_ne!(each.verdict("clumps"), Verdict::Warn, "{}", each.problems());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_wait_for_the_next_one_are_found() {
    let check = "held-back";
    let (behind, all, second, late, each) = tokio::join!(
        probed(Writing::OneBehind, None, check, true),
        probed(Writing::AllBehind, None, check, true),
        probed(Writing::EverySecond, None, check, true),
        probed(Writing::Late, None, check, true),
        probed(Writing::Each, None, check, true),
    );
    let observed = |probed: &ProbeResults| {
        let failure =
            probed.0[check].failure.as_ref().unwrap_or_else(|| panic!("no failure: {:?}", probed.0));
        failure.observed.clone()
    };
    assert_eq!(
        observed(&behind),
        "after 5 emissions came 0, 1, 1, 1, 1 events: each event came only with the next one"
    );
    assert_eq!(
        observed(&second),
        "after 5 emissions came 0, 2, 0, 2, 0 events: events were held back until a later one came"
    );
    assert_eq!(all.verdict(check), Verdict::Warn, "{}", all.problems());
    assert!(observed(&late).ends_with(" s after the server was made to emit"), "{}", observed(&late));
    assert_eq!(each.verdict(check), Verdict::Pass);
}

#[tokio::test(flavor = "multi_thread")]
async fn compression_that_is_not_flushed_is_found_on_an_idle_server() {
    let check = "coding-flushed";
    let verdicts = tokio::join!(verdict(Writing::UnflushedGzip, check), verdict(Writing::FlushedGzip, check));
    assert_eq!(verdicts, (Verdict::Fail, Verdict::Pass));
    let idle = probed(Writing::UnflushedGzip, None, check, false).await;
    assert_eq!(idle.verdict(check), Verdict::Skip);
    let reason = idle.0[check].reason.clone().unwrap_or_default();
    assert!(reason.contains("cannot be judged") && reason.contains("use --emit"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keep_alives_are_judged_although_the_probe_emits() {
    let probed = probed(Writing::Each, None, "keep-alive", true).await;
    assert_eq!(probed.verdict("keep-alive"), Verdict::Warn, "{:?}", probed.0);
}
