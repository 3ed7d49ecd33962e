//! Which servers are trusted over TLS, and the handshake.

use std::path::PathBuf;

#[cfg(feature = "tls")]
mod handshake;
#[cfg(feature = "tls")]
pub(super) use handshake::TlsStream;

/// Which certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Roots {
    /// Those of the authorities that browsers trust.
    #[default]
    Public,
    /// Those of this PEM file.
    File(PathBuf),
    /// All.
    All,
}

/// Certificates that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRoots {
    /// The file cannot be read, or holds no certificate.
    #[error("{path}: {problem}; expected certificates in PEM form")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no TLS in this build.
    #[error("this ssespec was built without the feature `tls`")]
    Unsupported,
}

/// How a handshake is made.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    #[cfg(feature = "tls")]
    config: Option<std::sync::Arc<tokio_rustls::rustls::ClientConfig>>,
}

#[cfg(not(feature = "tls"))]
impl Trust {
    /// Trusts these certificates.
    ///
    /// # Errors
    /// Always: there is no TLS in this build.
    pub fn new(_: &Roots) -> Result<Self, BadRoots> {
        Err(BadRoots::Unsupported)
    }

    /// Why there is no handshake.
    pub(crate) fn unsupported(&self, _: super::wire::connection::Offer) -> std::io::Error {
        std::io::Error::new(std::io::ErrorKind::Unsupported, BadRoots::Unsupported)
    }
}
