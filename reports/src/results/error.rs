//! What can go wrong with a results file, and what to do about it.

use std::io;

/// A results file cannot be read.
///
/// Every message names the file (and the line) and says what to do. What comes from the file has
/// its control characters made visible.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("{file}: cannot be read: {source}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{file}:{line}: not a results file: {why}; pass a file that `ssespec run --output FILE` wrote")]
    NotResults {
        /// The file.
        file: String,
        /// Its line, counted from 1.
        line: usize,
        /// What a results file has there.
        why: String,
    },
    /// The line is of another version of the format.
    #[error(
        "{file}:{line}: version {found} of the results format, but this ssespec reads version 1 only; \
         read it with the ssespec that wrote it, or run again with this one"
    )]
    Version {
        /// The file.
        file: String,
        /// Its line, counted from 1.
        line: usize,
        /// The version.
        found: String,
    },
    /// The line is damaged.
    #[error("{file}:{line}:{column}: damaged: {why}; restore the file, or run again")]
    Damaged {
        /// The file.
        file: String,
        /// Its line, counted from 1.
        line: usize,
        /// The column, counted from 1 in bytes; 0 where the whole line is meant.
        column: usize,
        /// What is wrong with it.
        why: String,
    },
    /// No line says what ran.
    #[error("{file}: no header: the run ended before it wrote anything; run again")]
    NoHeader {
        /// The file.
        file: String,
    },
    /// Two runs in one file.
    #[error(
        "{file}:{line}: a second header: this file holds two runs; split it before this line, \
         and pass both files"
    )]
    SecondHeader {
        /// The file.
        file: String,
        /// The line of the second header, counted from 1.
        line: usize,
    },
    /// Something follows the footer.
    #[error("{file}:{line}: a line after the footer: the run was over; restore the file, or run again")]
    AfterFooter {
        /// The file.
        file: String,
        /// Its line, counted from 1.
        line: usize,
    },
}

/// A results file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The line cannot be written.
    #[error("cannot write the results: {0}; is there room on the disk, and may you write there?")]
    Io(#[from] io::Error),
    /// The line cannot be put into JSON. Holds for no record of this crate.
    #[error("cannot put a result into JSON: {0}; this is a bug of ssespec, please report it")]
    Json(#[from] serde_json::Error),
}
