//! Whether an event and a response are as expected.

use ssespec_cases::grammar::FieldExpectation;
use ssespec_cases::server::{EmittedData, EventExpected, ResponseExpected};

use super::stream_contents::{ResponseHead, SeenEvent, essence};

/// How a media type is compared with an expected one that has parameters. Parameters that are not expected do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum MediaTypes {
    /// By its charset: that is what a server means.
    ByCharset,
    /// As it is written: an intermediary forwards it.
    #[cfg(feature = "intermediary")]
    AsWritten,
}

/// Whether an event is as expected.
pub(in crate::session) fn is_event(expected: &EventExpected, event: &SeenEvent) -> bool {
    expected.kind.as_ref().is_none_or(|kind| *kind == event.kind)
        && expected.id.as_ref().is_none_or(|id| *id == event.id || id.is_empty() && event.has_own_id)
        && expected.data.as_ref().is_none_or(|data| has_data(data, event))
}

fn has_data(expected: &EmittedData, event: &SeenEvent) -> bool {
    if expected.length() != event.length || event.data.len() as u64 != event.length {
        return false;
    }
    match expected {
        EmittedData::Text(text) => *text == event.data,
        EmittedData::Repeat(repeat) => repeat.equals(event.data.as_bytes()),
    }
}

/// Whether a response has the expected status and header fields.
pub(in crate::session) fn is_response(
    expected: &ResponseExpected,
    head: &ResponseHead,
    types: MediaTypes,
) -> bool {
    expected.status.is_none_or(|status| status == head.status)
        && expected.headers.iter().all(|(name, expected)| has_field(head, name, expected, types))
}

fn has_field(head: &ResponseHead, name: &str, expected: &FieldExpectation, types: MediaTypes) -> bool {
    let mut values = head.values(name);
    match (expected, values.next(), values.next()) {
        (FieldExpectation::Is(value), Some(found), None) if name.eq_ignore_ascii_case("content-type") => {
            is_type(value.as_bytes(), found, types)
        }
        (FieldExpectation::Is(value), Some(found), None) => found == value.as_bytes(),
        (FieldExpectation::Repeats(repeat), Some(found), None) => repeat.equals(found),
        // It cannot be combined, <https://www.rfc-editor.org/rfc/rfc9110#section-5.3>.
        (FieldExpectation::Lists(fields), _, _) if name.eq_ignore_ascii_case("set-cookie") => {
            head.values(name).eq(fields.iter().map(String::as_bytes))
        }
        (FieldExpectation::Lists(members), _, _) => members.iter().all(|member| {
            let mut elements = head.values(name).flat_map(|value| value.split(|byte| *byte == b','));
            elements.any(|element| essence(element) == member.to_ascii_lowercase().as_bytes())
        }),
        (FieldExpectation::Present, Some(_), _) | (FieldExpectation::Absent, None, _) => true,
        _ => false,
    }
}

fn is_type(expected: &[u8], found: &[u8], types: MediaTypes) -> bool {
    if !expected.contains(&b';') {
        return essence(found) == essence(expected);
    }
    match types {
        MediaTypes::ByCharset => essence(found) == essence(expected) && charset(found) == charset(expected),
        #[cfg(feature = "intermediary")]
        MediaTypes::AsWritten => found == expected,
    }
}

/// The charset of a media type; that of every event stream where none is said,
/// <https://html.spec.whatwg.org/multipage/iana.html#text/event-stream>.
fn charset(value: &[u8]) -> Vec<u8> {
    let value = value.to_ascii_lowercase();
    let mut parameters = value.split(|byte| *byte == b';').skip(1).map(<[u8]>::trim_ascii);
    let said = parameters.find_map(|parameter| parameter.strip_prefix(b"charset="));
    let said = said.map(|said| said.strip_prefix(b"\"").unwrap_or(said));
    said.map(|said| said.strip_suffix(b"\"").unwrap_or(said)).unwrap_or(b"utf-8").to_vec()
}
