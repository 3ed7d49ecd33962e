//! What one stream of an event source leaves to the next.

use std::sync::Arc;
use std::time::Duration;

/// The reconnection time before any `retry`: "an implementation-defined value, probably in the region of a few
/// seconds". Ours is short, because its users are tests.
pub(crate) const DEFAULT_RECONNECTION_TIME: Duration = Duration::from_secs(1);

/// What belongs to the event source rather than to one of its streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resumption {
    /// The reconnection time,
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-reconnection-time>.
    pub(crate) reconnection_time: Duration,
    /// The last event ID string, or the empty string,
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-last-event-id>.
    pub(crate) last_event_id: Arc<str>,
}
