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
        let (done, mut answer) = oneshot::channel();
        self.orders.send(order(done)).map_err(|_| PeerGone)?;
        tokio::select! {
            biased;
            answer = &mut answer => answer.map_err(|_| PeerGone),
            // An order that is sent while the receiver is being dropped stays in the channel, and is answered only when
            // the last sender, which is this handle, is gone.
            () = self.orders.closed() => answer.try_recv().map_err(|_| PeerGone),
        }
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use tokio::sync::mpsc;

    use super::*;

    const ROUNDS: usize = 20_000;

    #[tokio::test]
    async fn an_order_to_a_connection_that_is_just_ending_is_answered() {
        // The other thread drops the receiver of a round as soon as `round` says so.
        let (receiver, ready, round) = (Mutex::new(None), AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let (receiver, ready) = (Arc::new(receiver), Arc::new(ready));
        let connections = std::thread::spawn({
            let (receiver, ready, round) = (Arc::clone(&receiver), Arc::clone(&ready), Arc::clone(&round));
            move || {
                for number in 1..=ROUNDS {
                    let ending: mpsc::UnboundedReceiver<Order> = loop {
                        match receiver.lock().unwrap().take() {
                            Some(receiver) => break receiver,
                            None => std::thread::yield_now(),
                        }
                    };
                    ready.store(number, Ordering::SeqCst);
                    while round.load(Ordering::SeqCst) < number {}
                    drop(ending);
                }
            }
        });
        for number in 1..=ROUNDS {
            let (sender, ending) = mpsc::unbounded_channel();
            *receiver.lock().unwrap() = Some(ending);
            let handle = ConnectionHandle::new(1, sender);
            while ready.load(Ordering::SeqCst) < number {
                std::thread::yield_now();
            }
            round.store(number, Ordering::SeqCst);
            let order = handle.order(|done| Order::Drop { how: crate::action::Drop::Fin, done });
            let answer = tokio::time::timeout(Duration::from_secs(10), order).await;
            assert_eq!(answer, Ok(Err(PeerGone)), "round {number}");
        }
        connections.join().unwrap();
    }
}
