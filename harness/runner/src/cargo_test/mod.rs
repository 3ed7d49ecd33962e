//! The suite under `cargo test`: every case is a test with a name, filters and `--list` as for any other.
//!
//! ```no_run
//! // tests/conformance.rs, with `harness = false` for this test in Cargo.toml
//! use ssespec::{Capability, Event};
//! # struct Source;
//! # struct Message { name: String, data: String }
//! # impl Source { async fn next(&mut self) -> Option<Result<Message, std::io::Error>> { None } fn close(self) {} }
//! # fn connect(url: &str) -> Source { Source }
//!
//! fn main() -> std::process::ExitCode {
//!     ssespec::client("my-client", |request, observer| async move {
//!         let mut source = connect(&request.url);
//!         while let Some(item) = observer.until_close(source.next()).await {
//!             match item {
//!                 Ok(message) => observer.event(Event::new(message.data).kind(message.name)),
//!                 Err(error) => observer.error(error),
//!             }
//!         }
//!         source.close();
//!     })
//!     .capabilities([Capability::Reconnect, Capability::Close, Capability::Errors, Capability::EventType])
//!     .baseline("tests/ssespec.toml")
//!     .main()
//! }
//! ```
//!
//! A test passes if its case does, or if it fails as the baseline says; it is listed as `[known failure]` then. A failing
//! test prints everything a maintainer needs: the requirement, the step, what
//! was expected and observed, the bytes, and the command that runs it again. A test that neither passes nor fails is
//! `ignored`, with the reason: a `should` that does not hold, a failure in a suite that does not decide
//! conformance, or a missing capability.
//!
//! A server is tested in the same way:
//!
//! ```no_run
//! // tests/conformance.rs, with `harness = false` for this test in Cargo.toml
//! use ssespec::{Capability, Emit, ServerOrder, ServerSession};
//! # struct MyServer;
//! # struct Visitor { last_event_id: Option<String> }
//! # impl MyServer {
//! #     async fn start(_: impl Fn(&Visitor) + Send + 'static) -> Self { Self }
//! #     fn url(&self) -> String { String::new() }
//! #     async fn send(&self, _: Option<String>, _: String) -> Result<(), std::io::Error> { Ok(()) }
//! #     async fn end(&self) {}
//! # }
//!
//! fn main() -> std::process::ExitCode {
//!     ssespec::server("my-server", |mut session: ServerSession| async move {
//!         let observer = session.observer();
//!         let server = MyServer::start(move |visitor| {
//!             observer.connected(Some(visitor.last_event_id.as_deref().unwrap_or_default()));
//!         })
//!         .await;
//!         session.serving(server.url());
//!         while let Some(order) = session.next().await {
//!             match order {
//!                 ServerOrder::Emit(Emit::Event { kind, data, .. }) => match server.send(kind, data).await {
//!                     Ok(()) => session.emitted(),
//!                     Err(error) => session.refused(error),
//!                 },
//!                 ServerOrder::End => server.end().await,
//!                 // Not sent without the capabilities.
//!                 _ => {}
//!             }
//!         }
//!     })
//!     .capabilities([Capability::EventType, Capability::End])
//!     .baseline("tests/ssespec.toml")
//!     .main()
//! }
//! ```
//!
//! A known failure that passes fails its test, and entries of the baseline that match no case fail the test `baseline`. With
//! `SSESPEC_WRITE_BASELINE=1`, the failures of a run become known failures, and those that pass are removed (feature
//! `write-baseline`, on by default).
//!
//! - [`suite`]: an implementation under test, and its options
//! - `trial`: one test
//! - `known`: the baseline as a file of the package; `write`: writing it
//! - `cargo_target`: the test target of this process; `error`: why no test can run

mod cargo_target;
mod error;
mod known;
pub mod suite;
mod trial;
#[cfg(feature = "write-baseline")]
mod write;
