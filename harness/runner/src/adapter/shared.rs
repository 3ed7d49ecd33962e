//! An adapter that runs several sessions at the same time, each lane's in a seat of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::incoming::Incoming;
use super::running::{Adapter, Orders};
use super::seat::Seats;
use super::task::Task;
use crate::protocol::Order;

/// An adapter that several lanes use. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Shared {
    seats: Seats,
    limit: usize,
    /// What all seats have in common.
    common: Adapter,
    end: oneshot::Sender<Duration>,
    router: Task,
}

impl Shared {
    /// Shares an adapter in which no session runs.
    pub(crate) fn new(mut adapter: Adapter) -> Self {
        let orders = adapter.orders.take();
        let seats = Seats::new(orders);
        let common = adapter.without_channels();
        let limit = adapter.identity().sessions.get();
        let (end, ended) = oneshot::channel();
        let router = Task::spawn(route(adapter, seats.clone(), ended));
        Self { seats, limit, common, end, router }
    }

    /// The adapter as one lane sees it; `None` if it runs as many sessions as it can, or no more may begin in it.
    pub(crate) fn seat(&self) -> Option<Adapter> {
        let (seat, heard) = self.seats.take(self.limit)?;
        Some(Adapter { orders: Orders::Seat(seat), heard, ..self.common.without_channels() })
    }

    /// Whether sessions may begin in it.
    pub(crate) fn is_sound(&self) -> bool {
        self.seats.are_sound()
    }

    /// Whether it has said nothing for a while, although it was given an order.
    pub(crate) fn is_silent(&self) -> bool {
        self.seats.is_silent()
    }

    /// Asks the adapter to exit: it gets no more orders.
    pub(crate) fn dismiss(&self) {
        self.seats.dismiss();
    }

    /// Ends the adapter and all its children: it has this long to exit, then it is killed.
    pub(crate) async fn stop(self, grace: Duration) {
        self.seats.dismiss();
        // The router may have ended with the adapter.
        let _ = self.end.send(grace);
        self.router.end(grace + KILLING).await;
    }
}

/// How long killing may take in addition.
const KILLING: Duration = Duration::from_secs(2);

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

    /// Whether other lanes use it too, and it has said nothing for a while, although it was given an order.
    pub(crate) fn is_silent(&self) -> bool {
        match &self.orders {
            Orders::Seat(seat) => seat.is_silent(),
            Orders::Own(_) | Orders::None => false,
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
            reach: self.reach,
            task: Task::default(),
        }
    }
}

/// Passes on what an adapter shows, until it is unusable or not needed any more.
async fn route(mut adapter: Adapter, seats: Seats, mut ended: oneshot::Receiver<Duration>) {
    loop {
        let fault = tokio::select! {
            grace = &mut ended => return adapter.stop(grace.unwrap_or_default()).await,
            // It may be busy with what made it unusable.
            () = seats.are_deserted() => return adapter.stop(Duration::ZERO).await,
            heard = adapter.receive() => match heard {
                Incoming::Observation { session, .. } => match seats.pass_on(session, heard) {
                    Ok(()) => continue,
                    Err(fault) => fault,
                },
                Incoming::Fault(fault) => fault,
            },
        };
        seats.fail(&fault);
        return adapter.stop(Duration::ZERO).await;
    }
}
