//! Whether something came before a deadline.

use std::time::Duration;

/// Whether something came before the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    Something,
    Nothing,
}

/// How long after a deadline what keeps coming without a pause is still taken in.
pub(super) const WITHOUT_PAUSE: Duration = Duration::from_millis(100);
