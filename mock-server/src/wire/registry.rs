//! The open connections of a listener.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::watch;

use super::http1::order::{Order, Orders};

/// The open connections, each with a channel for its orders.
#[derive(Debug)]
pub(super) struct Registry {
    state: Mutex<Connections>,
    /// How many connections may be open simultaneously.
    limit: usize,
    /// Signaled whenever a connection is gone.
    gone: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Connections {
    connections: HashMap<u32, Orders>,
    last: u32,
    stopped: bool,
    /// Until when new streams of HTTP/2 are refused.
    refusing: Option<Instant>,
    /// How many were.
    refused: u64,
}

/// The registration of a connection. Dropped when its socket is gone.
#[derive(Debug)]
pub(super) struct Registration {
    registry: Arc<Registry>,
    pub(super) connection: u32,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.registry.state().connections.remove(&self.connection);
        self.registry.gone.send_replace(());
    }
}

impl Registration {
    /// The limit of the listener, if more connections than that are open.
    pub(super) fn crowd(&self) -> Option<usize> {
        Some(self.registry.limit).filter(|limit| self.registry.len() > *limit)
    }

    /// How many connections may be open simultaneously.
    #[cfg(feature = "http2")]
    pub(super) fn limit(&self) -> usize {
        self.registry.limit
    }

    /// Whether a new stream of HTTP/2 is refused, which is counted.
    #[cfg(feature = "http2")]
    pub(super) fn refuses_stream(&self) -> bool {
        let mut state = self.registry.state();
        let is_refused = state.refusing.is_some_and(|end| Instant::now() < end);
        state.refused += u64::from(is_refused);
        is_refused
    }

    /// Registers something that counts as a connection of the same listener, unless it has stopped.
    #[cfg(feature = "http2")]
    pub(super) fn another(&self) -> Option<Registered> {
        self.registry.enter()
    }
}

/// The registration of a connection, with its orders, and where they are given.
pub(super) type Registered = (Registration, UnboundedReceiver<Box<Order>>, Orders);

impl Registry {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), limit, gone: watch::Sender::new(()) })
    }

    fn state(&self) -> MutexGuard<'_, Connections> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a new connection, unless the listener has stopped.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Registered> {
        let mut state = self.state();
        if state.stopped {
            return None;
        }
        let (sender, orders) = mpsc::unbounded_channel();
        state.last = state.last.wrapping_add(1);
        let connection = state.last;
        state.connections.insert(connection, sender.clone());
        Some((Registration { registry: Arc::clone(self), connection }, orders, sender))
    }

    /// Refuses new streams of HTTP/2 for this long.
    pub(super) fn refuse_streams(&self, time: Duration) {
        let end = Instant::now() + time;
        let mut state = self.state();
        state.refusing = Some(state.refusing.map_or(end, |before| before.max(end)));
    }

    /// Refuses them no more.
    pub(super) fn refuse_no_more(&self) {
        self.state().refusing = None;
    }

    /// How many were refused.
    pub(super) fn refused_streams(&self) -> u64 {
        self.state().refused
    }

    /// The number of open connections.
    pub(super) fn len(&self) -> usize {
        self.state().connections.len()
    }

    /// The connections that are open now.
    pub(super) fn open(&self) -> Vec<u32> {
        self.state().connections.keys().copied().collect()
    }

    /// Sends an order to those of `connections` that are still open.
    pub(super) fn order(&self, connections: &[u32], order: impl Fn() -> Order) {
        let state = self.state();
        for sender in connections.iter().filter_map(|connection| state.connections.get(connection)) {
            // Ignore a connection that has just ended.
            let _ = sender.send(Box::new(order()));
        }
    }

    /// Waits until there are fewer open connections than this.
    pub(super) async fn fewer_than(&self, count: usize) {
        let mut gone = self.gone.subscribe();
        while self.len() >= count {
            // The sender is `self.gone`, so it still exists.
            let _ = gone.changed().await;
        }
    }

    /// Waits until all of `connections` are closed.
    pub(super) async fn all_gone(&self, connections: &[u32]) {
        let mut gone = self.gone.subscribe();
        let open = || {
            let state = self.state();
            connections.iter().any(|connection| state.connections.contains_key(connection))
        };
        while open() {
            // The sender is `self.gone`, so it still exists.
            let _ = gone.changed().await;
        }
    }

    /// Aborts every connection and accepts no more registrations.
    pub(super) fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        for sender in state.connections.values() {
            let _ = sender.send(Box::new(Order::Abort));
        }
    }
}
