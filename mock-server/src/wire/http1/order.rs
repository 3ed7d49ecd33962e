//! The orders to the task of a connection.

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::response::{Coding, Ending};
use crate::action::http2::Control;
use crate::action::{self, Repeat};
use crate::wire::captured::Captured;
use crate::wire::http2::response::Head;

/// Answers an order when it is done. Dropping it means that the connection is no longer open.
pub(in crate::wire) type Done = oneshot::Sender<()>;

/// Where orders go. They are boxed because a channel has room for many in advance, and most connections get few.
pub(in crate::wire) type Orders = UnboundedSender<Box<Order>>;

/// An order to the task of a connection.
#[derive(Debug)]
pub(in crate::wire) enum Order {
    /// Write these bytes, `pushed` of which were pushed from outside the script, and then end the response if it is complete.
    Write { bytes: Vec<u8>, shown: Option<Captured>, ending: Option<Ending>, pushed: usize, done: Done },
    /// Write a head, and then end the response if it is complete. Only a stream of HTTP/2 gets it.
    #[cfg_attr(not(feature = "http2"), expect(dead_code, reason = "there are no streams"))]
    Head { head: Head, content: Vec<u8>, shown: Option<Captured>, ending: Option<Ending>, done: Done },
    /// End the response with these fields. Only a stream of HTTP/2 gets it.
    #[cfg_attr(not(feature = "http2"), expect(dead_code, reason = "there are no streams"))]
    Trailers { fields: Vec<(String, Vec<u8>)>, shown: Option<Captured>, done: Done },
    /// Write a frame about the connection. Only a stream of HTTP/2 gets it.
    #[cfg_attr(not(feature = "http2"), expect(dead_code, reason = "there are no streams"))]
    Control { control: Control, done: Done },
    /// The rest of the response needs HTTP/1.1. Only a stream of HTTP/2 gets it.
    RequireHttp1,
    /// Write a pattern many times.
    Repeat { repeat: Repeat, coding: Coding, done: Done },
    /// End the connection immediately, even in the middle of a write.
    Drop { how: action::Drop, done: Done },
    /// FIN, and wait for the peer to leave.
    Leave,
    /// RST.
    Abort,
}
