//! Untrusted text made safe and visible.
//!
//! Text from an implementation may contain terminal commands, characters that reorder a line,
//! markup, or a megabyte of anything. Every rendering passes such text through this module, which
//! makes invisible characters visible and says how long truncated text was.

use std::fmt::Write;

/// Shows a text on one line: control, invisible and reordering characters are spelled out
/// (`\n`, `\x1B`, `\u{202E}`), and text longer than `limit` characters is truncated, with its true
/// length in bytes.
pub fn line(text: &str, limit: usize) -> String {
    let (mut shown, left) = start(text, limit);
    if left > 0 {
        push_length(&mut shown, text.len());
    }
    shown
}

/// As [`line()`], but leaves it to the caller to say that the text was truncated: the second value
/// is the number of omitted bytes.
pub(crate) fn start(text: &str, limit: usize) -> (String, usize) {
    let (kept, left) = cut(text, limit);
    let mut shown = String::with_capacity(kept.len());
    for character in kept.chars() {
        push(&mut shown, character);
    }
    (shown, left)
}

/// Shows a text on the lines that it has (ended by LF; a CR is spelled out), at most `lines` of
/// them and `limit` characters in all.
pub fn lines(text: &str, limit: usize, lines: usize) -> Vec<String> {
    let (kept, left) = cut(text, limit);
    let mut all = kept.strip_suffix('\n').unwrap_or(kept).split('\n');
    let mut shown: Vec<String> = all.by_ref().take(lines).map(|one| line(one, usize::MAX)).collect();
    let is_cut = left > 0 || all.next().is_some();
    if let Some(last) = shown.last_mut().filter(|_| is_cut) {
        push_length(last, text.len());
    }
    shown
}

/// As [`lines`], but keeps the end of the text: the last lines of a log say why it ended.
pub fn last_lines(text: &str, limit: usize, lines: usize) -> Vec<String> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let start = match text.char_indices().rev().nth(limit.saturating_sub(1)) {
        Some((at, _)) => at,
        None => 0,
    };
    let tail = text.get(start..).unwrap_or_default();
    let skipped = tail.split('\n').count().saturating_sub(lines);
    let mut shown: Vec<String> = Vec::new();
    if start > 0 || skipped > 0 {
        shown.push(format!("… the end of {} bytes:", text.len()));
    }
    shown.extend(tail.split('\n').skip(skipped).map(|one| line(one, usize::MAX)));
    shown
}

/// Whether a character is escaped: it is invisible, looks like a space but is not one, moves the
/// cursor, reorders its line, or (U+FFFE, U+FFFF) is not allowed in XML.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{a0}'
                | '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{1680}'
                | '\u{180e}'
                | '\u{2000}'..='\u{200f}'
                | '\u{2028}'..='\u{202f}'
                | '\u{205f}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3000}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

fn push(shown: &mut String, character: char) {
    match character {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        '\0' => shown.push_str("\\0"),
        // Writing to a String cannot fail.
        hidden if is_hidden(hidden) && hidden.is_ascii() => {
            let _ = write!(shown, "\\x{:02X}", u32::from(hidden));
        }
        hidden if is_hidden(hidden) => {
            let _ = write!(shown, "\\u{{{:X}}}", u32::from(hidden));
        }
        plain => shown.push(plain),
    }
}

fn push_length(shown: &mut String, bytes: usize) {
    let _ = write!(shown, "… ({bytes} bytes in all)");
}

/// The first `limit` characters, and the number of bytes after them.
fn cut(text: &str, limit: usize) -> (&str, usize) {
    match text.char_indices().nth(limit) {
        Some((at, _)) => (text.get(..at).unwrap_or(text), text.len() - at),
        None => (text, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_is_left() {
        let hostile =
            "\x1b[31mred\0\r\n\t\u{9b}31m\u{7f}\u{202e}evil\u{2066}x\u{2069}\u{200f}\u{feff}\u{2028}é";
        let shown = line(hostile, 1000);
        assert!(!shown.chars().any(is_hidden), "{shown}");
        assert_eq!(
            shown,
            "\\x1B[31mred\\0\\r\\n\\t\\u{9B}31m\\x7F\\u{202E}evil\\u{2066}x\\u{2069}\\u{200F}\\u{FEFF}\\u{2028}é"
        );
    }

    #[test]
    fn what_is_cut_says_how_long_it_was() {
        assert_eq!(line("héllo", 5), "héllo");
        assert_eq!(line("héllo", 2), "hé… (6 bytes in all)");
        assert_eq!(line("", 0), "");
        assert_eq!(lines("a\nb\n", 10, 5), ["a", "b"]);
        assert_eq!(lines("a\nb\nc", 10, 2), ["a", "b… (5 bytes in all)"]);
        assert_eq!(lines("a\r\nb", 10, 5), ["a\\r", "b"]);
    }

    #[test]
    fn the_end_of_a_log_is_kept() {
        assert_eq!(last_lines("a\nb\nc\n", 100, 2), ["… the end of 5 bytes:", "b", "c"]);
        assert_eq!(last_lines("a\nb\n", 100, 2), ["a", "b"]);
        assert_eq!(last_lines("abcdef", 2, 2), ["… the end of 6 bytes:", "ef"]);
        assert_eq!(last_lines("", 2, 2), [""]);
    }
}
