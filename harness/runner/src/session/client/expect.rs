//! What must be observed next, compared with the queues.

use std::time::{Duration, Instant};

use ssespec_cases::client::{ConnectionUse, Expectation, Origin, RequestExpectation, words};
use ssespec_cases::{Capability, Step};
use ssespec_mock_server::wire::{Exchange, Request};

use super::fields;
use super::queues::{Arrival, Seen};
use super::session::{Answer, Closing, Session, Silence};
use crate::adapter::processes::Processes;
use crate::adapter::wait::Wait;
use crate::protocol::Observation;
use crate::session::deadline::Came;
use crate::session::describe;
use crate::session::outcome::Stop;
use crate::session::patience::Allowance;

/// The tolerance for timers that fire early.
const TIMER_TOLERANCE: Duration = Duration::from_millis(2);

/// How often a silent repeat of one request is folded.
const SILENT_REPEATS: usize = 2;

impl Session<'_> {
    pub(super) async fn expect(&mut self, expectation: &Expectation) -> Result<(), Stop> {
        match expectation {
            Expectation::Request(expected) => self.expect_request(expected).await,
            Expectation::NoRequest(time) => self.expect_no_request(*time).await,
            Expectation::Disconnect { within } => self.expect_disconnect(*within).await,
            Expectation::PingAck => self.expect_ping_ack().await,
            Expectation::State(state) => self.expect_state(*state).await,
            Expectation::Value(value) => self.expect_value(value).await,
            Expectation::Opened { .. }
            | Expectation::Closed
            | Expectation::Comment { .. }
            | Expectation::Error { .. }
            | Expectation::Exception(_) => {
                self.expect_shown(expectation, self.observation_allowance(None)).await
            }
            // A script may report what it had to load first.
            Expectation::Report(_) => {
                let allowance = Allowance { now: self.patience.request, full: self.full_patience.request };
                self.expect_shown(expectation, allowance).await
            }
            Expectation::Event(event) => {
                for _ in 0..event.times.unwrap_or(1) {
                    self.expect_shown(expectation, self.observation_allowance(event.within)).await?;
                }
                Ok(())
            }
        }
    }

    pub(super) async fn expect_request(&mut self, expected: &RequestExpectation) -> Result<(), Stop> {
        let words = words::expectation(&Expectation::Request(Box::new(expected.clone())));
        let after = expected.after.unwrap_or_default();
        let patience = expected.within.unwrap_or(self.patience.request) + after;
        let full = expected.within.unwrap_or(self.full_patience.request) + after;
        let mut repeats = 0;
        let arrival = loop {
            let arrival = self.next_request(&words, Allowance { now: patience, full }).await?;
            let early = expected.after.is_some_and(|after| self.is_early(arrival.at, after));
            if early && repeats < SILENT_REPEATS && self.is_silent_repeat(&arrival.exchange) {
                // Some browsers repeat a request that got no answer before they tell anyone.
                repeats += 1;
                self.progress.transcript.harness("silent-repeat", "treated like the request that it repeats");
                self.repeat_fate(arrival.exchange).await;
                continue;
            }
            break arrival;
        };
        self.client_listens().await?;
        self.delay = self.ended_at.map(|ended| arrival.at.saturating_duration_since(ended));
        self.delays.extend(self.delay);
        if let Some(id) = arrival.exchange.request().header("last-event-id").next() {
            // An ID that the client sends is one that it has seen.
            self.last_id = Some(String::from_utf8_lossy(id).into_owned());
        }
        let problem = self.request_problem(expected, &arrival);
        let names = expected.headers.iter().map(|(name, _)| name.clone());
        let observed = problem.map(|problem| {
            let request = describe::request(arrival.exchange.request(), names);
            if problem.is_empty() { request } else { format!("{request}, {problem}") }
        });
        self.connection = Some((arrival.origin, arrival.exchange.carrier()));
        self.exchange = Some(arrival.exchange);
        self.answer = Answer::Awaited;
        match observed {
            None => Ok(()),
            Some(observed) => Err(self.progress.failure(words, observed).into()),
        }
    }

    /// The next request, with the silent repeats of it folded.
    async fn next_request(
        &mut self,
        expected: &str,
        Allowance { now: patience, full }: Allowance,
    ) -> Result<Arrival, Stop> {
        let began = Instant::now();
        let mut wait = self.wait(Allowance { now: patience, full });
        loop {
            match self.queues.wire.pop_front() {
                Some(Seen::Request(arrival)) => {
                    self.progress.request_took(arrival.at.saturating_duration_since(began));
                    return Ok(arrival);
                }
                Some(Seen::Malformed { reason }) => {
                    return Err(self
                        .progress
                        .failure(expected, format!("a malformed request: {reason}"))
                        .into());
                }
                Some(Seen::Left { .. } | Seen::PingAck | Seen::Distrust) => continue,
                None => {}
            }
            if self.queues.closed && self.closing == Closing::No {
                let observed = "closed: the client has stopped";
                return Err(self.progress.failure(expected, observed).into());
            }
            if let Some(event @ Observation::Event(_)) = self.queues.shown.front() {
                return Err(self.progress.failure(expected, describe::shown(event)).into());
            }
            if self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on() {
                let silence = format!("nothing within {}", describe::time(patience));
                let observed = match self.queues.shown.front() {
                    Some(shown) => format!("{}, and no request", describe::shown(shown)),
                    None => silence,
                };
                return Err(self
                    .progress
                    .silence(expected, observed, Allowance { now: patience, full })
                    .into());
            }
        }
    }

    fn is_early(&self, at: Instant, after: Duration) -> bool {
        self.ended_at.is_some_and(|ended| at.saturating_duration_since(ended) + TIMER_TOLERANCE < after)
    }

    /// Whether a request is the previous one again, to which we wrote no byte of an answer; for a browser no whole
    /// head: it repeats what was lost on a connection that it had used before, also where the head had begun.
    fn is_silent_repeat(&self, exchange: &Exchange) -> bool {
        let is_browser = self.capabilities.contains(&Capability::Dom);
        self.exchange.as_ref().is_some_and(|previous| {
            let has_answer = if is_browser { previous.has_head() } else { previous.answered() };
            !has_answer && same_request(previous.request(), exchange.request())
        })
    }

    /// Ends a silent repeat as the request that it repeats was ended.
    async fn repeat_fate(&mut self, mut exchange: Exchange) {
        exchange.drop_connection(ssespec_mock_server::action::Drop::Reset).await;
    }

    /// What is wrong with a request; empty where its fields show it.
    fn request_problem(&self, expected: &RequestExpectation, arrival: &Arrival) -> Option<String> {
        let (request, at) = (arrival.exchange.request(), arrival.at);
        if expected.method.as_ref().is_some_and(|method| *method != request.method) {
            return Some(String::new());
        }
        if let Some(path) = &expected.path
            && self.relative(&request.target).as_ref() != Some(path)
        {
            return Some(String::new());
        }
        match (expected.origin, arrival.origin) {
            (None, _) | (Some(Origin::Base), 0) | (Some(Origin::Other), 1) => {}
            (Some(_), 0) => return Some("at the base origin".into()),
            (Some(_), _) => return Some("at the other origin".into()),
        }
        let expand = |text: &str| self.expand(text);
        if expected.headers.iter().any(|(name, field)| !fields::holds(request, name, field, expand)) {
            return Some(String::new());
        }
        if expected.body.as_ref().is_some_and(|body| body.as_bytes() != request.body) {
            let body = String::from_utf8_lossy(&request.body);
            return Some(format!("with the body {}", describe::quote(&body)));
        }
        let on_same = self.connection == Some((arrival.origin, arrival.exchange.carrier()));
        let which = if on_same { ConnectionUse::Same } else { ConnectionUse::Another };
        if expected.connection.is_some_and(|expected| expected != which) {
            return Some(format!("on {} connection", words::which_connection(which)));
        }
        if expected.alpn.as_ref().is_some_and(|name| !arrival.exchange.offered_protocols().contains(name)) {
            return Some(format!("offering {} by ALPN", describe::offered(&arrival.exchange)));
        }
        let after = expected.after.filter(|after| self.is_early(at, *after))?;
        let ended = self.ended_at?;
        let gap = Duration::from_millis(
            u64::try_from(at.saturating_duration_since(ended).as_millis()).unwrap_or(u64::MAX),
        );
        Some(format!(
            "{} after the end, which is earlier than {}",
            describe::time(gap),
            describe::time(after)
        ))
    }

    async fn expect_no_request(&mut self, time: Duration) -> Result<(), Stop> {
        self.stage.turn.waits_for(time);
        let deadline = Instant::now() + time;
        loop {
            while let Some(seen) = self.queues.wire.pop_front() {
                let observed = match seen {
                    Seen::Request(arrival) => describe::request(arrival.exchange.request(), Vec::new()),
                    Seen::Malformed { reason } => format!("a malformed request: {reason}"),
                    Seen::Left { .. } | Seen::PingAck | Seen::Distrust => continue,
                };
                let expected = words::expectation(&Expectation::NoRequest(time));
                return Err(self.progress.failure(expected, observed).into());
            }
            if self.take_in(deadline).await? == Came::Nothing {
                self.silence = Silence::Proved;
                return Ok(());
            }
        }
    }

    async fn expect_disconnect(&mut self, within: Option<Duration>) -> Result<(), Stop> {
        let patience = within.unwrap_or(self.patience.observation);
        let full = within.unwrap_or(self.full_patience.observation);
        let expected = words::expectation(&Expectation::Disconnect { within });
        let deadline = Instant::now() + patience;
        let current = self.exchange.as_ref().map(Exchange::connection);
        loop {
            let at = self.queues.wire.iter().position(
                |seen| matches!(seen, Seen::Left { connection, .. } if Some(*connection) == current),
            );
            if let Some(at) = at {
                self.queues.wire.remove(at);
                return Ok(());
            }
            if self.take_in(deadline).await? == Came::Nothing {
                return Err(self.timed_out(&expected, Allowance { now: patience, full }).into());
            }
        }
    }

    async fn expect_ping_ack(&mut self) -> Result<(), Stop> {
        let allowance = self.observation_allowance(None);
        let mut wait = self.wait(allowance);
        loop {
            if let Some(at) = self.queues.wire.iter().position(|seen| matches!(seen, Seen::PingAck)) {
                self.queues.wire.remove(at);
                return Ok(());
            }
            if self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on() {
                let expected = words::expectation(&Expectation::PingAck);
                return Err(self.timed_out(&expected, allowance).into());
            }
        }
    }

    /// Takes the alternative whose first observation comes, and requires the rest of it.
    pub(super) async fn expect_one_of(
        &mut self,
        alternatives: &[Vec<Step<Expectation>>],
    ) -> Result<(), Stop> {
        let words = words::alternatives(alternatives);
        let silence = alternatives.iter().enumerate().find_map(|(number, steps)| {
            match steps.first().map(|step| &step.kind) {
                Some(Expectation::NoRequest(time)) => Some((number, steps, *time)),
                _ => None,
            }
        });
        let patience = silence.map_or(self.patience.request, |(_, _, time)| time);
        let full = silence.map_or(self.full_patience.request, |(_, _, time)| time);
        let mut wait = match silence {
            // Silence is what it is, whatever the client works on.
            Some(_) => Wait::new(Processes::Unknown, patience),
            None => self.wait(Allowance { now: patience, full }),
        };
        loop {
            while let Some(Seen::Distrust) = self.queues.wire.front() {
                self.queues.wire.pop_front();
            }
            // What the client does after our answer to a malformed request says nothing about the alternatives.
            if let Some(Seen::Malformed { reason }) = self.queues.wire.front() {
                return Err(self.progress.failure(words, format!("a malformed request: {reason}")).into());
            }
            for (number, steps) in alternatives.iter().enumerate() {
                if self.begins(steps) {
                    self.progress.alternative = Some((number, words::alternative(steps)));
                    for step in steps {
                        self.expect(&step.kind).await?;
                    }
                    return Ok(());
                }
            }
            let unexpected = match (self.queues.shown.front(), self.queues.wire.front()) {
                (Some(shown), _) => Some(describe::shown(shown)),
                (None, Some(Seen::Request(arrival))) => {
                    Some(describe::request(arrival.exchange.request(), Vec::new()))
                }
                _ => None,
            };
            // What is there and begins no alternative stays in the way of all that come after it.
            if let Some(observed) = unexpected {
                if self.take_in(Instant::now()).await? == Came::Nothing {
                    return Err(self.progress.failure(words, observed).into());
                }
                continue;
            }
            if self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on() {
                // Silence is an alternative where one asks for it.
                return match silence {
                    Some((number, steps, _)) => {
                        self.progress.alternative = Some((number, words::alternative(steps)));
                        self.silence = Silence::Proved;
                        Ok(())
                    }
                    None => Err(self.timed_out(&words, Allowance { now: patience, full }).into()),
                };
            }
        }
    }

    /// Whether what waits in the queues begins this alternative.
    fn begins(&mut self, steps: &[Step<Expectation>]) -> bool {
        let Some(expectation) = steps.first().map(|step| &step.kind) else { return false };
        match expectation {
            Expectation::Request(expected) => match self.queues.wire.front() {
                Some(Seen::Request(arrival)) => self.request_problem(expected, arrival).is_none(),
                _ => false,
            },
            Expectation::Disconnect { .. } => matches!(self.queues.wire.front(), Some(Seen::Left { .. })),
            Expectation::PingAck => matches!(self.queues.wire.front(), Some(Seen::PingAck)),
            Expectation::NoRequest(_) | Expectation::State(_) | Expectation::Value(_) => false,
            _ => match self.queues.shown.front().cloned() {
                Some(shown) => self.matches(expectation, &shown),
                None => false,
            },
        }
    }
}

fn same_request(one: &Request, other: &Request) -> bool {
    one.method == other.method && one.target == other.target && one.headers == other.headers
}
