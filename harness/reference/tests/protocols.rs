//! Runs over HTTP/2 and TLS: the sound client passes over each protocol, and defects are caught there too.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use ssespec::delivery::DeliveryKind;
use ssespec::run::baseline::id_glob;
use ssespec::run::{Baseline, Deaths, Launch, Rerun, Run, Selection, Tls};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_mock_server::wire::tls::Identity;
use ssespec_reference::{self as reference, Defect};
use ssespec_reports::results::{CaseResult, Protocol, Record, Verdict};

/// How long to wait for what must come.
const LONG: Patience = Patience { observation: Duration::from_secs(5), request: Duration::from_secs(15) };

/// How long to wait for what a defect never shows.
const SHORT: Patience = Patience { observation: Duration::from_secs(1), request: Duration::from_secs(2) };

/// The results of these cases over these protocols.
fn run(
    launch: impl Into<Launch>,
    filters: &[&str],
    protocols: &[Protocol],
    deliveries: &[DeliveryKind],
) -> Vec<CaseResult> {
    run_patiently(LONG, launch, filters, protocols, deliveries)
}

fn run_patiently(
    patience: Patience,
    launch: impl Into<Launch>,
    filters: &[&str],
    protocols: &[Protocol],
    deliveries: &[DeliveryKind],
) -> Vec<CaseResult> {
    let filters = filters.iter().map(|filter| id_glob(filter).unwrap().compile_matcher()).collect();
    let identity = Identity::generate(&[]).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(identity.authority().as_bytes()).unwrap();
    let run = Run {
        corpus: Arc::new(Corpus::embedded().unwrap()),
        launch: launch.into(),
        selection: Selection {
            filters,
            protocols: protocols.to_vec(),
            deliveries: deliveries.to_vec(),
            ..Selection::default()
        },
        baseline: Baseline::default(),
        patience,
        lanes: 8,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        tls: Some(Tls { identity, ca_file: file.path().to_owned() }),
        deaths: Deaths::Counted,
        rerun: Rerun::Command(String::new()),
    };
    let mut results = Vec::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let executed = runtime.block_on(run.execute(&mut |record| {
        if let Record::Result(result) = record {
            results.push(*result);
        }
    }));
    executed.unwrap();
    results
}

/// What did not pass, with the protocol.
fn failures(results: &[CaseResult]) -> Vec<String> {
    let wrong = results
        .iter()
        .filter(|result| matches!(result.verdict, Verdict::Fail | Verdict::Warn | Verdict::Error));
    wrong
        .map(|result| {
            let failure =
                result.failure.as_ref().map(|failure| format!("{}; {}", failure.expected, failure.observed));
            format!("{} {}: {failure:?} {:?}", result.case, result.delivery, result.reason)
        })
        .collect()
}

/// The cases that measure share this process with the harness; they run over HTTP/1.1 elsewhere.
const FILTERS: [&str; 24] = [
    "client/bom/*",
    "client/chunks/*",
    "client/close/*",
    "client/comments/*",
    "client/data/*",
    "client/dispatch/*",
    "client/drops/*",
    "client/fields/*",
    "client/http/*",
    "client/http2/*",
    "client/ids/*",
    "client/lines/*",
    "client/llm/*",
    "client/mcp/*",
    "client/mime/*",
    "client/reconnect/*",
    "client/redirects/*",
    "client/requests/*",
    "client/resume/*",
    "client/retry/*",
    "client/state/*",
    "client/tls/*",
    "client/types/*",
    "client/utf8/*",
];

#[test]
fn the_sound_client_passes_over_each_protocol() {
    for protocol in [Protocol::Http1Tls, Protocol::Http2, Protocol::Http2Tls] {
        let results = run(reference::client(), &FILTERS, &[protocol], &[DeliveryKind::AsWritten]);
        assert_eq!(failures(&results), <[&str; 0]>::default());
        let passed = results.iter().filter(|result| result.verdict == Verdict::Pass).count();
        assert!(passed > 300, "{protocol}: {passed}");
        assert!(results.iter().all(|result| result.delivery.protocol == protocol));
    }
}

#[test]
fn the_sound_client_passes_in_all_deliveries_over_http_2() {
    let filters = ["client/chunks/*", "client/drops/*", "client/lines/*", "client/utf8/*"];
    let results =
        run(reference::client(), &filters, &[Protocol::Http1, Protocol::Http2Tls], DeliveryKind::STANDARD);
    assert_eq!(failures(&results), <[&str; 0]>::default());
    for protocol in [Protocol::Http1, Protocol::Http2Tls] {
        let bytes = results.iter().filter(|result| {
            result.delivery.protocol == protocol
                && result.delivery.kind() == DeliveryKind::Bytes
                && result.verdict == Verdict::Pass
        });
        let bytes = bytes.count();
        assert!(bytes > 30, "{protocol}: {bytes}");
    }
}

