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
}
