//! Mistakes that the format allows: scripts that cannot be played, claims about unknown requirements, and capabilities
//! that are used and not asked for.
//!
//! - `unused`: capabilities that are asked for and not used
//! - `counterparts`: tests of other suites that are not there
//! - [`coverage`]: what a corpus lacks as a whole

use std::collections::BTreeMap;
use std::ops::Range;

use ssespec_diagnostics::{Diagnostics, Findings, nearest, value};
use ssespec_mock_server::action::Action;
use ssespec_mock_server::flow::{Flow, Left};
use toml::de::DeTable;

use crate::case::{Connect, Expectation, Scope, Step, StepKind};
use crate::script::{Ending, ending, expand, may_be_request, must_be_request};
use crate::{Capability, Case, Corpus, Requirement, serving};

mod counterparts;
pub mod coverage;
mod facts;
mod growth;
#[cfg(test)]
mod tests;
mod unused;

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
        unused::check(case, &mut findings);
        counterparts::check(case, corpus, &mut findings);
        if case.role() == "server" {
            serving::lint::check(case, &mut findings);
        } else {
            flow(case, &mut findings);
        }
        facts::check(case, &mut findings);
        growth::check(case, &mut findings);
        if let Err(diagnostics) = findings.or(&case.source, Some(())) {
            found.push(diagnostics);
        }
    }
    found
}

/// Where the value of a key stands in a case's file, or the nth entry of that value.
fn place(case: &Case, key: &str, nth: Option<usize>) -> Range<usize> {
    let document = DeTable::parse(case.source.text()).ok();
    let value = document.as_ref().and_then(|root| value::get(root.get_ref(), key));
    let entry = value.and_then(|value| value::list(value).nth(nth?));
    entry.or(value).map_or(0..0, |found| found.span())
}

fn title<'a>(case: &'a Case, titles: &mut BTreeMap<&'a str, &'a str>, findings: &mut Findings) {
    if case.title.trim().is_empty() {
        let hint = "say what is claimed, such as \"An LF ends a line\"";
        findings.add_with_hint(place(case, "title", None), "the title is empty", "expected a sentence", hint);
    } else if let Some(other) = titles.insert(&case.title, &case.id)
        && other != case.id
    {
        let label = format!("already that of {other}");
        let hint = "say what differs, or put both into one case";
        findings.add_with_hint(place(case, "title", None), "two cases share this title", label, hint);
    }
}

fn requirements(case: &Case, corpus: &Corpus, findings: &mut Findings) {
    if case.requirements.is_empty() {
        let hint = "`ssespec cases --requirements` lists them";
        let label = "expected at least one";
        findings.add_with_hint(place(case, "requirements", None), "a case checks a requirement", label, hint);
    }
    let mut first: Option<&Requirement> = None;
    for (number, id) in case.requirements.iter().enumerate() {
        let place = || place(case, "requirements", Some(number));
        if case.requirements[..number].contains(id) {
            findings.add_with_hint(place(), "a requirement is named twice", "named before", "take it out");
            continue;
        }
        let Some(requirement) = corpus.requirements.get(id) else {
            let message = format!("unknown requirement \"{id}\"");
            let hint = match nearest(id, corpus.requirements.keys().map(String::as_str)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => {
                    "`ssespec cases --requirements` lists them; requirements/<suite>.toml defines them".into()
                }
            };
            findings.add_with_hint(place(), message, "not defined", hint);
            continue;
        };
        let leader = *first.get_or_insert(requirement);
        if (leader.suite(), leader.judged()) != (requirement.suite(), requirement.judged()) {
            let label =
                format!("this is {}, \"{}\" is {}", judgement(requirement), leader.id, judgement(leader));
            let hint = "a verdict means one thing: write a case for each";
            let message = "the requirements of one case share suite and level";
            findings.add_with_hint(place(), message, label, hint);
        }
    }
}

/// The suite and level of a requirement, for messages.
fn judgement(requirement: &Requirement) -> String {
    let disputed = if requirement.disputed.is_some() { ", being disputed" } else { "" };
    format!("a {} of {}{disputed}", requirement.judged(), requirement.suite())
}

