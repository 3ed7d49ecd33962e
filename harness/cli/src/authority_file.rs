//! The file with the certificate that clients must trust.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::CommandError;
use crate::output;

/// A file with the certificate that clients must trust. A temporary one is removed when it is dropped.
#[derive(Debug)]
pub(crate) enum AuthorityFile {
    /// A file of the user's choice.
    Given(PathBuf),
    /// A temporary file.
    Temporary(NamedTempFile),
}

impl AuthorityFile {
    /// Writes a file of the user's choice.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn given(path: &Path, text: &str) -> Result<Self, CommandError> {
        output::print_or_write(text, Some(path))?;
        Ok(Self::Given(path.to_owned()))
    }

    /// Writes a temporary file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn temporary(text: &str) -> Result<Self, CommandError> {
        let file = tempfile::Builder::new().prefix("ssespec-ca-").suffix(".pem").tempfile();
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()).map(|()| file));
        written.map(Self::Temporary).map_err(CommandError::AuthorityFile)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(file) => file.path(),
        }
    }
}
