//! Any bytes in any pieces come out as they do in one, and events as the reference client's interpreter has them.

use proptest::prelude::*;

use super::tests::read;
use super::{Body, Item};
use crate::reference::defect::Defects;
use crate::reference::interpreter::{Interpreter, Resumption, Shown};
use crate::reference::strict::{FindingKind, Limits};

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

/// What the reference client shows of a stream: type, data and comments.
fn interpreted(stream: &[u8]) -> Vec<(Option<String>, String)> {
    let mut resumption =
        Resumption { reconnection_time: std::time::Duration::ZERO, last_event_id: "".into() };
    let (mut interpreter, mut shown) = (Interpreter::new(&resumption, Defects::None), Vec::new());
    interpreter.feed(stream, &mut resumption, &mut shown);
    let all = shown.into_iter().map(|shown| match shown {
        Shown::Event(event) => (Some(event.kind), event.data),
        Shown::Comment(text) => (None, text),
    });
    all.collect()
}

/// The same, as the strict reader has it.
fn strict(stream: &[u8]) -> Vec<(Option<String>, String)> {
    let (mut body, mut items) = (Body::new(Limits::default()), Vec::new());
    body.feed(stream, std::time::Duration::ZERO, &mut items);
    let all = items.into_iter().filter_map(|item| match item {
        Item::Comment(comment) => Some((None, comment.text)),
        Item::Block(block) => {
            let kind = block.event.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "message".into());
            block.data.map(|data| (Some(kind), data))
        }
        _ => None,
    });
    all.collect()
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
    fn events_are_those_of_the_reference_client(stream in stream()) {
        prop_assert_eq!(strict(&stream), interpreted(&stream));
    }

    #[test]
    fn valid_text_has_no_finding_about_bytes(text in "\\PC{0,200}") {
        let items = read([text.as_bytes()]);
        let is_about_bytes = |item: &Item| matches!(item, Item::Finding(f) if f.kind == FindingKind::InvalidUtf8);
        prop_assert!(!items.iter().any(is_about_bytes));
    }
}
