//! Why the tests of a suite cannot run.

use std::path::PathBuf;

use ssespec_cases::load::CorpusError;

use crate::implementation::FolderError;

/// Why the tests of a suite cannot run.
#[derive(Debug, thiserror::Error)]
pub(super) enum SuiteError {
    /// The cases cannot be loaded.
    #[error(transparent)]
    Cases(#[from] CorpusError),
    /// The baseline is malformed.
    #[error(transparent)]
    Baseline(#[from] FolderError),
    /// The baseline does not exist.
    #[error(
        "{}: there is no such file in {folder}\nhelp: the path of a baseline is relative to the folder of the package's \
         Cargo.toml, where cargo runs tests; an empty file is a baseline without known failures",
        path.display()
    )]
    MissingBaseline {
        /// The path as given.
        path: PathBuf,
        /// The current folder.
        folder: String,
    },
}
