//! The cases for servers under `cargo test`.
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
//!                 // Not asked for without the capabilities.
//!                 _ => {}
//!             }
//!         }
//!     })
//!     .capabilities([Capability::EventType, Capability::End])
//!     .baseline("tests/ssespec.toml")
//!     .main()
//! }
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use ssespec_cases::Capability;

use super::Suite;
use crate::adapter::in_process::Outcome;
use crate::adapter::in_process_server::{Server, ServerSession};
use crate::run::Launch;

/// A server under test, and how it is tested.
#[derive(Debug)]
pub struct ServerSuite {
    server: Server,
    suite: Suite,
}

/// A suite for a server that is driven by an async function: it is called once a session, says where the session's
/// streams are served, does what it is told, and returns when [`ServerSession::next`] gives nothing more. All that it
/// has served may be gone then.
///
/// It runs on a tokio runtime of its own, a fresh one for each test.
pub fn server<F, R>(name: &str, server: F) -> ServerSuite
where
    F: Fn(ServerSession) -> R + Send + Sync + 'static,
    R: Future<Output: Outcome> + Send + 'static,
{
    ServerSuite { server: Server::new(name, server), suite: Suite::default() }
}

impl ServerSuite {
    /// What the server's API can reach; cases that need more are ignored, with the reason.
    #[must_use]
    pub fn capabilities(mut self, capabilities: impl IntoIterator<Item = Capability>) -> Self {
        self.server.identity_mut().capabilities = capabilities.into_iter().collect();
        self
    }

    /// A file of known failures, as for [clients](super::ClientSuite::baseline).
    #[must_use]
    pub fn baseline(mut self, file: impl Into<PathBuf>) -> Self {
        self.suite.baseline = Some(file.into());
        self
    }

    /// A folder of cases instead of those that are built in.
    #[must_use]
    pub fn cases(mut self, folder: impl Into<PathBuf>) -> Self {
        self.suite.cases = Some(folder.into());
        self
    }

    /// Runs the cases of these suites only, all of which decide then.
    #[must_use]
    pub fn suites(mut self, suites: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.suite.selection.suites = suites.into_iter().map(Into::into).collect();
        self
    }

    /// Runs the suite with the arguments of the command line, as for [clients](super::ClientSuite::main).
    pub fn main(self) -> ExitCode {
        let capabilities = self.server.identity().capabilities.clone();
        self.suite.main(Launch::ServerInProcess(self.server), &capabilities)
    }
}
