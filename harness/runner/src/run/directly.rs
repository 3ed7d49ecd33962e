//! What fails through an intermediary, played without it: only what passes directly is the intermediary's.

use ssespec_cases::Role;

use super::launch::Launch;
use super::open_stage;
use super::plan::Trial;
use super::played::Played;
use super::settings::Run;
use crate::session::dispatch;
use crate::session::patience::AttemptPatience;

/// What is noted where a case fails only through the intermediary.
const ONLY_THROUGH: &str = "passes with the same client without the intermediary";

/// Why a case is not judged that fails directly too.
const ALSO_DIRECTLY: &str = "fails without the intermediary too, so it says nothing about it";

/// Takes what concerns the client alone out of a result, and plays a case for clients that failed through an intermediary again without it.
pub(super) async fn confirm(run: &Run, trial: &Trial, played: &mut Played) {
    let Some(proxy) = run.launch.proxy().filter(|_| trial.case.role() == Role::Client) else { return };
    // They are the client's.
    played.outcome.facts.clear();
    if played.outcome.failure().is_none() {
        return;
    }
    let launch = Launch::Client(proxy.client.clone());
    let Ok(mut stage) = open_stage::open(run.address, run.barrier, &launch).await else { return };
    let patience = AttemptPatience::final_with(run.patience);
    let directly = dispatch::attempt(&mut stage, &trial.program, patience).await;
    open_stage::close(stage).await;
    if directly.held.is_ok() {
        played.note.get_or_insert_with(|| ONLY_THROUGH.into());
    } else {
        played.outcome.held = Ok(());
        played.outcome.not_judged = Some(ALSO_DIRECTLY.into());
    }
}
