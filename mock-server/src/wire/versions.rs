//! Which versions of HTTP are spoken.

/// Which versions of HTTP a listener speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Versions {
    /// HTTP/1.0 and HTTP/1.1.
    #[default]
    Http1,
    /// These, and HTTP/2 on a connection that begins with its preface
    /// ([RFC 9113, section 3.3](https://www.rfc-editor.org/rfc/rfc9113#section-3.3)). Without the feature `http2`, such a
    /// connection is malformed.
    Http1And2,
}
