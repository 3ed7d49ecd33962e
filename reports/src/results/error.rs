//! Errors of results files, and how to fix them.

use std::io;

/// A results file cannot be read.
///
/// Every message names the file (and the line) and says what to do. Text from the file is
/// sanitized.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("{file}: cannot read it: {source}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// The file is not a results file.
    #[error("{file}:{line}: not a results file: {why}; pass a file that `ssespec run --output FILE` wrote")]
    NotResults {
        /// The file.
        file: String,
        /// Its line, counted from 1.
        line: usize,
        /// What is missing.
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
        /// The column, counted from 1 in bytes; 0 for the entire line.
        column: usize,
        /// What is wrong with it.
        why: String,
    },
    /// There is no header.
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
    /// The record cannot be serialized. No record of this crate causes this.
    #[error("cannot serialize a result as JSON: {0}; this is a bug in ssespec, please report it")]
    Json(#[from] serde_json::Error),
}