#[test]
fn a_defect_is_caught_over_each_protocol() {
    for defect in [Defect::LastEventIdNeverSent, Defect::CloseIsALoss, Defect::RedirectsNotFollowed] {
        let filters = ["client/resume/*", "client/close/*", "client/redirects/*"];
        let results = run(reference::defective(defect), &filters, Protocol::ALL, &[DeliveryKind::AsWritten]);
        for protocol in Protocol::ALL {
            let of_protocol = results.iter().filter(|result| result.delivery.protocol == *protocol);
            let failed = of_protocol.filter(|result| result.verdict == Verdict::Fail).count();
            assert!(failed > 0, "{defect:?} over {protocol}");
        }
    }
}

/// The mistakes of a client that only HTTP/2 shows, with the cases that are about them.
const OVER_HTTP2: [(Defect, &str); 11] = [
    (Defect::StreamsUnshared, "client/http2/streams-share-a-connection"),
    (Defect::CloseEndsConnection, "client/http2/close-leaves-other-streams"),
    (Defect::AbortedStreamKeepsCredit, "client/http2/aborted-streams"),
    (Defect::GoAwayCutsStreams, "client/http2/goaway-stream-goes-on"),
    (Defect::GoAwayIgnored, "client/http2/goaway-new-connection"),
    (Defect::PingUnanswered, "client/http2/ping"),
    (Defect::TrailersUnnoticed, "client/http2/trailers"),
    (Defect::CanceledStreamIsTheEnd, "client/http2/reset-with-cancel"),
    (Defect::ResetBeforeHeadIsTheEnd, "client/http2/cancel-before-the-head"),
    (Defect::ResetBeforeHeadIsTheEnd, "client/http2/no-error-before-the-head"),
    (Defect::OneStreamNoticesLoss, "client/http2/connection-loss"),
];

#[test]
fn each_mistake_over_http_2_is_caught_by_its_case() {
    for (defect, case) in OVER_HTTP2 {
        let (client, protocols) = (reference::defective(defect), &[Protocol::Http2]);
        let results = run_patiently(SHORT, client, &[case], protocols, &[DeliveryKind::AsWritten]);
        let [result] = results.as_slice() else { panic!("{defect:?}: {results:?}") };
        assert!(matches!(result.verdict, Verdict::Fail | Verdict::Warn), "{defect:?}: {result:?}");
    }
}

#[test]
fn cases_about_http_2_are_not_played_over_http_1_1() {
    let results = run(
        reference::client(),
        &["client/http2/*"],
        &[Protocol::Http1, Protocol::Http2],
        &[DeliveryKind::AsWritten],
    );
    let over = |protocol, verdict| {
        let of = results.iter().filter(move |result| result.delivery.protocol == protocol);
        of.filter(|result| result.verdict == verdict).count()
    };
    let passed = over(Protocol::Http2, Verdict::Pass);
    assert!(passed > 10, "{passed}");
    assert_eq!(over(Protocol::Http1, Verdict::Skip), passed);
    assert_eq!(results.len(), passed * 2);
}

#[test]
fn what_needs_http_1_1_is_skipped_with_its_reason() {
    let all = [Protocol::Http1, Protocol::Http2];
    let results = run(
        reference::client(),
        &["client/chunks/*", "client/reconnect/*"],
        &all,
        &[DeliveryKind::AsWritten],
    );
    let over = |protocol| {
        let of_protocol = results.iter().filter(move |result| result.delivery.protocol == protocol);
        of_protocol
            .filter_map(|result| {
                let reason = result.reason.as_deref()?;
                (result.verdict == Verdict::Skip && reason.starts_with("needs HTTP/1.1 for "))
                    .then_some(&result.case)
            })
            .collect::<Vec<_>>()
    };
    assert!(over(Protocol::Http1).is_empty());
    let skipped = over(Protocol::Http2);
    assert!(skipped.len() > 3, "{skipped:?}");
    // They are played over HTTP/1.1.
    for case in skipped {
        let played =
            |result: &&CaseResult| result.case == *case && result.delivery.protocol == Protocol::Http1;
        let verdict = results.iter().find(played).unwrap().verdict;
        assert!(matches!(verdict, Verdict::Pass | Verdict::Info), "{case}: {verdict:?}");
    }
}
