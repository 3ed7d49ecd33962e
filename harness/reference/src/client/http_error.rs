//! What goes wrong on a connection.

use std::error::Error;
use std::io::{self, ErrorKind};

use bytes::Bytes;

/// One read of a body; `None` at its end. An error means that the body broke off.
pub(crate) type Read = Option<Result<Bytes, HttpError>>;

/// Why no response arrived.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// Connecting failed.
    #[error("no connection: {0}")]
    Connect(#[source] io::Error),
    /// The request cannot be written.
    #[error("not a request: {0}")]
    Request(#[from] http::Error),
    /// The connection was lost, or the response is not HTTP.
    #[error("no response: {0}")]
    Http(#[from] HttpError),
}

/// What goes wrong on a connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// Over HTTP/1.1.
    #[error("{}", describe(.0))]
    Http1(#[from] hyper::Error),
    /// Over HTTP/2.
    #[error(transparent)]
    Http2(#[from] h2::Error),
    /// Only a client with a defect loses a stream that GOAWAY does not exclude.
    #[error("the server sent GOAWAY")]
    GoAway,
}

/// An error of hyper with its source, which often says more.
fn describe(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error} ({source})"),
        None => error.to_string(),
    }
}

impl HttpError {
    /// Whether the connection or the stream was reset.
    pub(crate) fn is_reset(&self) -> bool {
        match self {
            Self::Http1(error) => {
                let mut sources = std::iter::successors(error.source(), |source: &&(dyn Error + 'static)| {
                    (*source).source()
                });
                sources.any(|source| {
                    let source = source.downcast_ref::<io::Error>();
                    source.is_some_and(|error| error.kind() == ErrorKind::ConnectionReset)
                })
            }
            Self::Http2(error) => {
                let is_reset = |error: &io::Error| error.kind() == ErrorKind::ConnectionReset;
                error.is_reset() || error.get_io().is_some_and(is_reset)
            }
            Self::GoAway => false,
        }
    }

    /// The code of RST_STREAM, if the server reset the stream.
    pub(crate) fn reset_code(&self) -> Option<h2::Reason> {
        match self {
            Self::Http2(error) if error.is_reset() && error.is_remote() => error.reason(),
            _ => None,
        }
    }

    /// Whether the answer is not HTTP.
    pub(crate) fn is_parse(&self) -> bool {
        matches!(self, Self::Http1(error) if error.is_parse())
    }

    /// Whether the framing of a body is malformed.
    pub(crate) fn is_malformed(&self) -> bool {
        let Self::Http1(error) = self else { return false };
        let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        source.is_some_and(|error| error.kind() == ErrorKind::InvalidInput)
    }
}
