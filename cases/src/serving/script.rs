//! A server case with its implied steps written out, and how it ends.
//!
//! Implied: a stream is opened first; the answer to each request is an event stream; what is emitted is taken.

use super::{Emission, Expected, Reading, Request, ResponseExpected, Serving};
use crate::Case;
use crate::case::{FieldExpectation, Step, StepKind};
use crate::script::Played;

#[cfg(test)]
mod tests;

/// The steps of a server case with the implied ones among them.
pub fn expand(case: &Case) -> Vec<Played> {
    let mut played = Vec::new();
    let opens =
        matches!(case.steps.first().map(|step| &step.kind), Some(StepKind::Serving(Serving::Request(_))));
    if !opens {
        let request = Request::default();
        played.push(implied(Serving::Request(Box::new(request.clone()))));
        answered(&mut played, &request, &case.steps);
    }
    let mut unread: Vec<&Request> = Vec::new();
    for (number, step) in case.steps.iter().enumerate() {
        let rest = &case.steps[number + 1..];
        let kind = match &step.kind {
            StepKind::Serving(Serving::Expect(Expected::OneOf(alternatives)))
                if is_asked(&case.steps[..number], step) =>
            {
                let alternatives = alternatives.iter().map(|steps| with_answer(steps, step)).collect();
                StepKind::Serving(Serving::Expect(Expected::OneOf(alternatives)))
            }
            kind => kind.clone(),
        };
        played.push(Played { kind, written: Some(number) });
        match &step.kind {
            StepKind::Serving(Serving::Request(request)) if request.reading == Reading::AsItComes => {
                answered(&mut played, request, rest);
            }
            StepKind::Serving(Serving::Request(request)) => unread.push(request),
            StepKind::Serving(Serving::Read(stream)) => {
                if let Some(request) = unread.iter().rfind(|request| request.stream == *stream) {
                    answered(&mut played, request, rest);
                }
            }
            StepKind::Serving(Serving::Emit(_)) if !next_says(rest, Expected::is_answer) => {
                played.push(implied(Serving::Expect(Expected::Emitted)));
            }
            _ => {}
        }
    }
    played
}

fn implied(step: Serving) -> Played {
    Played { kind: StepKind::Serving(step), written: None }
}

/// A request is answered with an event stream, unless the next step says otherwise.
fn answered(played: &mut Vec<Played>, request: &Request, rest: &[Step]) {
    let is_it = |expected: &Expected| matches!(expected, Expected::Response(r) if r.stream == request.stream);
    if !next_says(rest, is_it) {
        played.push(implied(Serving::Expect(Expected::Response(Box::new(ResponseExpected {
            stream: request.stream.clone(),
            status: Some(200),
            headers: vec![("content-type".into(), FieldExpectation::Is("text/event-stream".into()))],
            within: None,
        })))));
    }
}

/// Whether the next step, or an alternative of it, begins with what is looked for.
fn next_says(rest: &[Step], sought: impl Fn(&Expected) -> bool) -> bool {
    match rest.first().map(|step| &step.kind) {
        Some(StepKind::Serving(Serving::Expect(Expected::OneOf(alternatives)))) => {
            alternatives.iter().any(|steps| first(steps).is_some_and(&sought))
        }
        Some(StepKind::Serving(Serving::Expect(expected))) => sought(expected),
        _ => false,
    }
}

fn first(steps: &[Step]) -> Option<&Expected> {
    match &steps.first()?.kind {
        StepKind::Serving(Serving::Expect(expected)) => Some(expected),
        _ => None,
    }
}

/// Whether the alternatives of this step say what becomes of the `emit` before it.
fn is_asked(before: &[Step], step: &Step) -> bool {
    matches!(before.last().map(|step| &step.kind), Some(StepKind::Serving(Serving::Emit(_))))
        && next_says(std::slice::from_ref(step), Expected::is_answer)
}

/// An alternative that says nothing of the answer begins with its being taken.
fn with_answer(steps: &[Step], one_of: &Step) -> Vec<Step> {
    let mut steps = steps.to_vec();
    if !first(&steps).is_some_and(Expected::is_answer) {
        let kind = StepKind::Serving(Serving::Expect(Expected::Emitted));
        steps.insert(0, Step { kind, ..one_of.clone() });
    }
    steps
}

/// The steps of a server case, those of alternatives included.
pub fn all_steps(case: &Case) -> Vec<(&Serving, &Step)> {
    let mut all = Vec::new();
    collect(&case.steps, &mut all);
    all
}

fn collect<'a>(steps: &'a [Step], all: &mut Vec<(&'a Serving, &'a Step)>) {
    for step in steps {
        let StepKind::Serving(serving) = &step.kind else { continue };
        all.push((serving, step));
        if let Serving::Expect(Expected::OneOf(alternatives)) = serving {
            alternatives.iter().for_each(|steps| collect(steps, all));
        }
    }
}

/// The most bytes of data of an event that the case emits or expects.
pub fn longest_data(case: &Case) -> u64 {
    let steps = all_steps(case);
    let lengths = steps.iter().filter_map(|(serving, _)| match serving {
        Serving::Emit(Emission::Event { data, .. })
        | Serving::EmitRepeat(Emission::Event { data, .. }, _) => Some(data.length()),
        Serving::Expect(Expected::Event(event)) => Some(event.data.as_ref()?.length()),
        _ => None,
    });
    lengths.max().unwrap_or_default()
}
