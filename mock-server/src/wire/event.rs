//! The events of the wire: one for everything that happens on a connection.

use std::net::SocketAddr;
use std::time::Instant;

#[cfg(feature = "http2")]
use tokio::sync::mpsc;
use tokio::sync::mpsc::UnboundedSender;

use super::captured::{Captured, ReportSent};
use super::departure::Departure;
use super::http1::exchange::Exchange;
use crate::action;

/// Something that happened on a connection.
///
/// The server's own actions ([`Sent`](WireEventKind::Sent), [`Ended`](WireEventKind::Ended),
/// [`Dropped`](WireEventKind::Dropped)) are reported *before* they happen, with the time from before: so the peer's
/// reaction comes later in the channel, even on another connection, and a delay measured from `at` is never shorter
/// than the peer's own.
#[derive(Debug)]
pub struct WireEvent {
    /// When it happened.
    pub at: Instant,
    /// The listener of the lane, as passed to [`Listener::bind`](super::Listener::bind).
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
    /// The peer sent these bytes since the last such event. It precedes the event that they cause.
    Received(Captured),
    /// The peer sent a request, which awaits a response. An exchange that is dropped without a response leaves its
    /// connection open and silent until [`Listener::close_connections`](super::Listener::close_connections).
    Request(Exchange),
    /// The peer sent bytes that are not an HTTP/1.1 request. The response is 400 if one is possible, and the connection is
    /// closed.
    Malformed {
        /// What is wrong, for the report.
        reason: String,
    },
    /// The handshake of TLS failed, for example because the peer does not trust the certificate. The connection is closed.
    HandshakeFailed {
        /// What is wrong, for the report.
        reason: String,
    },
    /// A [limit](super::Options) was reached. The response is 503 and says which, and the connection is closed.
    Refused {
        /// Which limit, for the report.
        reason: String,
    },
    /// The server writes this: a head or raw bytes exactly as sent, or the data of one chunk without the size line and
    /// line endings around it (the head says `transfer-encoding: chunked`).
    Sent(Captured),
    /// The connection ended during the last write, and the system took only this much of it.
    CutShort {
        /// How many bytes were written, with those of the chunks' framing.
        written: u64,
    },
    /// The peer had not read the previous write in time, so it may see two writes as one.
    BoundaryNotKept,
    /// The server ends a response as its framing requires.
    Ended,
    /// The server ends the connection without ending the response.
    Dropped(action::Drop),
    /// The peer has answered the PING of a script. The connection is that of HTTP/2, not a stream.
    PingAck,
    /// The peer has disconnected. Reported once, even if the server ended the connection first, but not if it reset it.
    Disconnected(Departure),
    /// The last event of every connection: its socket is gone, or [given away](super::Diversion).
    Closed,
}

/// How much is reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    #[default]
    Full,
    /// Everything except [`Received`](WireEventKind::Received) and [`Sent`](WireEventKind::Sent).
    Outline,
}

/// Reports the events of one connection.
#[derive(Debug, Clone)]
pub(super) struct Reporter {
    pub(super) events: UnboundedSender<WireEvent>,
    pub(super) origin: u8,
    pub(super) connection: u32,
    /// The connection that carries it: another one for a stream of HTTP/2.
    pub(super) carrier: u32,
    pub(super) detail: Detail,
    pub(super) is_encrypted: bool,
}

impl Reporter {
    /// Reports an event with the current time.
    pub(super) fn tell(&self, kind: WireEventKind) {
        // The receiver may have been dropped: a listener can outlive it.
        let event = WireEvent { at: Instant::now(), origin: self.origin, connection: self.connection, kind };
        let _ = self.events.send(event);
    }

    /// One for the same connection that reports nothing.
    #[cfg(feature = "http2")]
    pub(super) fn silent(&self) -> Self {
        let (events, _) = mpsc::unbounded_channel();
        Self { events, detail: Detail::Outline, ..self.clone() }
    }
}

impl ReportSent for Reporter {
    fn connection(&self) -> u32 {
        self.connection
    }

    fn carrier(&self) -> u32 {
        self.carrier
    }

    fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    fn reports_bytes(&self) -> bool {
        self.detail == Detail::Full
    }

    fn sent(&self, captured: Captured) {
        self.tell(WireEventKind::Sent(captured));
    }
}
