//! Mistakes that the format allows: scripts that cannot be played, claims about unknown requirements, and capabilities
//! that are used and not asked for.

use std::collections::BTreeMap;

use ssespec_mock_server::document::{Diagnostics, Findings, nearest};
use ssespec_mock_server::flow::{Flow, Left};

use crate::case::{Connect, Expectation, Step, StepKind};
use crate::script::expand;
use crate::{Capability, Case, Corpus, Requirement};

/// Looks at new cases beside those of a corpus.
pub fn check(cases: &[Case], corpus: &Corpus) -> Vec<Diagnostics> {
    let mut titles: BTreeMap<&str, &str> =
        corpus.cases.values().map(|case| (case.title.as_str(), case.id.as_str())).collect();
    let mut found = Vec::new();
    for case in cases {
        let mut findings = Findings::default();
        title(case, &mut titles, &mut findings);
        requirements(case, corpus, &mut findings);
        needs(case, &mut findings);
        flow(case, &mut findings);
        if let Err(diagnostics) = findings.or(&case.source, Some(())) {
            found.push(diagnostics);
        }
    }
    found
}

/// Where a word stands in a case's file; its first line where it does not.
fn place(case: &Case, word: &str) -> std::ops::Range<usize> {
    let text = case.source.text();
    match text.find(word) {
        Some(at) => at..at + word.len(),
        None => 0..text.find('\n').unwrap_or(text.len()),
    }
}

fn title<'a>(case: &'a Case, titles: &mut BTreeMap<&'a str, &'a str>, findings: &mut Findings) {
    if let Some(other) = titles.insert(&case.title, &case.id)
        && other != case.id
    {
        let label = format!("already that of {other}");
        let hint = "say what differs, or put both into one case";
        findings.add_with_hint(place(case, &case.title), "two cases share this title", label, hint);
    }
    if case.title.trim().is_empty() {
        findings.add(place(case, "title"), "the title is empty", "expected the claim, as a sentence");
    }
}

fn requirements(case: &Case, corpus: &Corpus, findings: &mut Findings) {
    if case.requirements.is_empty() {
        let hint = "`ssespec cases --requirements` lists them";
        findings.add_with_hint(place(case, "requirements"), "a case checks a requirement", "none here", hint);
    }
    let mut first: Option<&Requirement> = None;
    for id in &case.requirements {
        let Some(requirement) = corpus.requirements.get(id) else {
            let message = format!("unknown requirement \"{id}\"");
            let hint = match nearest(id, corpus.requirements.keys().map(String::as_str)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "requirements are defined in requirements/<suite>.toml".into(),
            };
            findings.add_with_hint(place(case, id), message, "not defined", hint);
            continue;
        };
        let leader = *first.get_or_insert(requirement);
        if (leader.suite(), leader.judged()) != (requirement.suite(), requirement.judged()) {
            let label = format!(
                "{} {}, but \"{}\" is {} {}",
                requirement.suite(),
                requirement.judged(),
                leader.id,
                leader.suite(),
                leader.judged()
            );
            let hint = "a verdict means one thing: split the case by level";
            let message = "the requirements of one case share suite and level";
            findings.add_with_hint(place(case, id), message, label, hint);
        }
    }
}

fn needs(case: &Case, findings: &mut Findings) {
    let mut requests = 0;
    let mut uses: Vec<(Capability, &Step)> = Vec::new();
    collect(&case.steps, &mut requests, &mut uses);
    for (capability, step) in uses {
        if !case.needs.contains(&capability) {
            let message = format!("this step needs the capability \"{capability}\"");
            let hint = format!("add \"{capability}\" to `needs`");
            findings.add_with_hint(step.span.clone(), message, "not among the case's needs", hint);
        }
    }
}

fn collect<'a>(steps: &'a [Step], requests: &mut usize, uses: &mut Vec<(Capability, &'a Step)>) {
    for step in steps {
        let mut add = |capability, used: bool| {
            if used {
                uses.push((capability, step));
            }
        };
        match &step.kind {
            StepKind::Connect(connect) => of_connect(connect, add),
            StepKind::Close => add(Capability::Close, true),
            StepKind::Expect(Expectation::Opened) => add(Capability::Opened, true),
            StepKind::Expect(Expectation::Comment { .. }) => add(Capability::Comments, true),
            StepKind::Expect(Expectation::State(_)) => add(Capability::State, true),
            StepKind::Expect(Expectation::Error { state }) => {
                add(Capability::Errors, true);
                add(Capability::State, state.is_some());
            }
            StepKind::Expect(Expectation::Event(event)) => {
                add(Capability::EventType, event.kind.is_some());
                add(Capability::EventId, event.id.is_some());
                add(Capability::Origin, event.origin.is_some());
            }
            StepKind::Expect(Expectation::OneOf(alternatives)) => {
                alternatives.iter().for_each(|steps| collect(steps, requests, uses));
            }
            _ => {}
        }
    }
}

fn of_connect(connect: &Connect, mut add: impl FnMut(Capability, bool)) {
    add(Capability::Headers, !connect.headers.is_empty());
    add(Capability::InitialLastEventId, !connect.last_event_id.is_empty());
    add(Capability::Methods, connect.method.is_some() || !connect.body.is_empty());
    add(Capability::Credentials, connect.with_credentials);
    add(Capability::Close, connect.close_in.is_some());
}

/// Whether the script can be played, and its end be continued with the sentinel event.
fn flow(case: &Case, findings: &mut Findings) {
    let mut flow = Flow::default();
    for played in expand(case) {
        let place = played.written.map_or(0..1, |number| case.steps[number].span.clone());
        match &played.kind {
            StepKind::Wire(action) => flow.action(action, place, findings),
            StepKind::Expect(Expectation::Request(_) | Expectation::OneOf(_)) => flow.request(),
            _ => {}
        }
    }
    let last = case.steps.last().map_or(0..1, |step| step.span.clone());
    match flow.left() {
        Left::Nothing | Left::AtBoundary => {}
        Left::Uncontinuable => {
            let hint = "end the script with \"end\" or { drop = .. }";
            let message = "this script leaves a body open that cannot be continued";
            findings.add_with_hint(last, message, "expected an end", hint);
        }
        Left::InsideBlock => {
            let hint = "end the last block with a blank line, or end the script with \"end\" or { drop = .. }";
            let message = "this script leaves its stream open in the middle of a block";
            findings.add_with_hint(last, message, "the sentinel event could not be seen after this", hint);
        }
    }
}
