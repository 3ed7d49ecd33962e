//! Playing a single case with a function of this process.
//!
//! Nothing is shared between its deliveries, since listeners and functions are cheap to start.

use std::sync::Arc;

use ssespec_reports::results::{CaseResult, Protocol};
use tokio::task::JoinSet;

use super::error::RunError;
use super::open_stage::{self, NotOpened};
use super::plan::{Plan, Selection, Trial};
use super::replay;
use super::settings::Run;
use super::{same_facts, smoke, verdict};
use crate::session::patience::AttemptPatience;
use crate::session::stage::Stage;

impl Run {
    /// Plays a case in the deliveries of a selection that selects this case alone, all at the same time.
    ///
    /// # Errors
    /// If the first session cannot begin, or the function does not pass the smoke check.
    pub(crate) async fn play_case(&self, selection: &Selection) -> Result<Vec<CaseResult>, RunError> {
        let mut first = self.open(self.first_protocol()).await?;
        let checked = smoke::check(&mut first, &self.launch, self.patience).await;
        checked.map_err(|(fault, stderr)| RunError::Adapter { fault: Box::new(fault), stderr })?;
        let capabilities = first.adapter.identity().capabilities.clone();
        let plan = Plan::of_role(self.launch.role(), &self.corpus, selection, &capabilities);
        if plan.is_empty() {
            open_stage::close(first).await;
            return Err(RunError::NothingSelected(selection.describe()));
        }
        let mut results: Vec<CaseResult> =
            plan.skipped.iter().map(|skipped| verdict::skipped(self, skipped)).collect();
        let run = Arc::new(self.clone());
        let mut stages = vec![first];
        // A set, so that everything ends if this is dropped.
        let mut playing = JoinSet::new();
        for trial in plan.trials {
            let protocol = trial.program.delivery.protocol;
            let stage = match stages.pop_if(|stage| stage.protocol == protocol) {
                Some(stage) => stage,
                None => self.open(protocol).await?,
            };
            let isolated = trial.case.isolated;
            playing.spawn(play(Arc::clone(&run), stage, trial));
            if isolated && let Some(Ok(result)) = playing.join_next().await {
                results.push(result);
            }
        }
        while let Some(played) = playing.join_next().await {
            results.extend(played);
        }
        for stage in stages {
            open_stage::close(stage).await;
        }
        if let Some(case) = results.first().and_then(|result| self.corpus.cases.get(&result.case)) {
            let varies = |result: &CaseResult, fact: &str| self.baseline.varies(result, fact);
            let changed = same_facts::changed(case, &results.iter().collect::<Vec<_>>(), varies);
            results.retain(|result| changed.iter().all(|other| other.delivery != result.delivery));
            results.extend(changed);
        }
        for result in &mut results {
            result.known = self.baseline.known(result);
        }
        Ok(results)
    }

    /// The listeners of a lane over this protocol, with an adapter.
    ///
    /// # Errors
    /// If binding fails, or the adapter cannot be started.
    pub(crate) async fn open(&self, protocol: Protocol) -> Result<Stage, RunError> {
        let opened = open_stage::open_over(&self.listening(protocol), &self.launch).await;
        opened.map_err(|not| match not {
            NotOpened::Listen(problem) => RunError::Listen { address: self.address, problem },
            NotOpened::Adapter(fault, stderr) => RunError::Adapter { fault: Box::new(fault), stderr },
        })
    }
}

/// Plays a trial, and charges it with what came after its session.
async fn play(run: Arc<Run>, mut stage: Stage, trial: Trial) -> CaseResult {
    let patience = AttemptPatience::final_with(run.patience);
    let (played, _) = replay::play_own(&run.launch, &mut stage, &trial, patience).await;
    let ended_by = played.outcome.ended_by;
    let mut result = verdict::result(&run, &trial, played);
    let late = std::mem::take(&mut stage.late);
    for late in late.iter().filter(|late| late.session == stage.session) {
        verdict::charge(&mut result, &trial, late, ended_by);
    }
    open_stage::close(stage).await;
    result
}
