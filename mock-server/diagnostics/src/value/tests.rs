use proptest::prelude::*;
use toml::de::DeTable;

use super::*;

/// Reads `v = <text>` and hands the table on.
fn with<T>(text: &str, read: impl FnOnce(&DeTable<'_>) -> T) -> T {
    let text = format!("v = {text}");
    let document = DeTable::parse(&text).expect("TOML");
    read(document.get_ref())
}

#[test]
fn counts_are_read_in_every_notation() {
    for (text, number) in [
        ("0", Some(0)),
        ("+7", Some(7)),
        ("1_000", Some(1000)),
        ("0xff", Some(255)),
        ("0o17", Some(15)),
        ("0b101", Some(5)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("-1", None),
        ("1.0", None),
        ("\"1\"", None),
    ] {
        assert_eq!(with(text, |table| count_of(table, "v")), number, "{text}");
    }
}

#[test]
fn what_has_another_type_reads_as_absent() {
    with("[1, \"a\"]", |table| {
        assert_eq!(text_of(table, "v"), None);
        assert_eq!(count_of(table, "v"), None);
        assert_eq!(duration_of(table, "v"), None);
        assert!(!flag_of(table, "v"));
        assert_eq!(texts_of(table, "v"), ["a"]);
        assert!(get(table, "w").is_none());
        assert_eq!(texts_of(table, "w"), [""; 0]);
    });
    with("\"a\"", |table| assert_eq!(texts_of(table, "v"), [""; 0]));
    with("true", |table| assert!(flag_of(table, "v")));
}

#[test]
fn durations_are_a_whole_number_and_a_unit() {
    for (words, milliseconds) in [
        ("300ms", 300),
        ("2s", 2000),
        ("1min", 60_000),
        ("0ms", 0),
        ("60min", 3_600_000),
        ("3600s", 3_600_000),
    ] {
        assert_eq!(parse_duration(words), Some(Duration::from_millis(milliseconds)), "{words}");
    }
    for words in [
        "",
        "300",
        "ms",
        "-1s",
        "+1s",
        "1.5s",
        "1 s",
        " 1s",
        "1s ",
        "1h",
        "61min",
        "3601s",
        "1m",
        "1S",
        "0",
        "1s 2ms",
        "١s",
        "99999999999999999999s",
        "18446744073709551615s",
        "18446744073709551615min",
        "0x1s",
    ] {
        assert_eq!(parse_duration(words), None, "{words}");
    }
}

#[test]
fn steps_are_words_or_tables() {
    with("\"end\"", |table| {
        let (verb, _, argument) = step(get(table, "v").expect("a value")).expect("a step");
        assert_eq!((verb, argument.is_none()), ("end", true));
    });
    with("{ send = \"a\" }", |table| {
        let (verb, place, argument) = step(get(table, "v").expect("a value")).expect("a step");
        assert_eq!((verb, place, argument.and_then(text)), ("send", 6..10, Some("a")));
    });
    with("{}", |table| assert!(step(get(table, "v").expect("a value")).is_none()));
    with("[]", |table| assert!(step(get(table, "v").expect("a value")).is_none()));
}

#[test]
fn digits_come_in_pairs() {
    assert_eq!(hex(""), Some(Vec::new()));
    assert_eq!(hex("ef BB\tbf\n00"), Some(vec![0xef, 0xbb, 0xbf, 0]));
    assert_eq!(hex("e f"), Some(vec![0xef]));
    for wrong in ["e", "efb", "0x00", "eg", "é0", "00\u{a0}00", "-1"] {
        assert_eq!(hex(wrong), None, "{wrong}");
    }
}

proptest! {
    #[test]
    fn hex_reads_what_was_written(bytes: Vec<u8>, upper: bool, gaps in prop::collection::vec("[ \t\n]{0,2}", 1..9)) {
        let mut digits = gaps[0].clone();
        for (number, byte) in bytes.iter().enumerate() {
            let pair = if upper { format!("{byte:02X}") } else { format!("{byte:02x}") };
            digits += &pair;
            digits += &gaps[number % gaps.len()];
        }
        prop_assert_eq!(hex(&digits), Some(bytes));
    }

    #[test]
    fn hex_takes_nothing_else(text in "\\PC{0,12}") {
        let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let right = digits.len().is_multiple_of(2) && digits.chars().all(|c| c.is_ascii_hexdigit());
        prop_assert_eq!(hex(&text).is_some(), right);
    }

    #[test]
    fn durations_are_bounded(text in "[0-9]{0,25}(ms|s|min|h|)") {
        if let Some(time) = parse_duration(&text) {
            prop_assert!(time <= LONGEST);
        }
    }
}
