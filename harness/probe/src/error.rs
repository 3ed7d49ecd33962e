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
    /// No check is selected.
    #[error("no check is selected; `ssespec probe --list` lists them")]
    NothingSelected,
}
