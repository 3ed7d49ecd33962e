//! The implied steps of a client case, and how its runs end.
//!
//! Implied steps let a case say only what it is about: the client connects, its request is awaited, and every awaited
//! request is immediately answered with an event stream, unless the next step (not counting `wait`) answers it
//! differently.

use ssespec_mock_server::action::{Action, BodyKind, Respond};

use super::step::{ClientStep, Connect, Expectation, RequestExpectation};
use crate::step::{Played, Step};

#[cfg(test)]
mod tests;

/// The script with its implied steps written out.
pub fn expand(script: &[Step<ClientStep>]) -> Vec<Played<ClientStep>> {
    let mut played: Vec<Played<ClientStep>> = Vec::new();
    let implied = |kind| Played { kind, written: None };
    let mut connected =
        script.iter().any(|s| matches!(s.kind, ClientStep::Connect(_) | ClientStep::Enter(_)));
    for (number, step) in script.iter().enumerate() {
        // The port may start refusing before the client connects; everything else happens after the connect.
        if !connected && !matches!(step.kind, ClientStep::Wire(Action::Refuse(_))) {
            connected = true;
            played.push(implied(ClientStep::Connect(Box::default())));
            await_request(&mut played, &script[number..]);
        }
        played.push(Played { kind: step.kind.clone(), written: Some(number) });
        let rest = &script[number + 1..];
        match &step.kind {
            ClientStep::Connect(connect) if connect.leads_to_session() => await_request(&mut played, rest),
            ClientStep::Expect(Expectation::Request(_)) => answer(&mut played, rest),
            _ => {}
        }
    }
    if !connected {
        played.push(implied(ClientStep::Connect(Box::<Connect>::default())));
        await_request(&mut played, &[]);
    }
    played
}

/// After a connect, its request is awaited unless the script specifies something else.
fn await_request(played: &mut Vec<Played<ClientStep>>, rest: &[Step<ClientStep>]) {
    // These may precede the request and do not replace it.
    let before_a_request = |step: &&Step<ClientStep>| {
        matches!(
            step.kind,
            ClientStep::Wire(Action::Wait(_))
                | ClientStep::Expect(Expectation::State(_) | Expectation::Error { .. })
        )
    };
    let said = rest.iter().find(|step| !before_a_request(step)).is_some_and(|step| match &step.kind {
        ClientStep::Close
        | ClientStep::Wire(Action::Refuse(_))
        | ClientStep::Attempts(_)
        // A constructor that throws makes no request.
        | ClientStep::Expect(Expectation::NoRequest(_) | Expectation::Exception(_)) => true,
        step => may_be_request(step),
    });
    if !said {
        let request = Expectation::Request(Box::<RequestExpectation>::default());
        played.push(Played { kind: ClientStep::Expect(request), written: None });
        answer(played, rest);
    }
}

/// Whether a request may come at this step.
pub(crate) fn may_be_request(step: &ClientStep) -> bool {
    match step {
        ClientStep::Expect(expected) => is_request(expected),
        ClientStep::OneOf(alternatives) => alternatives.iter().flatten().any(|step| is_request(&step.kind)),
        _ => false,
    }
}

pub(crate) fn is_request(expected: &Expectation) -> bool {
    matches!(expected, Expectation::Request(_))
}

/// An awaited request is answered with an event stream unless the script answers it differently.
fn answer(played: &mut Vec<Played<ClientStep>>, rest: &[Step<ClientStep>]) {
    // JavaScript does not answer requests.
    let answers_nothing = |step: &&Step<ClientStep>| {
        matches!(
            step.kind,
            ClientStep::Wire(Action::Wait(_))
                | ClientStep::Run(_)
                | ClientStep::Expect(Expectation::Value(_) | Expectation::Report(_))
        )
    };
    let otherwise = rest.iter().find(|step| !answers_nothing(step)).is_some_and(|step| {
        matches!(
            step.kind,
            ClientStep::Close | ClientStep::Wire(Action::Respond(_) | Action::Raw(_) | Action::Refuse(_))
        ) || matches!(&step.kind, ClientStep::Wire(action) if action.is_loss())
    });
    if !otherwise {
        let respond = ClientStep::Wire(Action::Respond(Respond::default()));
        played.push(Played { kind: respond, written: None });
    }
}

/// How a run ends after its last step, proving without waiting that nothing else happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// One more event, the sentinel, is sent on the open stream and must be the next.
    Sentinel,
    /// The stream is over: the client stops, or it reconnects and gets the sentinel.
    DoneOrResumed,
    /// Nothing more can happen: the client was ordered to close, or has stopped.
    TornDown,
}

/// How the runs of a script end.
pub fn ending(script: &[Step<ClientStep>]) -> Ending {
    let mut ending = Ending::Sentinel;
    for played in expand(script) {
        ending = match &played.kind {
            ClientStep::Close | ClientStep::Expect(Expectation::Closed | Expectation::Exception(_)) => {
                return Ending::TornDown;
            }
            // EventSources that scripts construct are visible only in the scripts' reports.
            ClientStep::Enter(_) => return Ending::TornDown,
            ClientStep::Connect(connect) if !connect.leads_to_session() => return Ending::TornDown,
            ClientStep::Connect(connect) if connect.close_in.is_some() => return Ending::TornDown,
            ClientStep::Wire(action) if action.is_end() => Ending::DoneOrResumed,
            ClientStep::Wire(Action::Respond(respond)) if respond.body_kind() == BodyKind::Complete => {
                // A response that is not a stream is not resumed; the case says what follows it.
                if respond.status == 200 { Ending::DoneOrResumed } else { Ending::TornDown }
            }
            step if may_be_request(step) => Ending::Sentinel,
            _ => ending,
        };
    }
    // If the script ends by waiting for silence or counting attempts, nothing is left to prove.
    match script.last().map(|step| &step.kind) {
        Some(ClientStep::Expect(Expectation::NoRequest(_)) | ClientStep::Attempts(_)) => Ending::TornDown,
        _ => ending,
    }
}
