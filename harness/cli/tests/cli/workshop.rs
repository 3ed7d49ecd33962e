//! Folders of implementations, made for a test and gone with it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A folder for a test.
pub(crate) struct Workshop(tempfile::TempDir);

impl Workshop {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Writes the `ssespec.toml` of an implementation that is the adapter which this executable is, called as the
    /// folder; `more` stands at its end.
    pub(crate) fn implementation(&self, folder: &str, more: &str) -> PathBuf {
        let name = folder.rsplit('/').next().unwrap();
        let command = own(&["adapter", &format!("name={name}")]);
        let text = format!("name = \"{name}\"\nrole = \"client\"\ncommand = {command}\n{more}");
        self.file(&format!("{folder}/ssespec.toml"), &text).parent().unwrap().to_owned()
    }
}

/// Makes empty files in the folder in which this process runs: what a setup command does.
pub(crate) fn touch(files: &[String]) -> ExitCode {
    for file in files {
        std::fs::write(file, "").unwrap();
        println!("made {file}");
    }
    ExitCode::SUCCESS
}

/// A command of this executable, in TOML.
pub(crate) fn own(words: &[&str]) -> String {
    let program = std::env::current_exe().unwrap();
    let mut all = vec![program.to_str().unwrap()];
    all.extend(words);
    // An array of strings is the same in both.
    serde_json::to_string(&all).unwrap()
}

/// A known failure in TOML.
pub(crate) fn known(case: &str, reason: &str) -> String {
    format!("\n[[known-failure]]\ncase = \"{case}\"\nreason = \"{reason}\"\n")
}
