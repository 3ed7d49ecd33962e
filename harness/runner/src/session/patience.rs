//! How long the harness waits.

use std::time::Duration;

/// How long the harness waits for an expected observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For an observation.
    pub observation: Duration,
    /// For a request.
    pub request: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { observation: Duration::from_secs(5), request: Duration::from_secs(15) }
    }
}
