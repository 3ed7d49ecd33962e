//! Where clients reach an intermediary.

use ssespec_cases::server::Http;

use crate::target::Target;

/// Where clients reach an intermediary: at one URL, or at two if HTTP/2 has a port of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// Over HTTP/1.1.
    pub http1: Target,
    /// Over HTTP/2: with ALPN over TLS, with prior knowledge otherwise.
    pub http2: Target,
}

impl Front {
    /// An intermediary that speaks all versions of HTTP at one URL.
    pub fn new(target: Target) -> Self {
        Self { http1: target.clone(), http2: target }
    }

    /// The same with HTTP/2 at another URL.
    pub fn with_http2(self, http2: Target) -> Self {
        Self { http2, ..self }
    }

    /// Where a version of HTTP is spoken.
    pub(crate) fn of(&self, http: Http) -> &Target {
        match http {
            Http::Http10 | Http::Http11 => &self.http1,
            Http::Http2 => &self.http2,
        }
    }
}
