//! The mock server of a test.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::builder::{IntoScenario, Prepared, ScenarioError};
use super::expectation::{Expectation, PATIENCE, Unmet, came};
use crate::action::Drop;
use crate::event::Event;
use crate::scenario::control::Control;
use crate::scenario::journal::{Entry, EntryKind};
use crate::scenario::server::Server;
use crate::scenario::settings::Settings;
use crate::scenario::streams::{OpenStream, Selection};

/// A mock server on a free port of 127.0.0.1.
///
/// Dropping it closes its port and its connections, and panics if requests that the scenario
/// [expects](super::RouteBuilder::expect) have not come, unless the test is already panicking.
#[derive(Debug)]
pub struct MockServer {
    server: Server,
    expected: Vec<Expectation>,
    verified: bool,
}

/// Why a mock server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The scenario has mistakes.
    #[error("{0}")]
    Scenario(#[from] ScenarioError),
    /// No port is available.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// What a test expects and did not get.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mock server did not get what the test expects\n{}\n{came}", .failures.iter().map(|failure| format!("- {failure}")).collect::<Vec<_>>().join("\n"))]
pub struct VerifyError {
    /// What did not hold, in words.
    pub failures: Vec<String>,
    /// The requests that came, one per line.
    pub came: String,
}

impl MockServer {
    /// Starts a server. The scenario is built in code, or it is the text of a scenario file.
    ///
    /// # Errors
    /// If the scenario has mistakes (the error shows each, and how to mend it), or if binding fails.
    pub async fn start(scenario: impl IntoScenario) -> Result<Self, StartError> {
        Self::start_with(scenario, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Settings::default()).await
    }

    /// Starts a server at this address, with these settings.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_with(
        scenario: impl IntoScenario,
        address: SocketAddr,
        settings: Settings,
    ) -> Result<Self, StartError> {
        let Prepared { scenario, expected } = scenario.into_scenario()?;
        let server = Server::start_with(address, vec![scenario], settings, None).await;
        let server = server.map_err(|source| StartError::Bind { address, source })?;
        Ok(Self { server, expected, verified: false })
    }

    /// The URL of a path, such as `/events`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}", self.server.url(), path.trim_start_matches('/'))
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// What can be done with it; clones can be used from other tasks.
    pub fn control(&self) -> &Control {
        self.server.control()
    }

    /// Everything the server has seen and done so far.
    pub fn journal(&self) -> Vec<Entry> {
        self.control().log().entries()
    }

    /// The requests so far, in order of arrival.
    pub fn received_requests(&self) -> Vec<Entry> {
        let mut entries = self.journal();
        entries.retain(|entry| matches!(entry.kind, EntryKind::Request { .. }));
        entries
    }

    /// Waits until the requests have come that are expected, and returns them. Those that came earlier count.
    ///
    /// # Errors
    /// If they do not come in time; the error shows what came instead.
    pub async fn wait_for(&self, expected: Expectation) -> Result<Vec<Entry>, Unmet> {
        expected.wait(self.control().log(), 0).await
    }

    /// The streams that are open.
    pub fn streams(&self) -> Vec<OpenStream> {
        self.control().streams().list(&Selection::default())
    }

    /// Waits until this many streams are open, at most [`PATIENCE`]; returns whether they are.
    pub async fn wait_for_streams(&self, count: usize) -> bool {
        let open = || self.control().streams().count() >= count;
        let opened = async {
            while !open() {
                // A response begins without an entry in the journal.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, opened).await.is_ok()
    }

    /// Writes an event to all open streams now; returns how many got it. Use [`wait_for_streams`](Self::wait_for_streams)
    /// if the client may not have connected yet.
    pub fn push(&self, event: impl Into<Event>) -> usize {
        self.send(event.into().text())
    }

    /// Writes exactly these bytes to all open streams now; returns how many got them.
    pub fn send(&self, bytes: impl AsRef<[u8]>) -> usize {
        self.control().push(&Selection::default(), bytes.as_ref()).connections.len()
    }

    /// Drops all open streams, with FIN or RST; returns how many there were.
    pub fn drop_all(&self, how: Drop) -> usize {
        self.control().streams().drop_connections(&Selection::default(), how).len()
    }

    /// Ends all open streams cleanly; returns how many there were.
    pub fn end_all(&self) -> usize {
        self.control().streams().end(&Selection::default()).len()
    }

    /// Starts the scenario again from its first connections. Open streams go on.
    pub async fn reset(&self) {
        self.control().reset().await;
    }

    /// Whether the requests came that the scenario [expects](super::RouteBuilder::expect), and its scripts got what they
    /// expect. After a failure, dropping the server does not panic again.
    ///
    /// # Errors
    /// If not; the error shows what came instead.
    pub fn verify(&mut self) -> Result<(), VerifyError> {
        self.verified = true;
        self.judge()
    }

    fn judge(&self) -> Result<(), VerifyError> {
        let entries = self.journal();
        let unmet = self.expected.iter().filter_map(|expected| expected.check(&entries).err());
        let unmet = unmet.map(|unmet| format!("expected {}, got {}", unmet.expected, unmet.count));
        let scripts = self.control().verification();
        let failures: Vec<String> = unmet.chain(scripts.failures).chain(scripts.missing).collect();
        if failures.is_empty() { Ok(()) } else { Err(VerifyError { failures, came: came(&entries) }) }
    }

    /// Stops the server, and waits until its port is free and its connections are closed. Verifies nothing.
    pub async fn shutdown(mut self) {
        self.verified = true;
        self.server.stop(Duration::ZERO).await;
    }
}

impl std::ops::Drop for MockServer {
    fn drop(&mut self) {
        if self.verified || std::thread::panicking() {
            return;
        }
        if let Err(error) = self.judge() {
            panic!("{error}");
        }
    }
}
