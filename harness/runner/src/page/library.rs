//! A script that exposes a client library to the page.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A script that exposes a client library to the page: it sets `globalThis.ssespec`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLibrary {
    kind: ScriptKind,
    text: Arc<str>,
}

/// How a script is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScriptKind {
    Classic,
    Module,
}

/// Why the script cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the page library {}: {source}", path.display())]
pub struct LibraryNotRead {
    path: PathBuf,
    source: std::io::Error,
}

impl PageLibrary {
    /// Reads a script: a module if its name ends in `.mjs`, otherwise a classic script.
    ///
    /// # Errors
    /// If the file cannot be read or is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, LibraryNotRead> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| LibraryNotRead { path: path.to_owned(), source })?;
        let is_module = path.extension().is_some_and(|extension| extension == "mjs");
        Ok(Self { kind: if is_module { ScriptKind::Module } else { ScriptKind::Classic }, text: text.into() })
    }

    /// The script.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The `type` of its script element.
    pub(super) fn element_type(&self) -> &'static str {
        match self.kind {
            ScriptKind::Classic => "text/javascript",
            ScriptKind::Module => "module",
        }
    }
}
