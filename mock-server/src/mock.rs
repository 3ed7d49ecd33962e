//! A mock server for tests: it starts from the text of a scenario and stops when it is dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use ssespec_diagnostics::{Diagnostics, Source};
use tokio::sync::mpsc;

use crate::scenario::format::read;
use crate::scenario::journal::{Entry, EntryKind};
use crate::scenario::server::Server;

/// A mock server on a free port of 127.0.0.1. Dropping it closes its port and its connections.
#[derive(Debug)]
pub struct MockServer {
    server: Server,
    incoming: mpsc::UnboundedReceiver<Entry>,
    journal: Vec<Entry>,
}

/// Why a mock server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The scenario has mistakes.
    #[error(transparent)]
    Scenario(#[from] Diagnostics),
    /// No port is available.
    #[error("cannot listen on 127.0.0.1: {0}")]
    Bind(#[source] io::Error),
}

impl MockServer {
    /// Starts a server from a scenario in TOML.
    ///
    /// # Errors
    /// If the scenario has mistakes (the error shows each with its line), or if binding fails.
    pub async fn start(scenario: &str) -> Result<Self, StartError> {
        let scenario = read(&Source::new("scenario", scenario))?;
        let (entries, incoming) = mpsc::unbounded_channel();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::start(address, vec![scenario], entries).await.map_err(StartError::Bind)?;
        Ok(Self { server, incoming, journal: Vec::new() })
    }

    /// The URL of a path, such as `/stream`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}", self.server.url(), path.trim_start_matches('/'))
    }

    /// Everything the server has seen and done so far.
    pub fn journal(&mut self) -> &[Entry] {
        while let Ok(entry) = self.incoming.try_recv() {
            self.journal.push(entry);
        }
        &self.journal
    }

    /// The requests so far, in order of arrival.
    pub fn requests(&mut self) -> Vec<&Entry> {
        self.journal().iter().filter(|entry| matches!(entry.kind, EntryKind::Request { .. })).collect()
    }
}
