//! Which session an event of the wire belongs to.

use std::collections::HashMap;

use ssespec_mock_server::wire::{Exchange, Version, WireEvent, WireEventKind};
use tokio::sync::mpsc::UnboundedSender;

use crate::session::late_arrivals::session_of;

/// How many requests that belong to no session are remembered.
const STRAYS: usize = 20;

/// The sessions, and whose turn it is on each connection.
#[derive(Debug, Default)]
pub(super) struct Routes {
    sessions: HashMap<u64, UnboundedSender<WireEvent>>,
    connections: HashMap<u32, Connection>,
    /// The targets of requests that belong to no session.
    strays: Vec<String>,
    /// Whether a request came over HTTP/2.
    is_multiplexed: bool,
}

/// A connection from the intermediary.
#[derive(Debug, Default)]
struct Connection {
    /// The session of its last request.
    session: Option<u64>,
    /// Whether that request is still being answered.
    is_busy: bool,
    /// What happened before it was known to which session it belongs.
    held: Vec<WireEvent>,
}

impl Routes {
    /// From now on, what belongs to a session goes here.
    pub(super) fn add(&mut self, session: u64, tell: UnboundedSender<WireEvent>) {
        self.sessions.insert(session, tell);
    }

    /// The connections on which a request of a session is still being answered.
    pub(super) fn busy(&self, session: u64) -> Vec<u32> {
        let is_busy = |connection: &Connection| connection.is_busy && connection.session == Some(session);
        let busy = self.connections.iter().filter(|(_, connection)| is_busy(connection));
        busy.map(|(number, _)| *number).collect()
    }

    /// The targets of requests that belong to no session.
    pub(super) fn strays(&self) -> &[String] {
        &self.strays
    }

    /// Whether a request came over HTTP/2.
    pub(super) fn is_multiplexed(&self) -> bool {
        self.is_multiplexed
    }

    /// Passes an event on. A request that belongs to no session is given back.
    pub(super) fn pass(&mut self, event: WireEvent) -> Option<Exchange> {
        let number = event.connection;
        let connection = self.connections.entry(number).or_default();
        match &event.kind {
            WireEventKind::Request(exchange) => {
                let session = session_of(&exchange.request().target);
                let Some(tell) = session.and_then(|session| self.sessions.get(&session)) else {
                    if self.strays.len() < STRAYS {
                        self.strays.push(exchange.request().target.clone());
                    }
                    connection.held.clear();
                    return match event.kind {
                        WireEventKind::Request(exchange) => Some(exchange),
                        _ => None,
                    };
                };
                self.is_multiplexed |= exchange.request().version == Version::Http2;
                connection.session = session;
                connection.is_busy = true;
                // The receiver may be gone: its lane is closed.
                connection.held.drain(..).for_each(|held| drop(tell.send(held)));
                let _ = tell.send(event);
                return None;
            }
            // What comes between two requests belongs to the second.
            WireEventKind::Accepted { .. } | WireEventKind::Received(_) if !connection.is_busy => {
                connection.held.push(event);
                return None;
            }
            WireEventKind::Ended => connection.is_busy = false,
            _ => {}
        }
        let session = connection.session;
        if matches!(event.kind, WireEventKind::Closed) {
            self.connections.remove(&number);
        }
        if let Some(tell) = session.and_then(|session| self.sessions.get(&session)) {
            let _ = tell.send(event);
        }
        None
    }
}
