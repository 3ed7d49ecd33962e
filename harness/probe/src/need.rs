//! What a check needs.

use crate::options::{HttpVersion, Length, Options};
use ssespec::target::Security;

/// What a check needs besides a server. The check is skipped if it is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A command or URL that makes the server emit an event.
    Emit,
    /// A server reached over TLS.
    Tls,
    /// A stream opened with GET. Unlike POST, GET is safe, idempotent and cacheable.
    Get,
    /// A server that speaks HTTP/1.1.
    Http1,
    /// A stream observed in full, which a quick probe does not do.
    FullObservation,
}

impl Need {
    /// How to meet this need, as a short note for a list of checks.
    pub fn note(self) -> &'static str {
        match self {
            Self::Emit => "needs --emit",
            Self::Tls => "needs https",
            Self::Get => "not with --data",
            Self::Http1 => "not over HTTP/2 only",
            Self::FullObservation => "not with --quick",
        }
    }

    /// Why these options do not meet this need; `None` if they do.
    pub(crate) fn unmet_by(self, options: &Options) -> Option<&'static str> {
        let (is_met, reason) = match self {
            Self::Emit => {
                (options.emit.is_some(), "needs a way to make the server emit: --emit COMMAND or --emit URL")
            }
            Self::Tls => (options.target.security == Security::Tls, "needs a server reached over TLS"),
            Self::Get => (options.content.is_none(), "applies only to a stream opened with GET"),
            Self::Http1 => {
                (options.version != HttpVersion::Http2, "needs HTTP/1.1, and the server speaks HTTP/2 only")
            }
            Self::FullObservation => (options.length == Length::Full, "takes longer than a quick probe"),
        };
        (!is_met).then_some(reason)
    }
}
