//! Playing a case with an implementation of its role, and watching for what comes late.

use std::time::Instant;

use ssespec_mock_server::wire::WireEventKind;

use super::client;
#[cfg(feature = "intermediary")]
use super::intermediary;
use super::late_arrivals::{LATE_LIMIT, Late, late_message, late_request};
use super::outcome::Outcome;
use super::patience::{AttemptPatience, Patience};
#[cfg(feature = "server")]
use super::server;
#[cfg(feature = "server")]
use super::server::stream_contents::Strictness;
use super::stage::Stage;
use crate::adapter::incoming::Incoming;
use crate::delivery::{Ops, Program};

/// Plays a program with an implementation and tears the session down.
pub async fn play(stage: &mut Stage, program: &Program, patience: Patience) -> Outcome {
    attempt(stage, program, AttemptPatience::final_with(patience)).await
}

/// Plays a program, perhaps with less than the full patience.
pub(crate) async fn attempt(stage: &mut Stage, program: &Program, patience: AttemptPatience) -> Outcome {
    match &program.ops {
        Ops::Client(ops) => client::session::play(stage, ops, patience).await,
        #[cfg(feature = "server")]
        Ops::Server(ops) => server::session::play(stage, ops, patience, Strictness::Full).await,
        #[cfg(feature = "intermediary")]
        Ops::Intermediary(ops) => intermediary::session::play(stage, ops, patience).await,
    }
}

/// Plays the smoke check of an adapter: whether the adapter works, not whether its implementation is right.
pub async fn smoke(stage: &mut Stage, program: &Program, patience: Patience) -> Outcome {
    let patience = AttemptPatience::final_with(patience);
    match &program.ops {
        Ops::Client(ops) => client::session::play(stage, ops, patience).await,
        #[cfg(feature = "server")]
        Ops::Server(ops) => server::session::play(stage, ops, patience, Strictness::Smoke).await,
        #[cfg(feature = "intermediary")]
        Ops::Intermediary(ops) => intermediary::session::play(stage, ops, patience).await,
    }
}

/// Watches a stage on which no session runs for what comes late, until this time.
pub async fn watch(stage: &mut Stage, until: Instant) {
    while Instant::now() < until {
        tokio::select! {
            Some(event) = stage.wire.recv() => {
                if let WireEventKind::Request(exchange) = event.kind {
                    late_request(&mut stage.late, exchange);
                }
            }
            heard = stage.adapter.receive() => match heard {
                Incoming::Observation { session, shown, .. } => {
                    let Some(what) = late_message(&shown) else { continue };
                    stage.late.push(Late { session, what });
                    if stage.late.len() >= LATE_LIMIT {
                        return;
                    }
                }
                Incoming::Fault(_) => return,
            },
            () = tokio::time::sleep_until(until.into()) => return,
        }
    }
}
