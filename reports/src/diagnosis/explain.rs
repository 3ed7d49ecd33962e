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
    let known = results.results().iter().filter(|result| result.known.is_some());
    let known: BTreeSet<&str> = known.map(|result| result.case.as_str()).collect();
    let violations = results.results().iter().filter(|result| result.verdict == Verdict::Fail);
    let standing = Standing { known, violations: violations.map(|result| result.case.as_str()).collect() };
    explain_observed(&observed, &standing, table)
}

/// What decides which causes come first.
#[derive(Debug, Default)]
struct Standing<'r> {
    /// The cases that are known to fail.
    known: BTreeSet<&'r str>,
    /// The cases that do what they must not.
    violations: BTreeSet<&'r str>,
}

impl Standing<'_> {
    /// How many cases of a cause are new violations, how many are new, and how many there are.
    fn rank(&self, cause: &Cause) -> (usize, usize, usize) {
        let new = || cause.cases.iter().filter(|case| !self.known.contains(case.as_str()));
        let violations = new().filter(|case| self.violations.contains(case.as_str()));
        (violations.count(), new().count(), cause.cases.len())
    }
}

/// The causes of what was observed.
fn explain_observed(observed: &Observed<'_>, standing: &Standing<'_>, table: &Table) -> Diagnosis {
    let known = &standing.known;
    let failed = observed.failed();
    let failing: BTreeSet<&str> = failed.iter().map(|(case, _)| *case).collect();
    let candidates: Vec<Candidate<'_, '_>> =
        table.mistakes.iter().filter_map(|mistake| Candidate::of(mistake, observed)).collect();
    let chosen = without_redundant(cover(&candidates, &failed), &failed);
    let mut left = uncovered(&chosen, &failed);
    left.retain(|(case, _)| !known.contains(case));
    let parts: Vec<Candidate<'_, '_>> =
        table.mistakes.iter().filter_map(|mistake| Candidate::in_part(mistake, observed)).collect();
    let part = best_part(&parts, &left);
    let all: Vec<&Candidate<'_, '_>> = chosen.iter().copied().chain(part).collect();
    let unexplained = cases_of(&uncovered(&all, &failed));
    let frequency = frequency(table);
    // New failures first, and then the case that says most about its cause.
    let rank = |case: &str| (known.contains(case), frequency.get(case).copied(), case.len());
    let mut causes: Vec<Cause> =
        chosen.iter().map(|candidate| cause(candidate, &candidates, &rank)).collect();
    causes.extend(part.map(|part| cause(part, &parts, &rank)));
    causes.sort_by_key(|cause| std::cmp::Reverse(standing.rank(cause)));
    Diagnosis {
        failing: failing.len(),
        causes,
        unexplained: unexplained.into_iter().map(str::to_owned).collect(),
        lacking: None,
    }
}

/// The failures that these candidates do not explain.
fn uncovered<'r>(chosen: &[&Candidate<'r, '_>], failed: &BTreeSet<Trial<'r>>) -> BTreeSet<Trial<'r>> {
    let covered: BTreeSet<&Trial<'r>> =
        chosen.iter().flat_map(|candidate| candidate.explains.iter()).collect();
    failed.iter().filter(|trial| !covered.contains(trial)).copied().collect()
}

/// The cases of these failures.
fn cases_of<'r>(trials: &BTreeSet<Trial<'r>>) -> BTreeSet<&'r str> {
    trials.iter().map(|(case, _)| *case).collect()
}

/// How many cases a mistake must explain that is made only in part.
const ENOUGH_FOR_A_PART: usize = 3;

/// The mistake that explains most of what is left although other cases contradict it: code often has a fast path and a slow
/// one, and the mistake in only one of them. It must explain two thirds of what is left, and no fewer than a third of the
/// cases that contradict it.
fn best_part<'c, 'r, 't>(
    candidates: &'c [Candidate<'r, 't>],
    left: &BTreeSet<Trial<'r>>,
) -> Option<&'c Candidate<'r, 't>> {
    let cases_left = cases_of(left).len();
    let ranked = candidates.iter().filter_map(|candidate| {
        let (all, new) = (cases_of(&candidate.explains).len(), candidate.cases_of(left));
        let contradicting = candidate.contradicting.len();
        let is_enough = new >= ENOUGH_FOR_A_PART && new * 3 >= cases_left * 2 && all * 3 >= contradicting;
        // The harmonic mean of how much of what is left it explains, and how much of what it would fail does fail.
        is_enough.then(|| (new * 20_000 / (cases_left + all + contradicting), candidate))
    });
    ranked.max_by_key(|(rank, candidate)| (*rank, candidate.exact.len())).map(|(_, candidate)| candidate)
}

/// Chooses candidates that cover the failures, each time the one that explains those left best.
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
            .map(|candidate| (candidate.weight_in(&left), candidate))
            .filter(|(weight, _)| *weight > 0)
            .max_by_key(|(weight, candidate)| {
                // What looks most alike, and then what leaves least unseen.
                (*weight, candidate.exact.len(), std::cmp::Reverse(candidate.unjudged))
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
            && other.contradicting == candidate.contradicting
    };
    let alternatives = candidates.iter().filter(is_alike).map(|other| other.mistake);
    let cases: BTreeSet<&str> = candidate.explains.iter().map(|(case, _)| *case).collect();
    let best = cases.iter().min_by_key(|case| rank(case)).copied();
    Cause {
        mistakes: std::iter::once(candidate.mistake)
            .chain(alternatives)
            .map(|mistake| named(mistake, candidate.contradicting.len()))
            .collect(),
        best: best.unwrap_or_default().to_owned(),
        cases: cases.into_iter().map(str::to_owned).collect(),
        unjudged: candidate.unjudged,
    }
}

/// A mistake, and how many cases that it would fail hold.
fn named(mistake: &Mistake, contradicting: usize) -> NamedMistake {
    let sentence = &mistake.description;
    let description = match contradicting {
        0 => sentence.clone(),
        1 => format!("In part: {sentence} But 1 case passes that it would fail."),
        more => format!("In part: {sentence} But {more} cases pass that it would fail."),
    };
    NamedMistake { name: mistake.name.clone(), description, origin: mistake.origin.clone() }
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
