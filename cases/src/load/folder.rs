//! The files in a folder, and single files.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use ssespec_diagnostics::{Source, SourceError};

use super::error::CorpusError;
use super::files::{COUNTERPARTS, Files, REQUIREMENTS, is_toml};
use crate::corpus::Corpus;
use crate::format;
use crate::role::Role;

/// The description of an implementation, which may be in the same folder: `ssespec.toml`.
const NOT_A_CASE: &str = "ssespec";

#[cfg(test)]
mod tests;

impl Corpus {
    /// The cases of a folder: those below its folders named after a role, or, without such folders, all TOML files in it;
    /// with the requirements and counterparts of this binary and those of its
    /// `requirements/` and `counterparts/`.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read, if a file has a mistake, or if there are no cases.
    pub fn load(folder: &Path) -> Result<Self, CorpusError> {
        let name = || folder.display().to_string();
        if let Err(error) = std::fs::read_dir(folder) {
            return Err(SourceError::Unreadable { path: name(), error }.into());
        }
        let mut files = Files::default();
        for root in [REQUIREMENTS, COUNTERPARTS].iter().chain(Role::WORDS) {
            files.below(folder, &folder.join(root), Depth::All)?;
        }
        let has_roles =
            [REQUIREMENTS, COUNTERPARTS].iter().chain(Role::WORDS).any(|root| folder.join(root).is_dir());
        if !has_roles {
            files.flat(folder)?;
        }
        let corpus = Self { cases: BTreeMap::new(), ..Self::embedded()? }.with(files)?;
        if corpus.cases.is_empty() { Err(CorpusError::Empty(name())) } else { Ok(corpus) }
    }

    /// Adds single files. The id of each is its path from the last folder named after a role on. A case replaces an
    /// existing one with the same id.
    ///
    /// # Errors
    /// If a file cannot be read or has a mistake.
    pub fn with_files(self, paths: &[PathBuf]) -> Result<Self, CorpusError> {
        let mut files = Files::default();
        for path in paths {
            files.read(id_of(path), path)?;
        }
        self.with(files)
    }
}

/// A case's id from its path: the part from the last folder named after a role on.
fn id_of(path: &Path) -> String {
    let parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let root = parts.iter().rposition(|part| {
        Role::from_word(part).is_some() || [REQUIREMENTS, COUNTERPARTS].contains(&part.as_str())
    });
    match root {
        Some(at) => parts[at..].join("/"),
        None => format!("{}/{}", Role::Client, parts.last().map_or("case", String::as_str)),
    }
}

/// How deep a folder is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// The folder itself: there may be anything below it.
    One,
    /// All folders below it too.
    All,
}

impl Files {
    /// Adds the files in a folder and, if asked, its subfolders, if it exists.
    fn below(&mut self, base: &Path, folder: &Path, depth: Depth) -> Result<(), SourceError> {
        let unreadable = |error| SourceError::Unreadable { path: folder.display().to_string(), error };
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(unreadable)?,
        };
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = paths.collect::<Result<Vec<PathBuf>, _>>().map_err(unreadable)?;
        paths.sort();
        for path in paths {
            if path.is_dir() {
                if depth == Depth::All {
                    self.below(base, &path, depth)?;
                }
            } else if is_toml(&path) {
                let relative = path.strip_prefix(base).unwrap_or(&path).with_extension("");
                self.read(relative.to_string_lossy().replace('\\', "/"), &path)?;
            }
        }
        Ok(())
    }

    /// Adds the files of a folder that is not divided by roles. Their steps, or a folder above them, tell the role.
    fn flat(&mut self, folder: &Path) -> Result<(), SourceError> {
        let is_below_a_role = folder.iter().any(|part| Role::from_word(&part.to_string_lossy()).is_some());
        let mut files = Self::default();
        files.below(folder, folder, if is_below_a_role { Depth::All } else { Depth::One })?;
        self.found.append(&mut files.found);
        for (name, source) in files.list.into_iter().filter(|(name, _)| name != NOT_A_CASE) {
            let id = if is_below_a_role {
                id_of(&folder.join(format!("{name}.toml")))
            } else {
                let of = |role: Role| format!("{role}/{name}");
                let reads_as = |role: Role| format::read(&source, &of(role)).is_ok();
                of(Role::ALL.iter().copied().find(|role| reads_as(*role)).unwrap_or(Role::Client))
            };
            self.add(id, Ok(source));
        }
        Ok(())
    }

    fn read(&mut self, id: String, path: &Path) -> Result<(), SourceError> {
        match Source::read(path) {
            Ok(source) => self.add(id, Ok(source)),
            Err(SourceError::NotText(diagnostics)) => self.add(id, Err(diagnostics)),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
