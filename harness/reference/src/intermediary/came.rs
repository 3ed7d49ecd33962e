//! What comes from the origin, over either version of HTTP.

use ssespec_strict::http::Framing;

use crate::intermediary::fields::Fields;

/// The head of a response.
#[derive(Debug, Clone)]
pub(crate) struct ResponseHead {
    pub(crate) status: u16,
    pub(crate) reason: Vec<u8>,
    pub(crate) fields: Fields,
    pub(crate) framing: Framing,
}

/// How a response broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    /// The connection, or the stream on it, was reset.
    Reset,
    /// The stream was reset with NO_ERROR.
    ResetWithNoError,
    /// The connection was closed.
    Closed,
}

/// What comes from the origin.
#[derive(Debug, Clone)]
pub(crate) enum Came {
    /// The head of an interim or the final response.
    Head(Box<ResponseHead>),
    /// Content, or what separates it.
    Content(Vec<u8>),
    /// The response is complete.
    Complete,
    /// It broke off.
    Broken(Break),
}
