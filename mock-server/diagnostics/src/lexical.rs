//! TOML syntax that scripts must not use, because their bytes matter.
//!
//! `"\xEF"` is the character U+00EF in TOML, not the byte EF; the content of a multi-line string depends on how the file
//! was checked out; a bare CR does not survive editors; and many editors do not know the other additions of TOML 1.1.

use crate::diagnostic::Findings;

#[cfg(test)]
mod tests;

/// Finds the first control character of each line. TOML allows few besides tab and line endings; reporting them here
/// makes them visible, because editors do not show them.
pub fn characters(text: &str, findings: &mut Findings) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.strip_suffix("\r\n").or(line.strip_suffix('\n')).unwrap_or(line);
        if let Some((at, found)) = content.char_indices().find(|(_, c)| c.is_control() && *c != '\t') {
            let place = start + at..start + at + found.len_utf8();
            if found == '\r' {
                let hint = "write it as \\r inside a string, and end lines with LF or CRLF";
                findings.add_with_hint(place, "a bare CR in the file", "does not survive editors", hint);
            } else {
                let (label, hint) = (
                    format!("U+{:04X}", u32::from(found)),
                    format!("write it as \\u{:04X} inside a string", u32::from(found)),
                );
                findings.add_with_hint(place, "a control character in the file", label, hint);
            }
        }
        start += line.len();
    }
}

/// Finds escapes of TOML 1.1, multi-line strings, and inline tables that go over several lines or end with a comma.
/// The text must be TOML.
pub fn subset(text: &str, findings: &mut Findings) {
    let bytes = text.as_bytes();
    let mut open: Vec<Bracket> = Vec::new();
    let mut comma = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'#' => {
                at = line_end(bytes, at);
                continue;
            }
            b'"' | b'\'' => {
                at = string(text, at, findings);
                comma = None;
                continue;
            }
            b'[' => open.push(Bracket::Array),
            b'{' => open.push(Bracket::Table(at)),
            b'\n' => {
                if let Some(bracket @ Bracket::Table(_)) = open.last_mut()
                    && let Bracket::Table(start) = std::mem::replace(bracket, Bracket::Reported)
                {
                    let hint = "write it on one line: { send = \"data: a\\n\\n\" }";
                    let label = "not closed on this line";
                    findings.add_with_hint(
                        start..start + 1,
                        "an inline table that spans several lines",
                        label,
                        hint,
                    );
                }
            }
            b']' => drop(open.pop()),
            b'}' => {
                if let (Some(Bracket::Table(_)), Some(comma)) = (open.pop(), comma) {
                    let message = "a trailing comma in an inline table";
                    findings.add_with_hint(comma..comma + 1, message, "nothing follows", "remove the comma");
                }
            }
            _ => {}
        }
        match byte {
            b',' => comma = Some(at),
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at += 1;
    }
}

/// An open bracket.
enum Bracket {
    /// Of an array, or of the header of a table.
    Array,
    /// Of an inline table that begins there.
    Table(usize),
    /// Of an inline table that has been reported.
    Reported,
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| from + n)
}

/// Checks the string that starts at `from` and returns where it ends.
fn string(text: &str, from: usize, findings: &mut Findings) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[from];
    if bytes[from..].starts_with(&[quote; 3]) {
        let hint = "write one line: \"data: a\\ndata: b\\n\\n\"";
        let label = "its line endings depend on the checkout";
        findings.add_with_hint(from..from + 3, "a multi-line string", label, hint);
        return multi_line_end(bytes, from);
    }
    let mut at = from + 1;
    let mut found = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => {
                if !found {
                    found = escape(bytes, at, findings);
                }
                at += 2;
            }
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where the multi-line string that starts at `from` ends. Its content may end with up to two quotes.
fn multi_line_end(bytes: &[u8], from: usize) -> usize {
    let quote = bytes[from];
    let mut at = from + 3;
    while at < bytes.len() {
        if bytes[at] == b'\\' && quote == b'"' {
            at += 2;
        } else if bytes[at..].starts_with(&[quote; 3]) {
            let quotes = bytes[at..].iter().take_while(|b| **b == quote).take(5).count();
            return at + quotes;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// Checks the escape that starts at `at`. Returns whether there was a finding.
fn escape(bytes: &[u8], at: usize, findings: &mut Findings) -> bool {
    match bytes.get(at + 1) {
        Some(b'x') => {
            let hint = "raw bytes are written with send-hex, characters as \\u00EF";
            let label = "in TOML this is a character, not a byte";
            findings.add_with_hint(at..at + 2, "a \\x escape", label, hint);
            true
        }
        Some(b'e') => {
            let hint = "write it as \\u001B";
            findings.add_with_hint(at..at + 2, "a \\e escape", "unknown to many editors", hint);
            true
        }
        _ => false,
    }
}
