//! However a stream is split, the events are the same, and a second, naive implementation finds the same events.

use std::time::Duration;

use proptest::prelude::*;

use super::tests::{interpret, interpret_with, resumption};
use super::{Interpreter, Resumption, Shown};
use crate::defect::list::Defect;
use crate::defect::switches::{Defects, Reached};
use crate::stream::decoder::Decoder;
use crate::stream::output::Event;

/// Interprets a complete stream in the simplest way.
fn naive(stream: &[u8], resumption: &mut Resumption) -> Vec<Shown> {
    let stream = stream.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(stream);
    let text = String::from_utf8_lossy(stream).replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.pop();
    let (mut data, mut kind, mut id) = (Vec::new(), String::new(), resumption.last_event_id.to_string());
    let mut shown = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let (name, value) = (name, value.strip_prefix(' ').unwrap_or(value));
        if line.is_empty() {
            resumption.last_event_id = id.as_str().into();
            if !data.is_empty() {
                let kind = if kind.is_empty() { "message".into() } else { kind };
                let last_event_id = resumption.last_event_id.clone();
                shown.push(Shown::Event(Event { kind, data: data.join("\n"), last_event_id }));
            }
            (data, kind) = (Vec::new(), String::new());
        } else if let Some(comment) = line.strip_prefix(':') {
            shown.push(Shown::Comment(comment.into()));
        } else if name == "data" {
            data.push(value);
        } else if name == "event" {
            kind = value.into();
        } else if name == "id" && !value.contains('\0') {
            id = value.into();
        } else if name == "retry" && !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()) {
            let milliseconds = value.parse().unwrap_or(u64::MAX);
            resumption.reconnection_time = Duration::from_millis(milliseconds);
        }
    }
    shown
}

/// Parts of streams that exercise the rules.
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
        "id",
        "retry: 20",
        "event: x",
        ":comment",
        "\u{feff}",
        "\0",
        "a",
        "7",
        "\u{e9}",
        "\u{2026}",
        "\u{1f600}",
        "\u{85}",
        "\u{2028}",
    ]);
    let end = prop::sample::select(vec!["\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "\n\r"]);
    let bytes = prop::sample::select(vec![
        &b"\xEF"[..],
        b"\xBB",
        b"\xBF",
        b"\xEF\xBB\xBF",
        b"\xF0\x9F\x98",
        b"\xE2\x80",
        b"\xED\xA0\x80",
        b"\xC0",
        b"\xFF",
    ]);
    prop_oneof![
        6 => text.prop_map(|text| text.as_bytes().to_vec()),
        5 => end.prop_map(|end| end.as_bytes().to_vec()),
        2 => bytes.prop_map(<[u8]>::to_vec),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ]
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::collection::vec(part(), 0..40).prop_map(|parts| parts.concat()),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

/// Cuts a stream at these places.
fn pieces<'a>(stream: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
    cuts.sort_unstable();
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain(std::iter::once(stream.len()));
    starts.zip(ends).map(|(start, end)| &stream[start..end]).collect()
}

/// What the reference client shows of a stream: type, data and comments.
fn shown_by_the_reference(stream: &[u8]) -> Vec<(Option<String>, String)> {
    let mut resumption = Resumption { reconnection_time: Duration::ZERO, last_event_id: "".into() };
    let (mut interpreter, mut shown) = (Interpreter::new(&resumption, &Defects::None), Vec::new());
    interpreter.feed(stream, &mut resumption, &mut shown);
    let all = shown.into_iter().map(|shown| match shown {
        Shown::Event(event) => (Some(event.kind), event.data),
        Shown::Comment(text) => (None, text),
    });
    all.collect()
}

/// The same, as the strict reader sees it.
fn strict(stream: &[u8]) -> Vec<(Option<String>, String)> {
    let (mut body, mut items) =
        (ssespec_strict::EventStreamReader::new(ssespec_strict::Limits::default()), Vec::new());
    body.feed(stream, Duration::ZERO, &mut items);
    let all = items.into_iter().filter_map(|item| match item {
        ssespec_strict::Item::Comment(comment) => Some((None, comment.text)),
        ssespec_strict::Item::Block(block) => {
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
    fn events_are_those_of_the_strict_reader(stream in stream()) {
        prop_assert_eq!(strict(&stream), shown_by_the_reference(&stream));
    }

    #[test]
    fn as_a_naive_implementation(stream in stream(), id in "[a-c]?") {
        let (mut ours, mut other) = (resumption(&id), resumption(&id));
        prop_assert_eq!(interpret([&stream[..]], &mut ours), naive(&stream, &mut other));
        prop_assert_eq!(ours, other);
    }

    #[test]
    fn cuts_change_nothing(stream in stream(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20)) {
        let (mut whole, mut cut, mut bytes) = (resumption("0"), resumption("0"), resumption("0"));
        let expected = interpret([&stream[..]], &mut whole);
        prop_assert_eq!(&interpret(pieces(&stream, &cuts), &mut cut), &expected);
        prop_assert_eq!(&interpret(stream.chunks(1), &mut bytes), &expected);
        prop_assert_eq!(&cut, &whole);
        prop_assert_eq!(&bytes, &whole);
    }

    #[test]
    fn what_is_complete_is_shown_at_once(stream in stream(), at in any::<prop::sample::Index>()) {
        // What the first bytes show does not depend on what follows them; only a byte order mark may not be decided.
        let at = at.index(stream.len() + 1);
        let whole = interpret([&stream[..]], &mut resumption(""));
        let first = interpret([&stream[..at]], &mut resumption(""));
        prop_assert!(whole.starts_with(&first));
    }

    #[test]
    fn decoding_is_that_of_another_implementation(
        stream in stream(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let (mut decoder, mut text) = (Decoder::new(Defects::None), String::new());
        for piece in pieces(&stream, &cuts) {
            decoder.decode(piece, &mut text);
        }
        // An unfinished character at the end is not replaced: the connection ends, but the decoder's queue does not.
        let (other, _) = encoding_rs::UTF_8.decode_with_bom_removal(&stream);
        let unfinished = other.strip_suffix(char::REPLACEMENT_CHARACTER) == Some(&text);
        prop_assert!(other == text || unfinished, "{other:?} {text:?}");
    }

}

proptest! {
    // Each goes through all defects.
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_is_only_asked_is_sound(stream in stream(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20)) {
        let (mut sound, mut asked) = (resumption("0"), resumption("0"));
        let expected = interpret(pieces(&stream, &cuts), &mut sound);
        let survey = Defects::Survey(Reached::default());
        prop_assert_eq!(interpret_with(survey, pieces(&stream, &cuts), &mut asked), expected);
        prop_assert_eq!(asked, sound);
    }

    #[test]
    fn who_is_not_asked_for_a_defect_cannot_have_it(
        stream in stream(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let asked = Reached::default();
        let mut sound = resumption("0");
        let expected = interpret_with(Defects::Survey(asked.clone()), pieces(&stream, &cuts), &mut sound);
        let asked = asked.lock().unwrap().clone();
        for defect in Defect::ALL {
            // No defect panics, whatever comes.
            let mut own = resumption("0");
            let shown = interpret_with(Defects::These(vec![*defect]), pieces(&stream, &cuts), &mut own);
            let same = shown == expected && own == sound;
            prop_assert!(same || asked.contains(defect), "{defect:?} is not asked for where it matters");
        }
    }
}
