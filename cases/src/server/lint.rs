//! Mistakes in the scripts of server cases that the format allows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ssespec_diagnostics::Findings;

use super::step::{
    ConnectionChoice, DEFAULT_STREAM, Emission, Expected, Http, Leaving, Reading, Request, ServerStep,
};
use crate::capability::Capability;
use crate::step::Step;

#[cfg(test)]
mod tests;

/// Checks a script: streams that do not exist, and answers to nothing.
pub(crate) fn check(script: &[Step<ServerStep>], findings: &mut Findings) {
    let mut streams = Streams::default();
    if !matches!(script.first().map(|step| &step.kind), Some(ServerStep::Request(_))) {
        streams.open(&Request::default());
    }
    let mut before = None;
    for step in script {
        streams.step(step, findings);
        answer(before, step, findings);
        before = Some(&step.kind);
    }
}

/// The capabilities that a script uses, each with the place of the step that uses it.
pub(crate) fn uses(script: &[Step<ServerStep>]) -> Vec<(Capability, Range<usize>)> {
    let mut uses = Vec::new();
    for step in script {
        let mut add = |capability, used: bool, at: &Range<usize>| {
            if used {
                uses.push((capability, at.clone()));
            }
        };
        let at = &step.at.span;
        match &step.kind {
            ServerStep::Request(request) => add(Capability::Http2, request.http == Http::Http2, at),
            ServerStep::Emit(emission)
            | ServerStep::EmitEarly(emission)
            | ServerStep::EmitRepeat(emission, _) => match emission {
                Emission::Event { kind, id, retry, .. } => {
                    add(Capability::EventType, kind.is_some(), at);
                    add(Capability::EventId, id.is_some(), at);
                    add(Capability::RetryText, retry.is_some(), at);
                }
                Emission::Comment(_) => add(Capability::Comments, true, at),
                Emission::Retry(_) => add(Capability::Retry, true, at),
            },
            ServerStep::End => add(Capability::End, true, at),
            ServerStep::Stop => add(Capability::NoContent, true, at),
            ServerStep::Shutdown => add(Capability::Shutdown, true, at),
            ServerStep::Expect(expected) => add(Capability::Disconnects, is_disconnect(expected), at),
            ServerStep::OneOf(alternatives) => {
                for step in alternatives.iter().flatten() {
                    add(Capability::Disconnects, is_disconnect(&step.kind), &step.at.span);
                }
            }
            ServerStep::Read(_)
            | ServerStep::HangUp(_)
            | ServerStep::Wait(_)
            | ServerStep::Record(_)
            | ServerStep::Measure(_) => {}
        }
    }
    uses
}

fn is_disconnect(expected: &Expected) -> bool {
    matches!(expected, Expected::Disconnected { .. })
}

/// Whether a script may need a capability that none of its steps uses directly.
pub(crate) fn is_about(script: &[Step<ServerStep>], capability: Capability) -> bool {
    let names_an_id = |step: &Step<ServerStep>| match &step.kind {
        ServerStep::Request(request) => {
            let is_id = |(name, _): &(String, String)| name.eq_ignore_ascii_case("last-event-id");
            request.last_event_id.is_some() || request.headers.iter().any(is_id)
        }
        _ => false,
    };
    capability == Capability::Resume && script.iter().any(names_an_id)
}

/// The first step that requires an isolated case, because the server serves no other case afterwards.
pub(crate) fn shuts_down(script: &[Step<ServerStep>]) -> Option<&Step<ServerStep>> {
    script.iter().find(|step| matches!(step.kind, ServerStep::Shutdown))
}

/// An expected answer follows an `emit`.
fn answer(before: Option<&ServerStep>, step: &Step<ServerStep>, findings: &mut Findings) {
    let is_answer = step.kind.expectations().into_iter().any(Expected::is_answer);
    if is_answer && !matches!(before, Some(ServerStep::Emit(_) | ServerStep::EmitEarly(_))) {
        let hint = "put it right after the `emit` that it answers";
        let message = "nothing was emitted that this could answer";
        findings.add_with_hint(step.at.span.clone(), message, "expected an `emit` before this", hint);
    }
}

/// The streams that a script has opened so far.
#[derive(Debug, Default)]
struct Streams {
    states: BTreeMap<String, State>,
    /// Those over HTTP/2.
    http2: BTreeSet<String>,
    /// Those on the connection that streams share.
    shared: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Unread,
    /// It is not read, and may have ended before it is.
    UnreadToItsEnd,
    /// It was left by half-close: nothing of it is read.
    HalfClosed,
    /// It may be over: its response was not a stream, it was ended, or it was left.
    MayBeOver,
}

impl Streams {
    fn open(&mut self, request: &Request) {
        let state = if request.reading == Reading::OnDemand { State::Unread } else { State::Open };
        self.states.insert(request.stream.clone(), state);
        if request.http == Http::Http2 {
            self.http2.insert(request.stream.clone());
        } else {
            self.http2.remove(&request.stream);
        }
        if request.connection == ConnectionChoice::Shared {
            self.shared.insert(request.stream.clone());
        } else {
            self.shared.remove(&request.stream);
        }
    }

