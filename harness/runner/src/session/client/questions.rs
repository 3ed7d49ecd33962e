//! Questions to the implementation: its state, and the results of scripts in a page.

use std::time::Instant;

use ssespec_cases::client::{Expectation, ReadyState, Scope, ValueExpectation, Visibility, words};

use super::session::{Closing, Session};
use crate::adapter::fault::Fault;
use crate::adapter::identity::ListensWhen;
use crate::protocol::Order;
use crate::protocol::page::{Place, ScriptResult};
use crate::session::deadline::Came;
use crate::session::describe;
use crate::session::outcome::Stop;
use crate::session::patience::Allowance;

impl Session<'_> {
    pub(super) async fn expect_state(&mut self, expected: ReadyState) -> Result<(), Stop> {
        let words = words::expectation(&Expectation::State(expected));
        self.stage.adapter.order(self.number, Order::State);
        let deadline = Instant::now() + self.patience.observation;
        loop {
            if let Some(state) = self.queues.states.pop_front() {
                let observed = format!("state {}", state.word());
                return if state == expected {
                    Ok(())
                } else {
                    Err(self.progress.failure(words, observed).into())
                };
            }
            if self.queues.closed {
                // A client that has stopped is closed and does not answer.
                let observed = "closed: the client has stopped";
                let closed = expected == ReadyState::Closed;
                return if closed { Ok(()) } else { Err(self.progress.failure(words, observed).into()) };
            }
            if self.take_in(deadline).await? == Came::Nothing {
                return Err(self.timed_out(&words, self.observation_allowance(None)).into());
            }
        }
    }

    /// Sets request headers for later requests, and waits until the adapter has.
    pub(super) async fn refresh_headers(&mut self, headers: &[(String, String)]) -> Result<(), Stop> {
        let fields: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        self.progress.transcript.harness("refresh-headers", fields.join(", "));
        let before = self.queues.refreshed;
        self.stage.adapter.order(self.number, Order::Refresh(headers.to_vec()));
        let deadline = Instant::now() + self.full_patience.observation;
        while self.queues.refreshed == before && !self.queues.closed {
            if self.take_in(deadline).await? == Came::Nothing {
                return Err(self.progress.fault(Fault::NotRefreshed(self.full_patience.observation)));
            }
        }
        Ok(())
    }

    /// Waits until the client listens for all types of events, where it gets them while it connects.
    pub(super) async fn client_listens(&mut self) -> Result<(), Stop> {
        if self.stage.adapter.identity().listens == ListensWhen::Connecting {
            return Ok(());
        }
        let deadline = Instant::now() + self.full_patience.observation;
        while !self.queues.listening && !self.queues.closed {
            if self.take_in(deadline).await? == Came::Nothing {
                return Err(self.progress.fault(Fault::NotListening(self.full_patience.observation)));
            }
        }
        Ok(())
    }

    /// Begins a session in which scripts construct what they need.
    pub(super) fn enter(&mut self, scope: Scope) {
        self.progress.transcript.harness("enter", scope.word());
        self.closing = Closing::Scripts;
        let place = self.place(scope);
        self.stage.adapter.order(self.number, Order::Enter(place));
    }

    /// This scope, with what scripts in it know.
    pub(super) fn place(&self, scope: Scope) -> Place {
        Place { scope, base: self.base_url(), other: self.other_url(), constructor_url: None }
    }

    /// Makes the page hidden or visible, and waits until it is.
    pub(super) async fn set_visibility(&mut self, visibility: Visibility) -> Result<(), Stop> {
        self.progress.transcript.harness("visibility", visibility.word());
        let expected = format!("the page becomes {}", visibility.word());
        match self.play_script(Order::Visibility(visibility), &expected).await? {
            ScriptResult::Ran => Ok(()),
            other => Err(self.progress.failure(expected, describe::script_result(&other)).into()),
        }
    }

    /// Runs statements, and waits until they are done.
    pub(super) async fn run_script(&mut self, script: &str) -> Result<(), Stop> {
        self.progress.transcript.harness("run", script);
        let expected = "the script completes";
        match self.play_script(Order::Run(script.to_owned()), expected).await? {
            ScriptResult::Ran => Ok(()),
            other => Err(self.progress.failure(expected, describe::script_result(&other)).into()),
        }
    }

    /// Evaluates an expression and compares its value.
    pub(super) async fn expect_value(&mut self, expected: &ValueExpectation) -> Result<(), Stop> {
        let words = words::expectation(&Expectation::Value(expected.clone()));
        self.progress.transcript.harness("evaluate", expected.of.as_str());
        let result = self.play_script(Order::Evaluate(expected.of.clone()), &words).await?;
        let holds = match &result {
            ScriptResult::Value(text) => *text == self.expand(&expected.is),
            ScriptResult::Threw(exception) => {
                expected.is.strip_prefix("throws ") == Some(exception.name.as_str())
            }
            ScriptResult::Ran => false,
        };
        if holds {
            Ok(())
        } else {
            Err(self.progress.failure(words, describe::script_result(&result)).into())
        }
    }

    /// The result of a script. What it reports meanwhile is queued.
    async fn play_script(&mut self, order: Order, expected: &str) -> Result<ScriptResult, Stop> {
        self.stage.adapter.order(self.number, order);
        // A frame or a worker may have to be loaded first.
        let patience = self.patience.request;
        let deadline = Instant::now() + patience;
        loop {
            if let Some(result) = self.queues.scripts.pop_front() {
                return Ok(result);
            }
            if self.queues.closed {
                // A client that has stopped runs no scripts.
                return Err(self.progress.failure(expected, "closed: the client has stopped").into());
            }
            if self.take_in(deadline).await? == Came::Nothing {
                let observed = format!("nothing within {}", describe::time(patience));
                return Err(self
                    .progress
                    .silence(
                        expected,
                        observed,
                        Allowance { now: patience, full: self.full_patience.request },
                    )
                    .into());
            }
        }
    }
}
