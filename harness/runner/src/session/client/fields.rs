//! The header fields of a request, held against what a case expects of them.

use ssespec_cases::grammar::FieldExpectation;
use ssespec_mock_server::wire::Request;

/// Whether the fields of this name are as expected, where `expand` puts URLs in place of their names.
pub(crate) fn holds(
    request: &Request,
    name: &str,
    expected: &FieldExpectation,
    expand: impl Fn(&str) -> String,
) -> bool {
    let mut values = request.header(name);
    match (expected, values.next(), values.next()) {
        (FieldExpectation::Is(value), Some(found), None) => {
            let value = expand(value);
            // Whitespace around a value is not part of it, and is only compared where a case asks for it.
            found == value.as_bytes() || request.header_as_sent(name).next() == Some(value.as_bytes())
        }
        (FieldExpectation::Repeats(repeat), Some(found), None) => repeat.equals(found),
        (FieldExpectation::Lists(members), _, _) => members.iter().all(|member| lists(request, name, member)),
        (FieldExpectation::Present, Some(_), _) => true,
        (FieldExpectation::Absent, None, _) => true,
        _ => false,
    }
}

/// Whether a list-based field holds this member, <https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.1>.
fn lists(request: &Request, name: &str, member: &str) -> bool {
    request.header(name).flat_map(|value| value.split(|byte| *byte == b',')).any(|found| {
        let found = found.split(|byte| *byte == b';').next().unwrap_or_default();
        found.trim_ascii().eq_ignore_ascii_case(member.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use ssespec_mock_server::wire::Version;

    use super::*;

    fn lists_of(values: &[&str], members: &[&str]) -> bool {
        let headers = values.iter().map(|value| ("Accept".to_owned(), value.as_bytes().to_vec())).collect();
        let (method, target, version) = ("GET".to_owned(), "/".to_owned(), Version::Http11);
        let request = Request { method, target, version, headers, body: Vec::new() };
        holds(
            &request,
            "accept",
            &FieldExpectation::Lists(members.iter().map(|&member| member.to_owned()).collect()),
            str::to_owned,
        )
    }

    #[test]
    fn white_space_around_a_value() {
        let holds = |found: &str, expected: &str| {
            let headers = vec![("Last-Event-ID".to_owned(), found.as_bytes().to_vec())];
            let (method, target, version) = ("GET".to_owned(), "/".to_owned(), Version::Http11);
            let request = Request { method, target, version, headers, body: Vec::new() };
            holds(&request, "last-event-id", &FieldExpectation::Is(expected.to_owned()), str::to_owned)
        };
        assert!(holds("a", "a"));
        assert!(holds(" a\t", "a"));
        assert!(holds(" a\t", " a\t"));
        assert!(!holds("a", " a\t"));
        assert!(!holds(" a", " a\t"));
        assert!(!holds("a\u{c}", "a"));
    }

    #[test]
    fn members_of_a_list() {
        let both = ["application/json", "text/event-stream"];
        assert!(lists_of(&["application/json, text/event-stream"], &both));
        assert!(lists_of(&["Text/Event-Stream;q=0.9 ,*/*", "application/json"], &both));
        assert!(lists_of(&["text/event-stream,text/event-stream"], &both[1..]));
        assert!(!lists_of(&["text/event-stream"], &both));
        assert!(!lists_of(&["application/json, text/event-streams"], &both));
        assert!(!lists_of(&["*/*"], &both[..1]));
        assert!(!lists_of(&[], &both[..1]));
    }
}
