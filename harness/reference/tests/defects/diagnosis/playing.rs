//! Playing cases with the reference implementation.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use ssespec::run::settings::Deaths;
use ssespec::run::{Baseline, Launch, Rerun, Run, RunError};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::{Record, Results};

use crate::matrix::Mistake;
use crate::soaking;

/// How long to wait for what a defect may never show: longer than any scripted delay, and than the usual reconnection
/// time.
pub(crate) const FULL: Patience =
    Patience { observation: Duration::from_secs(4), request: Duration::from_secs(8) };

/// How many sessions of a run may be busy at the same time.
const LANES: usize = 8;

/// A run of all cases of a corpus.
pub(crate) fn run(corpus: Arc<Corpus>, launch: Launch, patience: Patience) -> Run {
    Run {
        corpus,
        launch,
        selection: soaking::selection(),
        baseline: Baseline::default(),
        patience,
        lanes: LANES,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        tls: Some(soaking::tls()),
        rerun: Rerun::Command("reference".into()),
        deaths: Deaths::Counted,
    }
}

/// The corpus with only these cases.
fn only(corpus: &Corpus, ids: &BTreeSet<String>) -> Arc<Corpus> {
    let mut corpus = corpus.clone();
    corpus.cases.retain(|id, _| ids.contains(id));
    Arc::new(corpus)
}

/// Plays these cases with these defects, each at its pace; `None` if no user would see results.
pub(crate) async fn with_defects<D: Mistake>(
    corpus: &Corpus,
    cases: BTreeSet<String>,
    defects: &[D],
) -> Option<Results> {
    let mut all: Option<Results> = None;
    for (pace, cases) in soaking::by_pace(corpus, cases) {
        let more = results(only(corpus, &cases), D::launch(pace, defects)).await?;
        all = Some(match all {
            Some(before) => {
                let results = [before.results(), more.results()].concat();
                Results::new("reference", before.header().clone(), results, before.footer().cloned())
            }
            None => more,
        });
    }
    all
}

/// Plays cases, all deliveries of each; `None` if no user would see results, since the smoke check fails.
async fn results(corpus: Arc<Corpus>, launch: Launch) -> Option<Results> {
    let (mut header, mut all, mut footer) = (None, Vec::new(), None);
    let run = run(corpus, launch, FULL);
    let ended = run
        .execute(&mut |record| match record {
            Record::Header(it) => header = Some(*it),
            Record::Result(it) => all.push(*it),
            Record::Footer(it) => footer = Some(*it),
        })
        .await;
    match ended {
        Ok(_) => Some(Results::new("reference", header.expect("a header"), all, footer)),
        Err(RunError::Adapter { .. }) => None,
        Err(error) => panic!("the run cannot begin: {error}"),
    }
}
