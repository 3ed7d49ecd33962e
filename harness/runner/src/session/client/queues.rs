//! What arrived from the wire and the adapter, in one queue per source.
//!
//! Openings, errors, comments and disconnects are queued only if the case names their kind, since clients differ in
//! what they show; every event and every request waits until the case takes it.

use std::collections::VecDeque;
use std::time::Instant;

use ssespec_cases::client::{Expectation, ReadyState};
use ssespec_mock_server::wire::Exchange;

use crate::adapter::limits::UNREAD_LIMIT;
use crate::delivery::{ClientOp, Op};
use crate::protocol::Observation;
use crate::protocol::page::ScriptResult;

/// Something seen on the wire that a case can ask for.
pub(super) enum Seen {
    Request(Arrival),
    Malformed {
        reason: String,
    },
    Left {
        connection: u32,
    },
    PingAck,
    /// A handshake of TLS that failed because the client trusts no such certificate.
    Distrust,
}

/// A request that arrived.
pub(super) struct Arrival {
    pub(super) exchange: Exchange,
    pub(super) at: Instant,
    /// Which listener it reached: 0 for the session's own, 1 for the second origin.
    pub(super) origin: u8,
}

/// The queues, and the kinds that the case names.
#[derive(Default)]
pub(super) struct Queues {
    pub(super) wire: VecDeque<Seen>,
    pub(super) shown: VecDeque<Observation>,
    pub(super) states: VecDeque<ReadyState>,
    /// How many orders to set request headers were answered.
    pub(super) refreshed: usize,
    /// Whether the client listens for all types of events, where it gets them while it connects.
    pub(super) listening: bool,
    pub(super) scripts: VecDeque<ScriptResult>,
    /// Whether the implementation said that it is done.
    pub(super) closed: bool,
    pub(super) named: Named,
}

#[derive(Default)]
pub(super) struct Named {
    pub(super) opened: bool,
    pub(super) errors: bool,
    pub(super) comments: bool,
    pub(super) disconnects: bool,
}

impl Queues {
    pub(super) fn new(ops: &[Op<ClientOp>]) -> Self {
        let mut named = Named::default();
        let steps = ops.iter().filter_map(|op| op.kind.step());
        steps.flat_map(|step| step.expectations()).for_each(|expected| named.add(expected));
        Self { named, ..Self::default() }
    }
}

impl Named {
    fn add(&mut self, expected: &Expectation) {
        match expected {
            Expectation::Opened { .. } => self.opened = true,
            Expectation::Error { .. } => self.errors = true,
            // A constructor that should throw and does not shows this instead.
            Expectation::Exception(_) => (self.opened, self.errors) = (true, true),
            Expectation::Comment { .. } => self.comments = true,
            Expectation::Disconnect { .. } => self.disconnects = true,
            _ => {}
        }
    }
}

/// How much was said and sent in a session, in bytes.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub(super) said: u64,
    pub(super) sent: u64,
}

impl Flow {
    /// Whether the adapter said more than any client can show of what was sent. The shortest thing that a client can
    /// show is an empty comment: two bytes, and a message of less than 512 in memory.
    pub(super) fn is_flood(&self) -> bool {
        self.said > self.sent.saturating_mul(256).saturating_add(UNREAD_LIMIT as u64)
    }
}
