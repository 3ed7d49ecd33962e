//! An adapter that is an async function of this process: how Rust implementations are tested in `cargo test`.
//!
//! - [`client`], [`server`]: a function for each role, and what it is given
//! - [`function`]: what both have in common
//! - `session`: a session while its function runs

pub mod client;
pub mod function;
#[cfg(feature = "server")]
pub mod server;
mod session;
