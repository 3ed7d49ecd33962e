//! What the wire tells: one event for everything that happens on a connection.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use super::captured::Captured;
use super::departure::Departure;
use super::exchange::Exchange;
use crate::action;

/// Something that happened on a connection.
///
/// What we do ourselves ([`Sent`](WireEventKind::Sent), [`Ended`](WireEventKind::Ended),
/// [`Dropped`](WireEventKind::Dropped)) is told *before* it is done, with the time from before: so whatever the peer
/// does about it comes later in the channel, also when it comes on another connection, and a delay counted from `at`
/// is never longer than the peer's own.
#[derive(Debug)]
pub struct WireEvent {
    /// When it happened.
    pub at: Instant,
    /// Which listener of the lane it happened at, as given to [`Listener::bind`](super::Listener::bind).
    pub origin: u8,
    /// The number of the connection, counted from 1 for each listener.
    pub connection: u32,
    /// What happened.
    pub kind: WireEventKind,
}

/// What can happen on a connection.
#[derive(Debug)]
pub enum WireEventKind {
    /// The first event of every connection.
    Accepted {
        /// The peer's address.
        peer: SocketAddr,
    },
    /// The peer sent these bytes: all since the last such event. It precedes what they amount to.
    Received(Captured),
    /// The peer sent a request, which waits for an answer. An exchange that is thrown away unanswered leaves its
    /// connection open and silent until [`Listener::close_connections`](super::Listener::close_connections).
    Request(Exchange),
    /// The peer sent what is no HTTP/1.1 request, or came when the listener had too many connections. The answer is
    /// 400 where there can be one, and the connection is closed.
    Malformed {
        /// What is wrong, for the report.
        reason: String,
    },
    /// We write this: a head or raw bytes as they go over the wire, or the data of one chunk without the size line
    /// and line ends around it (the head says `transfer-encoding: chunked`).
    Sent(Captured),
    /// Of what was last sent the system took no more than this, since the connection ended during the write.
    CutShort {
        /// How many bytes were written, with those of the chunks' framing.
        written: u64,
    },
    /// The peer had not read what was sent before when we went on, so that it may see two writes as one.
    BoundaryNotKept,
    /// We end a response as its framing says.
    Ended,
    /// We end the connection without ending the response.
    Dropped(action::Drop),
    /// The peer has left. Told once, also where we had ended the connection before; not told where we reset it.
    Disconnected(Departure),
    /// The last event of every connection: its socket is gone, or [given away](super::Diversion).
    Closed,
}

/// Tells the events of one connection.
#[derive(Debug, Clone)]
pub(super) struct Reporter {
    pub(super) events: UnboundedSender<WireEvent>,
    pub(super) origin: u8,
    pub(super) connection: u32,
}

impl Reporter {
    /// Tells what happens now.
    pub(super) fn tell(&self, kind: WireEventKind) {
        // Nobody may be listening any more: a listener outlives the interest in it.
        let event = WireEvent { at: Instant::now(), origin: self.origin, connection: self.connection, kind };
        let _ = self.events.send(event);
    }
}
