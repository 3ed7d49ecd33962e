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

impl Patience {
    /// The shorter of both, each time.
    #[cfg(feature = "command")]
    pub(crate) fn at_most(self, other: Self) -> Self {
        Self {
            observation: self.observation.min(other.observation),
            request: self.request.min(other.request),
        }
    }

    /// The longer of both, each time.
    #[cfg(feature = "command")]
    pub(crate) fn at_least(self, other: Self) -> Self {
        Self {
            observation: self.observation.max(other.observation),
            request: self.request.max(other.request),
        }
    }
}

/// How long something is awaited now, and how long it is given before a failure by waiting is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    pub(super) now: Duration,
    pub(super) full: Duration,
}

impl Allowance {
    /// The same time for both: a failure by waiting is final.
    pub(super) fn final_after(time: Duration) -> Self {
        Self { now: time, full: time }
    }
}

/// The patience of one attempt at a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttemptPatience {
    /// What is waited for the implementation. If this runs out, the trial has to be repeated with the full patience,
    /// unless it is the full patience.
    pub(crate) now: Patience,
    /// The full patience, also what the adapter itself gets.
    pub(crate) full: Patience,
    /// How long `closed` is awaited at the end of a session that the case leaves open. No verdict rests on it.
    pub(crate) closed: Duration,
}

impl AttemptPatience {
    /// An attempt whose failures are final.
    pub(crate) fn final_with(full: Patience) -> Self {
        Self { now: full, full, closed: full.observation }
    }

    /// Whether the adapters of this run answer `close`.
    #[cfg(feature = "command")]
    pub(crate) fn expects_close(self) -> bool {
        self.closed >= self.full.observation
    }

    /// Whether a failure by waiting is final.
    #[cfg(any(feature = "intermediary", all(test, feature = "command")))]
    pub(crate) fn is_final(self) -> bool {
        self.now == self.full
    }
}
