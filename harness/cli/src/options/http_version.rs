//! The option that chooses versions of HTTP.

use clap::ValueEnum;
use ssespec_mock_server::wire::Versions;

/// Versions of HTTP on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HttpVersion {
    /// HTTP/1.1
    #[value(name = "1.1")]
    Http11,
    /// HTTP/2
    #[value(name = "2")]
    Http2,
    /// HTTP/1.1 and HTTP/2
    Both,
}

impl HttpVersion {
    /// What a listener speaks.
    pub(crate) fn versions(self) -> Versions {
        match self {
            Self::Http11 => Versions::Http1,
            Self::Http2 => Versions::Http2,
            Self::Both => Versions::Http1And2,
        }
    }
}
