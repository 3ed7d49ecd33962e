//! The identity of a listener in a build without TLS: there is none.

use std::net::IpAddr;
use std::path::Path;

use super::IdentityError;

/// A certificate with its key: this build makes none.
#[derive(Debug, Clone)]
pub struct Identity(());

impl Identity {
    /// Makes a certificate.
    ///
    /// # Errors
    /// Always: this build has no TLS.
    pub fn generate(_: &[IpAddr]) -> Result<Self, IdentityError> {
        Err(IdentityError::Unsupported)
    }

    /// Reads a certificate and its key.
    ///
    /// # Errors
    /// Always: this build has no TLS.
    pub fn from_files(_: &Path, _: &Path) -> Result<Self, IdentityError> {
        Err(IdentityError::Unsupported)
    }

    /// The certificate that clients must trust, in PEM format.
    pub fn authority(&self) -> &str {
        let Self(()) = self;
        ""
    }

    /// The SHA-256 of the public key.
    pub fn public_key(&self) -> Option<[u8; 32]> {
        let Self(()) = self;
        None
    }
}
