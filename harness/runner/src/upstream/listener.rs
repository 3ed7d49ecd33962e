//! The listener at the address to which an intermediary forwards.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ssespec_mock_server::action::Respond;
use ssespec_mock_server::wire::{BarrierMode, Listener, Options, Versions, WireEvent};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::routes::Routes;

/// How many connections may be open simultaneously: cases open hundreds of streams.
const CONNECTIONS: usize = 4096;

/// How many sessions a run has at most. The numbers of two runs are that far apart, so that what an intermediary has
/// kept of an earlier run is not taken for this one's.
const SESSIONS: u64 = 100_000;

/// The listener at the address to which an intermediary forwards, for all sessions of a run.
#[derive(Debug)]
pub struct Upstream {
    listener: Listener,
    routes: Arc<Mutex<Routes>>,
    routing: JoinHandle<()>,
    /// Who waits until what has happened so far is routed.
    routed: UnboundedSender<oneshot::Sender<()>>,
    /// The number of the last session.
    numbers: Arc<AtomicU64>,
}

impl Upstream {
    /// Listens at an address. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// If binding fails.
    pub async fn open(address: SocketAddr, barrier: BarrierMode) -> io::Result<Arc<Self>> {
        let (tell, mut events) = mpsc::unbounded_channel::<WireEvent>();
        let versions = Versions::Http1And2;
        let options = Options { barrier, connection_limit: CONNECTIONS, versions, ..Options::default() };
        let listener = Listener::bind(address, options, tell, 0).await?;
        let routes = Arc::new(Mutex::new(Routes::default()));
        let of_task = Arc::clone(&routes);
        let (routed, mut waiting) = mpsc::unbounded_channel::<oneshot::Sender<()>>();
        let routing = tokio::spawn(async move {
            loop {
                let event = tokio::select! {
                    biased;
                    event = events.recv() => event,
                    Some(done) = waiting.recv() => {
                        let _ = done.send(());
                        continue;
                    }
                };
                let Some(event) = event else { return };
                let stray = of_task.lock().unwrap_or_else(PoisonError::into_inner).pass(event);
                if let Some(mut exchange) = stray {
                    tokio::spawn(async move {
                        let not_found = Respond { status: 404, ..Respond::default() };
                        // The intermediary may have left already.
                        let _ = exchange.respond(&not_found, str::to_owned).await;
                    });
                }
            }
        });
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let numbers = Arc::new(AtomicU64::new(seconds % 1_000_000 * SESSIONS));
        Ok(Arc::new(Self { listener, routes, routing, routed, numbers }))
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The numbers of sessions.
    pub(crate) fn numbers(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.numbers)
    }

    /// The number of a session of its own, for what is not a case.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The targets of requests that belong to no session, the first of them.
    pub(crate) fn strays(&self) -> Vec<String> {
        self.routes().strays().to_vec()
    }

    /// Whether the intermediary has asked over HTTP/2, so that sessions share its connections.
    pub(crate) fn is_multiplexed(&self) -> bool {
        self.routes().is_multiplexed()
    }

    pub(super) fn begin(&self, session: u64, tell: UnboundedSender<WireEvent>) {
        self.routes().add(session, tell);
    }

    /// Closes the connections on which a request of a session is still being answered. The others are the
    /// intermediary's to use again or to close.
    pub(super) async fn end(&self, session: u64, patience: Duration) {
        // An end that has not been routed yet would make an idle connection look busy, which another session may use next.
        let (done, routed) = oneshot::channel();
        if self.routed.send(done).is_ok() {
            let _ = routed.await;
        }
        let busy = self.routes().busy(session);
        self.listener.close_these(&busy, patience).await;
    }

    fn routes(&self) -> MutexGuard<'_, Routes> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.routing.abort();
    }
}
