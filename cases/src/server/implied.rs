//! The implied steps of a server case.
//!
//! Implied: a stream is opened first; the response to each request is an event stream; what is emitted is accepted.

use super::step::{Expected, Reading, Request, ResponseExpected, ServerStep};
use crate::grammar::fields::FieldExpectation;
use crate::step::{Played, Step};

#[cfg(test)]
mod tests;

/// The script with its implied steps written out.
pub fn expand(script: &[Step<ServerStep>]) -> Vec<Played<ServerStep>> {
    let mut played = Vec::new();
    if !matches!(script.first().map(|step| &step.kind), Some(ServerStep::Request(_))) {
        let request = Request::default();
        played.push(implied(ServerStep::Request(Box::new(request.clone()))));
        answered(&mut played, &request, script);
    }
    let mut unread: Vec<&Request> = Vec::new();
    for (number, step) in script.iter().enumerate() {
        let rest = &script[number + 1..];
        let kind = match &step.kind {
            ServerStep::OneOf(alternatives) if is_asked(&script[..number], alternatives) => {
                ServerStep::OneOf(alternatives.iter().map(|steps| with_answer(steps, step)).collect())
            }
            kind => kind.clone(),
        };
        played.push(Played { kind, written: Some(number) });
        match &step.kind {
            ServerStep::Request(request) if request.reading == Reading::AsItComes => {
                answered(&mut played, request, rest);
            }
            ServerStep::Request(request) => unread.push(request),
            ServerStep::Read(stream) => {
                if let Some(request) = unread.iter().rfind(|request| request.stream == *stream) {
                    answered(&mut played, request, rest);
                }
            }
            ServerStep::Emit(_) | ServerStep::EmitEarly(_) if !next_says(rest, Expected::is_answer) => {
                played.push(implied(ServerStep::Expect(Expected::Emitted)));
            }
            _ => {}
        }
    }
    played
}

fn implied(kind: ServerStep) -> Played<ServerStep> {
    Played { kind, written: None }
}

/// A request is answered with an event stream unless the next step says otherwise.
fn answered(played: &mut Vec<Played<ServerStep>>, request: &Request, rest: &[Step<ServerStep>]) {
    let is_it = |expected: &Expected| matches!(expected, Expected::Response(r) if r.stream == request.stream);
    if !next_says(rest, is_it) {
        played.push(implied(ServerStep::Expect(Expected::Response(Box::new(ResponseExpected {
            stream: request.stream.clone(),
            status: Some(200),
            headers: vec![("content-type".into(), FieldExpectation::Is("text/event-stream".into()))],
            within: None,
        })))));
    }
}

/// Whether the next step, or one of its alternatives, begins with what is sought.
fn next_says(rest: &[Step<ServerStep>], sought: impl Fn(&Expected) -> bool) -> bool {
    match rest.first().map(|step| &step.kind) {
        Some(ServerStep::OneOf(alternatives)) => begins(alternatives, sought),
        Some(ServerStep::Expect(expected)) => sought(expected),
        _ => false,
    }
}

/// Whether one of the alternatives begins with what is sought.
fn begins(alternatives: &[Vec<Step<Expected>>], sought: impl Fn(&Expected) -> bool) -> bool {
    alternatives.iter().any(|steps| steps.first().is_some_and(|step| sought(&step.kind)))
}

/// Whether these alternatives say how the preceding `emit` is answered.
fn is_asked(before: &[Step<ServerStep>], alternatives: &[Vec<Step<Expected>>]) -> bool {
    matches!(before.last().map(|step| &step.kind), Some(ServerStep::Emit(_) | ServerStep::EmitEarly(_)))
        && begins(alternatives, Expected::is_answer)
}

/// An alternative that does not mention the answer begins with an implied acceptance.
fn with_answer(steps: &[Step<Expected>], one_of: &Step<ServerStep>) -> Vec<Step<Expected>> {
    let mut steps = steps.to_vec();
    if !steps.first().is_some_and(|step| step.kind.is_answer()) {
        steps.insert(0, Step { kind: Expected::Emitted, at: one_of.at.clone() });
    }
    steps
}
