//! A case with its implied steps written out.
//!
//! Implied, so that a case says only what it is about: the client connects, its request is awaited, and every awaited
//! request is answered at once with an event stream, unless the next step (not counting `wait`) answers it otherwise.

use ssespec_mock_server::action::{Action, BodyKind, Respond};

use crate::case::{Case, Connect, Expectation, RequestExpectation, Step, StepKind};
use crate::{payload, serving};

#[cfg(test)]
mod tests;

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
    if case.role() == "server" {
        return serving::script::expand(case);
    }
    let mut played: Vec<Played> = Vec::new();
    let implied = |kind| Played { kind, written: None };
    let mut connected =
        case.steps.iter().any(|s| matches!(s.kind, StepKind::Connect(_) | StepKind::Enter(_)));
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
            StepKind::Connect(connect) if connect.leads_to_session() => await_request(&mut played, rest),
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
            StepKind::Wire(Action::Wait(_))
                | StepKind::Expect(Expectation::State(_) | Expectation::Error { .. })
        )
    };
    let said = rest.iter().find(|step| !before_a_request(step)).is_some_and(|step| match &step.kind {
        StepKind::Close
        | StepKind::Wire(Action::Refuse(_))
        | StepKind::Expect(Expectation::NoRequest(_) | Expectation::Attempts(_)) => true,
        // Who throws requests nothing.
        StepKind::Expect(Expectation::Exception(_)) => true,
        StepKind::Expect(expected) => may_be_request(expected),
        _ => false,
    });
    if !said {
        let request = Expectation::Request(Box::<RequestExpectation>::default());
        played.push(Played { kind: StepKind::Expect(request), written: None });
        answer(played, rest);
    }
}

/// Whether a request may come here.
pub(crate) fn may_be_request(expectation: &Expectation) -> bool {
    match expectation {
        Expectation::Request(_) => true,
        Expectation::OneOf(alternatives) => alternatives.iter().flatten().any(is_request),
        _ => false,
    }
}

/// Whether a request must come here, whichever alternative is taken.
pub(crate) fn must_be_request(expectation: &Expectation) -> bool {
    match expectation {
        Expectation::Request(_) => true,
        Expectation::OneOf(alternatives) => alternatives.iter().all(|steps| steps.iter().any(is_request)),
        _ => false,
    }
}

fn is_request(step: &Step) -> bool {
    matches!(step.kind, StepKind::Expect(Expectation::Request(_)))
}

/// An awaited request is answered with an event stream, unless the script answers it otherwise.
fn answer(played: &mut Vec<Played>, rest: &[Step]) {
    // What a script does or tells answers nothing.
    let answers_nothing = |step: &&Step| {
        matches!(
            step.kind,
            StepKind::Wire(Action::Wait(_))
                | StepKind::Run(_)
                | StepKind::Expect(Expectation::Value(_) | Expectation::Report(_))
        )
    };
    let otherwise = rest.iter().find(|step| !answers_nothing(step)).is_some_and(|step| {
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

/// How a run ends after its last step, so that absence is proved without waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// One more event is sent on the open stream, the sentinel, and must be the next.
    Sentinel,
    /// The stream is over: the client is done, or it connects again and gets the sentinel.
    DoneOrResumed,
    /// Nothing more can come: the client was told to close, or has shown that it is done.
    TornDown,
}

/// How the runs of a case end.
pub fn ending(case: &Case) -> Ending {
    let mut ending = Ending::Sentinel;
    for played in expand(case) {
        ending = match &played.kind {
            StepKind::Close | StepKind::Expect(Expectation::Closed | Expectation::Exception(_)) => {
                return Ending::TornDown;
            }
            // What scripts construct shows itself in their reports alone.
            StepKind::Enter(_) => return Ending::TornDown,
            StepKind::Connect(connect) if !connect.leads_to_session() => return Ending::TornDown,
            StepKind::Connect(connect) if connect.close_in.is_some() => return Ending::TornDown,
            StepKind::Wire(Action::End | Action::Drop(_)) => Ending::DoneOrResumed,
            StepKind::Wire(Action::Respond(respond)) if respond.body_kind() == BodyKind::Complete => {
                // What is no stream is not resumed, and what follows it is for the case to say.
                if respond.status == 200 { Ending::DoneOrResumed } else { Ending::TornDown }
            }
            StepKind::Expect(expected) if may_be_request(expected) => Ending::Sentinel,
            _ => ending,
        };
    }
    // After silence that was waited for nothing needs to be proved, nor where attempts were counted.
    match case.steps.last().map(|step| &step.kind) {
        Some(StepKind::Expect(Expectation::NoRequest(_) | Expectation::Attempts(_))) => Ending::TornDown,
        _ => ending,
    }
}

/// The event types that the bytes of a case may name, for APIs that need to be told.
pub fn event_types(case: &Case) -> Vec<String> {
    let mut streams: Vec<Vec<u8>> = vec![Vec::new()];
    for step in &case.steps {
        let next = match &step.kind {
            StepKind::Wire(Action::Send(bytes) | Action::Raw(bytes)) => {
                extend(&mut streams, bytes);
                continue;
            }
            StepKind::Wire(Action::SendRepeat(repeat)) => {
                // Further repetitions name nothing new, except in a name that is itself a repetition.
                let times = LONGEST_NAME.div_ceil(repeat.pattern.len().max(1)) as u64;
                (0..repeat.times.min(times)).for_each(|_| extend(&mut streams, &repeat.pattern));
                continue;
            }
            StepKind::Wire(Action::Respond(Respond { body: Some(body), .. })) => body.clone(),
            StepKind::Wire(Action::Respond(_) | Action::End | Action::Drop(_)) => Vec::new(),
            StepKind::Expect(expected) if may_be_request(expected) => Vec::new(),
            _ => continue,
        };
        streams.push(next);
    }
    payload::event_types(streams.iter().map(Vec::as_slice))
}

/// How many bytes of a name that `send-repeat` writes are told.
const LONGEST_NAME: usize = 64 * 1024;

/// Adds bytes to the last stream.
fn extend(streams: &mut [Vec<u8>], bytes: &[u8]) {
    if let Some(stream) = streams.last_mut() {
        stream.extend_from_slice(bytes);
    }
}
