//! Writing a results file, line by line while the run goes on.

use std::io::Write;

use serde::Serialize;

use super::{CaseResult, Footer, Header, Record, WriteError};

/// Writes a results file to any [`Write`].
///
/// Each line is flushed as it is written, so that what a run has found survives its end,
/// however that comes.
#[derive(Debug)]
pub struct ResultsWriter<W> {
    output: W,
}

/// A [`Record`] that borrows, so that writing needs no copy.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line<'a> {
    Header(&'a Header),
    Result(&'a CaseResult),
    Footer(&'a Footer),
}

impl<W: Write> ResultsWriter<W> {
    /// Writes to `output`. Wrap a file in nothing: lines are written whole.
    pub fn new(output: W) -> Self {
        Self { output }
    }

    /// Writes the first line.
    ///
    /// # Errors
    ///
    /// When the output does not take it.
    pub fn header(&mut self, header: &Header) -> Result<(), WriteError> {
        self.line(&Line::Header(header))
    }

    /// Writes one result.
    ///
    /// # Errors
    ///
    /// When the output does not take it.
    pub fn result(&mut self, result: &CaseResult) -> Result<(), WriteError> {
        self.line(&Line::Result(result))
    }

    /// Writes the last line.
    ///
    /// # Errors
    ///
    /// When the output does not take it.
    pub fn footer(&mut self, footer: &Footer) -> Result<(), WriteError> {
        self.line(&Line::Footer(footer))
    }

    /// Writes any line.
    ///
    /// # Errors
    ///
    /// When the output does not take it.
    pub fn record(&mut self, record: &Record) -> Result<(), WriteError> {
        match record {
            Record::Header(header) => self.header(header),
            Record::Result(result) => self.result(result),
            Record::Footer(footer) => self.footer(footer),
        }
    }

    /// Gives the output back.
    pub fn into_inner(self) -> W {
        self.output
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), WriteError> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.output.write_all(&bytes)?;
        self.output.flush()?;
        Ok(())
    }
}
