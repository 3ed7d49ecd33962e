//! What a stream shows to the user, and how it ends.

use std::sync::Arc;

/// What a stream shows to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// An event to dispatch.
    Event(Event),
    /// A comment: everything after its colon. The standard ignores comments; showing them is an addition.
    Comment(String),
}

impl Shown {
    pub(crate) fn is_event(&self) -> bool {
        matches!(self, Self::Event(_))
    }
}

/// The `MessageEvent` of a block, as far as the stream determines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its type.
    pub(crate) kind: String,
    /// Its data.
    pub(crate) data: String,
    /// The last event ID string at its dispatch.
    pub(crate) last_event_id: Arc<str>,
}

/// How a stream ended. It makes no difference to what a sound client shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamEnd {
    /// Cleanly, at a last chunk or with the connection.
    Clean,
    /// Cleanly, after the number of bytes that Content-Length announced.
    AtLength,
    /// In the middle of the body.
    Broken,
}
