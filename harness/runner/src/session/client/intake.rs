//! Taking in what comes from the wire and the adapter.

use std::time::Instant;

use ssespec_cases::client::ReadyState;
use ssespec_mock_server::wire::{Exchange, WireEvent, WireEventKind};

use super::queues::{Arrival, Seen};
use super::session::{Closing, Session};
use crate::adapter::fault::Fault;
use crate::adapter::incoming::Incoming;
use crate::protocol::Observation;
use crate::session::deadline::{Came, WITHOUT_PAUSE};
use crate::session::describe;
use crate::session::late_arrivals::{LATE_LIMIT, Late, late_message, late_request, session_of};
use crate::session::outcome::Stop;

impl Session<'_> {
    /// Takes in the next thing that comes from either source, until the deadline.
    pub(super) async fn take_in(&mut self, deadline: Instant) -> Result<Came, Stop> {
        if Instant::now() > deadline + WITHOUT_PAUSE {
            return Ok(Came::Nothing);
        }
        loop {
            tokio::select! {
                // What is there already is taken before the deadline counts.
                biased;
                Some(event) = self.stage.wire.recv() => {
                    self.absorb_wire(event);
                    return Ok(Came::Something);
                }
                heard = self.stage.adapter.receive() => {
                    self.absorb_incoming(heard)?;
                    return Ok(Came::Something);
                }
                () = tokio::time::sleep_until(deadline.into()) => return Ok(Came::Nothing),
                () = self.stage.turn.ends() => self.stage.turn.end(),
            }
        }
    }

    /// Takes in what has come already.
    pub(super) fn take_in_wire(&mut self) {
        while let Ok(event) = self.stage.wire.try_recv() {
            self.absorb_wire(event);
        }
    }

    fn absorb_wire(&mut self, event: WireEvent) {
        self.progress.transcript.wire(&event);
        self.progress.alive |= !matches!(event.kind, WireEventKind::Sent(_));
        if let WireEventKind::Sent(captured) = &event.kind {
            self.flow.sent = self.flow.sent.saturating_add(captured.length);
        }
        match event.kind {
            WireEventKind::Request(exchange) => match session_of(&exchange.request().target) {
                Some(number) if number < self.number => late_request(&mut self.stage.late, exchange),
                _ => match self.own_scripts.answer(exchange) {
                    Ok(()) => self
                        .progress
                        .transcript
                        .harness("script", "sent again, as to the first request for it"),
                    Err(exchange) => {
                        let arrival = Arrival { exchange, at: event.at, origin: event.origin };
                        self.queues.wire.push_back(Seen::Request(arrival));
                    }
                },
            },
            WireEventKind::HandshakeFailed { .. } if self.is_distrusted() => {
                self.queues.wire.push_back(Seen::Distrust)
            }
            WireEventKind::Malformed { reason }
            | WireEventKind::HandshakeFailed { reason }
            | WireEventKind::Refused { reason } => {
                self.progress.unattributed = true;
                self.queues.wire.push_back(Seen::Malformed { reason });
            }
            WireEventKind::Disconnected(how) => {
                let current = self.exchange.as_ref().map(Exchange::connection);
                if current == Some(event.connection) {
                    self.departure = Some(how);
                }
                if self.queues.named.disconnects {
                    self.queues.wire.push_back(Seen::Left { connection: event.connection });
                }
            }
            WireEventKind::PingAck => self.queues.wire.push_back(Seen::PingAck),
            _ => {}
        }
    }

    fn absorb_incoming(&mut self, heard: Incoming) -> Result<(), Stop> {
        let weight = heard.weight() as u64;
        let (session, shown, at) = match heard {
            Incoming::Observation { session, shown, at, share: _ } => (session, shown, at),
            Incoming::Fault(fault) => return Err(self.progress.fault(fault)),
        };
        if session < self.number {
            let late = late_message(&shown).map(|what| Late { session, what });
            self.stage.late.extend(late);
            return if self.stage.late.len() < LATE_LIMIT {
                Ok(())
            } else {
                Err(self.progress.fault(Fault::Haunted))
            };
        }
        if self.others.take(session, &shown) {
            return Ok(());
        }
        self.flow.said = self.flow.said.saturating_add(weight);
        if self.flow.is_flood() {
            return Err(self.progress.fault(Fault::Flooded));
        }
        self.progress.transcript.shown(at, &shown);
        self.progress.alive = true;
        if session > self.number {
            return Err(self.progress.fault(Fault::UnknownSession { named: session }));
        }
        let is_after_close = if self.queues.closed {
            self.closing.is_by_case() && shown != Observation::Closed
        } else {
            // What is on its way when the harness says close shows another state, or is named by the case.
            let is_closed = matches!(shown, Observation::Error { ready_state: Some(ReadyState::Closed), .. });
            self.closing == Closing::Ordered && is_closed && !self.queues.named.errors
        };
        if is_after_close {
            // The adapter hides nothing: this is what the client does after close().
            return Err(self.progress.failure("nothing after close()", describe::shown(&shown)).into());
        }
        if self.queues.closed {
            return Err(self.progress.fault(Fault::AfterClosed { what: describe::shown(&shown) }));
        }
        if let Observation::Server(said) = &shown {
            return Err(self.progress.fault(Fault::OfAnotherRole { what: describe::server_shown(said) }));
        }
        let named = &self.queues.named;
        let asked_for = match &shown {
            Observation::State(state) => {
                self.queues.states.push_back(*state);
                false
            }
            Observation::Refreshed => {
                self.queues.refreshed += 1;
                false
            }
            Observation::Listening => {
                self.queues.listening = true;
                false
            }
            Observation::Script(result) => {
                self.queues.scripts.push_back(result.clone());
                false
            }
            Observation::Opened { .. } => named.opened,
            Observation::Error { .. } => named.errors,
            Observation::Comment { .. } => named.comments,
            Observation::Event(_)
            | Observation::Report(_)
            | Observation::Exception(_)
            | Observation::Server(_) => true,
            Observation::Closed => {
                self.queues.closed = true;
                true
            }
        };
        if asked_for {
            self.queues.shown.push_back(shown);
        }
        Ok(())
    }
}
