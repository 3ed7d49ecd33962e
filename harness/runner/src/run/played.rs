//! The outcome of a trial.

use crate::session::outcome::Outcome;

/// The outcome of a trial.
#[derive(Debug)]
pub struct Played {
    /// The outcome of its session.
    pub outcome: Outcome,
    /// The end of the adapter's stderr, where something went wrong.
    pub stderr: Option<String>,
    /// A note for the report.
    pub note: Option<String>,
    /// The number of the lane in which it was played last.
    pub lane: Option<u32>,
    /// How often the adapter died during the trial, unless its outcome says so.
    pub deaths: usize,
}

impl Played {
    /// The outcome of a trial during which no adapter died.
    pub(super) fn new(outcome: Outcome, stderr: Option<String>, note: Option<String>) -> Self {
        Self { outcome, stderr, note, lane: None, deaths: 0 }
    }
}
