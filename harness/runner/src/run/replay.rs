//! Playing a trial, and repeating it if the adapter became unusable.

use super::adapters::Adapters;
use super::launch::Launch;
use super::plan::Trial;
use super::played::Played;
use super::settings::Run;
use crate::adapter::fault::Fault;
use crate::session::dispatch;
use crate::session::outcome::{Evidence, Failure, Outcome, Stop};
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

/// Plays a trial with an adapter that other lanes may use too. What fails while such an adapter is in a bad state is
/// repeated with one that no other lane uses, so that no session is blamed for another.
pub(super) async fn play(
    adapters: &Adapters,
    launch: &Launch,
    stage: &mut Stage,
    trial: &Trial,
    patience: AttemptPatience,
) -> (Played, Usable) {
    if stage.adapter.is_shared() {
        let mut outcome = dispatch::attempt(stage, &trial.program, patience).await;
        if !is_doubtful(&outcome, stage) {
            let stderr = outcome.held.is_err().then(|| stage.adapter.stderr());
            let note = outcome.teardown.as_ref().map(|fault| format!("afterwards: {fault}"));
            return (Played::new(outcome, stderr, note), Usable::Yes);
        }
        let mut deaths = 0;
        if stage.adapter.retire() {
            adapters.lost();
            deaths = usize::from(has_crashed(&outcome));
        }
        let _repeat = adapters.repeat().await;
        match adapters.own(&stage.lane_page).await {
            Ok(own) => {
                stage.adapter = own;
                let (mut played, _) = play_own(launch, stage, trial, patience).await;
                played.deaths += deaths;
                // The lane is closed with its adapter: others share theirs.
                return (played, Usable::No);
            }
            Err((fault, _)) => {
                let note = Some(format!("the adapter could not be restarted: {fault}"));
                let stderr = Some(stage.adapter.stderr());
                // What failed may be the fault of another session.
                outcome.held = Err(Stop::Fault { fault, step: None });
                return (Played { deaths, ..Played::new(outcome, stderr, note) }, Usable::No);
            }
        }
    }
    play_own(launch, stage, trial, patience).await
}

/// Whether the adapter died in a session.
fn has_crashed(outcome: &Outcome) -> bool {
    let stopped = match &outcome.held {
        Err(Stop::Fault { fault, .. }) => Some(fault),
        Err(Stop::Failure(_)) | Ok(()) => None,
    };
    stopped.or(outcome.teardown.as_ref()).is_some_and(Fault::is_crash)
}

/// Whether an outcome may be the fault of another session in the same adapter.
fn is_doubtful(outcome: &Outcome, stage: &Stage) -> bool {
    match &outcome.held {
        Ok(()) => outcome.teardown.as_ref().is_some_and(|fault| !fault.is_of_teardown()),
        Err(Stop::Fault { .. }) => true,
        Err(Stop::Failure(failure)) => {
            let silent = failure.evidence != Evidence::Observed;
            silent && (outcome.teardown.is_some() || !stage.adapter.is_sound())
                || outcome.teardown.as_ref().is_some_and(|fault| !fault.is_of_teardown())
        }
    }
}

async fn play_own(
    launch: &Launch,
    stage: &mut Stage,
    trial: &Trial,
    patience: AttemptPatience,
) -> (Played, Usable) {
    let mut outcome = dispatch::attempt(stage, &trial.program, patience).await;
    let mut stderr = outcome.held.is_err().then(|| stage.adapter.stderr());
    let mut note = None;
    if outcome.cut_short {
        return (Played::new(outcome, stderr, note), restarted(launch, stage).await);
    }
    if let Some(fault) = &outcome.teardown {
        // The script has its verdict; the adapter is replaced.
        note = Some(format!("afterwards: {fault}"));
        let deaths = usize::from(fault.is_crash());
        let played = Played { deaths, ..Played::new(outcome, stderr, note) };
        return (played, restarted(launch, stage).await);
    }
    let Err(Stop::Fault { fault, step }) = outcome.held.clone() else {
        return (Played::new(outcome, stderr, note), Usable::Yes);
    };
    let mut deaths = usize::from(fault.is_crash());
    if let Err((fault, _)) = restart(launch, stage).await {
        note = Some(format!("the adapter could not be restarted: {fault}"));
        return (Played { deaths, ..Played::new(outcome, stderr, note) }, Usable::No);
    }
    if !fault.is_crash() && fault.is_of_its_session() {
        return (Played::new(outcome, stderr, note), Usable::Yes);
    }
    let again = dispatch::attempt(stage, &trial.program, patience).await;
    let usable = match &again.held {
        Err(Stop::Fault { fault: second, step: second_step }) => {
            deaths += usize::from(second.is_crash());
            if fault.is_crash() && second.is_crash() && *second_step == step {
                deaths = 0;
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
            deaths += again.teardown.iter().filter(|fault| fault.is_crash()).count();
            outcome = again;
            if outcome.teardown.is_some() || outcome.cut_short {
                restarted(launch, stage).await
            } else {
                Usable::Yes
            }
        }
    };
    (Played { deaths, ..Played::new(outcome, stderr, note) }, usable)
}
