//! Which cases for clients need HTTP/1.1.

use ssespec_cases::client::{ClientStep, Expectation, RequestExpectation};
use ssespec_cases::{Case, Script};
use ssespec_mock_server::action::{Action, Respond};

/// The fields that HTTP/2 does not have, <https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2>, or has in another form.
const OF_HTTP1: [&str; 8] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// What a case for clients uses that has no meaning over HTTP/2, in words; `None` if it can be played there.
pub(super) fn needs_http1(case: &Case) -> Option<&'static str> {
    let Script::Client(steps) = &case.script else { return None };
    steps.iter().find_map(|step| match &step.kind {
        ClientStep::Wire(action) => of_action(action),
        kind => kind.expectations().into_iter().find_map(|expected| match expected {
            Expectation::Request(request) => of_request(request),
            _ => None,
        }),
    })
}

fn of_action(action: &Action) -> Option<&'static str> {
    match action {
        Action::Raw(_) => Some("raw bytes, which are not HTTP/2"),
        Action::Respond(respond) => of_respond(respond),
        Action::Send(bytes) if bytes.split(|byte| matches!(byte, b'\r' | b'\n')).any(is_unreadable_id) => {
            Some("an id with control characters, which the server does not read in a field of HTTP/2")
        }
        Action::Drop(_)
        | Action::End
        | Action::Trailers(_)
        | Action::Control(_)
        | Action::Refuse(_)
        | Action::Send(_)
        | Action::SendRepeat(_)
        | Action::Wait(_) => None,
    }
}

fn of_respond(respond: &Respond) -> Option<&'static str> {
    let is_text = |value: &str| value.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7F));
    let mut fields = respond.headers.iter().flatten();
    if respond.framing.is_some() {
        Some("a framing of HTTP/1.1")
    } else if respond.reason.is_some() {
        Some("a reason phrase, which HTTP/2 does not have")
    } else if !(100..600).contains(&respond.status) || respond.status == 101 {
        Some("a status that HTTP/2 does not have")
    } else if fields.any(|(name, value)| is_of_http1(name) || !name.is_ascii() || !is_text(value)) {
        Some("header fields of HTTP/1.1")
    } else {
        None
    }
}

fn of_request(request: &RequestExpectation) -> Option<&'static str> {
    if request.headers.iter().any(|(name, _)| is_of_http1(name)) {
        Some("header fields of HTTP/1.1")
    } else {
        None
    }
}

/// Whether a line sets an id with characters that HTTP/2 allows in a field, but the `h2` crate does not. An id with U+0000
/// is ignored.
fn is_unreadable_id(line: &[u8]) -> bool {
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    line.starts_with(b"id:") && line.iter().any(is_control) && !line.contains(&0)
}

fn is_of_http1(name: &str) -> bool {
    OF_HTTP1.iter().any(|own| name.eq_ignore_ascii_case(own))
}

#[cfg(test)]
mod tests {
    use ssespec_cases::format;
    use ssespec_diagnostics::Source;

    use super::needs_http1;

    fn needed(steps: &str) -> Option<&'static str> {
        let text = format!("title = \"T\"\nrequirements = []\nsteps = [{steps}]\n");
        needs_http1(&format::read(&Source::new("a.toml", &text), "client/a/one").unwrap())
    }

    #[test]
    fn most_steps_have_a_meaning_over_http_2() {
        for steps in [
            "{ send = \"data: a\\n\\n\" }, \"expect-event\", { drop = \"reset\" }, \"expect-request\"",
            "{ respond = { status = 204 } }",
            "\"expect-request\", { respond = { headers = { content-type = \"text/html\" } } }",
            "{ send = \"id: a\\u0000\\u0001\\ndata: \\u0001\\n\\n\" }, \"expect-event\", \"end\", \"expect-request\"",
            "{ refuse = \"1s\" }, { drop = \"reset\" }",
            "\"end\", { expect-request = { connection = \"same\" } }",
            "{ drop = \"fin\" }, { expect-request = { headers = { last-event-id = \"1\" } } }",
        ] {
            assert_eq!(needed(steps), None, "{steps}");
        }
    }

    #[test]
    fn what_is_of_http_1_1_alone() {
        for (steps, part) in [
            ("{ raw = \"HTTP/1.1 200 OK\\r\\n\\r\\n\" }", "raw"),
            ("{ respond = { framing = \"close\" } }", "framing"),
            ("{ respond = { reason = \"Fine\" } }", "reason"),
            ("{ send = \"data: a\\nid: \\u0001\\n\\n\" }, \"expect-event\"", "an id"),
            ("{ respond = { headers = { connection = \"close\" } } }", "fields"),
        ] {
            let reason = needed(steps).unwrap_or_else(|| panic!("{steps}"));
            assert!(reason.contains(part), "{steps}: {reason}");
        }
    }
}
