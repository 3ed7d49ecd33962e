//! The cases and requirements of a folder, or of this binary.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use ssespec_mock_server::document::source::SourceError;
use ssespec_mock_server::document::{Diagnostics, Source};

use crate::{Case, Requirement, format, lint, requirement};

static EMBEDDED_CLIENT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/client");
static EMBEDDED_REQUIREMENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/requirements");

/// Cases, and the requirements that they check.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// The cases by their ids.
    pub cases: BTreeMap<String, Case>,
    /// The requirements by their ids.
    pub requirements: BTreeMap<String, Requirement>,
}

/// Why a corpus could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// Files with mistakes, each with its place.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))]
    Mistakes(Vec<Diagnostics>),
    /// A file or folder that cannot be read.
    #[error(transparent)]
    Unreadable(#[from] SourceError),
    /// A folder in which there is no case.
    #[error("{0}: no case here; cases are the TOML files below client/, server/ and intermediary/")]
    Empty(String),
}

/// The roles that cases are written for, each a folder.
const ROLES: &[&str] = &["client", "server", "intermediary"];

impl Corpus {
    /// The cases and requirements that this binary carries.
    ///
    /// # Errors
    /// When a carried file has a mistake, which the tests of this crate rule out.
    pub fn embedded() -> Result<Self, CorpusError> {
        let mut files = Vec::new();
        for (root, folder) in [("requirements", &EMBEDDED_REQUIREMENTS), ("client", &EMBEDDED_CLIENT)] {
            collect_embedded(root, folder, &mut files);
        }
        let mut corpus = Self::default();
        let found = corpus.add(&files);
        corpus.or(found)
    }

    /// The cases below a folder, with the requirements of this binary and those of its `requirements/`.
    ///
    /// # Errors
    /// When a file cannot be read or has a mistake, or when there is no case.
    pub fn load(folder: &Path) -> Result<Self, CorpusError> {
        let mut corpus = Self::embedded()?;
        corpus.cases.clear();
        let mut files = Vec::new();
        for root in ["requirements"].iter().chain(ROLES) {
            collect(folder, &folder.join(root), &mut files)?;
        }
        let found = corpus.add(&files);
        if corpus.cases.is_empty() && found.is_empty() {
            return Err(CorpusError::Empty(folder.display().to_string()));
        }
        corpus.or(found)
    }

    /// Adds single files: the id of each is its path below the last folder named after a role.
    ///
    /// # Errors
    /// When a file cannot be read or has a mistake.
    pub fn with_files(mut self, paths: &[PathBuf]) -> Result<Self, CorpusError> {
        let mut files = Vec::new();
        for path in paths {
            files.push((id_of(path), Source::read(path)?));
        }
        let found = self.add(&files);
        self.or(found)
    }

    fn or(self, found: Vec<Diagnostics>) -> Result<Self, CorpusError> {
        if found.is_empty() { Ok(self) } else { Err(CorpusError::Mistakes(found)) }
    }

    /// Reads files and adds what they hold; the requirements come first, since cases name them.
    fn add(&mut self, files: &[(String, Source)]) -> Vec<Diagnostics> {
        let mut found = Vec::new();
        let (requirements, cases): (Vec<_>, Vec<_>) =
            files.iter().partition(|(id, _)| id.starts_with("requirements/"));
        for (id, source) in requirements {
            let suite = id.rsplit('/').next().unwrap_or(id);
            match requirement::read(source, suite) {
                Ok(list) => self.requirements.extend(list.into_iter().map(|r| (r.id.clone(), r))),
                Err(diagnostics) => found.push(diagnostics),
            }
        }
        let mut read = Vec::new();
        for (id, source) in cases {
            match format::read(source, id) {
                Ok(case) => read.push(case),
                Err(diagnostics) => found.push(diagnostics),
            }
        }
        found.extend(lint::check(&read, self));
        self.cases.extend(read.into_iter().map(|case| (case.id.clone(), case)));
        found
    }
}

/// A case's id from its path: what follows the last folder named after a role, that folder included.
fn id_of(path: &Path) -> String {
    let parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let root = parts.iter().rposition(|part| ROLES.contains(&part.as_str()) || part == "requirements");
    match root {
        Some(at) => parts[at..].join("/"),
        None => format!("client/{}", parts.last().map_or("case", String::as_str)),
    }
}

fn collect_embedded(root: &str, folder: &Dir<'_>, files: &mut Vec<(String, Source)>) {
    for file in folder.files().filter(|f| f.path().extension().is_some_and(|e| e == "toml")) {
        let path = format!("{root}/{}", file.path().display()).replace('\\', "/");
        let id = path.trim_end_matches(".toml").to_owned();
        let text = String::from_utf8_lossy(file.contents());
        files.push((id, Source::new(format!("cases/{path}"), text)));
    }
    folder.dirs().for_each(|sub| collect_embedded(root, sub, files));
}

fn collect(base: &Path, folder: &Path, files: &mut Vec<(String, Source)>) -> Result<(), SourceError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(base, &path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            let relative = path.strip_prefix(base).unwrap_or(&path).with_extension("");
            let id = relative.to_string_lossy().replace('\\', "/");
            files.push((id, Source::read(&path)?));
        }
    }
    Ok(())
}
