//! Why there is no certificate.

/// Why there is no certificate with which a listener can prove its identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read, or does not contain what it should.
    #[error("{path}: {problem}; expected {expected} in PEM format")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
        /// What it should contain.
        expected: &'static str,
    },
    /// The certificate cannot be used with the key.
    #[error("the certificate in {certificate} cannot be used with the key in {key}: {problem}")]
    Mismatch {
        /// The file with the certificate.
        certificate: String,
        /// The file with the key.
        key: String,
        /// Why not.
        problem: String,
    },
    /// No certificate could be made.
    #[error("no certificate could be made: {0}")]
    NotMade(String),
    /// This build has no TLS.
    #[error("this ssespec was built without the feature `tls`; install it with its default features")]
    Unsupported,
}
