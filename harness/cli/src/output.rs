//! Printing to standard output and standard error.

use std::io::Write;
use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use ssespec_reports::terminal::Color;

/// A file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot be written: {source}", path.display())]
pub(crate) struct WriteFileError {
    pub(crate) path: PathBuf,
    pub(crate) source: std::io::Error,
}

/// Prints to standard output. Errors are ignored: a closed pipe needs no more output.
pub(crate) fn print(text: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

/// Prints a text, or writes it to a file.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn print_or_write(text: &str, file: Option<&Path>) -> Result<(), WriteFileError> {
    match file {
        None => {
            print(text);
            Ok(())
        }
        Some(file) => {
            std::fs::write(file, text).map_err(|source| WriteFileError { path: file.to_owned(), source })
        }
    }
}

/// Checks that the folder exists in which a file is to be written.
pub(crate) fn check_folder_of(file: &Path) -> Result<(), WriteFileError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let found = folder.map_or(Ok(()), |folder| std::fs::metadata(folder).map(drop));
    found.map_err(|source| WriteFileError { path: file.to_owned(), source })
}

/// Prints an error message to standard error.
pub(crate) fn error(message: &str) {
    // Messages that show lines of a file already have this prefix.
    note(&format!("error: {}", message.strip_prefix("error: ").unwrap_or(message)));
}

/// Prints a note to standard error.
pub(crate) fn note(message: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stderr().lock());
    let _ = writeln!(out, "{message}");
}

/// Whether to color standard output.
pub(crate) fn stdout_color() -> Color {
    match anstream::AutoStream::choice(&std::io::stdout()) {
        ColorChoice::Never => Color::Plain,
        _ => Color::Ansi,
    }
}

/// Whether to color standard error.
pub(crate) fn stderr_color() -> Color {
    match anstream::AutoStream::choice(&std::io::stderr()) {
        ColorChoice::Never => Color::Plain,
        _ => Color::Ansi,
    }
}
