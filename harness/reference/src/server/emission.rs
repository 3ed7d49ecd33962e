//! What an application sends.

/// What an application sends to the clients of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Emission {
    Event(Event),
    Comment(String),
    /// In milliseconds.
    Retry(u64),
}

/// An event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) kind: Option<String>,
    pub(crate) data: String,
    pub(crate) id: Option<String>,
    /// The text that the application gives as the reconnection time.
    pub(crate) retry: Option<String>,
}
