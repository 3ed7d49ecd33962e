//! Why a probe could not start.

use std::io;

/// Why a probe could not start.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Connecting failed.
    #[error("{url}: no connection: {source}")]
    Unreachable {
        /// The URL.
        url: String,
        /// The error of the operating system or of the TLS handshake.
        source: io::Error,
    },
    /// The URL redirects.
    #[error("{url} redirects to {location}; probe that URL")]
    Redirects {
        /// The URL.
        url: String,
        /// The value of the Location field.
        location: String,
    },
    /// The server responds over HTTP/2 only.
    #[error(
        "{url}: the server responds over HTTP/2 only; the checks send HTTP/1.1 requests and compare HTTP/2 with them, so \
         probe it through a port or proxy that speaks HTTP/1.1 too"
    )]
    OnlyHttp2 {
        /// The URL.
        url: String,
    },
    /// No check is selected.
    #[error("no check is selected; `ssespec probe --list` lists them")]
    NothingSelected,
}
