//! Which cases for clients are played through an intermediary: those that need no more than a wire.

use std::time::Duration;

use ssespec_cases::client::{AttemptAnswer, ClientStep, Connect, Expectation, RequestExpectation, expand};
use ssespec_cases::grammar::FieldExpectation;
use ssespec_cases::{Capability, Case, Script};
use ssespec_mock_server::action::{Action, Respond};
use ssespec_reports::results::Role;

use crate::role;

/// Whether a case is for implementations of this role. An intermediary has cases of its own, and those for clients that it must
/// not disturb.
pub(super) fn is_for(case: &Case, role: Role) -> bool {
    role::recorded(case.role()) == role || role == Role::Intermediary && needs_only_a_wire(case)
}

/// Whether a case for clients says nothing about a connection that an intermediary may change: its protocol, refused and reused
/// connections, what is not HTTP, connections that are lost before the first byte of content, and fields that an intermediary
/// may set.
fn needs_only_a_wire(case: &Case) -> bool {
    let Script::Client(steps) = &case.script else { return false };
    let is_of_client =
        |need: &Capability| matches!(need, Capability::Dom | Capability::Http2 | Capability::Tls);
    if case.soak || case.isolated || case.needs.iter().any(is_of_client) {
        return false;
    }
    let played = expand(steps);
    let mut has_content = false;
    for step in &played {
        let passes = match &step.kind {
            ClientStep::Wire(action) => passes(action, &mut has_content),
            ClientStep::Connect(connect) => is_plain(connect),
            ClientStep::Attempts(attempts) => attempts.answer == AttemptAnswer::Ended,
            // A herd is about when clients come back, and only a page can be hidden.
            ClientStep::Herd(_) | ClientStep::Visibility(_) => false,
            ClientStep::Measure(_) | ClientStep::Enter(_) | ClientStep::Run(_) => false,
            _ => step.kind.expectations().into_iter().all(|expected| match expected {
                Expectation::Request(request) => {
                    has_content = false;
                    is_forwarded(request)
                }
                // An intermediary may keep its connection to the origin.
                Expectation::Disconnect { .. } => false,
                _ => true,
            }),
        };
        if !passes {
            return false;
        }
    }
    true
}

fn passes(action: &Action, has_content: &mut bool) -> bool {
    match action {
        Action::Refuse(_) | Action::Raw(_) | Action::Control(_) => false,
        // An intermediary may drop them, https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1.
        Action::Trailers(_) => false,
        // Until it forwards the head, an intermediary may answer with 502 or 503 instead,
        // https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3.
        Action::Drop(_) => *has_content,
        Action::Respond(respond) => is_regular(respond),
        Action::Send(_) | Action::SendRepeat(_) | Action::End => {
            *has_content = true;
            true
        }
        Action::Wait(_) => true,
    }
}

/// Whether an intermediary must pass a response on as it is.
fn is_regular(respond: &Respond) -> bool {
    let is_framing = |name: &str| {
        let framing = ["transfer-encoding", "content-length", "connection", "content-encoding", "trailer"];
        framing.iter().any(|own| name.eq_ignore_ascii_case(own))
    };
    let fields = respond.headers.iter().flatten();
    let is_plain = |(name, value): &(String, String)| {
        !is_framing(name) && name.is_ascii() && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    };
    // A second field of a name may be refused or joined to the first.
    let mut names: Vec<String> = fields.clone().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    let are_single = names.windows(2).all(|pair| pair[0] != pair[1]);
    (200..600).contains(&respond.status)
        && respond.reason.is_none()
        && are_single
        && fields.clone().all(is_plain)
}

fn is_plain(connect: &Connect) -> bool {
    connect.url.is_none() && connect.read_timeout.is_none()
}

/// A request that must come within less than this shows how soon a client comes back.
const SOON: Duration = Duration::from_secs(5);

/// The longest field value that an intermediary must take. It may answer 400 or 431 to longer ones,
/// <https://www.rfc-editor.org/rfc/rfc9110#section-5.4>.
const LONGEST: usize = 7 * 1024;

/// Whether an intermediary must pass a request on as this.
fn is_forwarded(request: &RequestExpectation) -> bool {
    const CHANGED: [&str; 6] = ["host", "connection", "user-agent", "accept-encoding", "te", "via"];
    let is_short = |expected: &FieldExpectation| match expected {
        FieldExpectation::Is(value) => value.len() <= LONGEST,
        FieldExpectation::Repeats(repeat) => repeat.total() <= LONGEST as u64,
        FieldExpectation::Lists(_) | FieldExpectation::Present | FieldExpectation::Absent => true,
    };
    let is_end_to_end = |(name, expected): &(String, FieldExpectation)| {
        !CHANGED.contains(&name.as_str()) && is_short(expected)
    };
    // How soon a client comes back is its own affair, and a slow intermediary would be blamed for it.
    let is_soon = request.within.is_some_and(|within| within < SOON);
    request.connection.is_none()
        && request.alpn.is_none()
        && request.origin.is_none()
        && !is_soon
        && request.headers.iter().all(is_end_to_end)
}
