//! An adapter while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::fault::Fault;
use super::footprint::Processes;
use super::identity::Identity;
use super::incoming::Incoming;
use super::seat::Seat;
use super::stderr::Stderr;
use super::task::Task;
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
    pub(super) task: Task,
}

/// Where orders go.
#[derive(Debug)]
pub(super) enum Orders {
    /// To an adapter of which this is the only handle.
    Own(mpsc::UnboundedSender<(u64, Order)>),
    /// To an adapter that several lanes use.
    Seat(Seat),
    /// Nowhere: it gets no more orders.
    None,
}

impl Orders {
    /// The channel of an adapter that nobody shares, which gets no more orders from here.
    pub(super) fn take(&mut self) -> mpsc::UnboundedSender<(u64, Order)> {
        match std::mem::replace(self, Self::None) {
            Self::Own(orders) => orders,
            // What is sent to nobody is dropped.
            Self::Seat(_) | Self::None => mpsc::unbounded_channel().0,
        }
    }
}

impl Adapter {
    /// The identity of the implementation.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Gives an order. An adapter that is gone is noticed by [`Adapter::receive`].
    pub fn order(&self, session: u64, order: Order) {
        match &self.orders {
            // The receiver is gone only with the adapter, whose fault is heard next.
            Orders::Own(orders) => drop(orders.send((session, order))),
            Orders::Seat(seat) => seat.order(session, order),
            Orders::None => {}
        }
    }

    /// Whether other lanes use the adapter too.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.orders, Orders::Seat(_))
    }

    /// Whether another session may begin: this lane has not left the adapter, and as far as other lanes know, no session
    /// has left it in a bad state.
    pub(crate) fn is_sound(&self) -> bool {
        match &self.orders {
            Orders::Own(_) => true,
            Orders::Seat(seat) => seat.is_sound(),
            Orders::None => false,
        }
    }

    /// Leaves the seat in an adapter that other lanes use too.
    pub(crate) fn leave(&mut self) {
        if let Orders::Seat(_) = self.orders {
            self.orders = Orders::None;
        }
    }

    /// Lets no more sessions begin in an adapter that other lanes use too; theirs may end. Returns whether this lane is
    /// the first to find it in a bad state.
    pub(crate) fn retire(&self) -> bool {
        match &self.orders {
            Orders::Seat(seat) => seat.retire(),
            Orders::Own(_) | Orders::None => false,
        }
    }

    /// A handle that shares what can be shared; it gives no orders and hears nothing.
    pub(super) fn without_channels(&self) -> Self {
        Self {
            identity: self.identity.clone(),
            orders: Orders::None,
            heard: mpsc::unbounded_channel().1,
            stderr: self.stderr.clone(),
            unfinished: Arc::clone(&self.unfinished),
            processes: self.processes,
            task: Task::default(),
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
