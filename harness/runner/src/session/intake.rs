//! What comes from the wire and the adapter, put into one queue per source.
//!
//! Openings, errors, comments and disconnects wait only where the case names their kind, since clients differ in what
//! they show; every event and every request waits until the case takes it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use ssespec_cases::client::{Expectation, ReadyState};
use ssespec_mock_server::action::Respond;
use ssespec_mock_server::wire::{Exchange, WireEvent, WireEventKind};

use super::{Session, Stop, describe};
use crate::adapter::fault::Fault;
use crate::adapter::heard::Heard;
use crate::adapter::unread::UNREAD_LIMIT;
use crate::delivery::{ClientOp, Op};
use crate::protocol::Shown;
use crate::protocol::page::ScriptResult;

/// Something that came after the end of the session that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// The session.
    pub session: u64,
    /// What came.
    pub what: LateKind,
}

/// What came late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LateKind {
    /// The client made a request.
    Request(String),
    /// The adapter said something.
    Message(String),
}

/// Something seen on the wire that a case can ask for.
pub(super) enum Seen {
    Request(Arrival),
    Malformed { reason: String },
    Left { connection: u32 },
}

/// A request as it came.
pub(super) struct Arrival {
    pub(super) exchange: Exchange,
    pub(super) at: Instant,
    /// Which listener it reached: 0 for the session's own, 1 for the second origin.
    pub(super) origin: u8,
}

/// The queues, and the kinds that the case names.
#[derive(Default)]
pub(super) struct Intake {
    pub(super) wire: VecDeque<Seen>,
    pub(super) shown: VecDeque<Shown>,
    pub(super) states: VecDeque<ReadyState>,
    pub(super) scripts: VecDeque<ScriptResult>,
    /// Whether the implementation said that it is done.
    pub(super) closed: bool,
    named: Named,
}

#[derive(Default)]
struct Named {
    opened: bool,
    errors: bool,
    comments: bool,
    disconnects: bool,
}

impl Intake {
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

/// Whether something came before the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    Something,
    Nothing,
}

/// How long after a deadline what keeps coming without a pause is still taken in.
const WITHOUT_PAUSE: Duration = Duration::from_millis(100);

/// How much has come late when an adapter is beyond use.
pub(crate) const LATE_LIMIT: usize = 1000;

/// How much was said and sent in a session, in bytes.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub(super) said: u64,
    sent: u64,
}

impl Flow {
    /// Whether the adapter said more than any client can show of what was sent. The shortest thing that a client can
    /// show is an empty comment: two bytes, and a message of less than 512 in memory.
    fn is_flood(&self) -> bool {
        self.said > self.sent.saturating_mul(256).saturating_add(UNREAD_LIMIT as u64)
    }
}

impl Session<'_> {
    /// Takes in the next thing that comes from either source, until the deadline.
    pub(super) async fn take_in(&mut self, deadline: Instant) -> Result<Came, Stop> {
        if Instant::now() > deadline + WITHOUT_PAUSE {
            return Ok(Came::Nothing);
        }
        tokio::select! {
            // What is there already is taken before the deadline counts.
            biased;
            Some(event) = self.stage.wire.recv() => {
                self.absorb_wire(event);
                Ok(Came::Something)
            }
            heard = self.stage.adapter.hear() => {
                self.absorb_heard(heard)?;
                Ok(Came::Something)
            }
            () = tokio::time::sleep_until(deadline.into()) => Ok(Came::Nothing),
        }
    }

    /// Takes in what has come already.
    pub(super) fn take_in_wire(&mut self) {
        while let Ok(event) = self.stage.wire.try_recv() {
            self.absorb_wire(event);
        }
    }

    fn absorb_wire(&mut self, event: WireEvent) {
        self.transcript.wire(&event);
        if let WireEventKind::Sent(captured) = &event.kind {
            self.flow.sent = self.flow.sent.saturating_add(captured.length);
        }
        match event.kind {
            WireEventKind::Request(exchange) => match session_of(&exchange.request().target) {
                Some(number) if number < self.number => late_request(&mut self.stage.late, exchange),
                _ => {
                    let arrival = Arrival { exchange, at: event.at, origin: event.origin };
                    self.intake.wire.push_back(Seen::Request(arrival));
                }
            },
            WireEventKind::Malformed { reason } => self.intake.wire.push_back(Seen::Malformed { reason }),
            WireEventKind::Disconnected(_) if self.intake.named.disconnects => {
                self.intake.wire.push_back(Seen::Left { connection: event.connection });
            }
            _ => {}
        }
    }

    fn absorb_heard(&mut self, heard: Heard) -> Result<(), Stop> {
        let weight = heard.weight() as u64;
        let (session, shown, at) = match heard {
            Heard::Shown { session, shown, at, share: _ } => (session, shown, at),
            Heard::Fault(fault) => return Err(self.fault(fault)),
        };
        if session < self.number {
            let what = LateKind::Message(describe::shown(&shown));
            self.stage.late.push(Late { session, what });
            return if self.stage.late.len() < LATE_LIMIT { Ok(()) } else { Err(self.fault(Fault::Haunted)) };
        }
        self.flow.said = self.flow.said.saturating_add(weight);
        if self.flow.is_flood() {
            return Err(self.fault(Fault::Flooded));
        }
        self.transcript.shown(at, &shown);
        if session > self.number {
            return Err(self.fault(Fault::UnknownSession { named: session }));
        }
        if self.intake.closed {
            return Err(self.fault(Fault::AfterClosed { what: describe::shown(&shown) }));
        }
        if let Shown::Server(said) = &shown {
            return Err(self.fault(Fault::OfAnotherRole { what: crate::serving::describe::shown(said) }));
        }
        let named = &self.intake.named;
        let asked_for = match &shown {
            Shown::State(state) => {
                self.intake.states.push_back(*state);
                false
            }
            Shown::Script(result) => {
                self.intake.scripts.push_back(result.clone());
                false
            }
            Shown::Opened { .. } => named.opened,
            Shown::Error { .. } => named.errors,
            Shown::Comment { .. } => named.comments,
            Shown::Event(_) | Shown::Report(_) | Shown::Exception(_) | Shown::Server(_) => true,
            Shown::Closed => {
                self.intake.closed = true;
                true
            }
        };
        if asked_for {
            self.intake.shown.push_back(shown);
        }
        Ok(())
    }
}

/// Puts down a request of a session that is over, and tells its client that there is nothing more.
pub(super) fn late_request(late: &mut Vec<Late>, exchange: Exchange) {
    if let Some(session) = session_of(&exchange.request().target) {
        let what = describe::request(exchange.request(), ["last-event-id".to_owned()]);
        late.push(Late { session, what: LateKind::Request(what) });
    }
    dismiss(exchange);
}

/// The session that a request target belongs to.
fn session_of(target: &str) -> Option<u64> {
    target.strip_prefix('/')?.split(['/', '?']).next()?.parse().ok()
}

/// Tells a client whose session is over that there is nothing more.
fn dismiss(mut exchange: Exchange) {
    tokio::spawn(async move {
        let no_content = Respond { status: 204, ..Respond::default() };
        // Whoever has left already need not be told.
        let _ = exchange.respond(&no_content, str::to_owned).await;
    });
}