    fn step(&mut self, step: &Step<ServerStep>, findings: &mut Findings) {
        let mut wrong = |message: String, hint: &str| {
            findings.add_with_hint(step.at.span.clone(), message, "not possible here", hint);
        };
        match &step.kind {
            ServerStep::Request(request) => {
                if matches!(self.states.get(&request.stream), Some(State::Open | State::Unread)) {
                    let hint = if request.stream == DEFAULT_STREAM {
                        "name another stream: { request = { stream = \"b\" } }, or leave the first one with `hang-up`"
                    } else {
                        "give this one another name, or leave the earlier one with `hang-up` first"
                    };
                    wrong(format!("the stream \"{}\" is still open", request.stream), hint);
                }
                if request.connection == ConnectionChoice::Shared {
                    if request.http != Http::Http2 {
                        wrong(
                            "over HTTP/1.1, streams do not share a connection".into(),
                            "add http = \"2\", or remove `connection`",
                        );
                    }
                    if request.reading == Reading::OnDemand {
                        wrong(
                            "a connection that other streams share is always read".into(),
                            "remove `reading`, or give the stream a connection of its own",
                        );
                    }
                }
                self.open(request);
            }
            ServerStep::Read(stream) => match self.states.get(stream) {
                Some(State::Unread) => {
                    self.states.insert(stream.clone(), State::Open);
                }
                Some(State::UnreadToItsEnd) => self.over(stream),
                _ => wrong(
                    format!("there is no unread stream \"{stream}\""),
                    "open it with { request = { stream = \"..\", reading = false } } first",
                ),
            },
            ServerStep::End | ServerStep::Shutdown => self.states.values_mut().for_each(|state| {
                *state = match state {
                    State::Unread | State::UnreadToItsEnd => State::UnreadToItsEnd,
                    State::HalfClosed => State::HalfClosed,
                    State::Open | State::MayBeOver => State::MayBeOver,
                };
            }),
            ServerStep::HangUp(hang_up) => {
                let is_there = self.named(&hang_up.stream, &mut wrong);
                if hang_up.how == Leaving::Fin && self.shared.contains(&hang_up.stream) {
                    wrong(
                        "closing a connection ends all streams that share it".into(),
                        "leave the stream with { hang-up = \"reset\" }",
                    );
                }
                if hang_up.how != Leaving::HalfClose {
                    self.over(&hang_up.stream);
                } else if is_there {
                    if self.http2.contains(&hang_up.stream) {
                        wrong(
                            "an HTTP/2 connection carries other streams and is not half-closed".into(),
                            "leave the stream with { hang-up = \"reset\" }",
                        );
                    }
                    self.states.insert(hang_up.stream.clone(), State::HalfClosed);
                }
            }
            ServerStep::Expect(_) | ServerStep::OneOf(_) => {
                for expected in step.kind.expectations() {
                    self.expected(expected, &mut wrong);
                }
            }
            ServerStep::Emit(_)
            | ServerStep::EmitEarly(_)
            | ServerStep::EmitRepeat(..)
            | ServerStep::Stop
            | ServerStep::Wait(_)
            | ServerStep::Record(_)
            | ServerStep::Measure(_) => {}
        }
    }

    fn expected(&mut self, expected: &Expected, wrong: &mut impl FnMut(String, &str)) {
        let Some(stream) = expected.stream() else { return };
        let unread = matches!(self.states.get(stream), Some(State::Unread | State::UnreadToItsEnd));
        let is_there = self.named(stream, wrong);
        if is_there && unread {
            wrong(format!("the stream \"{stream}\" is not read"), "write { read = \"..\" } first");
        }
        let is_half_closed = self.states.get(stream) == Some(&State::HalfClosed);
        match expected {
            Expected::Disconnect { .. } if is_there && !is_half_closed => wrong(
                format!("the stream \"{stream}\" was not left by half-close"),
                "write { hang-up = \"half-close\" } first; `expect-disconnected` is what the server reports",
            ),
            Expected::Disconnect { .. } => {}
            _ if is_half_closed => wrong(
                format!("nothing of the stream \"{stream}\" is read after half-close"),
                "expect it before the `hang-up`",
            ),
            _ => {}
        }
        match expected {
            Expected::End { .. } | Expected::Break { .. } => self.over(stream),
            Expected::Response(response) if response.status != Some(200) => self.over(stream),
            _ => {}
        }
    }

    fn named(&self, stream: &str, wrong: &mut impl FnMut(String, &str)) -> bool {
        let there = self.states.contains_key(stream);
        if !there {
            wrong(format!("no request has opened the stream \"{stream}\""), "open it with `request` first");
        }
        there
    }

    fn over(&mut self, stream: &str) {
        self.states.insert(stream.into(), State::MayBeOver);
    }
}
