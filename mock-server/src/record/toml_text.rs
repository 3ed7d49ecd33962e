//! Values in TOML.

/// A basic string.
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() || ('\u{200b}'..='\u{206f}').contains(&c) || c == '\u{feff}' => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A key, quoted if it has to be.
pub(super) fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { string(name) }
}

/// The step that writes these bytes.
pub(super) fn send(bytes: &[u8], text: impl Fn(&str) -> String) -> String {
    match std::str::from_utf8(bytes) {
        Ok(sent) => format!("{{ send = {} }}", string(&text(sent))),
        Err(_) => {
            let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{{ send-hex = \"{}\" }}", hex.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_reads_as_itself() {
        for text in ["", "a\"b\\c\r\n\t\u{0}\u{1b}\u{7f}\u{85}\u{feff}\u{2028}é🙂", "{{}}"] {
            let table: toml::Table = toml::from_str(&format!("a = {}", string(text))).expect("TOML");
            assert_eq!(table["a"].as_str(), Some(text));
        }
    }

    #[test]
    fn keys_are_quoted_if_needed() {
        assert_eq!((key("x-a_1"), key("x.y"), key("")), ("x-a_1".into(), "\"x.y\"".into(), "\"\"".into()));
    }

    #[test]
    fn bytes_that_are_no_text() {
        assert_eq!(send(b"a\xff", str::to_owned), "{ send-hex = \"61 ff\" }");
        assert_eq!(send(b"a\n", str::to_owned), "{ send = \"a\\n\" }");
    }
}
