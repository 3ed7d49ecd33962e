//! The folder of a site: only an empty one, or one that an earlier report wrote, is written to.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::output::WriteFileError;

/// The file that marks a folder that a report wrote.
const MARKER: &str = ".ssespec-report";

/// What the marker says to people.
const MARKER_TEXT: &str = "`ssespec report` wrote this folder, and will overwrite it.\n";

/// What reports write into their folder. Whatever else is there stays.
const OURS: [&str; 12] = [
    "index.html",
    "standard.html",
    "facts.html",
    "style.css",
    "filter.js",
    "results",
    "cases",
    "implementations",
    "standard",
    "before",
    "after",
    "issues",
];

/// A folder cannot be used for a site.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SiteFolderError {
    /// It contains something that no report wrote.
    #[error(
        "{}: this folder is not empty, and `ssespec report` did not write it; pass an empty folder or a new one", .0.display()
    )]
    NotOurs(PathBuf),
    /// It is a file.
    #[error("{}: this is a file, but a site is a folder; pass an empty folder or a new one", .0.display())]
    File(PathBuf),
    /// It cannot be read or written.
    #[error(transparent)]
    Write(#[from] WriteFileError),
}

/// The folder of a site.
#[derive(Debug)]
pub(crate) struct SiteFolder {
    path: PathBuf,
    /// The folders in it that exist; empty until the first page is written.
    folders: BTreeSet<PathBuf>,
}

impl SiteFolder {
    /// This folder, which need not exist. Nothing is written yet.
    ///
    /// # Errors
    /// If it contains something that no report wrote.
    pub(crate) fn new(path: &Path) -> Result<Self, SiteFolderError> {
        let folder = Self { path: path.to_owned(), folders: BTreeSet::new() };
        if path.is_file() {
            return Err(SiteFolderError::File(path.to_owned()));
        }
        match std::fs::read_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(folder),
            Err(source) => Err(WriteFileError { path: path.to_owned(), source }.into()),
            Ok(mut entries) => match path.join(MARKER).is_file() || entries.next().is_none() {
                true => Ok(folder),
                false => Err(SiteFolderError::NotOurs(path.to_owned())),
            },
        }
    }

    /// Writes a page. The first one replaces what an earlier report wrote.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn write(&mut self, page: &str, text: impl AsRef<[u8]>) -> io::Result<()> {
        if self.folders.is_empty() {
            self.begin()?;
        }
        let path = self.path.join(page);
        if let Some(folder) = path.parent()
            && !self.folders.contains(folder)
        {
            std::fs::create_dir_all(folder)?;
            self.folders.insert(folder.to_owned());
        }
        std::fs::write(path, text)
    }

    /// Removes what an earlier report wrote, and marks the folder.
    fn begin(&mut self) -> io::Result<()> {
        std::fs::create_dir_all(&self.path)?;
        self.folders.insert(self.path.clone());
        for name in OURS {
            let path = self.path.join(name);
            // A link is removed, not what it leads to.
            let removed = match std::fs::symlink_metadata(&path) {
                Ok(found) if found.is_dir() => std::fs::remove_dir_all(&path),
                Ok(_) => std::fs::remove_file(&path),
                Err(error) => Err(error),
            };
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        std::fs::write(self.path.join(MARKER), MARKER_TEXT)
    }
}
