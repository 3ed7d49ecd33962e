//! The record of one session: every byte, request, observation and pause, with times.

use std::time::Instant;

use ssespec_mock_server::wire::{Captured, WireEvent, WireEventKind};
use ssespec_reports::results::Row;
use ssespec_reports::transcript::{ROW_LIMIT, escape};

use super::describe;
use crate::protocol::Observation;

/// The maximum number of rows; further rows are only counted.
const ROWS: usize = 4000;

/// A record while it grows.
#[derive(Debug)]
pub struct Transcript {
    started: Instant,
    /// Origins, whose ports differ from run to run, and the names that stand for their hosts.
    origins: Vec<(String, &'static str)>,
    rows: Vec<Row>,
    left_out: u64,
    names: Names,
}

/// What the peers of a session are called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Names {
    /// There is one peer: a client or a server.
    #[default]
    OneSide,
    /// An intermediary has a client in front and an origin behind.
    #[cfg(feature = "intermediary")]
    BothSides,
}

impl Names {
    /// What the peer of the mock server is called.
    fn peer(self) -> &'static str {
        match self {
            Self::OneSide => "client",
            #[cfg(feature = "intermediary")]
            Self::BothSides => "proxy to origin",
        }
    }

    /// What the mock server is called.
    fn own(self) -> &'static str {
        match self {
            Self::OneSide => "harness",
            #[cfg(feature = "intermediary")]
            Self::BothSides => "origin to proxy",
        }
    }

    /// What a server is called whose stream is read.
    #[cfg(feature = "server")]
    fn server(self) -> &'static str {
        match self {
            Self::OneSide => "server",
            #[cfg(feature = "intermediary")]
            Self::BothSides => "proxy to client",
        }
    }
}

impl Transcript {
    /// A record whose times count from `started`, in which these names stand for the hosts of these origins.
    pub fn new(started: Instant, origins: Vec<(String, &'static str)>) -> Self {
        Self { started, origins, rows: Vec::new(), left_out: 0, names: Names::default() }
    }

    /// The same record with these names for the peers.
    pub(crate) fn named(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// Lets a name stand for the host of an origin.
    #[cfg(feature = "server")]
    pub(crate) fn call(&mut self, origin: &str, name: &'static str) {
        self.origins.push((origin.into(), name));
    }

    /// The implementation said that the session is over.
    #[cfg(feature = "server")]
    pub(crate) fn closed(&mut self, at: Instant) {
        self.push(at, "implementation", None, "closed", String::new(), None);
    }

    /// What a stream of the implementation shows: kind, text, and the true length of a text that is cut.
    #[cfg(feature = "server")]
    pub(crate) fn stream(
        &mut self,
        at: Instant,
        connection: u32,
        (kind, text, length): (&str, String, Option<u64>),
    ) {
        self.push(at, self.names.server(), Some(connection), kind, text, length);
    }

    /// The client in front of an intermediary sends a request.
    #[cfg(feature = "intermediary")]
    pub(crate) fn stream_request(&mut self, connection: u32, request: String) {
        self.push(Instant::now(), "client to proxy", Some(connection), "request", request, None);
    }

    /// Bytes on the connection between an intermediary and the client in front of it.
    #[cfg(feature = "intermediary")]
    pub(crate) fn downstream(&mut self, bytes: &crate::upstream::downstream::Bytes) {
        use crate::upstream::Side;
        let from = match bytes.side {
            Side::Client => "client to proxy",
            Side::Intermediary => self.names.server(),
        };
        let cut = bytes.length > bytes.bytes.len() as u64;
        let text = escape(&bytes.bytes).text;
        self.push(bytes.at, from, None, "bytes", text, cut.then_some(bytes.length));
    }

    /// What happened on the wire.
    pub fn wire(&mut self, event: &WireEvent) {
        let (peer, own) = (self.names.peer(), self.names.own());
        let (from, kind, text, length) = match &event.kind {
            WireEventKind::Accepted { .. } => (peer, "connect", String::new(), None),
            WireEventKind::Received(captured) => {
                let (text, length) = printable(captured);
                (peer, "bytes", text, length)
            }
            WireEventKind::Request(exchange) => {
                let request = exchange.request();
                (peer, "request", format!("{} {}", request.method, request.target), None)
            }
            WireEventKind::Malformed { reason }
            | WireEventKind::HandshakeFailed { reason }
            | WireEventKind::Refused { reason } => (peer, "malformed", reason.clone(), None),
            WireEventKind::Sent(captured) => {
                let (text, length) = printable(captured);
                (own, "bytes", text, length)
            }
            WireEventKind::CutShort { written } => {
                (own, "cut-short", format!("{written} bytes were written"), None)
            }
            WireEventKind::BoundaryNotKept => (own, "boundary-not-kept", String::new(), None),
            WireEventKind::Ended => (own, "end", String::new(), None),
            WireEventKind::Dropped(how) => (own, "drop", how.to_string(), None),
            WireEventKind::PingAck => (peer, "ping-ack", String::new(), None),
            WireEventKind::Disconnected(how) => (peer, "disconnect", describe::departure(*how), None),
            WireEventKind::Closed => (own, "close", String::new(), None),
        };
        self.push(event.at, from, Some(event.connection), kind, text, length);
    }

    /// What the implementation showed.
    pub fn shown(&mut self, at: Instant, shown: &Observation) {
        self.push(at, "implementation", None, describe::shown_word(shown), describe::shown(shown), None);
    }

    /// What the harness did.
    pub fn harness(&mut self, kind: &str, text: impl Into<String>) {
        self.push(Instant::now(), "harness", None, kind, text.into(), None);
    }

    fn push(
        &mut self,
        at: Instant,
        from: &str,
        connection: Option<u32>,
        kind: &str,
        text: String,
        length: Option<u64>,
    ) {
        if self.rows.len() >= ROWS {
            self.left_out += 1;
            return;
        }
        let at_us = u64::try_from(at.saturating_duration_since(self.started).as_micros()).unwrap_or(u64::MAX);
        let (text, length) = match text.char_indices().nth(ROW_LIMIT) {
            Some((cut, _)) if length.is_none() => (text[..cut].to_owned(), Some(text.len() as u64)),
            _ => (text, length),
        };
        self.rows.push(Row { at_us, from: from.into(), connection, kind: kind.into(), text, length });
    }

    /// The rows in the order of their times, without ports.
    pub fn rows(mut self) -> Vec<Row> {
        self.rows.sort_by_key(|row| row.at_us);
        let host = |url: &str| url.trim_start_matches("http://").trim_start_matches("https://").to_owned();
        let names: Vec<(String, &str)> = self.origins.iter().map(|(url, name)| (host(url), *name)).collect();
        for row in &mut self.rows {
            for (host, name) in &names {
                if row.text.contains(host) {
                    row.text = row.text.replace(host, name);
                }
            }
        }
        if self.left_out > 0 {
            let at_us = self.rows.last().map_or(0, |row| row.at_us);
            let text = format!("{} more rows", self.left_out);
            self.rows.push(Row {
                at_us,
                from: "harness".into(),
                connection: None,
                kind: "left-out".into(),
                text,
                length: None,
            });
        }
        self.rows
    }
}

fn printable(captured: &Captured) -> (String, Option<u64>) {
    let cut = captured.length > captured.bytes.len() as u64;
    (escape(&captured.bytes).text, cut.then_some(captured.length))
}
