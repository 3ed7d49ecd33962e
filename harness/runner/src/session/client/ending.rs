//! How every session ends, so that absence is proved without waiting.
//!
//! Where the stream is open, a sentinel event is sent and must be the next event. Where it ended or was dropped, either
//! the client is done or it connects again and is answered with the sentinel. Then the session is torn down.

use std::time::{Duration, Instant};

use ssespec_cases::client::RequestExpectation;
use ssespec_mock_server::action::Respond;

use super::queues::Seen;
use super::session::{Answer, Closing, ResponseKind, Session, Silence};
use crate::adapter::fault::Fault;
use crate::protocol::{Observation, Order};
use crate::session::deadline::Came;
use crate::session::describe;
use crate::session::late_arrivals::late_request;
use crate::session::outcome::{EndedBy, Stop};
use crate::session::patience::Allowance;

/// How long clients may take to close the connections that the harness closed.
const LEAVING: Duration = Duration::from_millis(250);

/// The same over HTTP/2, where sessions may share a connection: one that its client does not leave would be used for the first
/// request of the next session.
const LEAVING_HTTP2: Duration = Duration::from_secs(2);

/// How long a client is watched after its close(). What comes later is charged by a later record.
const AFTERWARDS: Duration = Duration::from_millis(100);

impl Session<'_> {
    /// Proves that nothing more comes.
    pub(super) async fn settle(&mut self) -> Result<(), Stop> {
        if self.closing != Closing::No || self.silence == Silence::Proved || self.queues.closed {
            return Ok(());
        }
        match self.answer {
            Answer::Open(ResponseKind::Stream) => self.sentinel().await,
            Answer::Awaited => {
                self.respond(&Respond::default()).await;
                self.sentinel().await
            }
            Answer::Over(ResponseKind::Stream) => self.closed_or_resumed().await,
            Answer::None | Answer::Open(_) | Answer::Over(_) => Ok(()),
        }
    }

    async fn sentinel(&mut self) -> Result<(), Stop> {
        let data = format!("ssespec-sentinel-{}", self.number);
        self.progress.transcript.harness("sentinel", data.as_str());
        self.write(&[format!("data: {data}\n\n").into_bytes()]).await?;
        let expected = format!("no more events, then the sentinel event {}", describe::quote(&data));
        match self.next_event(&expected).await? {
            Observation::Event(event)
                if event.bytes().is_some_and(|found| self.is_sentinel(&found, &data)) =>
            {
                Ok(())
            }
            other => {
                let mut failure = self.progress.failure(expected, describe::shown(&other));
                failure.hint = Some(SENTINEL_HINT.into());
                Err(failure.into())
            }
        }
    }

    /// Whether this is the sentinel's data. A client that does not forget the data of earlier events fails the cases
    /// about that, and need not fail every case there is.
    fn is_sentinel(&self, found: &[u8], sentinel: &str) -> bool {
        let rest = found.strip_suffix(sentinel.as_bytes());
        rest.is_some_and(|rest| {
            let unforgotten = rest
                .strip_suffix(b"\n")
                .is_some_and(|data| self.last_data.as_deref() == Some(data) || self.all_data == data);
            rest.is_empty() || unforgotten
        })
    }

    /// The next thing shown that is not an opening, an error or a comment.
    async fn next_event(&mut self, expected: &str) -> Result<Observation, Stop> {
        loop {
            match self.next_shown(expected, self.observation_allowance(None)).await? {
                Observation::Opened { .. } | Observation::Error { .. } | Observation::Comment { .. } => {}
                other => return Ok(other),
            }
        }
    }

    /// After the end of a stream a client either says that it is done or connects again.
    async fn closed_or_resumed(&mut self) -> Result<(), Stop> {
        let expected = "no more events, then either closed or a new request";
        let began = Instant::now();
        let allowance = Allowance { now: self.patience.request, full: self.full_patience.request };
        let mut wait = self.wait(allowance);
        loop {
            match self.queues.shown.pop_front() {
                Some(Observation::Closed) => return Ok(()),
                Some(event @ Observation::Event(_)) => {
                    return Err(self.progress.failure(expected, describe::shown(&event)).into());
                }
                Some(_) => continue,
                None => {}
            }
            if let Some(Seen::Request(arrival)) = self.queues.wire.front() {
                self.progress.request_took(arrival.at.saturating_duration_since(began));
                self.expect_request(&RequestExpectation::default()).await?;
                self.respond(&Respond::default()).await;
                return self.sentinel().await;
            }
            if self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on() {
                let observed = format!("nothing within {}", describe::time(self.patience.request));
                return Err(self.progress.silence(expected, observed, allowance).into());
            }
        }
    }

    /// Ends the session: the adapter closes, then all connections are closed. What was not expected and came before
    /// that fails a session that held until here.
    pub(super) async fn tear_down(&mut self, held: &Result<(), Stop>) -> Result<(), Stop> {
        let began = Instant::now();
        // Streams of others would be late in the next session.
        let others = match held {
            Err(Stop::Fault { .. }) => Ok(()),
            _ => self.close_others().await,
        };
        let closed = match held {
            _ if others.is_err() => others,
            // An unusable adapter gets no orders.
            Err(Stop::Fault { .. }) => Ok(()),
            // The work that was cut short may go on for a long time.
            Err(Stop::Failure(_)) if self.progress.cut_short => {
                self.stage.adapter.kill().await;
                Ok(())
            }
            Err(Stop::Failure(_)) => self.await_closed().await,
            Ok(()) => match self.await_closed().await {
                Ok(()) if self.closing.is_by_case() => self.watch_closed().await,
                closed => closed,
            },
        };
        self.exchange = None;
        self.others_open.clear();
        // What this session refuses the next one must not find refused.
        self.stage.base.refuse_no_more().await;
        let leaving = if self.stage.protocol.is_http2() { LEAVING_HTTP2 } else { LEAVING };
        tokio::join!(self.stage.base.close_connections(leaving), self.stage.other.close_connections(leaving));
        self.take_in_wire();
        match &closed {
            Err(Stop::Fault { fault, .. }) if !fault.is_of_teardown() => return closed,
            _ if held.is_err() || self.progress.not_judged.is_some() => return closed,
            _ => self.nothing_left(began)?,
        }
        closed
    }

    /// Nothing came in the session that was not expected; it was torn down from this time on.
    fn nothing_left(&mut self, began: Instant) -> Result<(), Stop> {
        let counts = |shown: &&Observation| {
            matches!(shown, Observation::Event(_) | Observation::Report(_) | Observation::Exception(_))
        };
        if let Some(shown) = self.queues.shown.iter().find(counts) {
            let expected =
                if matches!(shown, Observation::Event(_)) { "no more events" } else { "no more reports" };
            return Err(self.progress.failure(expected, describe::shown(shown)).into());
        }
        while let Some(seen) = self.queues.wire.pop_front() {
            let unexpected = match seen {
                // They were counted.
                Seen::Request(arrival) if self.counts_attempts() => {
                    late_request(&mut self.stage.late, arrival.exchange);
                    continue;
                }
                // What we brought about by tearing down is not what the case is about.
                Seen::Request(arrival) if arrival.at >= began && self.ended_by == EndedBy::Harness => {
                    late_request(&mut self.stage.late, arrival.exchange);
                    continue;
                }
                Seen::Request(arrival) => describe::request(arrival.exchange.request(), Vec::new()),
                Seen::Malformed { reason } => format!("a malformed request: {reason}"),
                Seen::Left { .. } | Seen::PingAck | Seen::Distrust => continue,
            };
            return Err(self.progress.failure("no more requests", unexpected).into());
        }
        Ok(())
    }

    /// Watches for what a client shows after close(), which often happens in a later turn of its event loop.
    async fn watch_closed(&mut self) -> Result<(), Stop> {
        self.stage.turn.waits_for(AFTERWARDS);
        let deadline = Instant::now() + AFTERWARDS;
        while self.take_in(deadline).await? == Came::Something {}
        Ok(())
    }

    async fn await_closed(&mut self) -> Result<(), Stop> {
        if self.queues.closed {
            return Ok(());
        }
        self.stage.adapter.order(self.number, Order::Close);
        let said = self.flow.said;
        // Where the case closes the client, the answer is part of the verdict.
        let patience =
            if self.closing.is_by_case() { self.full_patience.observation } else { self.patience_for_closed };
        let deadline = Instant::now() + patience;
        // What comes before it and should not is the verdict, but is not the end of the session.
        let mut held = Ok(());
        while !self.queues.closed {
            let came = match self.take_in(deadline).await {
                Err(Stop::Failure(failure)) => {
                    held = held.and(Err(Stop::Failure(failure)));
                    continue;
                }
                came => came?,
            };
            if came == Came::Nothing {
                let fault = match self.stage.adapter.unfinished_line() {
                    // An adapter that keeps writing is always in the middle of a line.
                    bytes if bytes > 0 && said == self.flow.said => Fault::HalfLine(bytes),
                    _ => Fault::IgnoredClose(patience),
                };
                return Err(self.progress.fault(fault));
            }
        }
        held
    }
}

/// What a failed sentinel usually means.
const SENTINEL_HINT: &str = "a script that leaves its stream open ends with one more event, which must come next; the case does not expect what came instead";
