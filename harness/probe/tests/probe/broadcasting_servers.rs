//! Servers whose events do not reach every open stream.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ssespec_probe::{EmitTrigger, Length, Target, Trust};
use ssespec_reports::results::Verdict;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::probing::{ProbeResults, ProbeSetup, probe};

/// Which of the open streams an event reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reaches {
    /// All of them.
    All,
    /// One of them, in turn: they read the same queue.
    OneInTurn,
    /// The one that was opened last.
    Newest,
    /// The one that was opened first.
    Oldest,
    /// The five that were opened first.
    OldestFive,
    /// The one that was opened last; the others end.
    OnlyOpen,
    /// Each stream has events of its own.
    Own,
    /// Those of one of two processes without a common bus, in turn.
    OneProcess,
    /// All, until one leaves: then none of those that are open.
    NoneAfterOneLeft,
    /// All, until one leaves: then none, also of those that are opened later.
    NobodyAfterOneLeft,
    /// All, until one leaves: then two more, also those that are opened later.
    TwoMoreAfterOneLeft,
    /// All, except that nobody receives the three events after one left.
    PausesAfterOneLeft,
    /// All, except that the one that was opened last is removed when any leaves.
    NotNewestAfterOneLeft,
}

/// Numbers the streams of all servers.
static SERIAL: AtomicUsize = AtomicUsize::new(1);

/// The number of events so far, the open streams, and how many events there were when the first client left.
type Streams = Arc<Mutex<(u64, Vec<UnboundedSender<u64>>, Option<u64>)>>;

/// Sends an event to the streams that it reaches.
fn emit(streams: &Streams, reaches: Reaches) {
    let mut streams = streams.lock().expect("a lock");
    streams.0 += 1;
    let number = streams.0;
    streams.1.retain(|stream| !stream.is_closed());
    let count = streams.1.len();
    if count == 0 {
        return;
    }
    let chosen = match reaches {
        Reaches::NobodyAfterOneLeft if streams.2.is_some() => 0..0,
        Reaches::TwoMoreAfterOneLeft if streams.2.is_some_and(|then| number > then + 2) => 0..0,
        Reaches::PausesAfterOneLeft if streams.2.is_some_and(|then| number <= then + 3) => 0..0,
        Reaches::All
        | Reaches::PausesAfterOneLeft
        | Reaches::OneProcess
        | Reaches::OnlyOpen
        | Reaches::Own
        | Reaches::NoneAfterOneLeft
        | Reaches::NobodyAfterOneLeft
        | Reaches::TwoMoreAfterOneLeft
        | Reaches::NotNewestAfterOneLeft => 0..count,
        Reaches::OneInTurn => number as usize % count..number as usize % count + 1,
        Reaches::Newest => count - 1..count,
        Reaches::Oldest => 0..1,
        Reaches::OldestFive => 0..count.min(5),
    };
    for (at, stream) in streams.1.iter().enumerate() {
        let is_of_process = reaches != Reaches::OneProcess || at % 2 == number as usize % 2;
        if !chosen.contains(&at) || !is_of_process {
            continue;
        }
        // It may have left just now.
        let _ = stream.send(number);
    }
}

/// Starts a server; with `tick`, it emits on its own this often. Returns its URL.
async fn start(reaches: Reaches, tick: Option<Duration>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let streams = Streams::default();
    let emitting = Arc::clone(&streams);
    tokio::spawn(async move {
        while let Some(tick) = tick {
            tokio::time::sleep(tick).await;
            emit(&emitting, reaches);
        }
    });
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, Arc::clone(&streams), reaches));
        }
    });
    format!("http://{address}")
}

async fn serve(mut connection: TcpStream, streams: Streams, reaches: Reaches) -> Option<()> {
    let mut request = [0; 4096];
    let length = connection.read(&mut request).await.ok().filter(|length| *length > 0)?;
    if request[..length].starts_with(b"POST /emit ") {
        emit(&streams, reaches);
        return connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok();
    }
    let (sender, mut events) = unbounded_channel();
    let serial = {
        let mut streams = streams.lock().expect("a lock");
        if reaches == Reaches::OnlyOpen {
            streams.1.clear();
        }
        streams.1.push(sender);
        SERIAL.fetch_add(1, Relaxed)
    };
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.write_all(head).await.ok()?;
    let mut ignored = [0; 1024];
    loop {
        let number = tokio::select! {
            number = events.recv() => number,
            length = connection.read(&mut ignored) => {
                if length.unwrap_or(0) > 0 {
                    continue;
                }
                let mut streams = streams.lock().expect("a lock");
                let now = streams.0;
                if reaches == Reaches::PausesAfterOneLeft {
                    streams.2 = Some(now);
                }
                streams.2.get_or_insert(now);
                match reaches {
                    Reaches::NoneAfterOneLeft => streams.1.clear(),
                    Reaches::NotNewestAfterOneLeft => _ = streams.1.pop(),
                    _ => {}
                }
                return None;
            }
        };
        let number = match number {
            Some(number) => number,
            None if matches!(reaches, Reaches::NoneAfterOneLeft | Reaches::NotNewestAfterOneLeft) => {
                std::future::pending().await
            }
            None => break,
        };
        let id = if reaches == Reaches::Own { format!("{serial}-{number}") } else { number.to_string() };
        let text = format!("id: {id}\ndata: {id}\n\n");
        connection.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).await.ok()?;
    }
    connection.write_all(b"0\r\n\r\n").await.ok()
}

