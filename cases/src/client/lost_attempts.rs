//! Attempts that fail before their headers on a connection that an earlier request has used.
//!
//! A client may send a request again on its own if the connection of an idempotent one closes early, and does where it
//! reused that connection (<https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1>). The harness would take the repeat
//! for the next attempt.

use ssespec_diagnostics::Findings;
use ssespec_mock_server::action::{Action, BodyKind, Framing, Respond};

use super::implied::{expand, may_be_request};
use super::step::{AttemptAnswer, Attempts, ClientStep};
use crate::step::Step;

/// Whether a client can send its next request on a connection that it has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reuse {
    Possible,
    Impossible,
}

/// The answer to the current request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// There is none yet. The request was sent on a connection that it may share with earlier ones.
    Awaited { earlier: Reuse },
    /// It has begun, but has no head yet, and may be lost. The step that began it.
    Begun { step: Option<usize> },
    /// Its head is written. What follows its clean end may be sent on the same connection.
    Headed { after_end: Reuse },
}

/// Finds steps that make an attempt fail before its headers, on a connection that may have been reused.
pub(crate) fn check(script: &[Step<ClientStep>], findings: &mut Findings) {
    let mut next = Reuse::Impossible;
    let mut answer = Answer::Headed { after_end: Reuse::Impossible };
    for played in expand(script) {
        let lost = match (&played.kind, answer) {
            (ClientStep::Wire(Action::Drop(_)), Answer::Awaited { earlier: Reuse::Possible }) => {
                played.written
            }
            (ClientStep::Wire(Action::Drop(_)), Answer::Begun { step }) => step,
            (ClientStep::Attempts(Attempts { answer: AttemptAnswer::Reset, .. }), _) => {
                played.written.filter(|_| next == Reuse::Possible)
            }
            _ => None,
        };
        if let Some(number) = lost {
            let message = "this attempt may fail on a connection that was used before";
            let label = "a client may send the request again on its own (RFC 9112, section 9.3.1)";
            let hint = "add connection = \"close\" to the headers of the response before it, in a `respond`";
            findings.add_with_hint(script[number].at.span.clone(), message, label, hint);
        }
        match &played.kind {
            ClientStep::Connect(_) => next = Reuse::Impossible,
            step if may_be_request(step) => answer = Answer::Awaited { earlier: next },
            ClientStep::Wire(Action::Respond(respond)) => match respond.body_kind() {
                BodyKind::Interim => {}
                BodyKind::Complete => next = after_end(respond),
                BodyKind::Open(_) => {
                    (answer, next) = (Answer::Headed { after_end: after_end(respond) }, Reuse::Impossible);
                }
            },
            ClientStep::Wire(Action::End | Action::Trailers(_)) => {
                next = match answer {
                    Answer::Headed { after_end } => after_end,
                    Answer::Awaited { .. } | Answer::Begun { .. } => Reuse::Impossible,
                };
            }
            ClientStep::Wire(Action::Raw(bytes)) if !has_head(bytes) => {
                let is_reused = answer == Answer::Awaited { earlier: Reuse::Possible };
                answer = Answer::Begun { step: played.written.filter(|_| is_reused) };
                next = Reuse::Impossible;
            }
            ClientStep::Wire(Action::Send(_)) if matches!(answer, Answer::Begun { .. }) => {
                answer = Answer::Headed { after_end: Reuse::Impossible };
            }
            ClientStep::Wire(Action::Drop(_) | Action::Raw(_)) => {
                (answer, next) = (Answer::Headed { after_end: Reuse::Impossible }, Reuse::Impossible);
            }
            _ => {}
        }
    }
}

/// Whether the connection of this response can be used again after its end.
fn after_end(respond: &Respond) -> Reuse {
    let closes = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close")
    };
    let says_so = respond.headers.as_ref().is_some_and(|fields| fields.iter().any(closes));
    if says_so || respond.framing == Some(Framing::Close) { Reuse::Impossible } else { Reuse::Possible }
}

/// Whether these bytes begin a response with all its header fields.
fn has_head(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/") && bytes.windows(4).any(|end| end == b"\r\n\r\n")
}
