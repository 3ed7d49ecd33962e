//! A scripted server for Server-Sent Events that writes every byte as told.
//!
//! - [`action`]: what a script can make the server do
//! - [`script`]: the actions as they are written in TOML
//! - [`flow`]: whether a script can be played
//! - [`stream`]: lines and blocks of an event stream
//! - [`scenario`]: scripts for routes, served on their own
//! - [`wire`]: listener, connections, exchanges, and the barrier that keeps write boundaries

pub mod action;
pub mod flow;
pub mod scenario;
pub mod script;
pub mod stream;
pub mod wire;
