//! The protocol that a TLS handshake offers.

/// The protocol that a client offers in a TLS handshake (ALPN).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// `http/1.1`
    Http11,
    /// `h2`, or else `http/1.1`
    H2,
    /// Nothing.
    Nothing,
}
