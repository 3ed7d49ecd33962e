//! The setup commands of an implementation's folder, and whether they have run since its files last changed.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::adapter::process::program_path;
use crate::implementation::Folder;

/// The file with the fingerprint of the contents for which the setup has run.
const STAMP: &str = ".ssespec-setup";

/// Why the setup of an implementation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A command could not be started.
    #[error(
        "{folder}: setup `{command}` could not be started: {problem}; check that it is installed and on the PATH"
    )]
    Start {
        /// The folder.
        folder: String,
        /// The command.
        command: String,
        /// What the operating system said.
        problem: std::io::Error,
    },
    /// A command failed.
    #[error("{folder}: setup `{command}` failed with {status}\n{output}")]
    Failed {
        /// The folder.
        folder: String,
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// The end of what it printed.
        output: String,
    },
}

/// How many lines of a failed command's output are repeated.
const OUTPUT_LINES: usize = 30;

/// Runs a folder's setup commands, one after another.
///
/// # Errors
/// If one cannot be started or fails; the rest is not run.
pub async fn run(folder: &Folder) -> Result<(), SetupError> {
    let name = folder.path.display().to_string();
    // A setup that fails halfway is not complete.
    let _ = std::fs::remove_file(folder.path.join(STAMP));
    for words in &folder.setup {
        let [program, arguments @ ..] = words.as_slice() else { continue };
        let command = words.join(" ");
        let output = tokio::process::Command::new(program_path(&folder.path, program))
            .args(arguments)
            .current_dir(&folder.path)
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|problem| SetupError::Start {
                folder: name.clone(),
                command: command.clone(),
                problem,
            })?;
        if !output.status.success() {
            let printed = [output.stdout, output.stderr].concat();
            let printed = String::from_utf8_lossy(&printed).into_owned();
            let lines: Vec<&str> = printed.lines().collect();
            let end = lines[lines.len().saturating_sub(OUTPUT_LINES)..].join("\n");
            let status = output.status.to_string();
            return Err(SetupError::Failed { folder: name, command, status, output: end });
        }
    }
    // Without this file, the setup merely runs once more.
    let _ = std::fs::write(folder.path.join(STAMP), fingerprint(&folder.path));
    Ok(())
}

/// Whether the setup has run since the files in the folder last changed.
pub fn is_done(folder: &Folder) -> bool {
    folder.setup.is_empty()
        || std::fs::read_to_string(folder.path.join(STAMP))
            .is_ok_and(|stamp| stamp == fingerprint(&folder.path))
}

/// A fingerprint of the files in a folder. Files that a setup creates are in separate folders; `ssespec.toml` does not
/// count, because known failures do not affect the setup.
fn fingerprint(folder: &Path) -> String {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.is_file()
                && path.file_name().is_some_and(|name| name != STAMP && name != crate::implementation::FILE)
        })
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.file_name().hash(&mut hasher);
        std::fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    format!("{:016x}\n", hasher.finish())
}

#[cfg(test)]
mod tests;
