//! Why a corpus could not be loaded.

use ssespec_diagnostics::{Diagnostics, SourceError};

use crate::role::Role;

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
