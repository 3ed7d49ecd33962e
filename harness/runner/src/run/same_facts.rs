//! Whether a case records the same facts in each delivery: how bytes are split must not change what happens.

use ssespec_cases::client::{ClientFact, ClientStep, Expectation};
use ssespec_cases::{Case, Script};
use ssespec_reports::results::{CaseResult, Verdict};

use super::verdict::failure_record;
use crate::session::outcome::{Evidence, Failure};

/// The results of a case whose facts differ from those of its first delivery: they warn. Times are not compared, since
/// they differ from run to run, nor are the facts for which `varies` holds.
pub(super) fn warnings(
    case: &Case,
    results: &[&CaseResult],
    varies: impl Fn(&CaseResult, &str) -> bool,
) -> Vec<CaseResult> {
    let mut held: Vec<&CaseResult> = results.iter().copied().filter(|result| holds(result)).collect();
    held.sort_by_key(|result| result.delivery);
    // What a client does over another protocol may be something else.
    held.chunk_by(|a, b| a.delivery.protocol == b.delivery.protocol)
        .flat_map(|results| of_protocol(case, results, &varies))
        .collect()
}

fn of_protocol(
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

/// The facts of a script that are not times, with the steps that record them, from 0. A server case has one delivery.
fn exact_facts(script: &Script) -> Vec<(usize, &str)> {
    let Script::Client(steps) = script else { return Vec::new() };
    let mut timed = false;
    let mut facts = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        if let ClientStep::OneOf(_) = &step.kind {
            timed = step.kind.expectations().into_iter().any(is_timed);
        }
        facts.extend(exact_fact(&step.kind, timed).map(|fact| (number, fact)));
    }
    facts
}

/// Whether a time distinguishes an alternative from the others: a busy machine makes it longer.
fn is_timed(expected: &Expectation) -> bool {
    matches!(expected, Expectation::Request(request) if request.after.is_some())
}

/// The name of the fact that a step records, unless it is a time.
fn exact_fact(step: &ClientStep, timed: bool) -> Option<&str> {
    match step {
        ClientStep::Record(fact) => match fact.of {
            ClientFact::Delay | ClientFact::Spread => None,
            ClientFact::Alternative { .. } if timed => None,
            _ => Some(&fact.name),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