/// Whether the case asks for all that its steps use. Each capability is missed once, at the first step that uses it.
fn needs(case: &Case, findings: &mut Findings) {
    let mut uses = uses(case);
    // In a page a script may construct another client for each request.
    if case.needs.contains(&Capability::Dom) {
        uses.retain(|(capability, _)| *capability != Capability::Reconnect);
    }
    let mut missed = Vec::new();
    for (capability, step) in uses {
        if !case.needs.contains(&capability) && !missed.contains(&capability) {
            missed.push(capability);
            let message = format!("this step needs the capability \"{capability}\"");
            let hint = format!("add \"{capability}\" to `needs`");
            findings.add_with_hint(step.span.clone(), message, "not among the case's needs", hint);
        }
    }
}

/// What the case uses, each with the step that does.
fn uses(case: &Case) -> Vec<(Capability, &Step)> {
    if case.role() == "server" {
        return serving::lint::uses(case);
    }
    let mut uses = Vec::new();
    collect(&case.steps, &mut uses);
    uses.extend(second_request(case).map(|step| (Capability::Reconnect, step)));
    uses
}

/// What steps of clients use, but for reconnecting.
fn collect<'a>(steps: &'a [Step], uses: &mut Vec<(Capability, &'a Step)>) {
    for step in steps {
        let mut add = |capability, used: bool| {
            if used {
                uses.push((capability, step));
            }
        };
        match &step.kind {
            StepKind::Connect(connect) => of_connect(connect, add),
            StepKind::Close => add(Capability::Close, true),
            StepKind::Enter(_)
            | StepKind::Run(_)
            | StepKind::Expect(Expectation::Report(_) | Expectation::Value(_) | Expectation::Exception(_)) => {
                add(Capability::Dom, true)
            }
            StepKind::Expect(Expectation::Opened { state }) => {
                add(Capability::Opened, true);
                add(Capability::State, state.is_some());
            }
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
                alternatives.iter().for_each(|steps| collect(steps, uses));
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
    add(Capability::Dom, connect.url.is_some() || connect.scope != Scope::Window);
}

/// The first request that only a client makes that connects again by itself: one after another, to which no redirect
/// has led. That one may come, among alternatives, asks nothing of the client.
fn second_request(case: &Case) -> Option<&Step> {
    let (mut requested, mut redirected) = (false, false);
    for played in expand(case) {
        match &played.kind {
            StepKind::Connect(_) => requested = false,
            StepKind::Wire(Action::Respond(respond)) => redirected = REDIRECTS.contains(&respond.status),
            StepKind::Expect(expected) if must_be_request(expected) => {
                if requested && !redirected {
                    return case.steps.get(played.written?);
                }
                (requested, redirected) = (true, false);
            }
            _ => {}
        }
    }
    None
}

/// The statuses that lead on to another request, see <https://fetch.spec.whatwg.org/#redirect-status>.
const REDIRECTS: &[u16] = &[301, 302, 303, 307, 308];

/// Whether the script can be played, and its end be continued with the sentinel event.
fn flow(case: &Case, findings: &mut Findings) {
    let mut flow = Flow::default();
    let mut last = 0..0;
    for played in expand(case) {
        let place = played.written.map_or(0..0, |number| case.steps[number].span.clone());
        match &played.kind {
            StepKind::Wire(action) => {
                flow.action(action, place.clone(), findings);
                last = place;
            }
            StepKind::Expect(expected) if may_be_request(expected) => flow.request(),
            _ => {}
        }
    }
    if ending(case) != Ending::Sentinel {
        return;
    }
    match flow.left() {
        Left::Nothing | Left::AtBoundary => {}
        Left::Uncontinuable => {
            let hint = "end the script with \"end\" or { drop = .. }";
            let message = "this script leaves a body open that cannot be continued";
            findings.add_with_hint(last, message, "expected an end", hint);
        }
        Left::InsideBlock => {
            let hint =
                "end the last block with a blank line, or end the script with \"end\" or { drop = .. }";
            let message = "this script leaves its stream open in the middle of a block";
            let label = "the event that ends each run could not be seen after this";
            findings.add_with_hint(last, message, label, hint);
        }
    }
}
