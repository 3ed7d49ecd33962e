//! A file's name and text, and the lines of it.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A named text, cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
}

/// A file that could not be read as text.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct SourceError {
    /// The file.
    pub path: String,
    /// What the operating system said, or which byte is not UTF-8.
    pub problem: String,
}

impl Source {
    /// A text that goes by this name in messages.
    pub fn new(name: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        Self { name: name.as_ref().into(), text: text.as_ref().into() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or is not UTF-8; the message names the file.
    pub fn read(path: &Path) -> Result<Self, SourceError> {
        let error = |problem| SourceError { path: path.display().to_string(), problem };
        let bytes = std::fs::read(path).map_err(|e| error(e.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|e| {
            error(format!("not UTF-8 at byte {}; TOML is UTF-8 text", e.utf8_error().valid_up_to()))
        })?;
        Ok(Self::new(path.display().to_string().replace('\\', "/"), text))
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
