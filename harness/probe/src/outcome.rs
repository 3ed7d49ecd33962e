//! The outcome of a check.

use std::time::Duration;

use ssespec_reports::results::{Fact, Row};

use crate::wire::exchange::{End, Exchange};

/// The outcome of a check. The level of its requirement decides how serious a breach is.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// The claim holds.
    Holds,
    /// The claim holds, with a note for the report.
    HoldsWithNote(String),
    /// The claim does not hold.
    Broken(Box<Breach>),
    /// The claim seems not to hold, which cannot be proved from outside: a warning at most.
    Suspected(Box<Breach>),
    /// Facts to report; there is nothing to judge.
    Facts(Vec<Fact>),
    /// The claim cannot be judged, for this reason.
    NotJudged(String),
    /// The claim can be judged only while no other check runs; if that is not possible, it is not judged, for this reason.
    JudgeAlone(String),
    /// What the user provided for this check does not work.
    SetupFailed(String),
}

/// A claim that does not hold: what was expected, and what was observed.
#[derive(Debug, Clone)]
pub(crate) struct Breach {
    /// The requests, in words.
    pub(crate) requests: String,
    pub(crate) expected: String,
    pub(crate) observed: String,
    /// The usual cause, the consequence, or how to fix it.
    pub(crate) hint: Option<String>,
    /// The transcript.
    pub(crate) rows: Vec<Row>,
    /// How long was waited in vain for the head of a response.
    pub(crate) vain_wait: Option<Duration>,
    /// The breach is that something took too long.
    pub(crate) is_about_time: bool,
    /// The server may have refused a request because there were too many.
    pub(crate) may_be_refusal: bool,
}

impl Breach {
    /// A breach that this exchange shows.
    pub(crate) fn new(exchange: &Exchange, expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self {
            requests: exchange.describe_request(),
            expected: expected.into(),
            observed: observed.into(),
            hint: None,
            rows: exchange.rows(1),
            vain_wait: exchange.vain_wait(),
            is_about_time: false,
            may_be_refusal: is_refusal(exchange),
        }
    }

    /// With the usual cause, the consequence, or how to fix it.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// With another exchange that shows it.
    pub(crate) fn with_exchange(mut self, exchange: &Exchange, connection: u32) -> Self {
        self.requests.push('\n');
        self.requests.push_str(&exchange.describe_request());
        self.rows.extend(exchange.rows(connection));
        self.vain_wait = self.vain_wait.into_iter().chain(exchange.vain_wait()).min();
        self.may_be_refusal |= is_refusal(exchange);
        self
    }

    /// As one about a response that took too long.
    pub(crate) fn about_time(self) -> Self {
        Self { is_about_time: true, ..self }
    }

    /// As the outcome of a check that proves it.
    pub(crate) fn proven(self) -> Outcome {
        Outcome::Broken(Box::new(self))
    }

    /// As the outcome of a check that cannot prove it.
    pub(crate) fn suspected(self) -> Outcome {
        Outcome::Suspected(Box::new(self))
    }
}

fn is_refusal(exchange: &Exchange) -> bool {
    match exchange.status() {
        Some(status) => matches!(status, 409 | 429 | 503),
        None => exchange.end != End::StillOpen,
    }
}

/// A single fact as an outcome.
pub(crate) fn fact(name: &str, value: impl Into<String>) -> Outcome {
    Outcome::Facts(vec![Fact { fact: name.into(), value: value.into() }])
}
