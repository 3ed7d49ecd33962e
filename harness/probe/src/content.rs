//! What a request for a stream carries that is had by POST, as those of LLM services are.

use std::path::Path;

use bytes::Bytes;

/// The content of each request for the stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Content(Bytes);

/// Why there is no content.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}; `@` is followed by the file with the content, relative to {folder}")]
pub struct ContentError {
    file: String,
    folder: String,
    problem: std::io::Error,
}

impl Content {
    /// This text, or the bytes of the file that follows an `@`, which is relative to a folder.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn of(text: &str, folder: &Path) -> Result<Self, ContentError> {
        let Some(name) = text.strip_prefix('@') else {
            return Ok(Self(Bytes::copy_from_slice(text.as_bytes())));
        };
        let error =
            |problem| ContentError { file: name.into(), folder: folder.display().to_string(), problem };
        std::fs::read(folder.join(name)).map(|bytes| Self(bytes.into())).map_err(error)
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_or_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("body.json"), "{}\r\n\0").unwrap();
        assert_eq!(Content::of("a=@b", folder.path()).unwrap().bytes(), "a=@b");
        assert_eq!(Content::of("@body.json", folder.path()).unwrap().bytes(), "{}\r\n\0");
        let error = Content::of("@none.json", folder.path()).unwrap_err().to_string();
        assert!(error.starts_with("none.json: ") && error.contains("`@` is followed by"), "{error}");
    }
}
