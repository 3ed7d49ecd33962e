//! Writing a results file, line by line while the run goes on.

use std::io::Write;

use serde::Serialize;

use super::{CaseResult, Footer, Header, Record, WriteError};

/// Writes a results file to any [`Write`].
///
/// Each line is flushed immediately, so that results survive even if the run is killed.
#[derive(Debug)]
pub struct ResultsWriter<W> {
    output: W,
}

/// A borrowed [`Record`].
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum RecordRef<'a> {
    Header(&'a Header),
    Result(&'a CaseResult),
    Footer(&'a Footer),
}

impl<W: Write> ResultsWriter<W> {
    /// Writes to `output`. A file needs no buffering: each line is one write.
    pub fn new(output: W) -> Self {
        Self { output }
    }

    /// Writes the first line.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn header(&mut self, header: &Header) -> Result<(), WriteError> {
        self.line(&RecordRef::Header(header))
    }

    /// Writes one result.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn result(&mut self, result: &CaseResult) -> Result<(), WriteError> {
        self.line(&RecordRef::Result(result))
    }

    /// Writes the last line.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn footer(&mut self, footer: &Footer) -> Result<(), WriteError> {
        self.line(&RecordRef::Footer(footer))
    }

    /// Writes any line.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn record(&mut self, record: &Record) -> Result<(), WriteError> {
        match record {
            Record::Header(header) => self.header(header),
            Record::Result(result) => self.result(result),
            Record::Footer(footer) => self.footer(footer),
        }
    }

    /// Returns the output.
    pub fn into_inner(self) -> W {
        self.output
    }

    fn line(&mut self, line: &RecordRef<'_>) -> Result<(), WriteError> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.output.write_all(&bytes)?;
        self.output.flush()?;
        Ok(())
    }
}
