//! How connections and event sources end.

use std::ops::ControlFlow;
use std::time::Duration;

use http::StatusCode;

use crate::client::fetch::NetworkError;
use crate::client::http_error::HttpError;

/// How an event source ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceEnd {
    /// The connection was failed.
    Failed,
    /// The user called close() in a handler.
    Closed,
}

/// A step's result; it breaks when the event source has ended.
pub(crate) type Flow<T = ()> = ControlFlow<SourceEnd, T>;

/// Why a connection is reestablished.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Loss {
    #[error(transparent)]
    Network(NetworkError),
    #[error("the stream ended")]
    Ended,
    #[error("the stream broke off: {0}")]
    Broken(HttpError),
    /// Nothing was received for as long as the user allows.
    #[error("nothing came for {} ms", .0.as_millis())]
    Silent(Duration),
    /// Only a client with a defect reconnects then.
    #[error("the response is not an event stream")]
    NoStream,
}

/// Why a connection is failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Futile(NetworkError),
    #[error("the status is {0}")]
    Status(StatusCode),
    #[error("the content type is not text/event-stream")]
    ContentType,
    #[error("{0}; the request is not safe to repeat")]
    NotRepeatable(Loss),
    /// Only a client with a defect stops then.
    #[error("{0}; the client stops reconnecting")]
    GaveUp(Loss),
}
