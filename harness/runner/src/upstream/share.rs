//! One lane's share of the listener behind an intermediary.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ssespec_mock_server::client::Trust;
use ssespec_mock_server::wire::WireEvent;
use tokio::sync::mpsc::UnboundedSender;

use super::downstream::{Bytes, Downstream};
use super::front::Front;
use super::listener::Upstream;
use super::reload::Reload;
use crate::adapter::processes::Processes;

/// One lane's share of the listener behind an intermediary.
#[derive(Debug)]
pub struct Share {
    upstream: Arc<Upstream>,
    front: Box<Front>,
    processes: Processes,
    reload: Option<Reload>,
    downstream: Downstream,
    tell: UnboundedSender<WireEvent>,
    /// The session that runs.
    session: AtomicU64,
}

impl Share {
    pub(super) fn new(
        upstream: Arc<Upstream>,
        (front, processes): (Front, Processes),
        reload: Option<Reload>,
        downstream: Downstream,
        tell: UnboundedSender<WireEvent>,
    ) -> Self {
        let session = AtomicU64::new(0);
        Self { upstream, front: Box::new(front), processes, reload, downstream, tell, session }
    }

    /// The origin at which clients reach the intermediary: `http://127.0.0.1:8080`.
    pub fn front(&self) -> String {
        self.front.http1.origin()
    }

    /// Where clients reach the intermediary.
    pub(crate) fn fronts(&self) -> &Front {
        &self.front
    }

    /// The processes of the intermediary.
    pub(crate) fn processes(&self) -> Processes {
        self.processes
    }

    /// How it is made to reload its configuration.
    pub(crate) fn reload(&self) -> Option<&Reload> {
        self.reload.as_ref()
    }

    /// How certificates in front are verified.
    pub(crate) fn trust(&self) -> &Trust {
        self.downstream.trust()
    }

    /// Takes what was recorded in front in a session.
    pub(crate) fn downstream(&self, session: u64) -> Vec<Bytes> {
        self.downstream.take(session)
    }

    /// A session begins.
    pub(crate) fn begin(&self, session: u64) {
        self.session.store(session, Ordering::Relaxed);
        self.upstream.begin(session, self.tell.clone());
    }

    /// The session is over: what is still being answered is closed.
    pub(crate) async fn end(&self, patience: Duration) {
        self.upstream.end(self.session.load(Ordering::Relaxed), patience).await;
    }
}
