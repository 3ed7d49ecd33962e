//! Playing a script, whatever the role of the implementation.

use std::time::Instant;

use ssespec_cases::grammar::{Growth, Measurement};

use super::gauge::Gauge;
use super::outcome::Stop;
use super::progress::Progress;
use crate::delivery::Op;

/// A session as the player of its script.
pub(super) trait Player: Send {
    /// An operation of the role's scripts.
    type Op: Sync;

    /// The state of the script.
    fn progress(&mut self) -> &mut Progress;

    /// Notes that an operation begins.
    fn begin(&mut self, op: &Op<Self::Op>);

    /// Plays one operation; `rest` begins with it.
    fn play(
        &mut self,
        op: &Op<Self::Op>,
        rest: &[Op<Self::Op>],
    ) -> impl Future<Output = Result<(), Stop>> + Send;

    /// What an operation measures, if it does.
    fn measures(op: &Self::Op) -> Option<Measurement>;
}

/// What judges the spans of work that come next, and its step.
pub(super) fn next_judge<P: Player>(rest: &[Op<P::Op>]) -> (Growth, Option<usize>) {
    let judge = rest.iter().find_map(|op| match P::measures(&op.kind)? {
        Measurement::Judge(growth) => Some((growth, op.written)),
        Measurement::Span(_) => None,
    });
    judge.unwrap_or_default()
}

/// Plays operations one after another. A span of work that has had more than it may have ends the script, and spans that
/// are not needed any more are left out.
pub(super) async fn play_script<P: Player>(player: &mut P, ops: &[Op<P::Op>]) -> Result<(), Stop> {
    let mut leaving_out = false;
    for (number, op) in ops.iter().enumerate() {
        // What the case is about cannot be judged here, so the rest of it is not worth its time.
        if player.progress().not_judged.is_some() {
            return Ok(());
        }
        match P::measures(&op.kind) {
            Some(Measurement::Judge(_)) => leaving_out = false,
            Some(Measurement::Span(_)) => leaving_out |= player.progress().needs_no_more_spans(),
            None => {}
        }
        if leaving_out {
            continue;
        }
        player.begin(op);
        let rest = &ops[number..];
        let began = Instant::now();
        let alarm = player.progress().gauge.as_ref().map(Gauge::alarm);
        let played = match alarm {
            None => Some(player.play(op, rest).await),
            Some(alarm) => tokio::select! {
                biased;
                played = player.play(op, rest) => Some(played),
                () = alarm.rings() => None,
            },
        };
        player.progress().step_took(began.elapsed());
        if let Some(played) = played {
            played?;
        } else {
            let (expected, step) = next_judge::<P>(rest);
            return Err(player.progress().overgrown(expected, step).into());
        }
    }
    Ok(())
}
