//! Files with their ids.

use std::path::Path;

use ssespec_diagnostics::{Diagnostics, Findings, Source};

#[cfg(feature = "authoring")]
use crate::lint::claim::Claims;

/// The folder with one file per document.
pub(super) const REQUIREMENTS: &str = "requirements";

#[cfg(feature = "authoring")]
/// The folder with one file per list of another suite's tests.
pub(super) const COUNTERPARTS: &str = "counterparts";

/// Files with their ids, and the mistakes that they have as files.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The files that can be read, with their ids.
    pub(super) list: Vec<(String, Source)>,
    /// The mistakes that files have as files.
    pub(super) found: Vec<Diagnostics>,
}

impl Files {
    /// Whether the cases must name requirements: if there are requirements among the files, as in the suite itself.
    #[cfg(feature = "authoring")]
    pub(super) fn claims(&self) -> Claims {
        let is_of_requirements = |id: &str| id.split_once('/').is_some_and(|(root, _)| root == REQUIREMENTS);
        if self.list.iter().any(|(id, _)| is_of_requirements(id)) {
            Claims::Required
        } else {
            Claims::Optional
        }
    }

    /// Adds a file, unless its id is taken.
    pub(super) fn add(&mut self, id: String, source: Result<Source, Diagnostics>) {
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

/// Whether a file is TOML.
pub(super) fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}
