//! What an application learns about its clients.

/// A client of a topic arrived or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    Connected {
        /// Empty if the client sent none.
        last_event_id: String,
    },
    Disconnected,
}

/// How a client left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Departure {
    /// It closed its connection.
    Closed,
    /// Its connection broke, or the server dropped it.
    Broken,
    /// It reset its stream over HTTP/2.
    Reset,
    /// It did, and its connection has other streams.
    ResetAmongOthers,
}
