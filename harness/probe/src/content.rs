//! The content of requests that open the stream with POST, as LLM services expect.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

/// The content of each request that opens the stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Content(Bytes);

/// The file with the content cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {source}; `@` is followed by the name of a file, relative to {}", .folder.display())]
pub struct ContentError {
    file: String,
    folder: PathBuf,
    source: io::Error,
}

impl Content {
    /// Reads content: the text itself, or after an `@` the file with this name, relative to `folder`.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(text: &str, folder: &Path) -> Result<Self, ContentError> {
        let Some(file) = text.strip_prefix('@') else {
            return Ok(Self(Bytes::copy_from_slice(text.as_bytes())));
        };
        let error = |source| ContentError { file: file.into(), folder: folder.into(), source };
        std::fs::read(folder.join(file)).map(|bytes| Self(bytes.into())).map_err(error)
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_given_literally_or_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("body.json"), "{}\r\n\0").unwrap();
        assert_eq!(Content::read("a=@b", folder.path()).unwrap().bytes(), "a=@b");
        assert_eq!(Content::read("@body.json", folder.path()).unwrap().bytes(), "{}\r\n\0");
        let error = Content::read("@none.json", folder.path()).unwrap_err().to_string();
        assert!(error.starts_with("none.json: ") && error.contains("`@` is followed by"), "{error}");
    }
}
