//! How servers send an event to their streams: to each on its own, or not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ssespec_probe::{EmitTrigger, Length, Target, Trust};
use ssespec_reports::results::Verdict;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::{Mutex, watch};

use crate::probing::{ProbeResults, ProbeSetup, probe};

/// How an event goes to the streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FanOut {
    /// Each stream has a long queue.
    Queues,
    /// Each stream has a queue for four events, and takes its time; what does not fit is dropped.
    ShortQueues,
    /// Each stream gets each event twice.
    Twice,
    /// One stream after the other, each waiting for its client.
    OneAfterTheOther,
    /// Events within a short time are merged.
    Merged,
    /// All streams end at the same moment, now and then.
    AllEndTogether,
    /// Each stream ends after a time of its own.
    EachEnds,
    /// The earliest of five streams ends.
    KeepsFour,
}

/// How long the streams of a server are open that ends them.
const LIFE: Duration = Duration::from_secs(4);

/// How long the writer of a short queue takes for each event.
const SLOW: Duration = Duration::from_millis(25);

/// The data of an event, such that many of them fill the buffers of a client that does not read.
const DATA: usize = 4000;

#[derive(Debug)]
struct Server {
    fan_out: FanOut,
    number: AtomicU64,
    /// The queues of the streams.
    queues: Mutex<Vec<Sender<u64>>>,
    /// The streams of a server that writes to them itself.
    writers: Mutex<Vec<OwnedWriteHalf>>,
    /// Changed when all streams end.
    ending: watch::Sender<u64>,
}

async fn start(fan_out: FanOut) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (number, queues, writers) = (AtomicU64::new(0), Mutex::default(), Mutex::default());
    let server = Arc::new(Server { fan_out, number, queues, writers, ending: watch::channel(0).0 });
    if fan_out == FanOut::AllEndTogether {
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LIFE).await;
                server.ending.send_modify(|count| *count += 1);
            }
        });
    }
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, Arc::clone(&server)));
        }
    });
    format!("http://{address}")
}

