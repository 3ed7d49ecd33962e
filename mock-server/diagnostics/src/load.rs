//! Reading a file as text.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Source;

#[cfg(test)]
mod tests;

/// The longest text, in bytes.
const LIMIT: u64 = 64 << 20;

/// The content of a file, which may be a pipe.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {LIMIT} bytes")));
    }
    Ok(bytes)
}

/// A file that could not be read as text.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It cannot be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// The error of the operating system.
        error: io::Error,
    },
    /// It is not UTF-8.
    #[error(transparent)]
    NotText(#[from] Diagnostics),
}

impl Source {
    /// Reads a file; its path is its name in messages.
    ///
    /// # Errors
    /// If it cannot be read or is not UTF-8; the message names the file.
    pub fn read(path: &Path) -> Result<Self, SourceError> {
        let name = path.display().to_string().replace('\\', "/");
        match read(path) {
            Ok(bytes) => Ok(Self::from_bytes(name, bytes)?),
            Err(error) => Err(SourceError::Unreadable { path: name, error }),
        }
    }

    /// Bytes as a text with this name in messages.
    ///
    /// # Errors
    /// If they are not UTF-8; the message shows the first invalid byte.
    pub fn from_bytes(name: impl AsRef<str>, bytes: Vec<u8>) -> Result<Self, Diagnostics> {
        let error = match String::from_utf8(bytes) {
            Ok(text) => return Ok(Self::new(name, text)),
            Err(error) => error,
        };
        // The text before the first invalid byte is shown unchanged, so its place is the same in both.
        let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
        let hint = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this looks like UTF-16: save the file as UTF-8",
            _ => "save the file as UTF-8; write bytes that are not text with send-hex",
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
