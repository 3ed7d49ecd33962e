//! The outcome of a session.

use std::time::{Duration, Instant};

use ssespec_reports::results::{Fact, Row};

use super::patience::Patience;
use crate::adapter::fault::Fault;

/// Why a case did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which of the case's steps, from 0; `None` where it is implied.
    pub step: Option<usize>,
    /// What had to be observed.
    pub expected: String,
    /// What was.
    pub observed: String,
    /// What may help to understand it.
    pub hint: Option<String>,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Failure {
    /// What was expected and observed, in one sentence.
    pub(crate) fn summary(&self) -> String {
        format!("expected {}; observed {}", self.expected, self.observed)
    }
}

/// What a failure rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Something that was observed.
    Observed,
    /// Nothing came in the whole time that it is given.
    Silence,
    /// Nothing came in a shorter time, so it may still come.
    ShortSilence,
    /// What was observed in a session to whose port something came that named no session: it may have been another
    /// program's.
    Unattributed,
}

/// Why a session stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The implementation did not do what the case asks for.
    Failure(Failure),
    /// The adapter is unusable.
    Fault {
        /// The fault.
        fault: Fault,
        /// The step at which it was noticed.
        step: Option<usize>,
    },
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The outcome of a session.
#[derive(Debug)]
pub struct Outcome {
    /// Whether the script held.
    pub held: Result<(), Stop>,
    /// The facts that it recorded.
    pub facts: Vec<Fact>,
    /// The record of it.
    pub transcript: Vec<Row>,
    /// When it began.
    pub began: Instant,
    /// How long it took.
    pub duration: Duration,
    /// The step that took longest, from 0, and how long; `None` for the step where it is implied.
    pub longest_step: Option<(Option<usize>, Duration)>,
    /// Who ended the session.
    pub ended_by: EndedBy,
    /// What the script failed with before the adapter broke the protocol.
    pub failed_before: Option<Failure>,
    /// Why the adapter is unusable since the session was torn down. The script's verdict stands.
    pub teardown: Option<Fault>,
    /// The longest that the implementation needed for an observation and a request that came.
    pub needed: Patience,
    /// Whether anything came from the adapter or its implementation.
    pub alive: bool,
    /// What the case asks for and could not be judged here; the script was not played to its end then.
    pub not_judged: Option<String>,
    /// Whether the adapter has ended, as the case or the harness wanted: its server was shut down, or it was killed
    /// when a span of work was cut short.
    pub cut_short: bool,
}

impl Outcome {
    /// What the script failed with.
    #[cfg(feature = "command")]
    pub(crate) fn failure(&self) -> Option<&Failure> {
        match &self.held {
            Err(Stop::Failure(failure)) => Some(failure),
            Err(Stop::Fault { .. }) => self.failed_before.as_ref(),
            Ok(()) => None,
        }
    }

    /// Whether the adapter answered `close` at the end.
    #[cfg(feature = "command")]
    pub(crate) fn answer_to_close(&self) -> Close {
        match &self.teardown {
            Some(fault) if fault.is_of_teardown() => Close::Ignored,
            None if self.ended_by != EndedBy::Implementation => Close::Answered,
            _ => Close::NotSent,
        }
    }

    /// Why the script's failure is not yet a verdict; `None` if it is one, or nothing failed.
    #[cfg(feature = "command")]
    pub(crate) fn provisional(&self) -> Option<Provisional> {
        match self.failure()?.evidence {
            Evidence::ShortSilence => Some(Provisional::ShortSilence),
            Evidence::Unattributed => Some(Provisional::Unattributed),
            Evidence::Observed | Evidence::Silence => None,
        }
    }
}

/// Why a failure is not yet a verdict.
#[cfg(feature = "command")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provisional {
    /// See [`Evidence::ShortSilence`].
    ShortSilence,
    /// See [`Evidence::Unattributed`].
    Unattributed,
}

/// What became of the order `close` at the end of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Close {
    /// The adapter answered it.
    Answered,
    /// It did not.
    Ignored,
    /// The session was over, or the adapter unusable.
    NotSent,
}

/// Who ended a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// The implementation reported on its own that it has stopped.
    Implementation,
    /// The case told it to close.
    Case,
    /// The harness tore it down.
    Harness,
}
