//! How long the harness waits.

use std::time::Duration;

/// How long the harness waits for what must be observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For what an implementation shows.
    pub observation: Duration,
    /// For a request.
    pub request: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { observation: Duration::from_secs(5), request: Duration::from_secs(15) }
    }
}
