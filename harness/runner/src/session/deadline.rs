//! Whether something arrived before a deadline.

use std::time::Duration;

/// Whether something arrived before the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    Something,
    Nothing,
}

/// How long after a deadline an uninterrupted sequence of arrivals is still processed.
pub(super) const WITHOUT_PAUSE: Duration = Duration::from_millis(100);
