//! Loading a corpus from a folder, or from this binary.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use ssespec_diagnostics::{Diagnostics, Findings, Source, SourceError};

use crate::corpus::Corpus;
use crate::lint::check::check;
use crate::role::Role;
use crate::{counterpart, format, requirement};

#[cfg(test)]
mod tests;

static EMBEDDED_CLIENT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/client");
static EMBEDDED_SERVER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/server");
static EMBEDDED_REQUIREMENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/requirements");
static EMBEDDED_COUNTERPARTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/counterparts");

/// Why a corpus could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// Files have mistakes, which the diagnostics show.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))]
    Mistakes(Vec<Diagnostics>),
    /// A file or folder cannot be read.
    #[error(transparent)]
    Unreadable(#[from] SourceError),
    /// A folder contains no cases.
    #[error("{0}: no cases found; cases are the TOML files below {folders}", folders = role_folders())]
    Empty(String),
}

/// The folders that cases are in, for messages: `client/, server/ and intermediary/`.
fn role_folders() -> String {
    let folders: Vec<String> = Role::WORDS.iter().map(|role| format!("{role}/")).collect();
    match folders.as_slice() {
        [start @ .., last] => format!("{} and {last}", start.join(", ")),
        [] => String::new(),
    }
}

/// The folder with one file per document.
const REQUIREMENTS: &str = "requirements";

/// The folder with one file per list of another suite's tests.
const COUNTERPARTS: &str = "counterparts";

impl Corpus {
    /// The cases and requirements embedded in this binary.
    ///
    /// # Errors
    /// If an embedded file has a mistake, which the tests of this crate rule out.
    pub fn embedded() -> Result<Self, CorpusError> {
        let mut files = Files::default();
        for (root, folder) in [
            (REQUIREMENTS, &EMBEDDED_REQUIREMENTS),
            (COUNTERPARTS, &EMBEDDED_COUNTERPARTS),
            (Role::Client.word(), &EMBEDDED_CLIENT),
            (Role::Server.word(), &EMBEDDED_SERVER),
        ] {
            files.embedded(root, folder);
        }
        Self::default().with(files)
    }

    /// The cases below a folder, with the requirements and counterparts of this binary and those of its
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
            files.below(folder, &folder.join(root))?;
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

    /// Reads files and adds their content; requirements and counterparts first, because cases name them.
    fn with(mut self, files: Files) -> Result<Self, CorpusError> {
        let mut found = files.found.clone();
        let mut cases = Vec::new();
        for (id, source) in &files.list {
            match id.split_once('/') {
                Some((REQUIREMENTS, suite)) => match requirement::read(source, suite) {
                    Ok(list) => {
                        self.documents.extend(requirement::document(source).map(|d| (suite.to_owned(), d)));
                        self.requirements.extend(list.into_iter().map(|r| (r.id.clone(), r)));
                    }
                    Err(diagnostics) => found.push(diagnostics),
                },
                Some((COUNTERPARTS, name)) => match counterpart::read(source, name) {
                    Ok(list) => self.counterparts.extend([(list.name.clone(), list)]),
                    Err(diagnostics) => found.push(diagnostics),
                },
                _ => cases.push((id, source)),
            }
        }
        let all_is_known = found.len() == files.found.len();
        let mut read = Vec::new();
        for (id, source) in cases {
            match format::read(source, id) {
                Ok(case) => read.push(case),
                Err(diagnostics) => found.push(diagnostics),
            }
        }
        // Definitions that failed to read would be reported as unknown in every case that names them.
        if all_is_known {
            found.extend(check(&read, &self));
        }
        self.cases.extend(read.into_iter().map(|case| (case.id.clone(), case)));
        if found.is_empty() { Ok(self) } else { Err(CorpusError::Mistakes(found)) }
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

/// Files with their ids, and the mistakes that they have as files.
#[derive(Debug, Default)]
struct Files {
    list: Vec<(String, Source)>,
    found: Vec<Diagnostics>,
}

impl Files {
    /// Adds the files of an embedded folder.
    fn embedded(&mut self, root: &str, folder: &Dir<'_>) {
        for file in folder.files().filter(|file| is_toml(file.path())) {
            let path = format!("{root}/{}", file.path().display()).replace('\\', "/");
            let id = path.trim_end_matches(".toml").to_owned();
            self.add(id, Source::from_bytes(format!("cases/{path}"), file.contents().to_vec()));
        }
        folder.dirs().for_each(|sub| self.embedded(root, sub));
    }

    /// Adds the files in a folder and its subfolders, if it exists.
    fn below(&mut self, base: &Path, folder: &Path) -> Result<(), SourceError> {
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
                self.below(base, &path)?;
            } else if is_toml(&path) {
                let relative = path.strip_prefix(base).unwrap_or(&path).with_extension("");
                self.read(relative.to_string_lossy().replace('\\', "/"), &path)?;
            }
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

    fn add(&mut self, id: String, source: Result<Source, Diagnostics>) {
        let source = match source {
            Ok(source) => source,
            Err(diagnostics) => return self.found.push(diagnostics),
        };
        match self.list.iter().find(|(other, _)| *other == id) {
            None => self.list.push((id, source)),
            // The same file, given twice.
            Some((_, other)) if other.name() == source.name() => {}
            Some((_, other)) => {
                let mut findings = Findings::default();
                let message = format!("two files have the id {id}");
                let label = format!("{} has it too", other.name());
                findings.add_with_hint(
                    0..0,
                    message,
                    label,
                    "an id is the path from the role on: rename one of the files",
                );
                self.found.extend(findings.or::<()>(&source, None).err());
            }
        }
    }
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}
