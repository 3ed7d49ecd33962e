//! The orders that a connection or a stream has yet to execute.

use std::collections::VecDeque;

use tokio::sync::mpsc::UnboundedReceiver;

use super::order::{Done, Order};
use crate::action;

/// The orders, including those that arrived while another was being executed.
#[derive(Debug)]
pub(in crate::wire) struct Inbox {
    orders: UnboundedReceiver<Box<Order>>,
    waiting: VecDeque<Box<Order>>,
}

/// An order that takes precedence over others.
#[derive(Debug)]
pub(in crate::wire) enum Interruption {
    /// As [`Order::Drop`].
    Drop(action::Drop, Done),
    /// As [`Order::Leave`].
    Leave,
    /// As [`Order::Abort`].
    Abort,
}

impl Inbox {
    pub(in crate::wire) fn new(orders: UnboundedReceiver<Box<Order>>) -> Self {
        Self { orders, waiting: VecDeque::new() }
    }

    /// The next order.
    pub(in crate::wire) async fn next(&mut self) -> Order {
        match self.waiting.pop_front() {
            Some(order) => *order,
            // Its owner has a sender itself, so there is always one more.
            None => self.orders.recv().await.map_or(Order::Abort, |order| *order),
        }
    }

    /// Waits for an order that takes precedence over others.
    pub(in crate::wire) async fn interruption(&mut self) -> Interruption {
        loop {
            match self.orders.recv().await.map_or(Order::Abort, |order| *order) {
                Order::Drop { how, done } => return Interruption::Drop(how, done),
                Order::Leave => return Interruption::Leave,
                Order::Abort => return Interruption::Abort,
                order => self.waiting.push_back(Box::new(order)),
            }
        }
    }
}
