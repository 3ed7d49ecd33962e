//! Which decisions each case reaches: only those defects can change what it shows.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, PoisonError};

use ssespec::run::listening::Listening;
use ssespec::run::{Plan, Trial, open_stage, play_case};
use ssespec_cases::server::ServerStep;
use ssespec_cases::{Corpus, Script};
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reference::{Pace, Reached};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::playing::{self, FULL};
use crate::matrix::Mistake;
use crate::soaking::{self, pace};

/// How many cases are played at the same time.
const LANES: usize = 12;

/// The cases that reach the decision of each defect.
pub(crate) type Survey<D> = BTreeMap<D, BTreeSet<String>>;

/// Plays all cases with the sound implementation, except those that measure: they must run alone.
pub(crate) async fn survey<D: Mistake>(corpus: &Arc<Corpus>) -> Survey<D> {
    let sound = D::launch(Pace::Usual, &[]);
    let stage =
        open_stage::open(IpAddr::V4(Ipv4Addr::LOCALHOST), BarrierMode::Auto, &sound).await.expect("a port");
    let capabilities = stage.adapter.identity().capabilities.clone();
    open_stage::close(stage).await;
    let plan = Plan::of_role(D::ROLE, corpus, &soaking::selection(), &capabilities);
    let lanes = Arc::new(Semaphore::new(LANES));
    let mut playing = JoinSet::new();
    for trial in plan.trials.into_iter().filter(|trial| !is_alone(trial)) {
        playing.spawn(reached(Arc::clone(corpus), Arc::clone(&lanes), trial));
    }
    let mut survey = Survey::new();
    while let Some(played) = playing.join_next().await {
        let (case, reached) = played.expect("no panic");
        for defect in reached {
            survey.entry(defect).or_default().insert(case.clone());
        }
    }
    survey
}

/// Whether a trial must not run beside others.
fn is_alone(trial: &Trial) -> bool {
    match &trial.case.script {
        // The other isolated ones end their server.
        Script::Server(steps) => steps.iter().any(|step| matches!(step.kind, ServerStep::Measure(_))),
        _ => trial.case.isolated,
    }
}

async fn reached<D: Mistake>(
    corpus: Arc<Corpus>,
    lanes: Arc<Semaphore>,
    trial: Trial,
) -> (String, BTreeSet<D>) {
    let _lane = lanes.acquire().await;
    let reached = Reached::<D>::default();
    let launch = D::surveyed(pace(&trial.case), Arc::clone(&reached));
    let run = playing::run(corpus, launch, FULL);
    let protocol = trial.program.delivery.protocol;
    let listening = Listening { address: run.address, barrier: run.barrier, protocol, tls: run.tls.clone() };
    let mut stage = open_stage::open_over(&listening, &run.launch).await.expect("a port");
    let _ = play_case(&run, &mut stage, &trial).await;
    open_stage::close(stage).await;
    let reached = std::mem::take(&mut *reached.lock().unwrap_or_else(PoisonError::into_inner));
    (trial.case.id.clone(), reached)
}
