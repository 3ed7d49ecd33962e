//! A client running one case.
//!
//! - [`session`]: its state, and playing its script
//! - `queues`, `intake`: what has come from the wire and the adapter, and taking it in
//! - `perform`, `questions`: what the harness does, and what it asks of the client; `own_scripts`: what it answers on its
//!   own
//! - `expect`, `match_observation`, `fields`: what must be observed; `attempts`: how often a client tries to connect
//! - `streams`, `herd`, `others`: further streams of the same client
//! - `facts`: what is recorded
//! - `ending`: how every session ends, so that absence is proved

mod attempts;
mod ending;
mod expect;
pub(crate) mod facts;
pub(crate) mod fields;
mod herd;
mod intake;
mod match_observation;
mod others;
mod own_scripts;
mod perform;
mod questions;
mod queues;
pub(super) mod session;
mod streams;
