//! How every session ends: streams that the server should end have ended, and on open streams the sentinel comes next.

use std::time::Instant;

use ssespec_cases::server::{Emission, EmittedData, Reading};

use super::describe;
use super::outlet::Left;
use super::session::{Presence, Session};
use super::stream::StreamState;
use super::stream_contents::{Seen, Strictness};
use crate::adapter::fault::Fault;
use crate::protocol::Order;
use crate::session::deadline::Came;
use crate::session::outcome::Stop;
use crate::session::patience::Allowance;

/// What a failed sentinel usually means.
const SENTINEL_HINT: &str = "a case that leaves a stream open ends with one more event, which must come next on it; the case does not expect what came instead";

impl Session<'_> {
    /// Proves that nothing more came than was expected.
    pub(super) async fn settle(&mut self) -> Result<(), Stop> {
        if self.stream_reading.strictness == Strictness::Smoke {
            return Ok(());
        }
        for number in 0..self.streams.len() {
            if self.streams[number].state == StreamState::Ending && self.is_judged(number) {
                self.ended(number).await?;
            }
        }
        if self.presence != Presence::There {
            return self.shut_down().await;
        }
        let open: Vec<usize> = (0..self.streams.len())
            .filter(|number| self.streams[*number].state == StreamState::Open && self.is_judged(*number))
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        self.all_connected().await?;
        let data = format!("ssespec-sentinel-{}", self.number);
        let emission =
            Emission::Event { kind: None, data: EmittedData::Text(data.clone()), id: None, retry: None };
        self.emit_now(&emission);
        self.expect_emitted().await?;
        for number in open {
            self.sentinel(number, &data).await?;
        }
        Ok(())
    }

    /// Whether what a stream shows is judged: somebody reads it.
    fn is_judged(&self, number: usize) -> bool {
        let stream = &self.streams[number];
        stream.reading == Reading::AsItComes && stream.is_stream()
    }

    /// The next thing on a stream that a server may not send at any time.
    async fn next(&mut self, number: usize, expected: &str) -> Result<Seen, Stop> {
        let deadline = Instant::now() + self.patience.observation;
        loop {
            while let Some(seen) = self.streams[number].queue.pop_front() {
                if matches!(seen, Seen::Event(_) | Seen::End | Seen::Broken(_)) {
                    return Ok(seen);
                }
            }
            if self.take_in(deadline).await? == Came::Nothing {
                let observed = format!("no match within {}", describe::time(self.patience.observation));
                let allowance =
                    Allowance { now: self.patience.observation, full: self.full_patience.observation };
                return Err(self.progress.silence(expected, observed, allowance).into());
            }
        }
    }

    async fn sentinel(&mut self, number: usize, data: &str) -> Result<(), Stop> {
        let expected = format!("no more events, then the sentinel event {}", describe::quote(data));
        match self.next(number, &expected).await? {
            Seen::Event(event) if event.data == data => Ok(()),
            other => {
                let mut failure = self.progress.failure(expected, describe::seen(&other));
                failure.hint = Some(SENTINEL_HINT.into());
                Err(failure.into())
            }
        }
    }

    async fn ended(&mut self, number: usize) -> Result<(), Stop> {
        let expected = "no more events, then the clean end of the body";
        match self.next(number, expected).await? {
            Seen::End => Ok(()),
            other => Err(self.progress.failure(expected, describe::seen(&other)).into()),
        }
    }

    /// Waits until the adapter whose server was shut down exits or sends `closed`.
    async fn shut_down(&mut self) -> Result<(), Stop> {
        let deadline = Instant::now() + self.full_patience.request;
        while self.presence != Presence::Gone && !self.closed {
            if self.take_in(deadline).await? == Came::Nothing {
                let observed = format!("neither within {}", describe::time(self.full_patience.request));
                let expected = "the server shuts down: the adapter exits or sends closed";
                return Err(self.progress.failure(expected, observed).into());
            }
        }
        Ok(())
    }

    /// Ends the session: all streams are left, then the adapter closes.
    pub(super) async fn tear_down(&mut self, held: &Result<(), Stop>) -> Result<(), Stop> {
        for stream in &mut self.streams {
            if stream.state != StreamState::Left {
                stream.leave(Left::Forgotten);
            }
        }
        if let Some(shared) = self.shared.take() {
            shared.close().await;
        }
        for number in 0..self.streams.len() {
            self.streams[number].gone().await;
        }
        if self.presence != Presence::There {
            // Another server must be there for the next case; one that crashed is started afresh anyway.
            self.progress.cut_short = !matches!(held, Err(Stop::Fault { .. }));
            if self.presence == Presence::Leaving {
                self.stage.adapter.kill().await;
            }
            return Ok(());
        }
        match held {
            // An unusable adapter gets no orders.
            Err(Stop::Fault { .. }) => Ok(()),
            // The work that was cut short may go on for a long time.
            Err(Stop::Failure(_)) if self.progress.cut_short => {
                self.stage.adapter.kill().await;
                Ok(())
            }
            Err(Stop::Failure(_)) | Ok(()) => self.await_closed().await,
        }
    }

    async fn await_closed(&mut self) -> Result<(), Stop> {
        if self.closed {
            // There was no order to close.
            return Err(self.progress.fault(Fault::Unasked { what: "closed".into() }));
        }
        self.stage.adapter.order(self.number, Order::Close);
        let deadline = Instant::now() + self.full_patience.observation;
        while !self.closed {
            if self.take_in(deadline).await? == Came::Nothing {
                let fault = match self.stage.adapter.unfinished_line() {
                    0 => Fault::IgnoredClose(self.full_patience.observation),
                    bytes => Fault::HalfLine(bytes),
                };
                return Err(self.progress.fault(fault));
            }
        }
        Ok(())
    }
}
