//! Whether a case records the same facts in each delivery: how bytes are split must not change what happens. Where chance
//! decides, the deliveries are so many tries.

use ssespec_cases::client::{ClientFact, ClientStep, Expectation};
use ssespec_cases::grammar::Fact;
use ssespec_cases::{Case, Script};
use ssespec_reports::results::{CaseResult, Verdict};

use super::verdict::failure_record;
use crate::session::client::facts::DIFFERENT;
use crate::session::outcome::{Evidence, Failure};

/// The results of a case that its other deliveries change, as they are then.
///
/// Those whose facts differ from the first delivery's warn. Times are not compared, since they differ from run to run, nor
/// are the facts for which `varies` holds. Delays that differed in one delivery are random, although they were alike in
/// another.
pub(super) fn changed(
    case: &Case,
    results: &[&CaseResult],
    varies: impl Fn(&CaseResult, &str) -> bool,
) -> Vec<CaseResult> {
    let mut held: Vec<&CaseResult> = results.iter().copied().filter(|result| holds(result)).collect();
    held.sort_by_key(|result| result.delivery);
    // What a client does over another protocol may be something else.
    let of_protocols = held.chunk_by(|a, b| a.delivery.protocol == b.delivery.protocol);
    of_protocols
        .flat_map(|results| {
            let mut changed = random(case, results);
            for warning in warnings(case, results, &varies) {
                match changed.iter_mut().find(|result| result.delivery == warning.delivery) {
                    Some(result) => (result.verdict, result.failure) = (warning.verdict, warning.failure),
                    None => changed.push(warning),
                }
            }
            changed
        })
        .collect()
}

/// The results in which random delays happened to be alike, with what the others say of them.
fn random(case: &Case, held: &[&CaseResult]) -> Vec<CaseResult> {
    let names: Vec<&str> = recorded(&case.script)
        .filter(|(_, fact)| fact.of == ClientFact::Spread)
        .map(|(_, fact)| fact.name.as_str())
        .filter(|name| held.iter().any(|result| values(result, name).contains(&DIFFERENT)))
        .collect();
    let settled = |result: &&CaseResult| {
        let mut result = CaseResult::clone(result);
        let alike = result.facts.iter_mut().filter(|fact| names.contains(&fact.fact.as_str()));
        let mut alike = alike.filter(|fact| fact.value != DIFFERENT).peekable();
        alike.peek()?;
        alike.for_each(|fact| fact.value = DIFFERENT.into());
        Some(result)
    };
    held.iter().filter_map(settled).collect()
}

fn warnings(
    case: &Case,
    held: &[&CaseResult],
    varies: &impl Fn(&CaseResult, &str) -> bool,
) -> Vec<CaseResult> {
    let Some((first, others)) = held.split_first() else { return Vec::new() };
    let facts = exact_facts(&case.script);
    let warning = |result: &&&CaseResult| {
        let result: &CaseResult = result;
        facts.iter().find_map(|(step, fact)| {
            let (expected, observed) = (values(first, fact), values(result, fact));
            if expected == observed || varies(first, fact) || varies(result, fact) {
                return None;
            }
            let failure = Failure {
                step: Some(*step),
                expected: format!("{fact}: {}, as in the delivery {}", expected.join(", "), first.delivery),
                observed: format!("{fact}: {}", observed.join(", ")),
                hint: Some(HINT.into()),
                evidence: Evidence::Observed,
            };
            let failure = Some(failure_record(case, failure));
            Some(CaseResult { verdict: Verdict::Warn, failure, ..result.clone() })
        })
    };
    others.iter().filter_map(|result| warning(&result)).collect()
}

/// What a fact that differs usually means.
const HINT: &str =
    "a stream means the same however its bytes are split: the implementation depends on its reads";

fn holds(result: &CaseResult) -> bool {
    matches!(result.verdict, Verdict::Pass | Verdict::Info)
}

/// What a result says of a fact, which a script may record several times.
fn values<'r>(result: &'r CaseResult, fact: &str) -> Vec<&'r str> {
    result.facts.iter().filter(|known| known.fact == fact).map(|known| known.value.as_str()).collect()
}

/// What a script records, with the steps that do, from 0. A server case has one delivery.
fn recorded(script: &Script) -> impl Iterator<Item = (usize, &Fact<ClientFact>)> {
    steps(script).filter_map(|(number, step)| match step {
        ClientStep::Record(fact) => Some((number, fact)),
        _ => None,
    })
}

fn steps(script: &Script) -> impl Iterator<Item = (usize, &ClientStep)> {
    let steps = match script {
        Script::Client(steps) => steps.as_slice(),
        _ => &[],
    };
    steps.iter().map(|step| &step.kind).enumerate()
}

/// The facts of a script that are not times, with the steps that record them, from 0.
fn exact_facts(script: &Script) -> Vec<(usize, &str)> {
    let mut timed = false;
    let mut facts = Vec::new();
    for (number, step) in steps(script) {
        match step {
            ClientStep::OneOf(_) => timed = step.expectations().into_iter().any(is_timed),
            ClientStep::Record(fact) if is_exact(fact, timed) => facts.push((number, fact.name.as_str())),
            _ => {}
        }
    }
    facts
}

/// Whether a time distinguishes an alternative from the others: a busy machine makes it longer.
fn is_timed(expected: &Expectation) -> bool {
    matches!(expected, Expectation::Request(request) if request.after.is_some())
}

/// Whether a fact is not a time. `timed` is whether times distinguish the alternatives of the last step that has some.
fn is_exact(fact: &Fact<ClientFact>, timed: bool) -> bool {
    match fact.of {
        ClientFact::Delay | ClientFact::Spread => false,
        ClientFact::Alternative { .. } => !timed,
        _ => true,
    }
}

#[cfg(test)]
mod tests;
