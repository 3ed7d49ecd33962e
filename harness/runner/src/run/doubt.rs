//! Playing a trial with an adapter that other lanes may use too, and repeating it if its outcome is doubtful.

use super::adapters::Adapters;
use super::launch::Launch;
use super::plan::Trial;
use super::played::Played;
use super::replay::{Usable, play_own};
use crate::adapter::fault::Fault;
use crate::session::dispatch;
use crate::session::outcome::{Evidence, Outcome, Stop};
use crate::session::patience::AttemptPatience;
use crate::session::stage::Stage;

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
        if !is_doubtful(&outcome, stage, patience) {
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

/// Whether an outcome may be the fault of another session in the same adapter. Where no session answers `close`, one more
/// without an answer says nothing about the adapter.
fn is_doubtful(outcome: &Outcome, stage: &Stage, patience: AttemptPatience) -> bool {
    let is_unclosed = |fault: &Fault| fault.is_of_teardown() && !patience.expects_close();
    match &outcome.held {
        Ok(()) => outcome.teardown.as_ref().is_some_and(|fault| !fault.is_of_teardown()),
        Err(Stop::Fault { .. }) => true,
        Err(Stop::Failure(failure)) => {
            // What did not come in a shorter time is awaited again in any case.
            let silent = failure.evidence == Evidence::Silence;
            silent
                && (outcome.teardown.as_ref().is_some_and(|fault| !is_unclosed(fault))
                    || !stage.adapter.is_sound())
                || outcome.teardown.as_ref().is_some_and(|fault| !fault.is_of_teardown())
        }
    }
}
