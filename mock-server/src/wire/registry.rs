//! The open connections of a listener.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use super::order::Order;

/// The open connections, each with the way to give it orders.
#[derive(Debug)]
pub(super) struct Registry {
    state: Mutex<State>,
    /// Changes whenever a connection has gone.
    gone: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    connections: HashMap<u32, UnboundedSender<Order>>,
    last: u32,
    stopped: bool,
}

/// A connection's place. Dropped when its socket is gone.
#[derive(Debug)]
pub(super) struct Entry {
    registry: Arc<Registry>,
    pub(super) connection: u32,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.registry.state().connections.remove(&self.connection);
        self.registry.gone.send_replace(());
    }
}

impl Registry {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), gone: watch::Sender::new(()) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up a new connection, unless the listener has stopped.
    pub(super) fn enter(
        self: &Arc<Self>,
    ) -> Option<(Entry, UnboundedReceiver<Order>, UnboundedSender<Order>)> {
        let mut state = self.state();
        if state.stopped {
            return None;
        }
        let (sender, orders) = mpsc::unbounded_channel();
        state.last = state.last.wrapping_add(1);
        let connection = state.last;
        state.connections.insert(connection, sender.clone());
        Some((Entry { registry: Arc::clone(self), connection }, orders, sender))
    }

    /// How many are open.
    pub(super) fn len(&self) -> usize {
        self.state().connections.len()
    }

    /// Those that are open now.
    pub(super) fn open(&self) -> Vec<u32> {
        self.state().connections.keys().copied().collect()
    }

    /// Gives an order to those of `connections` that are still open.
    pub(super) fn order(&self, connections: &[u32], order: impl Fn() -> Order) {
        let state = self.state();
        for sender in connections.iter().filter_map(|connection| state.connections.get(connection)) {
            // One that has just ended needs no order.
            let _ = sender.send(order());
        }
    }

    /// Waits until none of `connections` is open.
    pub(super) async fn all_gone(&self, connections: &[u32]) {
        let mut gone = self.gone.subscribe();
        let open = || {
            let state = self.state();
            connections.iter().any(|connection| state.connections.contains_key(connection))
        };
        while open() {
            // The sender is our own, so it is there.
            let _ = gone.changed().await;
        }
    }

    /// Aborts every connection and takes up no other.
    pub(super) fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        for sender in state.connections.values() {
            let _ = sender.send(Order::Abort);
        }
    }
}
