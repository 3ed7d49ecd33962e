//! The conformance test suite for Server-Sent Events, for Rust.
//!
//! Cases in TOML drive a scripted mock server against a client, or a scripted client against a server. In `cargo test`,
//! each case is a test. For other languages, browsers and continuous integration, use the
//! [`ssespec` command](https://github.com/ssespec/ssespec).
//!
//! # Test a client
//!
//! An async function connects your client and reports what it does. The test needs `harness = false` in Cargo.toml; see
//! [`client`] for capabilities, known failures and filters.
//!
//! ```no_run
//! // tests/conformance.rs
//! use ssespec::{Capability, Event};
//! # struct Source;
//! # struct Message { name: String, data: String }
//! # impl Source { async fn next(&mut self) -> Option<Result<Message, std::io::Error>> { None } fn close(self) {} }
//! # fn connect(url: &str) -> Source { Source }
//!
//! fn main() -> std::process::ExitCode {
//!     ssespec::client("my-client", |request, observer| async move {
//!         let mut source = connect(&request.url); // your client
//!         while let Some(item) = observer.until_close(source.next()).await {
//!             match item {
//!                 Ok(message) => observer.event(Event::new(message.data).kind(message.name)),
//!                 Err(error) => observer.error(error),
//!             }
//!         }
//!         source.close();
//!     })
//!     .capabilities([Capability::Reconnect, Capability::Close, Capability::Errors, Capability::EventType])
//!     .main()
//! }
//! ```
//!
//! # Test a server
//!
//! An async function starts your server and passes the harness's events to it; see [`server`](fn@server).
//!
//! ```no_run
//! // tests/conformance.rs
//! use ssespec::{Capability, Emit, ServerOrder};
//! # struct MyServer;
//! # impl MyServer {
//! #     async fn start(_: impl Fn() + Send + 'static) -> Self { Self }
//! #     fn url(&self) -> String { String::new() }
//! #     async fn send(&self, _: Option<String>, _: String) -> Result<(), std::io::Error> { Ok(()) }
//! # }
//!
//! fn main() -> std::process::ExitCode {
//!     ssespec::server("my-server", |mut session| async move {
//!         let observer = session.observer();
//!         let server = MyServer::start(move || observer.connected(None)).await; // your server
//!         session.serving(server.url());
//!         while let Some(order) = session.next().await {
//!             if let ServerOrder::Emit(Emit::Event { kind, data, .. }) = order {
//!                 match server.send(kind, data).await {
//!                     Ok(()) => session.emitted(),
//!                     Err(error) => session.refused(error),
//!                 }
//!             }
//!         }
//!     })
//!     .capabilities([Capability::EventType])
//!     .main()
//! }
//! ```
//!
//! # Use the mock server in a test
//!
//! The mock server is a separate crate, `ssespec-mock-server`: it writes exactly the bytes of a script, drops
//! connections on cue, and keeps a journal.
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
//! let server = MockServer::start(scenario).await?;
//! let url = server.url("/stream"); // connect your client to it
//! # assert!(url.ends_with("/stream"));
//! for request in server.received_requests() {
//!     println!("{:?}", request.header("last-event-id"));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! Data flows one way: cases, plan, transcript, verdict, results file.
//!
//! - [`adapter`]: connecting the harness to an implementation
//! - `page`: the page through which browsers are tested (feature `page`)
//! - [`protocol`]: the messages between the two
//! - [`delivery`]: how a case's bytes are cut into writes
//! - [`findings`]: findings of the strict reader, in words
//! - [`session`]: an implementation running one case
//! - [`run`]: the plan, the lanes, and the results
//! - [`implementation`], [`setup`], [`baseline_file`]: an implementation's folder; [`engine`]: the browsers that it may
//!   name
//! - [`target`]: the URL of an event stream
//! - `program`: a proxy that the harness starts (feature `intermediary`)
//! - `upstream`: the origin behind an intermediary (feature `intermediary`)
//! - [`manual`]: a case served for curl or a browser by `ssespec mock --case`
//! - [`cargo_test`]: the suite as tests of a crate

pub mod adapter;
#[cfg(all(feature = "command", feature = "server"))]
pub mod adapter_check;
#[cfg(feature = "write-baseline")]
pub mod baseline_file;
pub mod cargo_test;
pub mod delivery;
pub mod engine;
#[cfg(feature = "server")]
pub mod findings;
pub mod implementation;
#[cfg(feature = "command")]
pub mod manual;
#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "intermediary")]
pub mod program;
pub mod protocol;
mod role;
pub mod run;
pub mod session;
#[cfg(feature = "command")]
pub mod setup;
#[cfg(feature = "intermediary")]
pub mod upstream;
#[cfg(feature = "server")]
pub use ssespec_mock_server::client::target;

pub use adapter::in_process::client::Observer;
#[cfg(feature = "server")]
pub use adapter::in_process::server::{ServerObserver, ServerSession};
pub use cargo_test::suite::client;
#[cfg(feature = "server")]
pub use cargo_test::suite::server;
#[cfg(feature = "server")]
pub use protocol::server::{Emit, ServerOrder};
pub use protocol::{ConnectRequest, Event};
pub use ssespec_cases::Capability;
pub use ssespec_cases::client::ReadyState;
