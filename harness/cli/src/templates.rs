//! The adapters that `ssespec init` writes.
//!
//! Those of published implementations are links to the folders under `ci/implementations`, which run in CI; `blank` has a
//! minimal client or server in place of the user's.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use ssespec_reports::results::Role;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The name of the template without an implementation.
pub(crate) const BLANK: &str = "blank";

/// The word in the workflow that the folder replaces.
const FOLDER: &str = "FOLDER";

/// The languages that have templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// JavaScript and TypeScript on Node.js
    #[value(alias = "js", alias = "node", alias = "typescript", alias = "ts")]
    Javascript,
    /// Python
    #[value(alias = "py")]
    Python,
    /// Go
    #[value(alias = "golang")]
    Go,
    /// Rust
    #[value(alias = "rs")]
    Rust,
    /// Java, with Maven
    Java,
    /// Kotlin, with Maven
    #[value(alias = "kt")]
    Kotlin,
    /// PHP
    Php,
    /// Ruby
    #[value(alias = "rb")]
    Ruby,
}

impl Language {
    /// The name of its folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Javascript => "javascript",
            Self::Python => "python",
            Self::Go => "go",
            Self::Rust => "rust",
            Self::Java => "java",
            Self::Kotlin => "kotlin",
            Self::Php => "php",
            Self::Ruby => "ruby",
        }
    }
}

/// The names of the templates in a language for a role, `blank` first if there is one.
pub(crate) fn names(language: Language, role: Role) -> Vec<&'static str> {
    let folder = TEMPLATES.get_dir(format!("{}/{}", language.name(), role.as_str()));
    let dirs = folder.into_iter().flat_map(Dir::dirs);
    let mut names: Vec<_> = dirs.filter_map(|dir| dir.path().file_name()?.to_str()).collect();
    names.sort_by_key(|name| (*name != BLANK, *name));
    names
}

/// The files of a template: their paths in its folder, and what they contain.
pub(crate) fn files(language: Language, role: Role, name: &str) -> Vec<(&'static Path, &'static [u8])> {
    let Some(folder) = TEMPLATES.get_dir(format!("{}/{}/{name}", language.name(), role.as_str())) else {
        return Vec::new();
    };
    let (mut files, mut folders) = (Vec::new(), vec![folder]);
    while let Some(next) = folders.pop() {
        let here = next
            .files()
            .filter_map(|file| Some((file.path().strip_prefix(folder.path()).ok()?, file.contents())));
        files.extend(here);
        folders.extend(next.dirs());
    }
    files
}

/// A workflow for GitHub that runs this folder.
pub(crate) fn workflow(folder: &str) -> String {
    let file = TEMPLATES.get_file("workflow.yml").and_then(|file| file.contents_utf8());
    // A string of JSON is one of YAML.
    file.unwrap_or_default().replace(FOLDER, &serde_json::Value::from(folder).to_string())
}

/// Why no adapter was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InitError {
    /// There is none.
    #[error("no adapter of {} in {language}; {}", what(*.role, .name.as_deref()), alternatives(.known))]
    NoTemplate {
        /// The language.
        language: &'static str,
        /// What is tested.
        role: Role,
        /// The name that was asked for.
        name: Option<String>,
        /// The names that exist.
        known: Vec<&'static str>,
    },
    /// A file is there already.
    #[error("{}: exists; nothing was written; name another folder, or remove it", .0.display())]
    Exists(PathBuf),
}

fn what(role: Role, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("the {} {name}", role.as_str()),
        None => format!("a {}", role.as_str()),
    }
}

fn alternatives(known: &[&str]) -> String {
    let named: Vec<String> = known
        .iter()
        .map(|name| if *name == BLANK { "without --for".into() } else { format!("--for {name}") })
        .collect();
    if named.is_empty() {
        "the languages that have one: `ssespec init --list`".into()
    } else {
        format!("there are: {}", named.join(", "))
    }
}
