//! TLS: which certificates are trusted, and the handshake.
//!
//! - [`roots`]: which certificates are trusted
//! - [`trust`]: the handshake, by rustls or (without the feature `tls`) an error
//! - `verifier`: accepts certificates that public authorities did not sign

pub mod roots;
#[cfg(feature = "tls")]
pub mod trust;
#[cfg(not(feature = "tls"))]
#[path = "without_tls.rs"]
pub mod trust;
#[cfg(feature = "tls")]
mod verifier;
