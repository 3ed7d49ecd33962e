//! Reading a results file: every line is checked, and an error says where it is.

use std::{fs::File, io::BufRead, io::BufReader, path::Path};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, error::Category};

use super::{CaseResult, Footer, Header, ReadError, Results, V1, Warning};
use crate::visible;

/// The fields that identify the kind of a line.
#[derive(Deserialize)]
struct LineKind {
    #[serde(default)]
    v: Option<Value>,
    #[serde(default)]
    kind: Option<String>,
}

impl Results {
    /// Reads the results file at `path`.
    ///
    /// # Errors
    ///
    /// As [`Results::read`], and if the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let name = path.display().to_string();
        let file =
            File::open(path).map_err(|source| ReadError::Io { file: visible::line(&name, NAME), source })?;
        Self::read(&name, BufReader::new(file))
    }

    /// Reads results; `name` identifies them in messages.
    ///
    /// A missing footer is not an error: the run did not finish. A truncated last line is a
    /// [`Warning`].
    ///
    /// # Errors
    ///
    /// If this is not a results file, has another version, or is damaged.
    pub fn read(name: &str, mut reader: impl BufRead) -> Result<Self, ReadError> {
        let mut reading = Reading::new(name);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = reader
                .read_until(b'\n', &mut line)
                .map_err(|source| ReadError::Io { file: reading.file.clone(), source })?;
            if read == 0 {
                break;
            }
            reading.line(line.strip_suffix(b"\n").unwrap_or(&line))?;
        }
        reading.finish()
    }
}

/// How many characters of a file's name a message shows.
const NAME: usize = 500;

/// How many characters of a value from the file a message shows.
const VALUE: usize = 200;

struct Reading {
    name: String,
    file: String,
    number: usize,
    header: Option<Header>,
    results: Vec<CaseResult>,
    footer: Option<Footer>,
    warnings: Vec<Warning>,
    /// A line that is not JSON: an error, unless it turns out to be the last one.
    broken: Option<ReadError>,
}

impl Reading {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            file: visible::line(name, NAME),
            number: 0,
            header: None,
            results: Vec::new(),
            footer: None,
            warnings: Vec::new(),
            broken: None,
        }
    }

    fn line(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        self.number += 1;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let line_kind: LineKind = match serde_json::from_slice(bytes) {
            Ok(line_kind) => line_kind,
            Err(error) if self.header.is_none() && error.classify() != Category::Eof => {
                return Err(self.not_results(&format!("the first line is not a header ({error})")));
            }
            Err(error) if matches!(error.classify(), Category::Syntax | Category::Eof) => {
                self.broken = Some(self.damaged(&error));
                return Ok(());
            }
            Err(error) => return Err(self.damaged(&error)),
        };
        match line_kind.v {
            Some(found) if found.as_u64() == Some(V1::NUMBER) => {}
            Some(found) => {
                let found = visible::line(&found.to_string(), VALUE);
                return Err(ReadError::Version { file: self.file.clone(), line: self.number, found });
            }
            None => return Err(self.not_results("the line has no version (\"v\":1)")),
        }
        let Some(kind) = line_kind.kind else {
            return Err(self.not_results("the line has no kind (\"kind\":\"result\")"));
        };
        self.record(&kind, bytes)
    }

    fn record(&mut self, kind: &str, bytes: &[u8]) -> Result<(), ReadError> {
        let (file, line) = (self.file.clone(), self.number);
        match (kind, &self.header) {
            ("header", None) => self.header = Some(self.parse(bytes)?),
            ("header", Some(_)) => return Err(ReadError::SecondHeader { file, line }),
            ("result" | "footer", None) => {
                return Err(self.not_results("the first line is not a header"));
            }
            ("result" | "footer", _) if self.footer.is_some() => {
                return Err(ReadError::AfterFooter { file, line });
            }
            ("result", _) => {
                let result = self.parse(bytes)?;
                self.results.push(result);
            }
            ("footer", _) => self.footer = Some(self.parse(bytes)?),
            (kind, _) => {
                self.warnings.push(Warning::UnknownKind { file, line, kind: kind.to_owned() });
            }
        }
        Ok(())
    }

    fn parse<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, ReadError> {
        serde_json::from_slice(bytes).map_err(|error| self.damaged(&error))
    }

    fn finish(mut self) -> Result<Results, ReadError> {
        if let Some(error) = self.broken.take() {
            // Only a run that died while writing can leave a truncated line.
            if self.footer.is_some() {
                return Err(error);
            }
            let line = match error {
                ReadError::Damaged { line, .. } => line,
                _ => self.number,
            };
            self.warnings.push(Warning::CutLine { file: self.file.clone(), line });
        }
        let Some(header) = self.header else {
            return Err(ReadError::NoHeader { file: self.file });
        };
        Ok(Results::with_warnings(self.name, header, self.results, self.footer, self.warnings))
    }

    fn damaged(&self, error: &serde_json::Error) -> ReadError {
        ReadError::Damaged {
            file: self.file.clone(),
            line: self.number,
            column: error.column(),
            why: visible::line(&without_place(error), VALUE),
        }
    }

    fn not_results(&self, why: &str) -> ReadError {
        ReadError::NotResults { file: self.file.clone(), line: self.number, why: visible::line(why, VALUE) }
    }
}

/// The message without serde_json's position, which is relative to the line.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map_or(text.clone(), str::to_owned)
}
