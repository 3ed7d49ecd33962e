//! What a check comes to.

use std::time::Duration;

use ssespec_reports::results::{Fact, Row};

use super::wire::{End, Exchange};

/// What a check comes to. The level of its requirement decides what a breach is worth.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// It holds.
    Held,
    /// It holds, and something is worth saying.
    HeldWith(String),
    /// It does not hold.
    Broken(Box<Breach>),
    /// It looks as if it did not hold, which cannot be proved from outside: a warning at most.
    Suspected(Box<Breach>),
    /// There is nothing to hold or to break; this is how it is.
    Told(Vec<Fact>),
    /// It cannot be judged, for this reason.
    NotJudged(String),
    /// What the user gave for it does not work.
    Trouble(String),
}

/// What was expected, and what came instead.
#[derive(Debug, Clone)]
pub(crate) struct Breach {
    /// What was asked of the server.
    pub(crate) asked: String,
    pub(crate) expected: String,
    pub(crate) observed: String,
    /// What this usually means.
    pub(crate) hint: Option<String>,
    pub(crate) rows: Vec<Row>,
    /// Whether an answer came late, or not at all.
    pub(crate) waited: bool,
    /// Whether the server may have had enough of our requests.
    pub(crate) refused: bool,
}

/// An answer that comes later than this has waited for something.
const LATE: Duration = Duration::from_secs(1);

impl Breach {
    /// A breach that an exchange shows.
    pub(crate) fn of(exchange: &Exchange, expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self {
            asked: exchange.ask.describe("the stream"),
            expected: expected.into(),
            observed: observed.into(),
            hint: None,
            rows: exchange.rows(1),
            waited: has_waited(exchange),
            refused: is_refused(exchange),
        }
    }

    /// With what it usually means.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// With a further exchange.
    pub(crate) fn and(mut self, exchange: &Exchange, connection: u32) -> Self {
        self.asked.push_str("; ");
        self.asked.push_str(&exchange.ask.describe("the stream"));
        self.rows.extend(exchange.rows(connection));
        self.waited |= has_waited(exchange);
        self.refused |= is_refused(exchange);
        self
    }

    pub(crate) fn broken(self) -> Outcome {
        Outcome::Broken(Box::new(self))
    }

    pub(crate) fn suspected(self) -> Outcome {
        Outcome::Suspected(Box::new(self))
    }
}

fn has_waited(exchange: &Exchange) -> bool {
    exchange.head().is_none_or(|head| head.at > LATE)
}

fn is_refused(exchange: &Exchange) -> bool {
    match exchange.status() {
        Some(status) => matches!(status, 429 | 503),
        None => exchange.end != End::Left,
    }
}

/// A single fact.
pub(crate) fn told(fact: &str, value: impl Into<String>) -> Outcome {
    Outcome::Told(vec![Fact { fact: fact.into(), value: value.into() }])
}
