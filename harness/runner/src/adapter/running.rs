//! An adapter while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::fault::Fault;
use super::identity::Identity;
use super::incoming::Incoming;
use super::processes::Processes;
#[cfg(feature = "command")]
use super::seat::Seat;
use super::stderr::Stderr;
use super::task::Task;
use crate::adapter::reach::Reach;
use crate::protocol::Order;

/// A running adapter.
#[derive(Debug)]
pub struct Adapter {
    pub(super) identity: Identity,
    pub(super) orders: Orders,
    pub(super) heard: mpsc::UnboundedReceiver<Incoming>,
    pub(super) stderr: Stderr,
    pub(super) unfinished: Arc<AtomicUsize>,
    pub(super) processes: Processes,
    #[cfg_attr(not(feature = "server"), expect(dead_code, reason = "only servers serve"))]
    pub(super) reach: Reach,
    pub(super) task: Task,
}

/// Where orders go.
#[derive(Debug)]
pub(super) enum Orders {
    /// To an adapter of which this is the only handle.
    Own(mpsc::UnboundedSender<(u64, Order)>),
    /// To an adapter that several lanes use.
    #[cfg(feature = "command")]
    Seat(Seat),
    /// Nowhere: it gets no more orders.
    None,
}

impl Adapter {
    /// The identity of the implementation.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Which hosts it may serve at.
    #[cfg(feature = "server")]
    pub(crate) fn reach(&self) -> Reach {
        self.reach
    }

    /// Gives an order. An adapter that is gone is noticed by [`Adapter::receive`].
    pub fn order(&self, session: u64, order: Order) {
        match &self.orders {
            // The receiver is gone only with the adapter, whose fault is heard next.
            Orders::Own(orders) => drop(orders.send((session, order))),
            #[cfg(feature = "command")]
            Orders::Seat(seat) => seat.order(session, order),
            Orders::None => {}
        }
    }

    /// Asks the adapter to exit: it gets no more orders. One that other lanes use too is asked by its owner.
    pub fn dismiss(&mut self) {
        if let Orders::Own(_) = self.orders {
            self.orders = Orders::None;
        }
    }

    /// Waits for the adapter's next message. Dropping the future loses nothing.
    pub async fn receive(&mut self) -> Incoming {
        self.heard.recv().await.unwrap_or(Incoming::Fault(Fault::Gone))
    }

    /// Which processes it consists of.
    pub fn processes(&self) -> Processes {
        self.processes
    }

    /// The end of what the adapter has written to stderr.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// How many bytes the adapter has written since its last newline.
    pub fn unfinished_line(&self) -> usize {
        self.unfinished.load(Ordering::Relaxed)
    }

    /// Kills the adapter and all its children immediately. It is unusable afterwards.
    pub async fn kill(&mut self) {
        std::mem::take(&mut self.task).end(Duration::ZERO).await;
    }

    /// Ends the adapter and all its children: it has this long to exit, then it is killed.
    pub async fn stop(self, grace: Duration) {
        let Self { orders, heard, task, .. } = self;
        drop((orders, heard));
        task.end(grace).await;
    }
}
