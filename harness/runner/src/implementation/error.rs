//! Why an implementation's folder, or its baseline, cannot be used.

use ssespec_diagnostics::{Diagnostics, SourceError};

use super::shape::FILE;

/// Why an implementation's folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// There is no `ssespec.toml`.
    #[error(
        "{0}: there is no {FILE} in this folder; it names the implementation and the command of its adapter"
    )]
    Missing(String),
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] SourceError),
    /// It has mistakes.
    #[error(transparent)]
    Mistakes(#[from] Diagnostics),
}
