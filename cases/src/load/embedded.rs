//! The cases and requirements in this binary.

use include_dir::{Dir, include_dir};
use ssespec_diagnostics::Source;

use super::error::CorpusError;
#[cfg(feature = "authoring")]
use super::files::COUNTERPARTS;
use super::files::{Files, REQUIREMENTS, is_toml};
use crate::corpus::Corpus;
use crate::role::Role;

static EMBEDDED_CLIENT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/client");
#[cfg(feature = "server")]
static EMBEDDED_SERVER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/server");
#[cfg(feature = "intermediary")]
static EMBEDDED_INTERMEDIARY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/intermediary");
static EMBEDDED_REQUIREMENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/requirements");
#[cfg(feature = "authoring")]
static EMBEDDED_COUNTERPARTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/counterparts");

impl Corpus {
    /// The cases and requirements embedded in this binary.
    ///
    /// # Errors
    /// If an embedded file has a mistake, which the tests of this crate rule out.
    pub fn embedded() -> Result<Self, CorpusError> {
        let mut files = Files::default();
        for (root, folder) in [
            (REQUIREMENTS, &EMBEDDED_REQUIREMENTS),
            #[cfg(feature = "authoring")]
            (COUNTERPARTS, &EMBEDDED_COUNTERPARTS),
            (Role::Client.word(), &EMBEDDED_CLIENT),
            #[cfg(feature = "server")]
            (Role::Server.word(), &EMBEDDED_SERVER),
            #[cfg(feature = "intermediary")]
            (Role::Intermediary.word(), &EMBEDDED_INTERMEDIARY),
        ] {
            files.add_embedded(root, folder);
        }
        Self::default().with(files)
    }
}

impl Files {
    /// Adds the files of an embedded folder.
    fn add_embedded(&mut self, root: &str, folder: &Dir<'_>) {
        for file in folder.files().filter(|file| is_toml(file.path())) {
            let path = format!("{root}/{}", file.path().display()).replace('\\', "/");
            let id = path.trim_end_matches(".toml").to_owned();
            self.add(id, Source::from_bytes(format!("cases/{path}"), file.contents().to_vec()));
        }
        folder.dirs().for_each(|sub| self.add_embedded(root, sub));
    }
}
