//! Playing a trial, and repeating it if the adapter became unusable.

use super::launch::Launch;
use super::plan::Trial;
use super::played::Played;
use super::settings::Run;
use crate::adapter::fault::Fault;
use crate::session::dispatch;
use crate::session::outcome::{Evidence, Failure, Stop};
use crate::session::patience::AttemptPatience;
use crate::session::stage::Stage;

/// How long an unusable adapter may take to exit.
const NO_GRACE: std::time::Duration = std::time::Duration::ZERO;

/// Whether a stage can be used for another trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usable {
    Yes,
    /// Its adapter is unusable, or not needed any more.
    No,
}

/// Replaces an unusable adapter with a fresh one.
pub(super) async fn restart(launch: &Launch, stage: &mut Stage) -> Result<(), (Fault, String)> {
    let fresh = launch.start(&stage.lane_page).await?;
    let old = std::mem::replace(&mut stage.adapter, fresh);
    old.stop(NO_GRACE).await;
    Ok(())
}

/// The same, and whether the stage is usable then.
async fn restarted(launch: &Launch, stage: &mut Stage) -> Usable {
    if restart(launch, stage).await.is_ok() { Usable::Yes } else { Usable::No }
}

/// Plays a trial. If the adapter is unusable afterwards, it is restarted. If it crashed, or an earlier session made it
/// unusable, the trial is repeated; a second crash at the same step is a failure of the implementation. Returns whether
/// the stage is usable afterwards.
pub async fn play_case(run: &Run, stage: &mut Stage, trial: &Trial) -> (Played, bool) {
    let (played, usable) =
        play_own(&run.launch, stage, trial, AttemptPatience::final_with(run.patience)).await;
    (played, usable == Usable::Yes)
}

/// Plays a trial with an adapter that nobody else uses.
pub(super) async fn play_own(
    launch: &Launch,
    stage: &mut Stage,
    trial: &Trial,
    patience: AttemptPatience,
) -> (Played, Usable) {
    let mut outcome = dispatch::attempt(stage, &trial.program, patience).await;
    let mut stderr = outcome.held.is_err().then(|| stage.adapter.stderr());
    let mut note = None;
    if outcome.cut_short {
        return (Played { outcome, stderr, note }, restarted(launch, stage).await);
    }
    if let Some(fault) = &outcome.teardown {
        // The script has its verdict; the adapter is replaced.
        note = Some(format!("afterwards: {fault}"));
        return (Played { outcome, stderr, note }, restarted(launch, stage).await);
    }
    let Err(Stop::Fault { fault, step }) = outcome.held.clone() else {
        return (Played { outcome, stderr, note }, Usable::Yes);
    };
    if let Err((fault, _)) = restart(launch, stage).await {
        note = Some(format!("the adapter could not be restarted: {fault}"));
        return (Played { outcome, stderr, note }, Usable::No);
    }
    if !fault.is_crash() && fault.is_of_its_session() {
        return (Played { outcome, stderr, note }, Usable::Yes);
    }
    let again = dispatch::attempt(stage, &trial.program, patience).await;
    let usable = match &again.held {
        Err(Stop::Fault { fault: second, step: second_step }) => {
            if fault.is_crash() && second.is_crash() && *second_step == step {
                stderr = Some(stage.adapter.stderr());
                outcome = again;
                outcome.held = Err(Stop::Failure(Failure {
                    step,
                    expected: format!("the {} keeps running", trial.case.role()),
                    observed: format!("it crashed twice at this step: {fault}"),
                    hint: Some("see the end of the adapter's stderr, shown with this failure".into()),
                    evidence: Evidence::Observed,
                }));
            }
            restarted(launch, stage).await
        }
        Err(Stop::Failure(_)) | Ok(()) => {
            note = Some(format!("the first attempt ended with: {fault}"));
            stderr = again.held.is_err().then(|| stage.adapter.stderr());
            outcome = again;
            if outcome.teardown.is_some() || outcome.cut_short {
                restarted(launch, stage).await
            } else {
                Usable::Yes
            }
        }
    };
    (Played { outcome, stderr, note }, usable)
}
