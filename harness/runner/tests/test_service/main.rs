//! Clients behind test services of sse-contract-tests: what they show, and what services can do wrong.

mod service;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use ssespec::adapter::service::TestService;
use ssespec::run::{Baseline, Deaths, Launch, Rerun, Run, RunError, Selection};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::Verdict::{Error, Pass, Skip};
use ssespec_reports::results::{CaseResult, Record, Verdict};

use self::service::{Flaw, serve};

/// The result of a case with the client behind a service.
async fn play(
    flaw: Flaw,
    capabilities: &[&'static str],
    keys: &str,
    steps: &str,
) -> Result<CaseResult, RunError> {
    let url = serve(flaw, capabilities).await;
    at(&url, keys, steps).await
}

async fn at(url: &str, keys: &str, steps: &str) -> Result<CaseResult, RunError> {
    let folder = tempfile::tempdir().expect("a folder");
    let group = folder.path().join("client/service");
    std::fs::create_dir_all(&group).expect("a folder");
    let text =
        format!("title = \"A case\"\nrequirements = [\"whatwg/abnf-stream\"]\n{keys}steps = [{steps}]\n");
    std::fs::write(group.join("case.toml"), text).expect("a file");
    let run = Run {
        corpus: Arc::new(Corpus::load(folder.path()).expect("cases")),
        launch: Launch::Service(TestService::at(url, Some("tested")).expect("a URL")),
        selection: Selection::default(),
        baseline: Baseline::default(),
        patience: Patience { observation: Duration::from_secs(2), request: Duration::from_secs(2) },
        lanes: 1,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        tls: None,
        deaths: Deaths::Counted,
        rerun: Rerun::Command("service".into()),
    };
    let mut results: Vec<CaseResult> = Vec::new();
    run.execute(&mut |record| {
        if let Record::Result(result) = record {
            results.push(*result);
        }
    })
    .await?;
    Ok(results.swap_remove(0))
}

#[track_caller]
fn is(result: &CaseResult, verdict: Verdict, words: &str) {
    let said = format!(
        "{:?} {}",
        result.reason,
        result.failure.as_ref().map(|failure| failure.observed.as_str()).unwrap_or_default()
    );
    assert_eq!(result.verdict, verdict, "{said}");
    assert!(said.contains(words), "{said}");
}

const TWO_EVENTS: &str = r#"{ send = "data: a\n\ndata: b\n\n" }, { expect-event = { data = "a" } },
  { expect-event = { data = "b" } }"#;

#[tokio::test(flavor = "multi_thread")]
async fn events_come_in_the_order_of_their_numbers() {
    for flaw in [Flaw::None, Flaw::Overtakes, Flaw::FromZero] {
        let result =
            play(flaw, &[], "", TWO_EVENTS).await.unwrap_or_else(|error| panic!("{flaw:?}: {error}"));
        is(&result, Pass, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_user_sets_is_passed_on() {
    let steps = r#"{ connect = { headers = { X-Token = "t" }, last-event-id = "5" } },
      { expect-request = { headers = { x-token = "t", last-event-id = "5" } } }, { send = "data: a\n\n" },
      { expect-event = { data = "a" } }"#;
    let keys = "needs = [\"headers\", \"initial-last-event-id\"]\n";
    let result = play(Flaw::None, &["headers", "last-event-id"], keys, steps).await.expect("a run");
    is(&result, Pass, "");
    let result = play(Flaw::None, &["headers"], keys, steps).await.expect("a run");
    is(&result, Skip, "needs initial-last-event-id");
}

/// What cases with a type of event need.
const TYPES: &str = "needs = [\"event-type\"]\n";

/// The stream is answered only when the client listens for each type of event in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_must_be_told_types_knows_them_before_the_stream_begins() {
    let steps = r#"{ send = "event: put\ndata: a\n\n" }, { expect-event = { type = "put", data = "a" } }"#;
    let mut runs = tokio::task::JoinSet::new();
    for _ in 0..10 {
        runs.spawn(
            async move { play(Flaw::None, &["event-type-listeners"], TYPES, steps).await.expect("a run") },
        );
    }
    for result in runs.join_all().await {
        is(&result, Pass, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_without_a_message_for_it_is_skipped() {
    let result = play(
        Flaw::None,
        &[],
        "needs = [\"requests\"]\n",
        r#"{ respond = { status = 204 } }, "expect-closed""#,
    )
    .await;
    is(&result.expect("a run"), Skip, "a test service has no message for a client that has given up");
    let steps = r#"{ connect = { close-in = "event" } }, { send = "data: a\n\n" }, { expect-event = { data = "a" } }"#;
    let result = play(Flaw::None, &[], "needs = [\"close\"]\n", steps).await;
    is(&result.expect("a run"), Skip, "a test service has no message for closing in a handler");
}

#[tokio::test(flavor = "multi_thread")]
async fn delete_closes() {
    let steps =
        r#"{ send = "data: a\n\n" }, { expect-event = { data = "a" } }, "close", "expect-disconnect""#;
    is(&play(Flaw::None, &[], "needs = [\"close\"]\n", steps).await.expect("a run"), Pass, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_follow_the_protocol_is_refused() {
    for (flaw, words) in [
        (Flaw::Refuses, "answered with status 500 Internal Server Error"),
        (Flaw::NoLocation, "answered without Location"),
        (
            Flaw::Endless,
            "its stream 1: expected the client leaves the connection; observed nothing within 2s",
        ),
        (Flaw::Nonsense, "its callback 1 in session 1: expected"),
    ] {
        match play(flaw, &[], "", TWO_EVENTS).await {
            Err(RunError::Adapter { fault, .. }) => {
                assert!(fault.to_string().contains(words), "{flaw:?}: {fault}")
            }
            other => panic!("{flaw:?}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_take_types_is_named() {
    let steps = r#"{ send = "event: put\ndata: a\n\n" }, { expect-event = { type = "put" } }"#;
    let result = play(Flaw::Deaf, &["event-type-listeners"], TYPES, steps).await.expect("a run");
    is(&result, Error, "did not take all types of events to listen for within 2s");
}

#[tokio::test(flavor = "multi_thread")]
async fn something_else_that_speaks_http_is_no_service() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
        }
    });
    match at(&url, "", TWO_EVENTS).await {
        Err(RunError::Adapter { fault, .. }) => {
            assert!(fault.to_string().contains("answered with no status object"), "{fault}");
        }
        other => panic!("{other:?}"),
    }
}
