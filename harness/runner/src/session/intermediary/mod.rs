//! An intermediary running one case: the harness is the origin behind it and the client in front of it.
//!
//! The client in front is that of server cases: a socket with a strict reader. The origin is the mock server.
//!
//! - [`preflight`]: whether it forwards to the harness, and what it can do
//! - `session`: its state, and playing its script
//! - `group`: the streams of one name, in front and at the origin
//! - `content`: what was sent and what has arrived on a stream; `decoder`: content codings
//! - `intake`: taking in what comes from both sides
//! - `front`, `origin`: what the harness does on either side
//! - `expect`, `matching`: what must be observed
//! - `field_changes`: which fields it adds and removes
//! - `ending`: how every session ends

mod content;
mod decoder;
mod ending;
mod expect;
mod field_changes;
mod front;
mod group;
mod intake;
mod matching;
mod origin;
pub mod preflight;
pub(super) mod session;
