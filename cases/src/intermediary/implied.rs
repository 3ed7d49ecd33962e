//! The implied steps of an intermediary case.
//!
//! Implied: a stream is opened first; the request reaches the origin; the origin answers it with an event stream.

use ssespec_mock_server::action::{Action, Respond};

use super::step::{IntermediaryStep, Observed, RequestObserved};
use crate::server::step::Request;
use crate::step::{Played, Step};

/// The script with its implied steps written out.
pub fn expand(script: &[Step<IntermediaryStep>]) -> Vec<Played<IntermediaryStep>> {
    let mut played = Vec::new();
    if !matches!(script.first().map(|step| &step.kind), Some(IntermediaryStep::Request(_))) {
        let request = Request::default();
        played.push(implied(IntermediaryStep::Request(Box::new(request.clone()))));
        forwarded(&mut played, &request, script);
    }
    for (number, step) in script.iter().enumerate() {
        let rest = &script[number + 1..];
        played.push(Played { kind: step.kind.clone(), written: Some(number) });
        match &step.kind {
            IntermediaryStep::Request(request) => forwarded(&mut played, request, rest),
            IntermediaryStep::Expect(Observed::Request(_)) => answered(&mut played, rest),
            _ => {}
        }
    }
    played
}

fn implied(kind: IntermediaryStep) -> Played<IntermediaryStep> {
    Played { kind, written: None }
}

/// A request reaches the origin, unless the next step says what happens there.
fn forwarded(played: &mut Vec<Played<IntermediaryStep>>, request: &Request, rest: &[Step<IntermediaryStep>]) {
    let is_at_origin =
        |observed: &&Observed| matches!(observed, Observed::Request(_) | Observed::NoRequest(_));
    let is_said = rest.first().is_some_and(|step| step.kind.expectations().iter().any(is_at_origin));
    if !is_said {
        let observed = RequestObserved {
            stream: request.stream.clone(),
            times: request.count,
            ..RequestObserved::default()
        };
        played.push(implied(IntermediaryStep::Expect(Observed::Request(Box::new(observed)))));
        answered(played, rest);
    }
}

/// The origin answers with an event stream, unless the next step (not counting `wait`) says what it does instead.
fn answered(played: &mut Vec<Played<IntermediaryStep>>, rest: &[Step<IntermediaryStep>]) {
    let next = rest.iter().find(|step| !matches!(step.kind, IntermediaryStep::Origin(Action::Wait(_))));
    let is_said = next.is_some_and(|step| match &step.kind {
        IntermediaryStep::Origin(action) => {
            matches!(action, Action::Respond(_) | Action::Raw(_)) || action.is_loss()
        }
        kind => matches!(kind, IntermediaryStep::HangUp(_)),
    });
    if !is_said {
        played.push(implied(IntermediaryStep::Origin(Action::Respond(Respond::default()))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Script;

    fn kinds(steps: &str) -> String {
        let text = format!("title = \"T\"\nrequirements = []\nsteps = [{steps}]\n");
        let source = ssespec_diagnostics::Source::new("a.toml", &text);
        let case = crate::format::read(&source, "intermediary/a/one").unwrap();
        let Script::Intermediary(script) = &case.script else { panic!("it is an intermediary case") };
        let kind = |played: Played<IntermediaryStep>| {
            let kind = match played.kind {
                IntermediaryStep::Request(_) => "request",
                IntermediaryStep::Origin(Action::Respond(_)) => "respond",
                IntermediaryStep::Origin(_) => "origin",
                IntermediaryStep::Expect(Observed::Request(_)) => "arrives",
                IntermediaryStep::Expect(_) => "expect",
                _ => "other",
            };
            if played.written.is_some() { kind.to_uppercase() } else { kind.to_owned() }
        };
        expand(script).into_iter().map(kind).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_stream_is_open_unless_the_script_says_otherwise() {
        assert_eq!(kinds(r#"{ send = "data: a\n\n" }"#), "request arrives respond ORIGIN");
        assert_eq!(kinds(r#"{ respond = { status = 204 } }"#), "request arrives RESPOND");
        assert_eq!(kinds(r#"{ wait = "1s" }, { drop = "reset" }"#), "request arrives ORIGIN ORIGIN");
        assert_eq!(kinds(r#""request", "expect-request", "end""#), "REQUEST ARRIVES respond ORIGIN");
        assert_eq!(kinds(r#""request", { expect-no-request = "1s" }"#), "REQUEST EXPECT");
        assert_eq!(kinds(r#"{ goaway = { last-stream = "none" } }"#), "request arrives ORIGIN");
        assert_eq!(kinds(r#""goaway", "end""#), "request arrives respond ORIGIN ORIGIN");
    }
}