const CHECKS: &[&str] = &["every-stream", "parallel", "leave-by-fin"];

async fn probed(reaches: Reaches, tick: Option<Duration>) -> ProbeResults {
    let base = start(reaches, tick).await;
    let target = Target::parse(&format!("{base}/emit")).expect("a URL");
    let emit = tick.is_none().then(|| EmitTrigger::Url(Box::new(target), Trust::default()));
    let setup = ProbeSetup { filters: CHECKS, emit, length: Length::Full, ..ProbeSetup::default() };
    probe(&format!("{base}/events"), setup).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_does_not_reach_every_stream_is_missed() {
    let often = Some(Duration::from_millis(400));
    let expected = [
        (Reaches::All, None, Verdict::Pass),
        (Reaches::All, often, Verdict::Pass),
        (Reaches::OneInTurn, None, Verdict::Fail),
        (Reaches::OneInTurn, often, Verdict::Warn),
        (Reaches::Newest, None, Verdict::Fail),
        (Reaches::Newest, often, Verdict::Warn),
        (Reaches::Oldest, None, Verdict::Fail),
        (Reaches::Oldest, often, Verdict::Warn),
        (Reaches::OneProcess, None, Verdict::Fail),
        (Reaches::OneProcess, often, Verdict::Warn),
        (Reaches::OldestFive, often, Verdict::Warn),
        (Reaches::Own, often, Verdict::Skip),
    ];
    let mut tasks = tokio::task::JoinSet::new();
    for (reaches, tick, verdict) in expected {
        tasks.spawn(async move { (reaches, tick, verdict, probed(reaches, tick).await) });
    }
    for (reaches, tick, verdict, probed) in tasks.join_all().await {
        let result = &probed.0["every-stream"];
        assert_eq!(result.verdict, verdict, "{reaches:?} {tick:?}: {result:#?}");
        for other in ["parallel", "leave-by-fin"] {
            assert_eq!(probed.verdict(other), Verdict::Pass, "{reaches:?} {tick:?}: {}", probed.problems());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_ended_by_the_next_one_is_not_ended_by_those_that_leave() {
    for tick in [None, Some(Duration::from_millis(700))] {
        let probed = probed(Reaches::OnlyOpen, tick).await;
        assert_eq!(probed.with(&[Verdict::Fail, Verdict::Warn]), ["parallel"], "{}", probed.problems());
        let observed = &probed.0["parallel"].failure.as_ref().expect("a warning").observed;
        assert_eq!(observed, "the first stream ended when the second was opened");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_receives_nothing_after_another_one_left_is_found() {
    let emitted = probed(Reaches::NoneAfterOneLeft, None).await;
    assert_eq!(emitted.verdict("leave-by-fin"), Verdict::Fail, "{}", emitted.problems());
    let observed = &emitted.0["leave-by-fin"].failure.as_ref().expect("a failure").observed;
    let expected =
        "no further event on an open stream after 10 others were closed, while a new one receives them";
    assert_eq!(observed, expected);
    let often = Some(Duration::from_millis(500));
    let (emitted, ticking) = tokio::join!(
        probed(Reaches::NotNewestAfterOneLeft, None),
        probed(Reaches::NotNewestAfterOneLeft, often)
    );
    for (probed, verdict) in [(emitted, Verdict::Fail), (ticking, Verdict::Warn)] {
        assert_eq!(probed.verdict("leave-by-fin"), verdict, "{}", probed.problems());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sends_nothing_after_a_client_left_is_found() {
    let often = Some(Duration::from_millis(700));
    let (emitted, ticking, blocked, sound) = tokio::join!(
        probed(Reaches::NobodyAfterOneLeft, None),
        probed(Reaches::NobodyAfterOneLeft, often),
        probed(Reaches::TwoMoreAfterOneLeft, often),
        probed(Reaches::All, None)
    );
    let paused = probed(Reaches::PausesAfterOneLeft, often).await;
    assert_eq!(paused.verdict("leave-by-fin"), Verdict::Warn, "{}", paused.problems());
    let observed = &paused.0["leave-by-fin"].failure.as_ref().expect("a failure").observed;
    assert!(observed.contains("ids are missing on an open stream after"), "{observed}");
    let expected = [
        ("emitted", emitted, Verdict::Fail),
        ("ticking", ticking, Verdict::Warn),
        ("blocked", blocked, Verdict::Warn),
    ];
    for (name, probed, verdict) in expected {
        assert_eq!(probed.verdict("leave-by-fin"), verdict, "{name}: {}", probed.problems());
        let observed = &probed.0["leave-by-fin"].failure.as_ref().expect("a failure").observed;
        assert!(
            observed.contains("on the first streams of the probe; since clients closed some"),
            "{observed}"
        );
    }
    assert_eq!(sound.problems(), "");
}
