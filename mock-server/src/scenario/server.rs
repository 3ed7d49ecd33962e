//! A server of scenarios.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::control::Control;
use super::journal::Entry;
use super::log::Log;
use super::play::Stage;
use super::route::Scenario;
use super::serving::Serving;
use super::settings::Settings;
use super::verification::{Judge, Verification};
use crate::wire::{BarrierMode, Listener, Options};

/// A running mock server. Dropping it stops it; [`Server::shutdown`] also waits until it has stopped.
#[derive(Debug)]
pub struct Server {
    url: String,
    address: SocketAddr,
    listener: Arc<Listener>,
    control: Control,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Serves scenarios at this address (port 0 for any free port). Entries are sent to the journal.
    ///
    /// # Errors
    /// If binding fails.
    pub async fn start(
        address: SocketAddr,
        scenarios: Vec<Scenario>,
        journal: mpsc::UnboundedSender<Entry>,
    ) -> io::Result<Self> {
        Self::start_with(address, scenarios, Settings::default(), Some(journal)).await
    }

    /// Serves scenarios with these settings. Entries are also sent to `journal`.
    ///
    /// # Errors
    /// If binding fails.
    pub async fn start_with(
        address: SocketAddr,
        scenarios: Vec<Scenario>,
        settings: Settings,
        journal: Option<mpsc::UnboundedSender<Entry>>,
    ) -> io::Result<Self> {
        let (events, wire) = mpsc::unbounded_channel();
        let barrier = scenarios.iter().any(|scenario| scenario.barrier == BarrierMode::Auto);
        let options = Options {
            barrier: if barrier { BarrierMode::Auto } else { BarrierMode::Off },
            body_limit: settings.limits.body,
            connection_limit: settings.limits.connections,
            memory_limit: settings.limits.memory,
            detail: settings.detail,
            versions: settings.versions,
            tls: settings.tls,
            ..Options::default()
        };
        let listener = Arc::new(Listener::bind(address, options, events, 0).await?);
        if let Some(diversion) = settings.diversion {
            listener.divert(diversion);
        }
        let (orders, received) = mpsc::unbounded_channel();
        let (notes, noted) = mpsc::unbounded_channel();
        let url = format!("{}/", listener.url());
        let address = listener.address();
        let judge = Arc::new(Judge::new(&[]));
        let forwards = scenarios.iter().any(|scenario| scenario.upstream.is_some());
        let control = Control::new(Log::new(journal), Arc::clone(&judge), orders, forwards);
        let stage =
            Stage { listener: Arc::clone(&listener), base: url.clone(), notes, judge, clock: Arc::default() };
        let serving = Serving::new(scenarios, control.clone(), stage);
        let task = tokio::spawn(serving.serve(wire, noted, received));
        Ok(Self { url, address, listener, control, task })
    }

    /// The server's URL, with a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What can be done with it from outside.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Serves other scenarios from now on. Routes count their connections from 1 again, and nothing is verified yet;
    /// open connections finish their scripts.
    pub async fn replace(&self, scenarios: Vec<Scenario>) {
        self.control.replace(scenarios).await;
    }

    /// What was verified so far.
    pub fn verification(&self) -> Verification {
        self.control.verification()
    }

    /// Waits until an expectation has failed, or until every script that expects something is over (every script, if none
    /// expects anything).
    pub async fn done(&self) {
        self.control.done().await;
    }

    /// Stops the server and resets its connections. When this returns, its port is free.
    pub async fn shutdown(self) {
        self.close(Duration::ZERO).await;
    }

    /// Ends the connections with FIN, waits until their clients have left (at most `patience`; not at all if that is
    /// zero), and stops the server. When this returns, its port is free. Returns what was verified, including what
    /// happened immediately before.
    pub async fn close(mut self, patience: Duration) -> Verification {
        self.stop(patience).await;
        self.verification()
    }

    /// As [`close`](Self::close).
    pub(crate) async fn stop(&mut self, patience: Duration) {
        self.control.stop(patience);
        let _ = (&mut self.task).await;
        self.listener.close_down().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Now, and not when the task is next polled: a client that connects from now on is refused.
        self.listener.close();
        self.task.abort();
    }
}
