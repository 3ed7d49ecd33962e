//! What can be done with a running server from outside.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::journal::{Entry, EntryKind};
use super::log::Log;
use super::route::Scenario;
use super::streams::{Pushed, Selection, Streams};
use super::verification::{Judge, Verification};

/// How much of a push the journal shows, in bytes.
const PUSHED: usize = 4096;

/// An order to a running server.
#[derive(Debug)]
pub(super) enum Change {
    /// Serve these scenarios from now on; the same again if there are none.
    Replace(Option<Vec<Scenario>>, oneshot::Sender<()>),
    /// End the connections with FIN, wait this long for clients to leave, and stop.
    Stop(std::time::Duration),
}

/// What can be done with a running server from outside. Clones control the same server.
#[derive(Debug, Clone)]
pub struct Control {
    log: Log,
    streams: Streams,
    served: Arc<Mutex<Vec<RouteCount>>>,
    judge: Arc<Judge>,
    changes: mpsc::UnboundedSender<Change>,
    forwards: bool,
}

/// A route, and how often it was requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RouteCount {
    /// The route as a request line with its conditions.
    pub route: String,
    /// How many requests it got since the scenarios began.
    pub requests: u64,
}

impl Control {
    pub(super) fn new(
        log: Log,
        judge: Arc<Judge>,
        changes: mpsc::UnboundedSender<Change>,
        forwards: bool,
    ) -> Self {
        Self { log, streams: Streams::default(), served: Arc::default(), judge, changes, forwards }
    }

    /// Whether there is a server to which scenarios can forward.
    pub fn forwards(&self) -> bool {
        self.forwards
    }

    /// The journal.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The open streams.
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Writes bytes to streams now, and to the journal.
    pub fn push(&self, selection: &Selection, bytes: &[u8]) -> Pushed {
        let pushed = self.streams.push(selection, bytes);
        let text = String::from_utf8_lossy(bytes.get(..PUSHED).unwrap_or(bytes)).into_owned();
        let (streams, slow) = (pushed.connections.len(), pushed.slow.len());
        self.log.record(Entry::now(0, EntryKind::Pushed { text, streams, slow }));
        pushed
    }

    /// Starts the scenarios again: routes count their connections from 1, and nothing is verified yet. Open connections
    /// finish their scripts.
    pub async fn reset(&self) {
        self.change(None).await;
    }

    /// Serves other scenarios from now on. Open connections finish their scripts.
    pub async fn replace(&self, scenarios: Vec<Scenario>) {
        self.change(Some(scenarios)).await;
    }

    async fn change(&self, scenarios: Option<Vec<Scenario>>) {
        let (done, changed) = oneshot::channel();
        // A server that has stopped has nothing to replace.
        let _ = self.changes.send(Change::Replace(scenarios, done));
        let _ = changed.await;
    }

    pub(super) fn stop(&self, patience: std::time::Duration) {
        // Ignore a server that has already stopped.
        let _ = self.changes.send(Change::Stop(patience));
    }

    /// What the scripts have verified so far.
    pub fn verification(&self) -> Verification {
        self.judge.verification()
    }

    /// Waits until an expectation of a script has failed, or until every script that expects something is over (every
    /// script, if none expects anything).
    pub async fn done(&self) {
        self.judge.done().await;
    }

    fn served(&self) -> MutexGuard<'_, Vec<RouteCount>> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The routes, with how often each was requested.
    pub fn routes(&self) -> Vec<RouteCount> {
        self.served().clone()
    }

    pub(super) fn serves(&self, routes: impl Iterator<Item = String>) {
        *self.served() = routes.map(|route| RouteCount { route, requests: 0 }).collect();
    }

    pub(super) fn requested(&self, route: usize) {
        if let Some(count) = self.served().get_mut(route) {
            count.requests += 1;
        }
    }
}
