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
    #[error("{file}:{line}:{column}: damaged: {why}; restore the file, or run it again")]
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
    #[error("{file}: no header: the run ended before it wrote anything; run it again")]
    NoHeader {
        /// The file.
        file: String,
    },
    /// Two runs in one file.
    #[error(
        "{file}:{line}: a second header: this file contains two runs; split it before this line, \
         and pass both files"
    )]
    SecondHeader {
        /// The file.
        file: String,
        /// The line of the second header, counted from 1.
        line: usize,
    },
    /// Something follows the footer.
    #[error(
        "{file}:{line}: a line after the footer, which ends a results file; restore the file, or run it again"
    )]
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
    #[error("cannot write the results: {0}; check the free space and your permissions")]
    Io(#[from] io::Error),
    /// The line cannot be put into JSON. Holds for no record of this crate.
    #[error("cannot serialize a result as JSON: {0}; this is a bug in ssespec, please report it")]
    Json(#[from] serde_json::Error),
}
