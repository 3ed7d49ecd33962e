//! An intermediary that is running: where clients reach it, and what it forwards to.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use ssespec_mock_server::wire::WireEvent;
use ssespec_reports::advice::KnownProxy;
use tokio::sync::mpsc::UnboundedSender;

use super::downstream::Downstream;
use super::front::Front;
use super::listener::Upstream;
use super::reload::Reload;
use super::share::Share;
use crate::adapter::in_process::client::Client;
use crate::adapter::processes::Processes;

/// An intermediary that is running.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Its name, if it is known. Otherwise its responses tell.
    pub name: Option<String>,
    /// Its version, if it is known. Otherwise its responses may tell.
    pub version: Option<String>,
    /// Where clients reach it.
    pub front: Front,
    /// Which known program it is; recognized by its responses if this is not said.
    pub program: Option<KnownProxy>,
    /// Its processes; `Own` if they are not known, since it may be one of this process.
    pub processes: Processes,
    /// How it is made to reload its configuration, if it can be.
    pub reload: Option<Reload>,
    /// What it forwards to.
    pub upstream: Arc<Upstream>,
    /// The client that plays the cases for clients through it.
    pub client: Client,
    /// What this client records of its connections.
    pub downstream: Downstream,
}

impl Proxy {
    /// The share of a lane.
    pub(crate) fn share(&self, tell: UnboundedSender<WireEvent>) -> Share {
        let upstream = Arc::clone(&self.upstream);
        let place = (self.front.clone(), self.processes);
        Share::new(upstream, place, self.reload.clone(), self.downstream.clone(), tell)
    }

    /// The numbers of sessions.
    pub(crate) fn numbers(&self) -> Arc<AtomicU64> {
        self.upstream.numbers()
    }
}
