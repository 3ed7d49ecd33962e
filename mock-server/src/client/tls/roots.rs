//! Which certificates are trusted.

use std::path::PathBuf;

/// Which certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Roots {
    /// The certificate authorities that browsers trust.
    #[default]
    Public,
    /// The certificates in this PEM file, and those that they signed.
    File(PathBuf),
    /// Every certificate.
    All,
}

/// Certificates that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// The file cannot be read, or contains no certificate.
    #[error("{path}: {problem}; expected certificates in PEM format")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// This build has no TLS.
    #[error("this ssespec was built without the feature `tls`; install it with its default features")]
    Unsupported,
}
