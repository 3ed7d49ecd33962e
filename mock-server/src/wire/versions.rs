//! Which versions of HTTP are spoken.

/// Which versions of HTTP a listener speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Versions {
    /// HTTP/1.0 and HTTP/1.1.
    #[default]
    Http1,
    /// These, and HTTP/2 on a connection that chooses it in the handshake of TLS, or begins with its preface
    /// ([RFC 9113, section 3.3](https://www.rfc-editor.org/rfc/rfc9113#section-3.3)). Without the feature `http2`, such a
    /// connection is malformed.
    Http1And2,
    /// HTTP/2 alone. Without the feature `http2`, every connection is malformed.
    Http2,
}

impl Versions {
    /// Whether HTTP/1.1 is spoken.
    #[cfg(feature = "tls")]
    pub(super) fn includes_http1(self) -> bool {
        self != Self::Http2
    }

    /// Whether HTTP/2 is spoken.
    #[cfg(feature = "tls")]
    pub(super) fn includes_http2(self) -> bool {
        self != Self::Http1 && cfg!(feature = "http2")
    }
}
