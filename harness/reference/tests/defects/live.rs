//! One session of an implementation with one case.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use ssespec::adapter::running::Adapter;
use ssespec::run::{Baseline, Deaths, Launch, Rerun, Run, Selection, Trial, play_case};
use ssespec::session::{Patience, Stage, Stop};
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;

use super::matrix::Came;

/// No session takes this long, unless something of the harness hangs.
const ENDLESS: Duration = Duration::from_secs(300);

/// Plays a case with this adapter, which replaces the earlier one of the stage.
pub(crate) async fn live(
    corpus: &Arc<Corpus>,
    stage: &mut Stage,
    (adapter, launch): (Adapter, Launch),
    trial: &Trial,
    patience: Patience,
) -> Came {
    let before = std::mem::replace(&mut stage.adapter, adapter);
    before.stop(Duration::ZERO).await;
    // Late messages of earlier sessions do not concern this one.
    stage.late.clear();
    let run = Run {
        corpus: Arc::clone(corpus),
        launch,
        selection: Selection::default(),
        baseline: Baseline::default(),
        patience,
        lanes: 1,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        tls: None,
        deaths: Deaths::Counted,
        rerun: Rerun::Command(String::new()),
    };
    let Ok((played, _)) = tokio::time::timeout(ENDLESS, play_case(&run, stage, trial)).await else {
        return Came::Fault(format!("the session with {} does not end", trial.case.id));
    };
    match played.outcome.held {
        Ok(()) => Came::Held,
        Err(Stop::Failure(failure)) => {
            let why = format!("expected {}; observed {}", failure.expected, failure.observed);
            // As in results: 0 for what is implied after the last step.
            let step = failure.step.filter(|step| *step < trial.case.script.locations().len());
            Came::Failed(trial.program.delivery, step.map_or(0, |step| step + 1), why)
        }
        Err(Stop::Fault { fault, .. }) => Came::Fault(fault.to_string()),
    }
}
