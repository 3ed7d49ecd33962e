//! The transcript of a session: how its bytes are escaped in the results file and shown to people.

use std::fmt::Write;

use bstr::ByteVec;

use crate::{results::Row, visible};

mod log;
mod sent_bytes;

#[cfg(feature = "html")]
pub(crate) use log::runs_of_writes;
pub use log::{Extent, LogEntry, LogLine, Times, log, log_lines};
pub use sent_bytes::{SHOWN_LINES, SentBytes, sent_bytes};

/// The kind of row that holds bytes.
const BYTES: &str = "bytes";

/// How many bytes of a row the results file keeps.
pub const ROW_LIMIT: usize = 4096;

/// Bytes as a [`Row`] spells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escaped {
    /// The escaped text: visible characters are unchanged, the rest becomes `\n`, `\r`, `\t`, `\0`, `\\`
    /// and `\xEF`. Lossless: [`ByteVec::unescape_bytes`] returns the bytes.
    pub text: String,
    /// The true length in bytes, if only the first [`ROW_LIMIT`] bytes are spelled.
    pub length: Option<u64>,
}

/// Spells bytes for [`Row::text`] and [`Row::length`].
pub fn escape(bytes: &[u8]) -> Escaped {
    let kept = bytes.get(..ROW_LIMIT).unwrap_or(bytes);
    let length = (kept.len() < bytes.len()).then_some(bytes.len() as u64);
    let mut text = String::with_capacity(kept.len());
    for chunk in kept.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\0' => text.push_str("\\0"),
                '\\' => text.push_str("\\\\"),
                hidden if visible::is_hidden(hidden) => {
                    push_hex(&mut text, hidden.encode_utf8(&mut [0; 4]).as_bytes());
                }
                plain => text.push(plain),
            }
        }
        push_hex(&mut text, chunk.invalid());
    }
    Escaped { text, length }
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "\\x{byte:02X}");
    }
}

/// The text of a row, seen as the pieces of its spelling: `\n`, `\xEF`, one character.
pub(crate) struct Spelled<'a> {
    rest: &'a str,
}

impl<'a> Spelled<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The spelling with its spaces as spaces.
    pub(crate) fn readable(self) -> String {
        self.map(|piece| if piece == "\\x20" { " " } else { piece }).collect()
    }
}

impl<'a> Iterator for Spelled<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let mut characters = self.rest.chars();
        let first = characters.next()?;
        let mut length = first.len_utf8();
        if first == '\\' {
            let second = characters.next();
            length += second.map_or(0, char::len_utf8);
            if second == Some('x') {
                length += characters.take(2).take_while(char::is_ascii_hexdigit).count();
            }
        }
        let (piece, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(piece)
    }
}

/// The true length of a row in bytes.
#[cfg(feature = "html")]
pub(crate) fn row_length(row: &Row) -> u64 {
    length(row)
}

fn length(row: &Row) -> u64 {
    row.length.unwrap_or_else(|| Vec::unescape_bytes(&row.text).len() as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_are_spelled_without_loss_and_spaces_stay_spaces() {
        let escaped = escape(b"data: a\\x20\r\n\0\xEF\xBB\xFFz");
        assert_eq!(escaped.text, "data: a\\\\x20\\r\\n\\0\\xEF\\xBB\\xFFz");
        assert_eq!(escaped.length, None);
    }

    #[test]
    fn a_long_row_is_cut_and_keeps_its_length() {
        let escaped = escape(&[b'x'; ROW_LIMIT + 1]);
        assert_eq!(escaped.text.len(), ROW_LIMIT);
        assert_eq!(escaped.length, Some(ROW_LIMIT as u64 + 1));
    }

    proptest! {
        #[test]
        fn spelling_loses_nothing(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(Vec::unescape_bytes(escape(&bytes).text), bytes);
        }

        #[test]
        fn any_text_has_pieces_that_make_it_up(text in "(?s)[\\\\xna0\u{e9} ]{0,20}|.*") {
            prop_assert_eq!(Spelled::new(&text).collect::<String>(), text);
        }
    }
}
