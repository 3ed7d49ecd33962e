//! The protocol over which a case was played, as in the results file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The protocol over which a case was played. Ordered as in reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Protocol {
    /// HTTP/1.1 without TLS.
    #[default]
    #[serde(rename = "http1")]
    Http1,
    /// HTTP/1.1 over TLS.
    #[serde(rename = "http1-tls")]
    Http1Tls,
    /// HTTP/2 without TLS, with prior knowledge.
    #[serde(rename = "http2")]
    Http2,
    /// HTTP/2 over TLS.
    #[serde(rename = "http2-tls")]
    Http2Tls,
}

impl Protocol {
    /// All of them, in their order.
    pub const ALL: &[Self] = &[Self::Http1, Self::Http1Tls, Self::Http2, Self::Http2Tls];

    /// Its name in the results file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http1 => "http1",
            Self::Http1Tls => "http1-tls",
            Self::Http2 => "http2",
            Self::Http2Tls => "http2-tls",
        }
    }

    /// The protocol of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|protocol| protocol.name() == name)
    }

    /// Whether it is HTTP/2.
    pub const fn is_http2(self) -> bool {
        matches!(self, Self::Http2 | Self::Http2Tls)
    }

    /// Whether it is over TLS.
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Http1Tls | Self::Http2Tls)
    }

    /// The options that ask for it alone.
    pub const fn options(self) -> &'static str {
        match self {
            Self::Http1 => "--http 1.1",
            Self::Http1Tls => "--http 1.1 --tls",
            Self::Http2 => "--http 2",
            Self::Http2Tls => "--http 2 --tls",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http1Tls => "HTTP/1.1 and TLS",
            Self::Http2 => "HTTP/2",
            Self::Http2Tls => "HTTP/2 and TLS",
        })
    }
}
