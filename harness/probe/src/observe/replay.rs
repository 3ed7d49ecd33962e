//! When what a server sends is new.

use std::time::Duration;

/// Events on a new stream before this time may be a replay.
pub(crate) const REPLAYED: Duration = Duration::from_millis(500);
