//! Mistakes in the scripts of server cases that the format allows: capabilities that are used and not asked for or
//! asked for and not used, streams that are not there, and answers to nothing.

use std::collections::BTreeMap;

use ssespec_diagnostics::Findings;

use super::{DEFAULT_STREAM, Emission, Expected, Http, Reading, Request, Serving, script};
use crate::case::{Step, StepKind};
use crate::{Capability, Case};

#[cfg(test)]
mod tests;

/// Looks at the script of a server case.
pub(crate) fn check(case: &Case, findings: &mut Findings) {
    alone(case, findings);
    let mut streams = Streams::default();
    if !matches!(case.steps.first().map(|step| &step.kind), Some(StepKind::Serving(Serving::Request(_)))) {
        streams.open(&Request::default());
    }
    for (number, step) in case.steps.iter().enumerate() {
        if let StepKind::Serving(serving) = &step.kind {
            streams.step(serving, step, findings);
            answer(case, number, serving, findings);
        }
    }
}

/// The capabilities that steps use, each with the step.
pub(crate) fn uses(case: &Case) -> Vec<(Capability, &Step)> {
    let mut uses = Vec::new();
    for (serving, step) in script::all_steps(case) {
        let mut add = |capability, used: bool| {
            if used {
                uses.push((capability, step));
            }
        };
        match serving {
            Serving::Request(request) => add(Capability::Http2, request.http == Http::Http2),
            Serving::Emit(Emission::Event { kind, id, retry, .. })
            | Serving::EmitRepeat(Emission::Event { kind, id, retry, .. }, _) => {
                add(Capability::EventType, kind.is_some());
                add(Capability::EventId, id.is_some());
                add(Capability::RetryText, retry.is_some());
            }
            Serving::Emit(Emission::Comment(_)) => add(Capability::Comments, true),
            Serving::Emit(Emission::Retry(_)) => add(Capability::Retry, true),
            Serving::End => add(Capability::End, true),
            Serving::Stop => add(Capability::NoContent, true),
            Serving::Shutdown => add(Capability::Shutdown, true),
            Serving::Expect(Expected::Disconnected { .. }) => add(Capability::Disconnects, true),
            _ => {}
        }
    }
    uses
}

/// Whether a server case may need a capability that no step uses as such.
pub(crate) fn is_about(case: &Case, capability: Capability) -> bool {
    let names_an_id = |(serving, _): (&Serving, &Step)| match serving {
        Serving::Request(request) => {
            let is_id = |(name, _): &(String, String)| name.eq_ignore_ascii_case("last-event-id");
            request.last_event_id.is_some() || request.headers.iter().any(is_id)
        }
        _ => false,
    };
    capability == Capability::Resume && script::all_steps(case).into_iter().any(names_an_id)
}

/// A server that is shut down serves no other case.
fn alone(case: &Case, findings: &mut Findings) {
    let shuts = |step: &&Step| matches!(step.kind, StepKind::Serving(Serving::Shutdown));
    if let Some(step) = case.steps.iter().find(shuts).filter(|_| !case.alone) {
        let hint = "add alone = true: the server serves nothing after it";
        let message = "this step shuts the server down, and the case is not alone";
        findings.add_with_hint(step.span.clone(), message, "expected alone = true in this case", hint);
    }
}

/// What is said of an answer follows an `emit`.
fn answer(case: &Case, number: usize, serving: &Serving, findings: &mut Findings) {
    let asked = number
        .checked_sub(1)
        .is_some_and(|before| matches!(case.steps[before].kind, StepKind::Serving(Serving::Emit(_))));
    let says = match serving {
        Serving::Expect(Expected::OneOf(alternatives)) => alternatives.iter().flatten().any(is_answer),
        _ => is_answer(&case.steps[number]),
    };
    if says && !asked {
        let hint = "put it right after the `emit` that it is about";
        let message = "nothing was handed over that this could answer";
        findings.add_with_hint(case.steps[number].span.clone(), message, "expected an `emit` before", hint);
    }
}

fn is_answer(step: &Step) -> bool {
    matches!(&step.kind, StepKind::Serving(Serving::Expect(expected)) if expected.is_answer())
}

/// What a script has done with its streams.
#[derive(Debug, Default)]
struct Streams(BTreeMap<String, State>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Unread,
    /// It is not read, and may be over when it is.
    UnreadToItsEnd,
    /// It may be over: its response was no stream, it was ended, or it was left.
    MayBeOver,
}

impl Streams {
    fn open(&mut self, request: &Request) {
        let state = if request.reading == Reading::OnDemand { State::Unread } else { State::Open };
        self.0.insert(request.stream.clone(), state);
    }

    fn step(&mut self, serving: &Serving, step: &Step, findings: &mut Findings) {
        let mut wrong = |message: String, hint: &str| {
            findings.add_with_hint(step.span.clone(), message, "cannot be played here", hint);
        };
        match serving {
            Serving::Request(request) => {
                if matches!(self.0.get(&request.stream), Some(State::Open | State::Unread)) {
                    let hint = if request.stream == DEFAULT_STREAM {
                        "name another stream: { request = { stream = \"b\" } }, or leave the first with `hang-up`"
                    } else {
                        "give this one another name, or leave the earlier one with `hang-up` before"
                    };
                    wrong(format!("the stream \"{}\" is still open", request.stream), hint);
                }
                self.open(request);
            }
            Serving::Read(stream) => match self.0.get(stream) {
                Some(State::Unread) => {
                    self.0.insert(stream.clone(), State::Open);
                }
                Some(State::UnreadToItsEnd) => self.over(stream),
                _ => wrong(
                    format!("there is no unread stream \"{stream}\""),
                    "open it with { request = { stream = \"..\", reading = false } } before",
                ),
            },
            Serving::End | Serving::Shutdown => self.0.values_mut().for_each(|state| {
                *state = match state {
                    State::Unread | State::UnreadToItsEnd => State::UnreadToItsEnd,
                    State::Open | State::MayBeOver => State::MayBeOver,
                };
            }),
            Serving::HangUp(hang_up) => {
                self.named(&hang_up.stream, &mut wrong);
                self.over(&hang_up.stream);
            }
            Serving::Expect(Expected::OneOf(alternatives)) => {
                for step in alternatives.iter().flatten() {
                    if let StepKind::Serving(Serving::Expect(expected)) = &step.kind {
                        self.expected(expected, &mut wrong);
                    }
                }
            }
            Serving::Expect(expected) => self.expected(expected, &mut wrong),
            Serving::Emit(_) | Serving::EmitRepeat(..) | Serving::Stop | Serving::Wait(_) => {}
        }
    }

    fn expected(&mut self, expected: &Expected, wrong: &mut impl FnMut(String, &str)) {
        let Some(stream) = expected.stream() else { return };
        let unread = matches!(self.0.get(stream), Some(State::Unread | State::UnreadToItsEnd));
        if self.named(stream, wrong) && unread {
            wrong(format!("the stream \"{stream}\" is not read"), "write { read = \"..\" } before");
        }
        match expected {
            Expected::End { .. } | Expected::Break { .. } => self.over(stream),
            Expected::Response(response) if response.status != Some(200) => self.over(stream),
            _ => {}
        }
    }

    fn named(&self, stream: &str, wrong: &mut impl FnMut(String, &str)) -> bool {
        let there = self.0.contains_key(stream);
        if !there {
            wrong(format!("no request has opened the stream \"{stream}\""), "open it with `request` before");
        }
        there
    }

    fn over(&mut self, stream: &str) {
        self.0.insert(stream.into(), State::MayBeOver);
    }
}
