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
}

impl Transcript {
    /// A record whose times count from `started`, in which these names stand for the hosts of these origins.
    pub fn new(started: Instant, origins: Vec<(String, &'static str)>) -> Self {
        Self { started, origins, rows: Vec::new(), left_out: 0 }
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
        self.push(at, "server", Some(connection), kind, text, length);
    }

    /// What happened on the wire.
    pub fn wire(&mut self, event: &WireEvent) {
        let (from, kind, text, length) = match &event.kind {
            WireEventKind::Accepted { .. } => ("client", "connect", String::new(), None),
            WireEventKind::Received(captured) => {
                let (text, length) = printable(captured);
                ("client", "bytes", text, length)
            }
            WireEventKind::Request(exchange) => {
                let request = exchange.request();
                ("client", "request", format!("{} {}", request.method, request.target), None)
            }
            WireEventKind::Malformed { reason } | WireEventKind::Refused { reason } => {
                ("client", "malformed", reason.clone(), None)
            }
            WireEventKind::Sent(captured) => {
                let (text, length) = printable(captured);
                ("harness", "bytes", text, length)
            }
            WireEventKind::CutShort { written } => {
                ("harness", "cut-short", format!("{written} bytes were written"), None)
            }
            WireEventKind::BoundaryNotKept => ("harness", "boundary-not-kept", String::new(), None),
            WireEventKind::Ended => ("harness", "end", String::new(), None),
            WireEventKind::Dropped(how) => ("harness", "drop", how.word().into(), None),
            WireEventKind::Disconnected(how) => {
                ("client", "disconnect", describe::departure(*how).into(), None)
            }
            WireEventKind::Closed => ("harness", "close", String::new(), None),
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
        let host = |url: &str| url.trim_start_matches("http://").to_owned();
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
