//! Reading a file as text.

use std::io;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Source;

#[cfg(test)]
mod tests;

/// A file that could not be read as text.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system does not give it.
    #[error("{path}: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// It is not UTF-8.
    #[error(transparent)]
    NotText(#[from] Diagnostics),
}

impl Source {
    /// Reads a file, which goes by its path in messages.
    ///
    /// # Errors
    /// When it cannot be read or is not UTF-8; the message names the file.
    pub fn read(path: &Path) -> Result<Self, SourceError> {
        let name = path.display().to_string().replace('\\', "/");
        match std::fs::read(path) {
            Ok(bytes) => Ok(Self::from_bytes(name, bytes)?),
            Err(error) => Err(SourceError::Unreadable { path: name, error }),
        }
    }

    /// Bytes that go by this name in messages, as text.
    ///
    /// # Errors
    /// When they are not UTF-8; the message shows the first byte that is not.
    pub fn from_bytes(name: impl AsRef<str>, bytes: Vec<u8>) -> Result<Self, Diagnostics> {
        let error = match String::from_utf8(bytes) {
            Ok(text) => return Ok(Self::new(name, text)),
            Err(error) => error,
        };
        // What stands before the first invalid byte is shown as it is, so that the place is the same in both.
        let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
        let hint = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this looks like UTF-16: save the file as UTF-8",
            _ => "save the file as UTF-8; bytes of a stream that are no text are written with send-hex",
        };
        let finding = Diagnostic {
            span: at..at + char::REPLACEMENT_CHARACTER.len_utf8(),
            message: "this file is not UTF-8".into(),
            label: format!("expected a character, found the byte {:02X}", bytes[at]),
            hint: Some(hint.into()),
        };
        Err(Diagnostics::new(Self::new(name, String::from_utf8_lossy(bytes)), vec![finding]))
    }
}
