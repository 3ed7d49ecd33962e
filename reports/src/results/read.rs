//! Reading a results file: every line is checked, and an error says where it is.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

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
        let (name, file) = file(path)?;
        Self::read(&name, file)
    }

    /// Reads whatever is intact of the results file at `path`: a line that is damaged is a [`Warning`], and the run
    /// incomplete.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, or its first line is not the header of a results file of this version.
    pub fn open_readable(path: &Path) -> Result<Self, ReadError> {
        let (name, file) = file(path)?;
        Self::read_readable(&name, file)
    }

    /// Reads whatever is intact, as [`open_readable`](Self::open_readable); `name` identifies the results in messages.
    ///
    /// # Errors
    ///
    /// If the first line is not the header of a results file of this version.
    pub fn read_readable(name: &str, reader: impl BufRead) -> Result<Self, ReadError> {
        Self::read_lines(name, reader, Damage::Skipped)
    }

    /// Reads results; `name` identifies them in messages.
    ///
    /// A missing footer is not an error: the run did not finish. A truncated last line is a
    /// [`Warning`].
    ///
    /// # Errors
    ///
    /// If this is not a results file, has another version, or is damaged.
    pub fn read(name: &str, reader: impl BufRead) -> Result<Self, ReadError> {
        Self::read_lines(name, reader, Damage::Refused)
    }

    fn read_lines(name: &str, mut reader: impl BufRead, damage: Damage) -> Result<Self, ReadError> {
        let mut reading = Reading::new(name, damage);
        let mut line = Vec::new();
        loop {
            line.clear();
            let io_error = |source| ReadError::Io { file: visible::line(name, NAME), source };
            let read = reader.by_ref().take(LONGEST + 1).read_until(b'\n', &mut line).map_err(io_error)?;
            if read == 0 {
                break;
            }
            let is_too_long = read as u64 > LONGEST && !line.ends_with(b"\n");
            let result = if is_too_long {
                skip_line(&mut reader).map_err(io_error)?;
                Err(reading.too_long())
            } else {
                reading.line(line.strip_suffix(b"\n").unwrap_or(&line))
            };
            if let Err(error) = result {
                // Whatever follows belongs to another run.
                let ends = matches!(error, ReadError::SecondHeader { .. } | ReadError::AfterFooter { .. });
                reading.report(error)?;
                if ends {
                    break;
                }
            }
        }
        reading.finish()
    }
}

/// What happens to a line that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Damage {
    /// It is an error.
    Refused,
    /// It is skipped, with a warning.
    Skipped,
}

/// The longest line, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

fn file(path: &Path) -> Result<(String, BufReader<File>), ReadError> {
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => Ok((name, BufReader::new(file))),
        Err(source) => Err(ReadError::Io { file: visible::line(&name, NAME), source }),
    }
}

/// Skips the rest of a line without keeping it.
fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let Some(at) = buffer.iter().position(|byte| *byte == b'\n') else {
            let length = buffer.len();
            if length == 0 {
                return Ok(());
            }
            reader.consume(length);
            continue;
        };
        reader.consume(at + 1);
        return Ok(());
    }
}

/// How many characters of a file's name a message shows.
const NAME: usize = 500;

/// How many characters of a value from the file a message shows.
const VALUE: usize = 200;

struct Reading {
    damage: Damage,
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
    fn new(name: &str, damage: Damage) -> Self {
        Self {
            damage,
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
            self.report(error)?;
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
            if self.footer.is_some() && self.damage == Damage::Refused {
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

    /// Skips a line that is damaged, if that is allowed. Without a header, nothing can be read.
    fn report(&mut self, error: ReadError) -> Result<(), ReadError> {
        if self.damage == Damage::Refused || self.header.is_none() {
            return Err(error);
        }
        self.warnings.push(Warning::Damaged { message: error.to_string() });
        Ok(())
    }

    fn too_long(&mut self) -> ReadError {
        self.number += 1;
        ReadError::Damaged {
            file: self.file.clone(),
            line: self.number,
            column: 0,
            why: "the line is longer than 64 MiB".to_owned(),
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
