//! A stream reads the same however it is split.

use proptest::prelude::*;

use super::item::Item;
use super::tests::read;
use crate::FindingKind;

fn part() -> impl Strategy<Value = Vec<u8>> {
    let text = prop::sample::select(vec![
        "data",
        "event",
        "id",
        "retry",
        ":",
        ": ",
        " ",
        "data: a",
        "id: 1",
        "Data: x",
        "retry: 20",
        "retry: x",
        "event: x",
        ":comment",
        "\u{feff}",
        "\0",
        "a",
        "}",
        "\u{e9}",
        "\u{2026}",
        "\u{1f600}",
        "\u{2028}",
    ]);
    let end = prop::sample::select(vec!["\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "\n\r"]);
    let bytes =
        prop::sample::select(vec![&b"\xEF"[..], b"\xBB", b"\xBF", b"\xF0\x9F\x98", b"\xED\xA0\x80", b"\xFF"]);
    prop_oneof![
        6 => text.prop_map(|text| text.as_bytes().to_vec()),
        5 => end.prop_map(|end| end.as_bytes().to_vec()),
        2 => bytes.prop_map(<[u8]>::to_vec),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ]
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(part(), 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cuts_change_nothing(stream in stream(), at in any::<prop::sample::Index>()) {
        let at = at.index(stream.len() + 1);
        let whole = read([&stream[..]]);
        prop_assert_eq!(&read([&stream[..at], &stream[at..]]), &whole);
        prop_assert_eq!(&read(stream.chunks(1)), &whole);
    }

    #[test]
    fn valid_text_has_no_finding_about_bytes(text in "\\PC{0,200}") {
        let items = read([text.as_bytes()]);
        let is_about_bytes = |item: &Item| matches!(item, Item::Finding(f) if f.kind == FindingKind::InvalidUtf8);
        prop_assert!(!items.iter().any(is_about_bytes));
    }
}
