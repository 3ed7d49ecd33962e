//! A connection as seen from its exchanges.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::order::{Done, Order};

/// Nothing more can be written: the peer has left, the connection was closed at the end of a session, or the
/// response is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is no longer open to this exchange; the transcript says who closed it")]
pub struct PeerGone;

/// A connection as seen from its exchanges.
#[derive(Debug)]
pub(in crate::wire) struct ConnectionHandle {
    pub(in crate::wire) connection: u32,
    orders: UnboundedSender<Order>,
    closed: AtomicBool,
    peer_gone: AtomicBool,
}

impl ConnectionHandle {
    pub(in crate::wire) fn new(connection: u32, orders: UnboundedSender<Order>) -> Self {
        Self { connection, orders, closed: AtomicBool::new(false), peer_gone: AtomicBool::new(false) }
    }

    /// Nothing more will be written.
    pub(in crate::wire) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// The peer has left.
    pub(in crate::wire) fn set_peer_gone(&self) {
        self.peer_gone.store(true, Ordering::Release);
    }

    /// Whether orders are still taken.
    pub(in crate::wire) fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Acquire) && !self.orders.is_closed()
    }

    /// Whether the peer has left.
    pub(in crate::wire) fn is_peer_gone(&self) -> bool {
        self.peer_gone.load(Ordering::Acquire)
    }

    /// Gives an order and waits until it is done. If the future is dropped, the order is still executed.
    pub(in crate::wire) async fn order(&self, order: impl FnOnce(Done) -> Order) -> Result<(), PeerGone> {
        let (done, answer) = oneshot::channel();
        self.orders.send(order(done)).map_err(|_| PeerGone)?;
        answer.await.map_err(|_| PeerGone)
    }
}

/// How many bytes of an answer were written so far, also while a write is in progress.
#[derive(Debug, Clone, Default)]
pub struct Written(Arc<AtomicU64>);

impl Written {
    /// The number of bytes.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    pub(in crate::wire) fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Release);
    }
}
