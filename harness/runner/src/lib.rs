//! The conformance test suite for Server-Sent Events.
//!
//! Cases described in TOML drive a scripted mock server against an implementation, which is connected by an adapter.
//! Data flows one way: cases, plan, transcript, verdict, results file, renderings.
//!
//! To test a Rust client in `cargo test`, see [`cargo_test`]; for every other language and for continuous integration
//! there is the `ssespec` command.
//!
//! - [`adapter`]: what connects the harness to an implementation
//! - `page`: the page through which browsers are tested (feature `page`)
//! - [`protocol`]: the messages between the two
//! - [`delivery`]: how a case's bytes are cut into writes
//! - [`findings`]: what the strict reader found, in words
//! - [`session`]: an implementation living through one case
//! - [`run`]: the plan, the lanes, and what the results come to
//! - [`implementation`], [`setup`], [`baseline_file`]: an implementation's folder
//! - [`target`]: the URL of an event stream
//! - [`by_hand`]: a case served for curl or a browser
//! - [`cargo_test`]: the suite as tests of a crate

pub mod adapter;
pub mod baseline_file;
pub mod by_hand;
pub mod cargo_test;
pub mod delivery;
pub mod findings;
pub mod implementation;
#[cfg(feature = "page")]
pub mod page;
pub mod protocol;
pub mod run;
mod serving;
pub mod session;
pub mod setup;
pub mod target;

pub use adapter::in_process::Observer;
pub use adapter::in_process_server::{ServerObserver, ServerSession};
pub use cargo_test::client;
pub use cargo_test::server::server;
pub use protocol::serving::{Emit, ServerOrder};
pub use protocol::{ConnectRequest, Event};
pub use ssespec_cases::Capability;
pub use ssespec_cases::case::ReadyState;
