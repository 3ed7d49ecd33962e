//! Why the tests of a suite cannot run.

use std::path::PathBuf;

use ssespec_cases::load::CorpusError;

#[cfg(feature = "write-baseline")]
use crate::baseline_file::UpdateError;
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
    /// The baseline is to be written, but the suite has none.
    #[cfg(feature = "write-baseline")]
    #[error(
        "SSESPEC_WRITE_BASELINE is set, but the suite names no file: add `.baseline(\"tests/ssespec.toml\")`"
    )]
    NoBaselineToWrite,
    /// The baseline is to be written, but this build cannot.
    #[cfg(not(feature = "write-baseline"))]
    #[error("SSESPEC_WRITE_BASELINE is set, but ssespec was built without its feature `write-baseline`")]
    CannotWrite,
    /// The baseline cannot be written.
    #[cfg(feature = "write-baseline")]
    #[error(transparent)]
    Write(#[from] UpdateError),
    /// The baseline does not exist.
    #[error(
        "{}: there is no such file in {folder}\nhelp: the path of a baseline is relative to the folder of the package's \
         Cargo.toml, where cargo runs tests; an empty file is a baseline without known failures, and \
         SSESPEC_WRITE_BASELINE=1 writes one",
        path.display()
    )]
    MissingBaseline {
        /// The path as given.
        path: PathBuf,
        /// The current folder.
        folder: String,
    },
}
