//! A case with its implied steps written out.
//!
//! Implied, so that a case says only what it is about: the client connects, its request is awaited, and every awaited
//! request is answered at once with an event stream, unless the next step (not counting `wait`) answers it otherwise.

use ssespec_mock_server::action::{Action, Respond};

use crate::case::{Case, Connect, Expectation, RequestExpectation, Step, StepKind};
use crate::payload;

/// A step as it is played.
#[derive(Debug, Clone)]
pub struct Played {
    /// What is done or must be observed.
    pub kind: StepKind,
    /// Which of the case's steps it is, from 0; `None` where it is implied.
    pub written: Option<usize>,
}

/// The steps of a case with the implied ones among them.
pub fn expand(case: &Case) -> Vec<Played> {
    let mut played: Vec<Played> = Vec::new();
    let implied = |kind| Played { kind, written: None };
    let mut connected = case.steps.iter().any(|s| matches!(s.kind, StepKind::Connect(_)));
    for (number, step) in case.steps.iter().enumerate() {
        // The port may begin to refuse before anyone connects; everything else comes after the connect.
        if !connected && !matches!(step.kind, StepKind::Wire(Action::Refuse(_))) {
            connected = true;
            played.push(implied(StepKind::Connect(Box::default())));
            await_request(&mut played, &case.steps[number..]);
        }
        played.push(Played { kind: step.kind.clone(), written: Some(number) });
        let rest = &case.steps[number + 1..];
        match &step.kind {
            StepKind::Connect(_) => await_request(&mut played, rest),
            StepKind::Expect(Expectation::Request(_)) => answer(&mut played, rest),
            _ => {}
        }
    }
    if !connected {
        played.push(implied(StepKind::Connect(Box::<Connect>::default())));
        await_request(&mut played, &[]);
    }
    played
}

/// After a connect its request is awaited, unless the script says what comes instead.
fn await_request(played: &mut Vec<Played>, rest: &[Step]) {
    // What may be seen before a request comes does not stand for the request.
    let before_a_request = |step: &&Step| {
        matches!(
            step.kind,
            StepKind::Wire(Action::Wait(_)) | StepKind::Expect(Expectation::State(_) | Expectation::Error { .. })
        )
    };
    let said = rest.iter().find(|step| !before_a_request(step)).is_some_and(|step| {
        matches!(
            step.kind,
            StepKind::Close
                | StepKind::Wire(Action::Refuse(_))
                | StepKind::Expect(Expectation::Request(_) | Expectation::NoRequest(_) | Expectation::OneOf(_))
        )
    });
    if !said {
        let request = Expectation::Request(Box::<RequestExpectation>::default());
        played.push(Played { kind: StepKind::Expect(request), written: None });
        answer(played, rest);
    }
}

/// An awaited request is answered with an event stream, unless the script answers it otherwise.
fn answer(played: &mut Vec<Played>, rest: &[Step]) {
    let otherwise = rest.iter().find(|s| !matches!(s.kind, StepKind::Wire(Action::Wait(_)))).is_some_and(|step| {
        matches!(
            step.kind,
            StepKind::Close
                | StepKind::Wire(Action::Respond(_) | Action::Raw(_) | Action::Drop(_) | Action::Refuse(_))
        )
    });
    if !otherwise {
        let respond = StepKind::Wire(Action::Respond(Respond::default()));
        played.push(Played { kind: respond, written: None });
    }
}

/// The event types that the bytes of a case may name, for APIs that need to be told.
pub fn event_types(case: &Case) -> Vec<String> {
    let mut streams: Vec<Vec<u8>> = vec![Vec::new()];
    for step in &case.steps {
        match (&step.kind, streams.last_mut()) {
            (StepKind::Wire(Action::Send(bytes) | Action::Raw(bytes)), Some(stream)) => stream.extend_from_slice(bytes),
            (StepKind::Wire(Action::SendRepeat(repeat)), Some(stream)) => stream.extend_from_slice(&repeat.pattern),
            (StepKind::Wire(Action::Respond(Respond { body: Some(body), .. })), _) => streams.push(body.clone()),
            (StepKind::Wire(Action::Respond(_) | Action::End | Action::Drop(_)), _) => streams.push(Vec::new()),
            _ => {}
        }
    }
    payload::event_types(streams.iter().map(Vec::as_slice))
}
