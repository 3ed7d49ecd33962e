//! Why a corpus could not be loaded.

use ssespec_diagnostics::{Diagnostics, SourceError};

/// Why a corpus could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// Files have mistakes, which the diagnostics show.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))]
    Mistakes(Vec<Diagnostics>),
    /// A file or folder cannot be read.
    #[error(transparent)]
    Unreadable(#[from] SourceError),
    /// A folder contains no cases.
    #[error(
        "{0}: no cases found; a case is a file like {0}/client/<group>/<name>.toml, {0}/server/<group>/<name>.toml, or \
         {0}/<name>.toml"
    )]
    Empty(String),
}
