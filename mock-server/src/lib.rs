//! A scripted server for Server-Sent Events that writes exactly the bytes it is given.
//!
//! In a test, start a [`MockServer`] from a scenario, connect your client, and assert on what the server saw:
//!
//! ```
//! use ssespec_mock_server::MockServer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scenario = r#"
//!     [[route]]
//!     path = "/stream"
//!
//!     [[route.connection]]
//!     steps = [{ send = "id: 1\ndata: hello\n\n" }, { drop = "reset" }]
//! "#;
//! let mut server = MockServer::start(scenario).await?;
//! let url = server.url("/stream"); // connect your client to it
//! # assert!(url.ends_with("/stream"));
//! for request in server.requests() {
//!     println!("{:?}", request.header("last-event-id"));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`mock`]: a server for a test
//! - [`action`]: what a script can make the server do
//! - [`script`]: the actions as they are written in TOML
//! - [`flow`]: whether a script can be played
//! - [`stream`]: lines and blocks of an event stream
//! - [`scenario`]: scripts for routes, served on their own
//! - [`wire`]: listener, connections, exchanges, and the barrier that keeps write boundaries

pub mod action;
pub mod flow;
#[cfg(feature = "scenarios")]
pub mod mock;
#[cfg(feature = "command")]
pub mod presets;
#[cfg(feature = "command")]
pub mod record;
#[cfg(feature = "scenarios")]
pub mod scenario;
pub mod script;
pub mod stream;
pub mod wire;

#[cfg(feature = "scenarios")]
pub use mock::MockServer;
