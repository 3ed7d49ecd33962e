//! The cases for clients, played through the sound intermediary, and what a run says of an intermediary that is wrong.

use std::net::SocketAddr;
use std::sync::Arc;

use ssespec::run::{Conclusion, Run, Selection};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_reference::{self as reference, Behind as Origin, IntermediaryDefect as Defect, Pace};
use ssespec_reports::results::{CaseResult, Record, Verdict};

use crate::play::{Behind, listener, run};

/// Runs the cases of this filter with the intermediary that has this defect.
async fn played(defect: Option<Defect>, filter: &str) -> (Conclusion, Vec<CaseResult>) {
    played_behind(Origin::Http1, defect, filter).await
}

/// The same over this version of HTTP behind the intermediary.
async fn played_behind(
    origin: fn(SocketAddr) -> Origin,
    defect: Option<Defect>,
    filter: &str,
) -> (Conclusion, Vec<CaseResult>) {
    let upstream = listener().await;
    let origin = origin(upstream.address());
    let intermediary = match defect {
        None => reference::intermediary(([127, 0, 0, 1], 0).into(), origin).await,
        Some(defect) => reference::defective_intermediary(defect, Pace::Usual, origin).await,
    };
    let behind = Behind::new(upstream, intermediary.expect("a port"));
    let corpus = Arc::new(Corpus::embedded().unwrap_or_else(|mistakes| panic!("{mistakes}")));
    let glob = globset::GlobBuilder::new(filter).build().expect("a glob").compile_matcher();
    let selection = Selection { filters: vec![glob], ..Selection::default() };
    let run = Run { selection, ..run(corpus, behind.launch.clone(), Patience::default()) };
    let mut results = Vec::new();
    let conclusion = run
        .execute(&mut |record| {
            if let Record::Result(result) = record {
                results.push(*result);
            }
        })
        .await
        .expect("a run");
    (conclusion, results)
}

fn failures(results: &[CaseResult]) -> Vec<String> {
    let failed = results
        .iter()
        .filter(|result| matches!(result.verdict, Verdict::Fail | Verdict::Warn | Verdict::Error));
    failed
        .map(|result| {
            let observed = result.failure.as_ref().map(|failure| failure.observed.as_str());
            format!("{} ({}): {}", result.case, result.delivery, observed.unwrap_or_default())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sound_intermediary_disturbs_no_case_for_clients() {
    let (conclusion, results) = played(None, "client/*").await;
    assert_eq!(failures(&results), [""; 0]);
    assert_eq!(conclusion, Conclusion::AsExpected);
    let cases: std::collections::BTreeSet<&str> = results.iter().map(|result| result.case.as_str()).collect();
    assert!(cases.len() > 300, "only {} cases need no more than a wire", cases.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_directly_and_fails_through_is_of_the_intermediary() {
    let (conclusion, results) = played(Some(Defect::LastEventIdDropped), "client/resume/*").await;
    assert_eq!(conclusion, Conclusion::NotAsExpected);
    let failed: Vec<&CaseResult> = results.iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert!(!failed.is_empty());
    for result in failed {
        let reason = result.reason.as_deref().unwrap_or_default();
        assert!(reason.contains("without the intermediary"), "{}: {reason}", result.case);
        // Both sides are in the record, on one clock.
        for side in ["client to proxy", "proxy to origin"] {
            assert!(result.transcript.iter().any(|row| row.from == side), "{}: no {side}", result.case);
        }
        assert!(result.transcript.is_sorted_by_key(|row| row.at_us));
        assert!(result.rerun.starts_with("ssespec proxy --filter "), "{}", result.rerun);
    }
    let mut rows = results.iter().flat_map(|result| &result.transcript);
    assert!(rows.any(|row| row.from == "proxy to client" && row.text.contains("data:")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intermediary_that_holds_events_back_is_unfit_but_conforms() {
    let (conclusion, results) = played(Some(Defect::ResponseCollected), "*/re*/*").await;
    assert_eq!(failures(&results), [""; 0]);
    assert_eq!(conclusion, Conclusion::AsExpected);
    let lacks_http2_behind = |result: &&CaseResult| {
        result.reason.as_deref().is_some_and(|reason| reason.contains("http2-upstream"))
    };
    let skipped =
        results.iter().filter(|result| result.verdict == Verdict::Skip && !lacks_http2_behind(result));
    assert!(skipped.clone().count() > 10);
    for result in skipped {
        assert!(result.case.starts_with("client/"), "{}", result.case);
        assert!(result.reason.as_deref().is_some_and(|reason| reason.contains("passes events on")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sound_intermediary_passes_the_cases_over_http2_behind() {
    // Delays are measured alone, which nothing is beside the other tests.
    let filter = "{client/*,intermediary/[!d]*,intermediary/departures/*}";
    let (conclusion, results) = played_behind(Origin::Http2, None, filter).await;
    assert_eq!(failures(&results), [""; 0]);
    assert_eq!(conclusion, Conclusion::AsExpected);
    let passed = results.iter().filter(|result| result.verdict == Verdict::Pass);
    let cases: std::collections::BTreeSet<&str> = passed.map(|result| result.case.as_str()).collect();
    assert!(cases.len() > 350, "only {} cases pass", cases.len());
    // What only HTTP/1.1 has is not judged.
    let mut skipped: Vec<&str> = results
        .iter()
        .filter(|result| result.reason.as_deref().is_some_and(|reason| reason.contains("over HTTP/2")))
        .map(|result| result.case.as_str())
        .collect();
    skipped.sort_unstable();
    assert_eq!(
        skipped,
        [
            "intermediary/endings/fin-inside-a-chunk",
            "intermediary/endings/http-2-fin-inside-a-chunk",
            "intermediary/endings/http-2-reset-inside-a-chunk",
            "intermediary/endings/reset-inside-a-chunk",
            "intermediary/responses/field-that-connection-names"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_caught_over_http2_behind() {
    for (defect, filter, case) in [
        (Defect::EndAfterReset, "intermediary/endings/*", "intermediary/endings/reset-between-chunks"),
        (
            Defect::EndAfterFinBetweenChunks,
            "intermediary/endings/*",
            "intermediary/endings/fin-between-chunks",
        ),
        (Defect::FinNotPassedOn, "intermediary/departures/*", "intermediary/departures/fin"),
        (Defect::ContentHeldUntilNext, "intermediary/delay/*", "intermediary/delay/event-by-event"),
    ] {
        let (_, results) = played_behind(Origin::Http2, Some(defect), filter).await;
        let failed: Vec<&str> = results
            .iter()
            .filter(|result| result.verdict == Verdict::Fail)
            .map(|result| result.case.as_str())
            .collect();
        assert!(failed.contains(&case), "{defect:?}: {failed:?}");
    }
}
