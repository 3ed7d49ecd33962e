//! Temporary folders of implementations.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A temporary folder, deleted when it is dropped.
pub(crate) struct TestFolder(tempfile::TempDir);

impl TestFolder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and creates the folders above it.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Writes the `ssespec.toml` of an implementation that uses this executable as its adapter. Its name is that of the
    /// folder; `more` is appended to the file.
    pub(crate) fn implementation(&self, folder: &str, more: &str) -> PathBuf {
        let name = folder.rsplit('/').next().unwrap();
        let command = own(&["adapter", &format!("name={name}")]);
        let text = format!("name = \"{name}\"\nrole = \"client\"\ncommand = {command}\n{more}");
        self.file(&format!("{folder}/ssespec.toml"), &text).parent().unwrap().to_owned()
    }
}

/// Creates empty files in the working directory, as a setup command.
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
