//! The choice of causes: a small set of mistakes that covers the failures.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::Candidate;
use super::observed::{Observed, Trial};
use super::table::{Mistake, Table};
use crate::results::{CaseResult, Cause, Diagnosis, NamedMistake, Results, Transport, Verdict};

/// Diagnoses a run with the built-in table of its role. A probe plays no cases, so nothing explains what it finds.
pub fn diagnose(results: &Results) -> Diagnosis {
    if results.header().adapter.transport == Transport::Url {
        return Diagnosis::default();
    }
    explain(results, Table::of(results.header().implementation.role))
}

/// Diagnoses a run with this table.
pub fn explain(results: &Results, table: &Table) -> Diagnosis {
    let observed = Observed::in_results(results.results());
    let failed = observed.failed();
    let failing: BTreeSet<&str> = failed.iter().map(|(case, _)| *case).collect();
    if let Some(capability) = lacking(results, &failing) {
        return Diagnosis {
            failing: failing.len(),
            unexplained: failing.into_iter().map(str::to_owned).collect(),
            lacking: Some(capability),
            causes: Vec::new(),
        };
    }
    let candidates: Vec<Candidate<'_, '_>> =
        table.mistakes.iter().filter_map(|mistake| Candidate::of(mistake, &observed)).collect();
    let chosen = without_redundant(cover(&candidates, &failed), &failed);
    let covered: BTreeSet<Trial<'_>> =
        chosen.iter().flat_map(|candidate| candidate.explains.iter().copied()).collect();
    let unexplained: BTreeSet<&str> =
        failed.iter().filter(|trial| !covered.contains(*trial)).map(|(case, _)| *case).collect();
    let known = results.results().iter().filter(|result| result.known.is_some());
    let known: BTreeSet<&str> = known.map(|result| result.case.as_str()).collect();
    let frequency = frequency(table);
    // New failures first, and then the case that says most about its cause.
    let rank = |case: &str| (known.contains(case), frequency.get(case).copied(), case.len());
    let mut causes: Vec<Cause> =
        chosen.iter().map(|candidate| cause(candidate, &candidates, &rank)).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.cases.len()));
    Diagnosis {
        failing: failing.len(),
        causes,
        unexplained: unexplained.into_iter().map(str::to_owned).collect(),
        lacking: None,
    }
}

/// Chooses candidates that cover the failures, each time the one that explains most cases of those left.
fn cover<'c, 'r, 't>(
    candidates: &'c [Candidate<'r, 't>],
    failed: &BTreeSet<Trial<'r>>,
) -> Vec<&'c Candidate<'r, 't>> {
    let mut left = failed.clone();
    let mut chosen = Vec::new();
    loop {
        let best = candidates
            .iter()
            // Of equals, the first in the table.
            .rev()
            .map(|candidate| (candidate.cases_of(&left), candidate))
            .filter(|(cases, _)| *cases > 0)
            .max_by_key(|(cases, candidate)| {
                // What looks most alike, and then what leaves least unseen.
                (*cases, candidate.exact, std::cmp::Reverse(candidate.unjudged))
            });
        let Some((_, best)) = best else { return chosen };
        left.retain(|trial| !best.explains.contains(trial));
        chosen.push(best);
    }
}

/// Leaves out what the others explain as well, the smallest first.
fn without_redundant<'c, 'r, 't>(
    mut chosen: Vec<&'c Candidate<'r, 't>>,
    failed: &BTreeSet<Trial<'r>>,
) -> Vec<&'c Candidate<'r, 't>> {
    chosen.sort_by_key(|candidate| candidate.explains.len());
    let mut at = 0;
    while at < chosen.len() {
        let is_needed = chosen[at].explains.intersection(failed).any(|trial| {
            !chosen
                .iter()
                .enumerate()
                .any(|(other, candidate)| other != at && candidate.explains.contains(trial))
        });
        if is_needed {
            at += 1;
        } else {
            chosen.remove(at);
        }
    }
    chosen
}

/// How many mistakes fail each case.
fn frequency(table: &Table) -> BTreeMap<&str, usize> {
    let mut frequency = BTreeMap::new();
    for case in table.mistakes.iter().flat_map(|mistake| mistake.failures.keys()) {
        *frequency.entry(case.as_str()).or_default() += 1;
    }
    frequency
}

/// How little a case says about its cause: whether it is known, how many mistakes fail it, the length of its id.
type Rank = (bool, Option<usize>, usize);

fn cause(
    candidate: &Candidate<'_, '_>,
    candidates: &[Candidate<'_, '_>],
    rank: &dyn Fn(&str) -> Rank,
) -> Cause {
    let is_alike = |other: &&Candidate<'_, '_>| {
        !std::ptr::eq(other.mistake, candidate.mistake)
            && other.explains == candidate.explains
            && other.exact == candidate.exact
            && other.unjudged == candidate.unjudged
    };
    let alternatives = candidates.iter().filter(is_alike).map(|other| other.mistake);
    let cases: BTreeSet<&str> = candidate.explains.iter().map(|(case, _)| *case).collect();
    let best = cases.iter().min_by_key(|case| rank(case)).copied();
    Cause {
        mistakes: std::iter::once(candidate.mistake).chain(alternatives).map(named).collect(),
        best: best.unwrap_or_default().to_owned(),
        cases: cases.into_iter().map(str::to_owned).collect(),
        unjudged: candidate.unjudged,
    }
}

fn named(mistake: &Mistake) -> NamedMistake {
    NamedMistake {
        name: mistake.name.clone(),
        description: mistake.description.clone(),
        origin: mistake.origin.clone(),
    }
}

/// How many cases a capability must fail before it is named.
const ENOUGH: usize = 10;

/// A capability that every failing case needs, while no case that needs it passes: the implementation may lack it.
fn lacking(results: &Results, failing: &BTreeSet<&str>) -> Option<String> {
    let needs = |result: &CaseResult, capability: &String| result.needs.contains(capability);
    let lacks = |capability: &&String| {
        let all = results.results();
        let passes = all.iter().any(|r| needs(r, capability) && r.verdict == Verdict::Pass);
        let fails = |r: &&CaseResult| failing.contains(r.case.as_str());
        !passes && all.iter().filter(fails).all(|result| needs(result, capability))
    };
    let capabilities = &results.header().adapter.capabilities;
    (failing.len() >= ENOUGH).then(|| capabilities.iter().find(lacks).cloned()).flatten()
}

#[cfg(test)]
mod tests;
