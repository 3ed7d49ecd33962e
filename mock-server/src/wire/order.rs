//! Orders to the task of a connection.

use tokio::sync::oneshot;

use super::captured::Captured;
use super::response::{Coding, Ending};
use crate::action::{self, Repeat};

/// Answers an order when it is done. Dropped, it says that the connection is no longer open.
pub(super) type Done = oneshot::Sender<()>;

/// What the task is told to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Write these bytes, and then end the response if it is complete.
    Write { bytes: Vec<u8>, shown: Option<Captured>, ending: Option<Ending>, done: Done },
    /// Write a pattern many times.
    Repeat { repeat: Repeat, coding: Coding, done: Done },
    /// End the connection at once, also in the middle of a write.
    Drop { how: action::Drop, done: Done },
    /// FIN, and wait for the peer to leave.
    Leave,
    /// RST.
    Abort,
}
