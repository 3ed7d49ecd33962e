//! The orders to the task of a connection.

use tokio::sync::oneshot;

use super::response::{Coding, Ending};
use crate::action::{self, Repeat};
use crate::wire::captured::Captured;

/// Answers an order when it is done. Dropping it means that the connection is no longer open.
pub(in crate::wire) type Done = oneshot::Sender<()>;

/// An order to the task of a connection.
#[derive(Debug)]
pub(in crate::wire) enum Order {
    /// Write these bytes, and then end the response if it is complete.
    Write { bytes: Vec<u8>, shown: Option<Captured>, ending: Option<Ending>, done: Done },
    /// Write a pattern many times.
    Repeat { repeat: Repeat, coding: Coding, done: Done },
    /// End the connection immediately, even in the middle of a write.
    Drop { how: action::Drop, done: Done },
    /// FIN, and wait for the peer to leave.
    Leave,
    /// RST.
    Abort,
}
