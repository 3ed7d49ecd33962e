//! The bytes on the wire, reassembled from all writes.

use std::collections::BTreeMap;

use super::{BYTES, Spelled, length};
use crate::{results::Row, visible};

/// All bytes that one side wrote, in order, cut into lines after each LF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentBytes {
    /// The sender.
    pub from: String,
    /// The connection.
    pub connection: Option<u32>,
    /// The number of bytes.
    pub bytes: u64,
    /// The bytes as readable text, truncated after about [`SHOWN_LINES`] lines.
    pub lines: Vec<String>,
}

/// How many lines are shown, approximately.
pub const SHOWN_LINES: usize = 24;

/// How many characters fit in one row, and how many rows a long line may have.
const ROW: usize = 120;
const ROWS: usize = 3;

/// The bytes that each side wrote on each connection, in the order of their first byte.
pub fn sent_bytes(transcript: &[Row]) -> Vec<SentBytes> {
    let mut places: BTreeMap<(&str, Option<u32>), usize> = BTreeMap::new();
    let mut streams: Vec<Vec<&Row>> = Vec::new();
    for row in transcript.iter().filter(|row| row.kind == BYTES) {
        let place = *places.entry((&row.from, row.connection)).or_insert(streams.len());
        match streams.get_mut(place) {
            Some(stream) => stream.push(row),
            None => streams.push(vec![row]),
        }
    }
    streams.iter().filter_map(|rows| stream(rows)).collect()
}

fn stream(rows: &[&Row]) -> Option<SentBytes> {
    let first = rows.first()?;
    let text: String = rows
        .iter()
        .flat_map(|row| [row.text.as_str(), if row.length.is_some() { "…" } else { "" }])
        .collect();
    Some(SentBytes {
        from: first.from.clone(),
        connection: first.connection,
        bytes: rows.iter().map(|row| length(row)).fold(0, u64::saturating_add),
        lines: lines(&text),
    })
}

/// Cuts a text after each line ending of an event stream: CRLF, LF or CR. A long line continues in
/// the next row of text.
fn lines(text: &str) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut pieces = Spelled::new(text).peekable();
    while pieces.peek().is_some() {
        if rows.len() >= SHOWN_LINES {
            rows.push("…".to_owned());
            break;
        }
        let mut line: Vec<&str> = Vec::new();
        while let Some(piece) = pieces.next() {
            line.push(if piece == "\\x20" { " " } else { piece });
            if piece == "\\n" || piece == "\\r" && pieces.peek() != Some(&"\\n") {
                break;
            }
        }
        rows.extend(line.chunks(ROW).take(ROWS).map(|row| visible::line(&row.concat(), usize::MAX)));
        if let Some(row) = rows.last_mut().filter(|_| line.len() > ROW * ROWS) {
            row.push('…');
        }
    }
    rows
}
