//! Pages that behave correctly.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ssespec::run::baseline::id_glob;
use ssespec::run::{Baseline, Conclusion, Deaths, Launch, Rerun, Run, RunError, Selection};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::{CaseResult, Record, Transport, Verdict};

use crate::browser::{hello, launch, text};

/// A run of the cases whose ids match.
pub(crate) fn run(launch: Launch, filter: &str, lanes: usize) -> Run {
    Run {
        corpus: Arc::new(Corpus::embedded().unwrap()),
        launch,
        selection: Selection {
            filters: vec![id_glob(filter).unwrap().compile_matcher()],
            ..Selection::default()
        },
        baseline: Baseline::default(),
        patience: Patience { observation: Duration::from_secs(5), request: Duration::from_secs(15) },
        lanes,
        address: Ipv4Addr::LOCALHOST.into(),
        barrier: BarrierMode::Auto,
        tls: None,
        deaths: Deaths::Counted,
        rerun: Rerun::Command(String::new()),
    }
}

/// What came of a run, with the last record of each case and delivery.
pub(crate) async fn results(run: &Run) -> (Result<Conclusion, RunError>, Vec<CaseResult>, Option<Transport>) {
    let mut results: Vec<CaseResult> = Vec::new();
    let mut transport = None;
    let conclusion = run
        .execute(&mut |record| match record {
            Record::Header(header) => transport = Some(header.adapter.transport),
            Record::Result(result) => {
                results.retain(|r| (&r.case, r.delivery) != (&result.case, result.delivery));
                results.push(*result);
            }
            Record::Footer(_) => {}
        })
        .await;
    (conclusion, results, transport)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_lane() {
    let (launch, progress) = launch(text(&hello()), |_| Vec::new());
    let (conclusion, results, transport) = results(&run(launch, "client/lines/*", 1)).await;
    assert_eq!(conclusion.unwrap(), Conclusion::AsExpected);
    assert!(results.len() > 9 && results.iter().all(|result| result.verdict == Verdict::Pass));
    assert_eq!(transport, Some(Transport::Page));
    // What was sent may not have been read yet.
    let done = || progress.lock().unwrap().last().is_some_and(|last| last.get("done").is_some());
    let read = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), read).await.unwrap();
    told_all(&progress.lock().unwrap(), &results);
}

/// The page of the first lane was shown the plan, every result and what the run came to, in this order.
fn told_all(progress: &[Value], results: &[CaseResult]) {
    assert!(progress[0]["all"].is_object(), "{:?}", progress[0]);
    let planned = progress[1]["planned"].as_array().unwrap();
    assert!(planned.iter().all(|one| one["case"].is_string() && one["title"].is_string()), "{planned:?}");
    for result in results {
        let reported = |message: &&Value| {
            message["result"]["case"] == result.case.as_str()
                && message["result"]["delivery"] == result.delivery.to_string()
        };
        let reported =
            progress.iter().find(reported).unwrap_or_else(|| panic!("{} {}", result.case, result.delivery));
        assert_eq!(reported["result"]["outcome"], "pass");
    }
    assert!(progress.iter().any(|message| message["playing"]["case"].is_string()));
    assert_eq!(progress.last().unwrap()["done"]["exitStatus"], 0);
}

/// The pages of the other lanes are opened within the first one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_lanes() {
    let (launch, progress) = launch(text(&hello()), |_| Vec::new());
    let (conclusion, results, _) = results(&run(launch, "client/{lines,chunks}/*", 3)).await;
    assert_eq!(conclusion.unwrap(), Conclusion::AsExpected);
    assert!(results.iter().all(|result| result.verdict == Verdict::Pass));
    let progress = progress.lock().unwrap();
    let opened: Vec<&Value> = progress.iter().filter(|message| message.get("frame").is_some()).collect();
    assert!(opened.len() >= 2, "{opened:?}");
}
