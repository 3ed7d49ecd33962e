//! A file's name and text, and the lines of it.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::{Diagnostic, Diagnostics};

#[cfg(test)]
mod tests;

/// A named text, cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
}

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
    /// A text that goes by this name in messages.
    pub fn new(name: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        Self { name: name.as_ref().into(), text: text.as_ref().into() }
    }

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

    /// The name by which messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column (both from 1, the column in characters) of a byte offset.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// The text of a range, without the white space around it.
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default().trim()
    }
}
