//! What the implementation shows, held against what is expected of it.

use std::time::{Duration, Instant};

use ssespec_cases::Capability;
use ssespec_cases::client::{EventExpectation, Expectation, Origin, words};
use ssespec_mock_server::wire::Exchange;

use super::queues::Seen;
use super::session::Session;
use crate::adapter::processes::Processes;
use crate::adapter::wait::Wait;
use crate::protocol::{Event, Observation};
use crate::session::deadline::Came;
use crate::session::describe;
use crate::session::outcome::{Failure, Stop};
use crate::session::patience::{Allowance, Patience};

/// The most bytes of events' data that are kept.
const REMEMBERED: usize = 64 * 1024;

/// Why a case about the state inside the open handler is not judged.
const NO_STATE_IN_OPENED: &str = "its adapter reports no readyState with `opened`";

/// How long what was shown may be on its way after a client has moved on to another connection.
const MOVED_ON: Duration = Duration::from_secs(2);

impl Session<'_> {
    pub(super) async fn expect_shown(
        &mut self,
        expectation: &Expectation,
        allowance: Allowance,
    ) -> Result<(), Stop> {
        let expected = words::expectation(expectation);
        let shown = self.next_shown(&expected, allowance).await?;
        if let (Observation::Error { .. } | Observation::Closed, Some(Seen::Malformed { reason })) =
            (&shown, self.queues.wire.front())
        {
            // The client shows what it makes of our answer to that.
            return Err(self.progress.failure(expected, format!("a malformed request: {reason}")).into());
        }
        if let (Expectation::Opened { state: Some(_) }, Observation::Opened { ready_state: None }) =
            (expectation, &shown)
        {
            self.progress.not_judged = Some(NO_STATE_IN_OPENED.into());
            return Ok(());
        }
        if self.matches(expectation, &shown) {
            return Ok(());
        }
        Err(self.progress.failure(expected, describe::shown(&shown)).into())
    }

    /// How long an observation is awaited, and how long it is given: what the case says, or the patience.
    pub(super) fn observation_allowance(&self, within: Option<Duration>) -> Allowance {
        let time = |patience: Patience| within.unwrap_or(patience.observation);
        Allowance { now: time(self.patience), full: time(self.full_patience) }
    }

    /// The next thing that the implementation shows.
    pub(super) async fn next_shown(
        &mut self,
        expected: &str,
        Allowance { now: patience, full }: Allowance,
    ) -> Result<Observation, Stop> {
        let began = Instant::now();
        let mut wait = self.wait(Allowance { now: patience, full });
        let mut patience = patience;
        loop {
            if let Some(shown) = self.queues.shown.pop_front() {
                self.progress.observation_took(began.elapsed());
                return Ok(shown);
            }
            if patience > MOVED_ON && self.has_moved_on() {
                patience = MOVED_ON;
                wait.ends_in(patience);
            }
            if self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on() {
                return Err(self.timed_out(expected, Allowance { now: patience, full }).into());
            }
        }
    }

    /// Begins to wait this long for the client.
    pub(super) fn wait(&self, Allowance { now: patience, full }: Allowance) -> Wait {
        // What fails with less than the full patience is repeated with it, so only that is worth counting.
        let processes = if patience < full { Processes::Unknown } else { self.stage.processes() };
        Wait::new(processes, patience)
    }

    /// Whether the client has left its connection and asked for another, which the script does not foresee: what it
    /// has not shown by now it will hardly show.
    fn has_moved_on(&self) -> bool {
        matches!(self.queues.wire.front(), Some(Seen::Request(_)))
            && self.exchange.as_ref().is_some_and(Exchange::peer_gone)
    }

    pub(super) fn timed_out(&self, expected: &str, Allowance { now: patience, full }: Allowance) -> Failure {
        let waiting = match self.queues.wire.front() {
            Some(Seen::Request(arrival)) => {
                format!(", but {} came", describe::request(arrival.exchange.request(), Vec::new()))
            }
            Some(Seen::Malformed { reason }) => format!(", but a malformed request came ({reason})"),
            _ if self.exchange.as_ref().is_some_and(Exchange::peer_gone) => {
                ", and the client has left".into()
            }
            _ => String::new(),
        };
        let observed = format!("nothing within {}{waiting}", describe::time(patience));
        self.progress.silence(expected, observed, Allowance { now: patience, full })
    }

    /// Whether what was shown is what is expected. An event that is looked at becomes the last one.
    pub(super) fn matches(&mut self, expectation: &Expectation, shown: &Observation) -> bool {
        match (expectation, shown) {
            (Expectation::Closed, Observation::Closed) => true,
            (Expectation::Report(text), Observation::Report(found)) => self.expand(text) == *found,
            (Expectation::Exception(name), Observation::Exception(found)) => *name == found.name,
            (Expectation::Opened { state }, Observation::Opened { ready_state }) => {
                state.is_none_or(|state| *ready_state == Some(state))
            }
            (Expectation::Comment { text }, Observation::Comment { text: found }) => {
                text.as_ref().is_none_or(|text| text == found)
            }
            (Expectation::Error { state }, Observation::Error { ready_state, .. }) => {
                state.is_none_or(|state| *ready_state == Some(state))
            }
            (Expectation::Event(expected), Observation::Event(event)) => {
                let matches = self.event_matches(expected, event);
                self.remember(event);
                matches
            }
            _ => false,
        }
    }

    fn remember(&mut self, event: &Event) {
        if let Some(id) = event.id.clone().filter(|id| !id.is_empty()) {
            self.last_id = Some(id);
        }
        self.last_data = event.bytes().filter(|data| data.len() <= REMEMBERED);
        if let Some(data) =
            self.last_data.as_deref().filter(|data| self.all_data.len() + data.len() < REMEMBERED)
        {
            if !self.all_data.is_empty() {
                self.all_data.push(b'\n');
            }
            self.all_data.extend_from_slice(data);
        }
    }

    fn event_matches(&self, expected: &EventExpectation, event: &Event) -> bool {
        let data = event.bytes();
        let origin = expected.origin.map(|origin| match origin {
            Origin::Base => self.stage.base.url(),
            Origin::Other => self.stage.other.url(),
        });
        expected.kind.as_ref().is_none_or(|kind| event.kind.as_ref() == Some(kind))
            && expected.data.as_ref().is_none_or(|text| data.as_deref() == Some(text.as_bytes()))
            && expected
                .data_repeat
                .as_ref()
                .is_none_or(|repeat| data.as_deref().is_some_and(|data| repeat.equals(data)))
            && expected.id.as_ref().is_none_or(|id| self.id_matches(id, event.id.as_deref()))
            && origin.is_none_or(|origin| event.origin.as_ref() == Some(&origin))
    }

    /// An API that documents the event's own id only does not repeat an earlier one, and may have none where the DOM
    /// has an empty one.
    fn id_matches(&self, expected: &str, found: Option<&str>) -> bool {
        if self.capabilities.contains(&Capability::OwnId) {
            let found = found.unwrap_or_default();
            found == expected || found.is_empty() && self.last_id.as_deref() == Some(expected)
        } else {
            found == Some(expected)
        }
    }
}
