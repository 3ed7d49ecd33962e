//! Bytes as literals of Python and the shell.

use std::fmt::Write;

/// The longest line of a literal, in bytes of its source.
const LINE: usize = 96;

/// The name of the server in a transcript, and the constant of the script with its real address.
pub(super) const NAMES: [(&str, &str); 2] = [("base.test", "BASE"), ("other.test", "OTHER")];

/// An expression of Python for these bytes. Each line of it is indented by `indent`, except the first.
pub(super) fn python(bytes: &[u8], indent: usize) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in named(bytes) {
        match part {
            Part::Name(constant) => parts.push(format!("+ {constant} +")),
            Part::Bytes(bytes) => parts.extend(lines(bytes)),
        }
    }
    if parts.first().is_none_or(|first| first.starts_with('+')) {
        parts.insert(0, "b\"\"".to_owned());
    }
    if parts.last().is_some_and(|last| last.ends_with('+')) {
        parts.push("b\"\"".to_owned());
    }
    parts.join(&format!("\n{}", " ".repeat(indent)))
}

enum Part<'a> {
    Bytes(&'a [u8]),
    Name(&'static str),
}

/// The bytes between the names of servers, and these names.
fn named(mut rest: &[u8]) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let find = |rest: &[u8], name: &str| rest.windows(name.len()).position(|part| part == name.as_bytes());
    while let Some((at, name, constant)) = NAMES
        .iter()
        .filter_map(|(name, constant)| Some((find(rest, name)?, *name, *constant)))
        .min_by_key(|(at, ..)| *at)
    {
        let (before, after) = rest.split_at(at);
        if !before.is_empty() {
            parts.push(Part::Bytes(before));
        }
        parts.push(Part::Name(constant));
        rest = after.get(name.len()..).unwrap_or_default();
    }
    if !rest.is_empty() {
        parts.push(Part::Bytes(rest));
    }
    parts
}

/// Literals that end after each LF, and before they become too long.
fn lines(bytes: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        push_python(&mut line, *byte);
        let ends = *byte == b'\n' && bytes.get(at + 1) != Some(&b'\n') || line.len() >= LINE;
        if ends || at + 1 == bytes.len() {
            lines.push(format!("b\"{line}\""));
            line.clear();
        }
    }
    lines
}

fn push_python(line: &mut String, byte: u8) {
    // Writing to a String cannot fail.
    let _ = match byte {
        b'\n' => line.write_str("\\n"),
        b'\r' => line.write_str("\\r"),
        b'\t' => line.write_str("\\t"),
        b'"' => line.write_str("\\\""),
        b'\\' => line.write_str("\\\\"),
        // A backtick could end the block of code in an issue.
        b'`' => line.write_str("\\x60"),
        b' '..=b'~' => line.write_char(char::from(byte)),
        other => write!(line, "\\x{other:02x}"),
    };
}

/// The argument of the shell's `printf` for these bytes, in single quotes.
pub(super) fn printf(bytes: &[u8]) -> String {
    let mut text = String::from("'");
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'\n' => text.write_str("\\n"),
            b'\r' => text.write_str("\\r"),
            b'%' => text.write_str("%%"),
            b'\\' => text.write_str("\\\\"),
            b'\'' | b'`' | b'\0'..=b'\x1f' | b'\x7f'.. => write!(text, "\\{byte:03o}"),
            plain => text.write_char(char::from(*plain)),
        };
    }
    text.push('\'');
    text
}

/// A word of a shell command.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_leaves_its_literal() {
        assert_eq!(python(b"a\"\\`\0\xff\r\n\n'", 2), "b\"a\\\"\\\\\\x60\\x00\\xff\\r\\n\\n\"\n  b\"'\"");
        assert_eq!(python(b"", 0), "b\"\"");
        assert_eq!(printf(b"%d\\'`\0\r\n\xe9"), "'%%d\\\\\\047\\140\\000\\r\\n\\351'");
        assert_eq!(word("a'b; rm"), "'a'\\''b; rm'");
        assert_eq!(word("/x?a=1"), "'/x?a=1'");
    }

    #[test]
    fn the_name_of_the_server_becomes_its_address() {
        assert_eq!(python(b"http://base.test/1", 0), "b\"http://\"\n+ BASE +\nb\"/1\"");
        assert_eq!(python(b"other.test", 0), "b\"\"\n+ OTHER +\nb\"\"");
    }
}
