//! The cases for clients, played through the sound intermediary, and what a run says of an intermediary that is wrong.

use std::sync::Arc;

use ssespec::run::{Conclusion, Run, Selection};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_reference::{self as reference, IntermediaryDefect as Defect, Pace};
use ssespec_reports::results::{CaseResult, Record, Verdict};

use crate::play::{Behind, listener, run};

/// Runs the cases of this filter with the intermediary that has this defect.
async fn played(defect: Option<Defect>, filter: &str) -> (Conclusion, Vec<CaseResult>) {
    let upstream = listener().await;
    let intermediary = match defect {
        None => reference::intermediary(([127, 0, 0, 1], 0).into(), upstream.address()).await,
        Some(defect) => reference::defective_intermediary(defect, Pace::Usual, upstream.address()).await,
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
    let skipped = results.iter().filter(|result| result.verdict == Verdict::Skip);
    assert!(skipped.clone().count() > 10);
    for result in skipped {
        assert!(result.case.starts_with("client/"), "{}", result.case);
        assert!(result.reason.as_deref().is_some_and(|reason| reason.contains("passes events on")));
    }
}
