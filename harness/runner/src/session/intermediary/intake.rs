//! Taking in what comes from both sides of an intermediary.

use std::time::Instant;

use ssespec_mock_server::wire::{WireEvent, WireEventKind};

use super::session::{Arrival, Session};
use crate::session::deadline::{Came, WITHOUT_PAUSE};
use crate::session::late_arrivals::session_of;
use crate::session::outcome::Stop;
use crate::session::server::describe;
use crate::session::server::outlet::StreamUpdate;
use crate::session::server::stream::StreamState;
use crate::session::server::stream_contents::Seen;

/// The most items of one stream that wait to be expected.
const WAITING: usize = 100_000;

impl Session<'_> {
    /// Takes in the next thing that comes from either side, until the deadline.
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
                Some(told) = self.told.recv() => {
                    self.absorb(told)?;
                    return Ok(Came::Something);
                }
                () = tokio::time::sleep_until(deadline.into()) => return Ok(Came::Nothing),
                () = self.stage.turn.ends() => self.stage.turn.end(),
            }
        }
    }

    /// Takes in what has come already.
    pub(super) fn take_in_all(&mut self) -> Result<(), Stop> {
        while let Ok(event) = self.stage.wire.try_recv() {
            self.absorb_wire(event);
        }
        while let Ok(told) = self.told.try_recv() {
            self.absorb(told)?;
        }
        Ok(())
    }

    fn absorb_wire(&mut self, event: WireEvent) {
        self.progress.transcript.wire(&event);
        match event.kind {
            WireEventKind::Request(exchange) => {
                self.progress.alive = true;
                // A request of an earlier session that comes late gets no answer here, and its connection ends with it.
                if session_of(&exchange.request().target) == Some(self.number) {
                    self.arrivals.push_back(Arrival { exchange });
                }
            }
            WireEventKind::Malformed { reason }
            | WireEventKind::HandshakeFailed { reason }
            | WireEventKind::Refused { reason } => {
                self.malformed = Some(reason);
            }
            WireEventKind::Disconnected(_) => {
                self.gone.insert(event.connection);
            }
            _ => {}
        }
    }

    /// Takes in something that a stream in front shows.
    fn absorb(&mut self, told: StreamUpdate) -> Result<(), Stop> {
        let StreamUpdate { stream: number, at, seen } = told;
        if !matches!(seen, Seen::Content(_)) {
            let connection = u32::try_from(number + 1).unwrap_or(u32::MAX);
            self.progress.transcript.stream(at, connection, describe::row(&seen));
        }
        self.progress.alive = true;
        let Some(front) = self.fronts.get_mut(number) else { return Ok(()) };
        if matches!(front.stream.state, StreamState::Left | StreamState::HalfClosed) {
            return Ok(());
        }
        match seen {
            Seen::Content(bytes) => {
                front.last_content = Some(at);
                let since = at.saturating_duration_since(front.opened);
                for seen in front.content.arrives(&bytes, at, since) {
                    if front.stream.queue.len() < WAITING {
                        front.stream.queue.push_back(seen);
                    }
                }
            }
            Seen::Head(head) => {
                front.content.head(&head);
                front.stream.head = Some(head);
            }
            Seen::StreamLimit(limit) => front.stream_limit = Some(limit),
            Seen::End | Seen::Broken(_) => {
                front.silence_before_the_end =
                    front.last_content.map(|last| at.saturating_duration_since(last));
                front.stream.queue.push_back(seen);
            }
            Seen::Violation(what) => {
                return Err(self.progress.failure("a response of valid HTTP in front", what).into());
            }
            Seen::Bytes(..)
            | Seen::Remark(_)
            | Seen::Closed
            | Seen::Event(_)
            | Seen::Comment(_)
            | Seen::Retry(_) => {}
        }
        Ok(())
    }
}
