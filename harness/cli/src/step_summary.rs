//! The summary of a step of GitHub Actions.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use crate::output::WriteFileError;

/// The variable with the file that a step of GitHub Actions appends its summary to.
const VARIABLE: &str = "GITHUB_STEP_SUMMARY";

/// Appends Markdown to the summary of the step; does nothing outside of GitHub Actions.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn append(markdown: &str) -> Result<(), WriteFileError> {
    let Some(path) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) else { return Ok(()) };
    let path = PathBuf::from(path);
    let file = OpenOptions::new().create(true).append(true).open(&path);
    file.and_then(|mut file| file.write_all(markdown.as_bytes()))
        .map_err(|source| WriteFileError { path, source })
}
