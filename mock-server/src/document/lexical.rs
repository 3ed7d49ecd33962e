//! What TOML allows and a script whose bytes matter must not use.
//!
//! `"\xEF"` is the character U+00EF in TOML, not the byte EF; what a multi-line string holds depends on how the file
//! was checked out; and a bare CR does not survive editors.

use super::Findings;

/// Finds `\x` escapes, multi-line strings and bare CR.
pub fn check(text: &str, findings: &mut Findings) {
    bare_carriage_returns(text, findings);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'#' => line_end(bytes, at),
            b'"' | b'\'' => string(text, at, findings),
            _ => at + 1,
        };
    }
}

fn bare_carriage_returns(text: &str, findings: &mut Findings) {
    for (at, _) in text.match_indices('\r').filter(|(at, _)| !text[at + 1..].starts_with('\n')) {
        let hint = "write it as \\r inside a string";
        findings.add_with_hint(at..at + 1, "a bare CR in the file", "does not survive editors", hint);
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| from + n)
}

/// Checks the string that starts at `from` and returns where it ends.
fn string(text: &str, from: usize, findings: &mut Findings) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[from];
    let triple = [quote; 3];
    if bytes[from..].starts_with(&triple) {
        let inner = from + 3;
        let close = bytes[inner..].windows(3).position(|w| w == triple);
        let end = close.map_or(bytes.len(), |n| inner + n + 3);
        let hint = "write one line: \"data: a\\ndata: b\\n\\n\"";
        findings.add_with_hint(
            from..inner,
            "a multi-line string",
            "its line ends depend on the checkout",
            hint,
        );
        return end;
    }
    let mut at = from + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => return at,
            b'\\' if quote == b'"' => {
                if bytes.get(at + 1) == Some(&b'x') {
                    let hint = "raw bytes are written with send-hex, characters as \\u00EF";
                    let label = "in TOML this is a character, not a byte";
                    findings.add_with_hint(at..at + 2, "a \\x escape", label, hint);
                }
                at += 2;
            }
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
