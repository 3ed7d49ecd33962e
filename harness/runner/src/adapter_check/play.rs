//! Playing the scripts that check an adapter.

use std::time::{Duration, Instant};

use ssespec_reports::results::{Protocol, Role};

use super::finding::{AdapterCheck, Finding, Found};
use super::script::{AdapterScript, When, program};
use super::{client, server};
use crate::delivery::Program;
use crate::run::{Run, RunError, open_stage};
use crate::session::dispatch;
use crate::session::outcome::{Outcome, Stop};
use crate::session::patience::Patience;
use crate::session::stage::Stage;

/// How long something is awaited that the adapter does not claim to do.
const CURIOUS: Patience =
    Patience { observation: Duration::from_millis(500), request: Duration::from_millis(1500) };

/// How many faults mean that the adapter does not work at all.
const FAULTS: usize = 2;

/// Checks an adapter. The settings of the run say how it is started and how long it is waited for.
///
/// # Errors
/// If it cannot be started, or its hello is not one.
pub async fn check(run: &Run) -> Result<AdapterCheck, RunError> {
    let started = Instant::now();
    let mut stage = run.open(Protocol::Http1).await?;
    let introduced = started.elapsed();
    let identity = stage.adapter.identity().clone();
    let (mut findings, mut dialog, mut faults) = (Vec::new(), Vec::new(), 0);
    for script in scripts(run.launch.role()) {
        let Some(when) = script.when(&identity) else { continue };
        let outcome = match script.steps {
            _ if faults >= FAULTS => Some(Found::NotPlayed),
            None => Some(Found::LeftToCases),
            Some(steps) => {
                let patience = if when == When::Claimed { run.patience } else { CURIOUS };
                let outcome =
                    play(run, &mut stage, &program(script, steps, run.launch.role(), &identity)?, patience)
                        .await?;
                if dialog.is_empty() {
                    dialog.clone_from(&outcome.transcript);
                }
                found(outcome, script, when)
            }
        };
        if let Some(Found::Broken(_)) = outcome {
            faults += 1;
        }
        findings.extend(outcome.map(|outcome| Finding { subject: script.subject, outcome }));
    }
    let stderr = stage.adapter.stderr();
    open_stage::close(stage).await;
    Ok(AdapterCheck { identity, introduced, findings, dialog, stderr })
}

/// The scripts for adapters of this role.
fn scripts(role: Role) -> &'static [AdapterScript] {
    if role == Role::Server { server::SCRIPTS } else { client::SCRIPTS }
}

/// Plays a script. An adapter that is unusable afterwards is replaced.
async fn play(
    run: &Run,
    stage: &mut Stage,
    program: &Program,
    patience: Patience,
) -> Result<Outcome, RunError> {
    if program.delivery.protocol != stage.protocol {
        let mut other = run.open(program.delivery.protocol).await?;
        let outcome = dispatch::smoke(&mut other, program, patience).await;
        open_stage::close(other).await;
        return Ok(outcome);
    }
    let outcome = dispatch::smoke(stage, program, patience).await;
    let is_broken = matches!(outcome.held, Err(Stop::Fault { .. }));
    if is_broken || outcome.teardown.is_some() || outcome.cut_short {
        let fresh = run.open(stage.protocol).await?;
        open_stage::close(std::mem::replace(stage, fresh)).await;
    }
    Ok(outcome)
}

/// What the outcome of a script says, if anything.
fn found(outcome: Outcome, script: &AdapterScript, when: When) -> Option<Found> {
    let found = match (outcome.held, outcome.teardown) {
        (Err(Stop::Failure(failure)), _) => {
            Found::Differs { expected: failure.expected, observed: failure.observed, hint: script.hint }
        }
        (Err(Stop::Fault { fault, .. }), _) | (Ok(()), Some(fault)) => Found::Broken(fault),
        (Ok(()), None) => Found::Works,
    };
    match (when, found) {
        (When::Claimed, found) => Some(found),
        (When::Perhaps, Found::Works) => Some(Found::Unclaimed),
        (When::Perhaps, _) => None,
    }
}
