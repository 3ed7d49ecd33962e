//! The transcript of a session: one numbered sequence, with the bytes as text and in hexadecimal side by side.

use bstr::ByteVec;

use crate::{
    limits,
    results::Row,
    transcript::{Spelled, row_length, runs_of_writes},
    visible,
};

/// One entry: a row, or several writes in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The number of its first row, counted from 1.
    pub(super) first: usize,
    /// `7`, or `7–12`.
    pub(super) number: String,
    /// The time since the start of the session.
    pub(super) at: String,
    pub(super) from: String,
    pub(super) connection: String,
    pub(super) kind: String,
    /// `12 writes`.
    pub(super) writes: Option<String>,
    pub(super) text: Vec<String>,
    pub(super) bytes: Vec<Bytes>,
    /// How many bytes there are, if they are not all shown.
    pub(super) more: Option<String>,
}

/// A line of an event stream, or of a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bytes {
    pub(super) text: String,
    pub(super) hex: String,
}

/// The entries, and how many rows in their middle are omitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Transcript {
    pub(super) start: Vec<Entry>,
    pub(super) omitted: usize,
    pub(super) end: Vec<Entry>,
}

/// How many entries are shown at the start and at the end.
const START: usize = 60;
const END: usize = 60;

/// How many bytes of an entry are shown, and how many in one line.
const SHOWN: usize = 1024;
const IN_A_LINE: usize = 32;

/// The transcript for a page.
pub(super) fn transcript(rows: &[Row]) -> Transcript {
    let runs = runs_of_writes(rows);
    let omitted = runs.len().saturating_sub(START + END);
    if omitted == 0 {
        return Transcript { start: runs.iter().map(entry).collect(), ..Transcript::default() };
    }
    let (start, rest) = runs.split_at(START);
    let (middle, end) = rest.split_at(omitted);
    Transcript {
        start: start.iter().map(entry).collect(),
        omitted: middle.iter().map(|(_, rows)| rows.len()).sum(),
        end: end.iter().map(entry).collect(),
    }
}

fn entry((first, rows): &(usize, &[Row])) -> Entry {
    let last = first + rows.len().saturating_sub(1);
    let row = rows.first();
    let is_bytes = row.is_some_and(|row| row.kind == "bytes");
    let (bytes, shown) = if is_bytes { bytes(rows) } else { (Vec::new(), 0) };
    let all = rows.iter().map(row_length).fold(0, u64::saturating_add);
    Entry {
        first: *first,
        number: if last > *first { format!("{first}–{last}") } else { first.to_string() },
        at: row.map(|row| milliseconds(row.at_us)).unwrap_or_default(),
        from: row.map(|row| word(&row.from)).unwrap_or_default(),
        connection: row.and_then(|row| row.connection).map(|number| format!("#{number}")).unwrap_or_default(),
        kind: row.map(|row| word(&row.kind)).unwrap_or_default(),
        writes: (rows.len() > 1).then(|| format!("{} writes", rows.len())),
        text: match row {
            Some(row) if !is_bytes => visible::lines(&row.text, limits::PARAGRAPH, 12),
            _ => Vec::new(),
        },
        bytes,
        more: (is_bytes && all > shown as u64).then(|| format!("… {all} bytes in all")),
    }
}

/// A word of a transcript, short enough for a column.
pub(super) fn word(text: &str) -> String {
    let (mut word, left) = visible::start(text, 24);
    if left > 0 {
        word.push('…');
    }
    word
}

/// Microseconds as milliseconds with one digit, rounded down.
pub(super) fn milliseconds(microseconds: u64) -> String {
    format!("{}.{}", microseconds / 1000, microseconds % 1000 / 100)
}

/// The bytes of some writes, cut after each line ending, and how many of them are shown.
fn bytes(rows: &[Row]) -> (Vec<Bytes>, usize) {
    let mut lines = Vec::new();
    let mut line = Bytes { text: String::new(), hex: String::new() };
    let (mut shown, mut in_line) = (0, 0);
    let mut pieces = rows.iter().flat_map(|row| Spelled::new(&row.text)).peekable();
    while let Some(piece) = pieces.next() {
        let bytes = Vec::unescape_bytes(piece);
        if shown + bytes.len() > SHOWN {
            break;
        }
        shown += bytes.len();
        in_line += bytes.len();
        line.text.push_str(&visible::line(if piece == "\\x20" { " " } else { piece }, usize::MAX));
        for byte in bytes {
            if !line.hex.is_empty() {
                line.hex.push(' ');
            }
            for digit in [byte >> 4, byte & 15] {
                line.hex.push(char::from_digit(u32::from(digit), 16).unwrap_or('?'));
            }
        }
        let ends = piece == "\\n" || piece == "\\r" && pieces.peek() != Some(&"\\n");
        if ends || in_line >= IN_A_LINE && pieces.peek().is_some_and(|next| !matches!(*next, "\\n" | "\\r")) {
            lines.push(std::mem::replace(&mut line, Bytes { text: String::new(), hex: String::new() }));
            in_line = 0;
        }
    }
    if !line.hex.is_empty() {
        lines.push(line);
    }
    (lines, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Row {
        Row {
            at_us: 1250,
            from: "harness".into(),
            connection: Some(1),
            kind: "bytes".into(),
            text: text.into(),
            length: None,
        }
    }

    #[test]
    fn bytes_are_shown_as_text_and_in_hexadecimal() {
        let shown = transcript(&[row("a\\x20b\\r\\n\\xEFé\\rz")]);
        let lines: Vec<(&str, &str)> =
            shown.start[0].bytes.iter().map(|line| (line.text.as_str(), line.hex.as_str())).collect();
        assert_eq!(lines, [("a b\\r\\n", "61 20 62 0d 0a"), ("\\xEFé\\r", "ef c3 a9 0d"), ("z", "7a")]);
        assert_eq!((shown.start[0].at.as_str(), shown.start[0].more.as_deref()), ("1.2", None));
    }

    #[test]
    fn small_writes_are_joined_and_long_transcripts_cut() {
        let joined = transcript(&["d", "a", "t", "\\n", "a"].map(row));
        assert_eq!(joined.start.len(), 1);
        assert_eq!(joined.start[0].writes.as_deref(), Some("5 writes"));
        assert_eq!(joined.start[0].number, "1–5");
        let event = |at: u64| Row { at_us: at, kind: "event".into(), ..row("x") };
        let long = transcript(&(0..500).map(event).collect::<Vec<_>>());
        assert_eq!((long.start.len(), long.omitted, long.end.len()), (START, 500 - START - END, END));
        assert_eq!(long.end.last().unwrap().number, "500");
    }

    #[test]
    fn a_long_write_says_how_long_it_is() {
        let long = Row { length: Some(1_000_000), ..row(&"x".repeat(4096)) };
        let shown = transcript(&[long]);
        assert_eq!(shown.start[0].bytes.len(), SHOWN / IN_A_LINE);
        assert_eq!(shown.start[0].more.as_deref(), Some("… 1000000 bytes in all"));
    }
}
