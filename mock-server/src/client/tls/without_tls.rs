//! The handshake of a build without TLS: it always fails.

use std::io;

use super::roots::{Roots, RootsError};

/// How handshakes verify certificates: this build makes none.
#[derive(Debug, Clone, Default)]
pub struct Trust(());

impl Trust {
    /// Trusts these certificates.
    ///
    /// # Errors
    /// Always: this build has no TLS.
    pub fn new(_: &Roots) -> Result<Self, RootsError> {
        Err(RootsError::Unsupported)
    }

    /// Why there is no handshake.
    pub(crate) fn unsupported(&self) -> io::Error {
        io::Error::new(io::ErrorKind::Unsupported, RootsError::Unsupported)
    }
}