fn event(number: u64) -> Vec<u8> {
    let text = format!("id: {number}\ndata: {}\n\n", "x".repeat(DATA));
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

async fn emit(server: &Server) {
    let number = server.number.fetch_add(1, Ordering::Relaxed) + 1;
    if server.fan_out == FanOut::OneAfterTheOther {
        let mut writers = server.writers.lock().await;
        let mut open = Vec::new();
        for mut writer in writers.drain(..) {
            if writer.write_all(&event(number)).await.is_ok() {
                open.push(writer);
            }
        }
        *writers = open;
        return;
    }
    let times = if server.fan_out == FanOut::Twice { 2 } else { 1 };
    let mut queues = server.queues.lock().await;
    queues.retain(|queue| !queue.is_closed());
    for queue in queues.iter() {
        for _ in 0..times {
            // What does not fit is dropped.
            let _ = queue.try_send(number);
        }
    }
}

async fn serve(mut connection: TcpStream, server: Arc<Server>) -> Option<()> {
    let mut request = [0; 4096];
    let length = connection.read(&mut request).await.ok().filter(|length| *length > 0)?;
    if request[..length].starts_with(b"POST /emit ") {
        emit(&server).await;
        return connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok();
    }
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.write_all(head).await.ok()?;
    let (mut reader, mut writer) = connection.into_split();
    let mut ignored = [0; 1024];
    if server.fan_out == FanOut::OneAfterTheOther {
        server.writers.lock().await.push(writer);
        while reader.read(&mut ignored).await.ok()? > 0 {}
        return None;
    }
    let (queue, mut events) = channel(if server.fan_out == FanOut::ShortQueues { 4 } else { 4096 });
    {
        let mut queues = server.queues.lock().await;
        queues.push(queue);
        if server.fan_out == FanOut::KeepsFour && queues.len() > 4 {
            queues.remove(0);
        }
    }
    let mut ending = server.ending.subscribe();
    let own = if server.fan_out == FanOut::EachEnds { LIFE } else { Duration::from_secs(3600) };
    let own = tokio::time::sleep(own);
    tokio::pin!(own);
    loop {
        let number = tokio::select! {
            number = events.recv() => number,
            () = &mut own => None,
            Ok(()) = ending.changed() => None,
            length = reader.read(&mut ignored) => {
                if length.ok()? == 0 { return None } else { continue }
            }
        };
        let Some(mut number) = number else {
            return writer.write_all(b"0\r\n\r\n").await.ok();
        };
        match server.fan_out {
            FanOut::ShortQueues => tokio::time::sleep(SLOW).await,
            FanOut::Merged => {
                tokio::time::sleep(SLOW * 20).await;
                while let Ok(later) = events.try_recv() {
                    number = later;
                }
            }
            _ => {}
        }
        writer.write_all(&event(number)).await.ok()?;
    }
}

async fn probed(fan_out: FanOut, check: &str) -> ProbeResults {
    let base = start(fan_out).await;
    let target = Target::parse(&format!("{base}/emit")).expect("a URL");
    let emit = Some(EmitTrigger::Url(Box::new(target), Trust::default()));
    let setup = ProbeSetup { filters: &[check], emit, length: Length::Full, ..ProbeSetup::default() };
    probe(&format!("{base}/events"), setup).await
}

/// Asserts the verdicts of a check, all probed at the same time.
async fn assert_verdicts(check: &'static str, expected: &[(FanOut, Verdict, &str)]) {
    let mut tasks = tokio::task::JoinSet::new();
    for (fan_out, ..) in expected {
        let fan_out = *fan_out;
        tasks.spawn(async move { (fan_out, probed(fan_out, check).await) });
    }
    for (fan_out, probed) in tasks.join_all().await {
        let (_, verdict, words) = expected.iter().find(|(other, ..)| *other == fan_out).expect("an entry");
        let result = &probed.0[check];
        assert_eq!(result.verdict, *verdict, "{fan_out:?}: {result:#?}");
        let observed = result.failure.as_ref().map(|failure| failure.observed.as_str());
        let observed = observed.or(result.reason.as_deref()).unwrap_or_default();
        assert!(observed.contains(words), "{fan_out:?}: {observed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_emission_brings_one_event() {
    assert_verdicts(
        "each-emission",
        &[
            (FanOut::Queues, Verdict::Pass, ""),
            (FanOut::ShortQueues, Verdict::Warn, "came on a stream that is read all the time"),
            (FanOut::Twice, Verdict::Warn, "came the same event 2, 2, 2 times"),
            (FanOut::Merged, Verdict::Skip, "may merge events on purpose"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_holds_up_nobody() {
    assert_verdicts(
        "slow-reader",
        &[
            (FanOut::Queues, Verdict::Pass, ""),
            (FanOut::OneAfterTheOther, Verdict::Fail, "while another client did not read"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_for_reasons_of_their_own() {
    assert_verdicts(
        "own-end",
        &[
            (FanOut::Queues, Verdict::Skip, "did not end while it was observed"),
            (FanOut::EachEnds, Verdict::Pass, ""),
            (FanOut::AllEndTogether, Verdict::Warn, "ended within"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_earliest_streams_stay_open() {
    assert_verdicts("parallel", &[(FanOut::KeepsFour, Verdict::Warn, "of 24 streams, 4 stayed open")]).await;
}

/// Starts a server that sets a cookie, and serves one stream of each session at a time if the sessions are locked.
async fn start_with_sessions(are_locked: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let session = are_locked.then(|| Arc::new(Mutex::new(())));
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve_session(connection, session.clone()));
        }
    });
    format!("http://{address}/events")
}

async fn serve_session(mut connection: TcpStream, session: Option<Arc<Mutex<()>>>) -> Option<()> {
    let mut request = [0; 4096];
    let length = connection.read(&mut request).await.ok()?;
    let has_cookie = String::from_utf8_lossy(&request[..length]).contains("cookie: sid=1");
    let session = session.filter(|_| has_cookie);
    let _lock = match &session {
        Some(session) => Some(session.lock().await),
        None => None,
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nset-cookie: sid=1; HttpOnly\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.write_all(head.as_bytes()).await.ok()?;
    loop {
        connection.write_all(b"9\r\ndata: x\n\n\r\n").await.ok()?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_not_locked_for_as_long_as_a_stream_is_open() {
    for (are_locked, verdict) in [(true, Verdict::Fail), (false, Verdict::Pass)] {
        let url = start_with_sessions(are_locked).await;
        let setup = ProbeSetup { filters: &["same-session"], ..ProbeSetup::default() };
        let probed = probe(&url, setup).await;
        assert_eq!(probed.verdict("same-session"), verdict, "{:#?}", probed.0);
    }
}
