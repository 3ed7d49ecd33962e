//! The wire log: every action on the wire, in order.

use super::{BYTES, Spelled, length};
use crate::{results::Row, visible};

/// Whether a wire log shows times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// It does not, so the same behavior gives the same text.
    #[default]
    Hidden,
    /// In milliseconds since the start of the session.
    Shown,
}

/// One line of the wire log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The number of its row, counted from 1.
    pub first: usize,
    /// The number of its last row.
    pub last: usize,
    /// The time of its first row, in microseconds since the start of the session.
    pub at_us: u64,
    /// Who.
    pub from: String,
    /// On which connection.
    pub connection: Option<u32>,
    /// What.
    pub kind: String,
    /// With what content, readable.
    pub text: String,
}

/// A line of the log, or the number of rows omitted here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogEntry {
    /// A line.
    Line(LogLine),
    /// This many rows are omitted.
    LeftOut(usize),
}

impl LogEntry {
    /// The line, if it is one.
    pub fn line(&self) -> Option<&LogLine> {
        match self {
            Self::Line(line) => Some(line),
            Self::LeftOut(_) => None,
        }
    }
}

impl LogLine {
    /// The numbers of its rows: `7`, or `7-12`.
    pub fn number(&self) -> String {
        if self.first == self.last { self.first.to_string() } else { format!("{}-{}", self.first, self.last) }
    }

    /// Its connection: `#2`, or nothing.
    pub fn connection(&self) -> String {
        self.connection.map(|number| format!("#{number}")).unwrap_or_default()
    }
}

/// The number of consecutive writes from which they are folded into one line.
const FOLDED_FROM: usize = 4;

/// How much of a long wire log is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// What a screen holds.
    #[default]
    Long,
    /// The start, and what led to the end.
    Short,
}

impl Extent {
    /// How many lines are kept at the start and at the end.
    fn kept(self) -> (usize, usize) {
        match self {
            Self::Long => (16, 32),
            Self::Short => (4, 10),
        }
    }
}

/// How many characters of a row the log shows.
const LOG_TEXT: usize = 160;

/// The wire log for people: runs of small writes are folded into one line, and the middle of a
/// long log is left out. The results file has every row.
pub fn log(transcript: &[Row]) -> Vec<LogEntry> {
    excerpt(transcript, Extent::Long)
}

fn excerpt(transcript: &[Row], extent: Extent) -> Vec<LogEntry> {
    let (start, end) = extent.kept();
    let mut lines: Vec<LogLine> = Vec::new();
    let mut number = 1;
    for part in parts(transcript) {
        lines.extend(log_line(number, part));
        number += part.len();
    }
    let left_out = lines.len().saturating_sub(start + end);
    if left_out == 0 {
        return lines.into_iter().map(LogEntry::Line).collect();
    }
    let end = lines.split_off(start + left_out);
    let rows: usize = lines.drain(start..).map(|line| line.last + 1 - line.first).sum();
    let start = lines.into_iter().map(LogEntry::Line);
    start.chain([LogEntry::LeftOut(rows)]).chain(end.into_iter().map(LogEntry::Line)).collect()
}

/// The rows, with runs of consecutive small writes of the same side together, each with the number of its first row.
#[cfg(feature = "html")]
pub(crate) fn runs_of_writes(transcript: &[Row]) -> Vec<(usize, &[Row])> {
    let mut runs = Vec::new();
    let mut number = 1;
    for part in parts(transcript) {
        runs.push((number, part));
        number += part.len();
    }
    runs
}

/// The rows one by one, and runs of small writes together.
fn parts(transcript: &[Row]) -> impl Iterator<Item = &[Row]> {
    transcript.chunk_by(is_same_stream).flat_map(|run| {
        let size = if run.len() >= FOLDED_FROM { run.len() } else { 1 };
        run.chunks(size)
    })
}

fn is_same_stream(a: &Row, b: &Row) -> bool {
    a.kind == BYTES && b.kind == BYTES && a.from == b.from && a.connection == b.connection
}

/// Truncates a word, so that the columns after it stay on the screen.
fn word(text: &str) -> String {
    let (mut word, left) = visible::start(text, WORD);
    if left > 0 {
        word.push('…');
    }
    word
}

const WORD: usize = 20;

fn log_line(number: usize, rows: &[Row]) -> Option<LogLine> {
    let first = rows.first()?;
    let content: String = rows.iter().map(|row| Spelled::new(&row.text).readable()).collect();
    let (mut text, left) = visible::start(&content, LOG_TEXT);
    if left > 0 || rows.iter().any(|row| row.length.is_some()) {
        text.push_str(&format!("… ({} bytes in all)", rows.iter().map(length).fold(0, u64::saturating_add)));
    }
    if rows.len() > 1 {
        text = format!("{} writes: {text}", rows.len());
    }
    Some(LogLine {
        first: number,
        last: number + rows.len() - 1,
        at_us: first.at_us,
        from: word(&first.from),
        connection: first.connection,
        kind: word(&first.kind),
        text,
    })
}

/// The wire log as aligned lines of text; see [`log`].
pub fn log_lines(transcript: &[Row], times: Times, extent: Extent) -> Vec<String> {
    let log = excerpt(transcript, extent);
    let lines = || log.iter().filter_map(LogEntry::line);
    let width = |text: fn(&LogLine) -> String| {
        lines().map(|line| text(line).chars().count()).max().unwrap_or_default()
    };
    let (number, from, connection, kind) = (
        width(LogLine::number),
        width(|line| line.from.clone()),
        width(LogLine::connection),
        width(|line| line.kind.clone()),
    );
    let show = |entry: &LogEntry| match entry {
        LogEntry::LeftOut(rows) => {
            format!("{:<number$}  {rows} rows omitted; see the results file", "…")
        }
        LogEntry::Line(line) => {
            let time = match times {
                Times::Hidden => String::new(),
                Times::Shown => format!("{:>9} ms  ", milliseconds(line.at_us)),
            };
            let place = match connection {
                0 => String::new(),
                _ => format!("{:<connection$}  ", line.connection()),
            };
            format!(
                "{:<number$}  {time}{:<from$}  {place}{:<kind$}  {}",
                line.number(),
                line.from,
                line.kind,
                line.text
            )
        }
    };
    log.iter().map(show).map(|line| line.trim_end().to_owned()).collect()
}

/// Microseconds as milliseconds with one digit, rounded down.
fn milliseconds(microseconds: u64) -> String {
    format!("{}.{}", microseconds / 1000, microseconds % 1000 / 100)
}
