//! A seat: one lane's share of an adapter that runs several sessions at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};

use super::fault::Fault;
use super::incoming::Incoming;
use crate::protocol::Order;

/// How long an adapter may say nothing after an order before no more sessions begin in it: it may be blocked, and each
/// session in it would wait out its patience.
const SILENCE: Duration = Duration::from_secs(1);

/// The seats of an adapter, and which of them each session belongs to.
#[derive(Debug, Clone)]
pub(super) struct Seats(Arc<Mutex<Table>>);

#[derive(Debug)]
struct Table {
    /// `None` once the adapter gets no more orders.
    orders: Option<mpsc::UnboundedSender<(u64, Order)>>,
    /// Who hears what belongs to a seat.
    taken: HashMap<u64, mpsc::UnboundedSender<Incoming>>,
    /// The seats of the sessions.
    sessions: HashMap<u64, u64>,
    /// The number of the last seat, and the highest number of a session.
    last_seat: u64,
    last_session: u64,
    /// Whether sessions may begin: none has left the adapter in a bad state.
    is_sound: bool,
    /// Since when the adapter has said nothing after an order; `None` if it has spoken since.
    ordered: Option<Instant>,
    /// Whether a lane has counted it as lost.
    counted: bool,
    /// Notified when the last seat of an adapter in a bad state is left.
    deserted: Arc<Notify>,
}

impl Seats {
    pub(super) fn new(orders: mpsc::UnboundedSender<(u64, Order)>) -> Self {
        Self(Arc::new(Mutex::new(Table {
            orders: Some(orders),
            taken: HashMap::new(),
            sessions: HashMap::new(),
            last_seat: 0,
            last_session: 0,
            is_sound: true,
            ordered: None,
            counted: false,
            deserted: Arc::default(),
        })))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat if fewer than this many are taken and sessions may begin.
    pub(super) fn take(&self, limit: usize) -> Option<(Seat, mpsc::UnboundedReceiver<Incoming>)> {
        let mut table = self.table();
        if !table.is_sound || table.taken.len() >= limit {
            return None;
        }
        table.last_seat += 1;
        let (tell, heard) = mpsc::unbounded_channel();
        let number = table.last_seat;
        table.taken.insert(number, tell);
        drop(table);
        Some((Seat { seats: self.clone(), number }, heard))
    }

    /// Whether the adapter is in a good state as far as is known.
    pub(super) fn are_sound(&self) -> bool {
        self.table().is_sound
    }

    /// Whether the adapter has said nothing for a while, although it was given an order.
    pub(super) fn is_silent(&self) -> bool {
        self.table().ordered.is_some_and(|since| since.elapsed() >= SILENCE)
    }

    /// Passes on what the adapter showed in a session. What belongs to a seat that was left is dropped.
    ///
    /// # Errors
    /// If no such session has begun.
    pub(super) fn pass_on(&self, session: u64, incoming: Incoming) -> Result<(), Fault> {
        let mut table = self.table();
        table.ordered = None;
        match table.sessions.get(&session).and_then(|seat| table.taken.get(seat)) {
            // The receiver may be gone.
            Some(tell) => drop(tell.send(incoming)),
            None if session > table.last_session => return Err(Fault::UnknownSession { named: session }),
            None => {}
        }
        Ok(())
    }

    /// Tells every seat that the adapter is unusable.
    pub(super) fn fail(&self, fault: &Fault) {
        let mut table = self.table();
        table.is_sound = false;
        for tell in table.taken.values() {
            // The receiver may be gone.
            let _ = tell.send(Incoming::Fault(fault.clone()));
        }
    }

    /// Waits until nobody has a seat in the adapter any more, and nobody can take one.
    pub(super) async fn are_deserted(&self) {
        let deserted = Arc::clone(&self.table().deserted);
        deserted.notified().await;
    }

    /// Gives the adapter no more orders, which asks it to exit.
    pub(super) fn dismiss(&self) {
        self.table().orders = None;
    }
}

/// A seat. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Seats,
    number: u64,
}

impl Seat {
    pub(super) fn order(&self, session: u64, order: Order) {
        let mut table = self.seats.table();
        table.sessions.insert(session, self.number);
        table.ordered.get_or_insert_with(Instant::now);
        table.last_session = table.last_session.max(session);
        if let Some(orders) = &table.orders {
            // The receiver is gone only with the adapter, whose fault is heard next.
            let _ = orders.send((session, order));
        }
    }

    /// Lets no more sessions begin in the adapter. Returns whether this is the first seat to find it in a bad state.
    pub(super) fn retire(&self) -> bool {
        let mut table = self.seats.table();
        table.is_sound = false;
        !std::mem::replace(&mut table.counted, true)
    }

    pub(super) fn is_sound(&self) -> bool {
        self.seats.table().is_sound
    }

    pub(super) fn is_silent(&self) -> bool {
        self.seats.is_silent()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.seats.table();
        table.taken.remove(&self.number);
        let number = self.number;
        table.sessions.retain(|_, seat| *seat != number);
        if !table.is_sound && table.taken.is_empty() {
            // The notification is kept until it is waited for.
            table.deserted.notify_one();
        }
    }
}

#[cfg(test)]
mod tests;
