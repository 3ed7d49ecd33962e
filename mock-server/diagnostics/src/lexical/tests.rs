use super::*;
use crate::{Diagnostics, Source};

/// What a scan finds, as the text it points at and the message.
fn found(scan: fn(&str, &mut Findings), text: &str) -> Vec<(String, String)> {
    let mut findings = Findings::default();
    scan(text, &mut findings);
    let list = match findings.or(&Source::new("test", text), Some(())) {
        Ok(()) => return Vec::new(),
        Err(diagnostics) => Diagnostics::list(&diagnostics).to_vec(),
    };
    list.into_iter().map(|finding| (text[finding.span].to_owned(), finding.message)).collect()
}

fn messages(scan: fn(&str, &mut Findings), text: &str) -> Vec<String> {
    found(scan, text).into_iter().map(|(_, message)| message).collect()
}

#[test]
fn plain_text_has_no_control_characters() {
    for text in ["", "a = 1\n", "a = 1\r\nb = 2\r\n", "a = \"\té\u{a0}\u{2028}\u{feff}\"\n", "# comment"] {
        assert_eq!(found(characters, text), [], "{text:?}");
    }
}

#[test]
fn a_bare_cr_is_found_wherever_it_stands() {
    for text in ["a = 1\rb = 2\n", "a = \"\r\"\n", "# a\rb\n", "\r", "a = 1\r", "a = 1\r\r\n", "a = 1\n\r"] {
        assert_eq!(found(characters, text), [("\r".into(), "a bare CR in the file".into())], "{text:?}");
    }
}

#[test]
fn the_first_control_character_of_a_line_is_found() {
    let expected = |text: &str| vec![(text.to_owned(), "a control character in the file".to_owned())];
    assert_eq!(found(characters, "a = \"é\u{1b}[31m\u{1b}[0m\"\n"), expected("\u{1b}"));
    assert_eq!(found(characters, "\u{7f}"), expected("\u{7f}"));
    assert_eq!(found(characters, "# é\u{85}\n"), expected("\u{85}"));
    assert_eq!(found(characters, "a\0\nb\0\n").len(), 2);
}

#[test]
fn what_toml_1_0_has_is_left_alone() {
    for text in [
        "",
        "a = \"\\\\x41 \\\\e \\\" \\u00EF\"",
        "a = '\\x41 \\e \"'",
        "# \"\"\" and \\x41 and { in a comment\na = 1",
        "a = [\n  { b = [\n    1,\n  ] },\n  [],\n]\n[table]\n[[table.list]]\n",
        "a = { b = { c = \",}\" }, d = [1, 2,] }",
        "\"a\\\"b\" = 1",
        "a = \"\" # empty\nb = ''\nc = \"'\"\nd = '\"'",
    ] {
        assert_eq!(found(subset, text), [], "{text:?}");
    }
}

#[test]
fn escapes_of_toml_1_1_are_found_once_a_string() {
    assert_eq!(found(subset, r#"a = "\xEF\xBB""#), [("\\x".into(), "a \\x escape".into())]);
    assert_eq!(found(subset, r#"a = "\\\x41""#), [("\\x".into(), "a \\x escape".into())]);
    assert_eq!(found(subset, r#"a = "\e[1m""#), [("\\e".into(), "a \\e escape".into())]);
    assert_eq!(messages(subset, r#"a = ["\x41", "\n", "\x42"]"#).len(), 2);
    assert_eq!(found(subset, r#""\x41" = 1"#).len(), 1);
}

#[test]
fn multi_line_strings_are_found_and_skipped() {
    let expected = |quotes: &str| vec![(quotes.to_owned(), "a multi-line string".to_owned())];
    assert_eq!(found(subset, "a = \"\"\"\nb\n\"\"\"\nc = 1"), expected("\"\"\""));
    assert_eq!(found(subset, "a = '''\n\\x41 # { \"\n'''\nc = 1"), expected("'''"));
    assert_eq!(found(subset, "a = \"\"\"\\\"\"\"\" # \"\nc = 1"), expected("\"\"\""));
    // Two quotes before the three that end it belong to it.
    assert_eq!(found(subset, "a = \"\"\"b\"\"\"\"\"\nc = \"d\""), expected("\"\"\""));
    assert_eq!(found(subset, "a = \"\"\"\"\"\"\nc = \"d\""), expected("\"\"\""));
}

#[test]
fn inline_tables_stay_on_their_line() {
    let message = "an inline table that spans several lines";
    assert_eq!(found(subset, "a = {\n  b = 1\n}\n"), [("{".into(), message.into())]);
    assert_eq!(messages(subset, "a = { # why\n  b = 1,\n  c = 2\n}\nd = {}\n"), [message]);
    assert_eq!(messages(subset, "a = {\n b = {\n c = 1\n } }"), [message, message]);
    assert_eq!(messages(subset, "a = { b = [\n1,\n] }"), [""; 0]);
}

#[test]
fn inline_tables_end_without_a_comma() {
    let message = "a trailing comma in an inline table";
    assert_eq!(found(subset, "a = { b = 1, }"), [(",".into(), message.into())]);
    assert_eq!(messages(subset, "a = { b = [1,], c = \",\" ,\t}"), [message]);
    assert_eq!(messages(subset, "a = { b = \",\" }"), [""; 0]);
}

#[test]
fn a_scan_survives_what_is_not_toml() {
    for text in
        ["\"", "'", "\"\"\"", "\"\\", "{", "}", "]]]", "{,}", "\"\"\"\\", "#", "{\n}\n}", ",\n}", "\\"]
    {
        messages(subset, text);
        messages(characters, text);
    }
}
