//! A request that the harness cannot read fails the step that waits: what the client does after the answer to it says
//! nothing about the case.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ssespec::adapter::in_process::client::Client;
use ssespec::delivery::DeliveryKind;
use ssespec::run::baseline::id_glob;
use ssespec::run::{Baseline, Deaths, Launch, Rerun, Run, Selection};
use ssespec::session::Patience;
use ssespec::{Capability, ConnectRequest, Event, Observer};
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::{CaseResult, Record, Verdict};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends one request, reports the events of the answer, and returns the answer.
async fn read(request: &ConnectRequest, observer: &Observer) -> String {
    let (host, path) = host_and_path(request);
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let head = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("it is read");
    let (mut read, mut shown) = (Vec::new(), 0);
    while stream.read_buf(&mut read).await.is_ok_and(|length| length > 0) {
        let text = String::from_utf8_lossy(&read);
        let events = text.split("data: ").skip(1).filter_map(|rest| Some(rest.split_once("\n\n")?.0));
        for data in events.skip(shown) {
            observer.event(Event::new(data));
            shown += 1;
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

fn host_and_path(request: &ConnectRequest) -> (&str, &str) {
    let address = request.url.strip_prefix("http://").expect("a URL");
    address.split_once('/').expect("a path")
}

/// Sends what is no request, and reads until it is left.
async fn send(host: &str, text: &str) {
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    stream.write_all(text.as_bytes()).await.expect("it is read");
    let mut answer = Vec::new();
    while stream.read_buf(&mut answer).await.is_ok_and(|length| length > 0) {}
}

/// Reads one answer, and then reconnects with a head that is none.
async fn reconnects_with_a_broken_head(request: ConnectRequest, observer: Observer) {
    read(&request, &observer).await;
    let (host, path) = host_and_path(&request);
    // The answer makes it give up.
    send(host, &format!("GET /{path} HTTP/1.1\r\nbroken\r\n\r\n")).await;
}

/// Whether another program has connected to the port of a session.
static DISTURBED: AtomicBool = AtomicBool::new(false);

/// Reads one answer and another one. Between these, the first time that it plays a case, another program connects to the
/// port.
async fn reconnects_beside_another_program(request: ConnectRequest, observer: Observer) {
    let answer = read(&request, &observer).await;
    if !answer.contains("smoke") && !DISTURBED.swap(true, Ordering::Relaxed) {
        send(host_and_path(&request).0, "hello\r\n\r\n").await;
    }
    read(&request, &observer).await;
}

/// The results of a case that this client plays.
async fn results(case: &str, mut client: Client) -> Vec<CaseResult> {
    client.identity_mut().capabilities.insert(Capability::Reconnect);
    let run = Run {
        corpus: Arc::new(Corpus::embedded().expect("cases")),
        launch: Launch::Client(client),
        selection: Selection {
            filters: vec![id_glob(case).expect("a pattern").compile_matcher()],
            // It reads no event that comes in several chunks.
            deliveries: vec![DeliveryKind::AsWritten],
            ..Selection::default()
        },
        baseline: Baseline::default(),
        patience: Patience { observation: Duration::from_secs(5), request: Duration::from_secs(15) },
        lanes: 1,
        address: Ipv4Addr::LOCALHOST.into(),
        barrier: BarrierMode::Auto,
        tls: None,
        deaths: Deaths::Counted,
        rerun: Rerun::Command(String::new()),
    };
    let mut results = Vec::new();
    run.execute(&mut |record| {
        if let Record::Result(result) = record {
            results.push(*result);
        }
    })
    .await
    .expect("a run");
    results
}

fn broken() -> Client {
    Client::client("broken", reconnects_with_a_broken_head)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_request_is_no_fact() {
    // One of its alternatives is that the client gives up.
    let results = results("client/resume/id-with-a-control-character", broken()).await;
    assert!(!results.is_empty());
    for result in results {
        let failure = result.failure.clone().unwrap_or_else(|| panic!("{result:?}"));
        assert_eq!(failure.observed, "a malformed request: not a header field: \"broken\"");
        assert!(result.facts.is_empty(), "{:?}", result.facts);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_request_is_not_a_client_that_stops() {
    let results = results("client/reconnect/stops-on-404", broken()).await;
    assert!(!results.is_empty());
    for result in results {
        assert_eq!(result.verdict, Verdict::Fail);
        let failure = result.failure.unwrap();
        assert_eq!(failure.observed, "a malformed request: not a header field: \"broken\"");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_programs_connection_is_not_charged_to_the_client() {
    let client = Client::client("right", reconnects_beside_another_program);
    let results = results("client/reconnect/after-a-body-that-ends-with-the-connection", client).await;
    let [result] = &results[..] else { panic!("one result: {results:#?}") };
    assert_eq!(result.verdict, Verdict::Pass, "{result:#?}");
    let note = result.reason.as_deref().expect("a note");
    assert!(note.ends_with("something came that was no request of a session, perhaps from another program"));
}
