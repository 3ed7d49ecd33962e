//! The records of a probe's results.

use std::time::Duration;

use ssespec::run::{self, Baseline, Conclusion, Rerun, conclude, requirement_record, timestamp};
use ssespec_cases::{Level, Requirement};
use ssespec_reports::results::{
    self as report, Adapter, CaseResult, Delivery, Failure, Footer, Header, Implementation, Platform, Role,
    Selection, Source, Transport, V1, Verdict,
};

use crate::check::Check;
use crate::outcome::{Breach, Outcome};

/// The header.
pub(crate) fn header(
    name: &str,
    selection: &run::Selection,
    baseline: &Baseline,
    checks: &[(Check, Requirement)],
) -> Header {
    Header {
        v: V1,
        suite_version: env!("CARGO_PKG_VERSION").into(),
        implementation: Implementation {
            name: name.into(),
            version: String::new(),
            language: String::new(),
            role: Role::Server,
            program: None,
        },
        adapter: Adapter { transport: Transport::Url, capabilities: Vec::new() },
        platform: Platform { os: std::env::consts::OS.into(), arch: std::env::consts::ARCH.into() },
        started: timestamp(),
        selection: Selection {
            filters: selection.filters.iter().map(|filter| filter.glob().to_string()).collect(),
            deliveries: Vec::new(),
            suites: selection.suites.clone(),
            levels: selection.levels.iter().map(|word| level(*word)).collect(),
            shard: selection.shard,
            deciding: selection.deciding,
            ..Selection::default()
        },
        requirements: requirements(checks),
        known_failures: baseline.entries().cloned().collect(),
    }
}

/// The requirements of the checks, without duplicates.
fn requirements(checks: &[(Check, Requirement)]) -> Vec<report::Requirement> {
    let mut list: Vec<&Requirement> = checks.iter().map(|(_, requirement)| requirement).collect();
    list.sort_by(|a, b| a.id.cmp(&b.id));
    list.dedup_by(|a, b| a.id == b.id);
    list.into_iter().map(requirement_record).collect()
}

fn level(level: Level) -> report::Level {
    match level {
        Level::Must => report::Level::Must,
        Level::Should => report::Level::Should,
        Level::May => report::Level::May,
    }
}

/// The result of a check. Without an outcome, the check crashed or took too long.
pub(crate) fn result(
    check: &Check,
    requirement: &Requirement,
    outcome: Option<Outcome>,
    took: Duration,
    rerun: &Rerun,
) -> CaseResult {
    let id = check.id();
    let judged = requirement.judged();
    let mut result = CaseResult {
        v: V1,
        sequence: 0,
        case: id.clone(),
        title: check.title.into(),
        why: None,
        suite: requirement.suite().into(),
        level: level(judged),
        requirements: vec![requirement.id.clone()],
        needs: Vec::new(),
        source: Source { path: id.clone(), text: check.title.into() },
        delivery: Delivery::AS_WRITTEN,
        verdict: Verdict::Error,
        known: None,
        reason: None,
        late: Vec::new(),
        failure: None,
        facts: Vec::new(),
        duration_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        start_us: None,
        lane: None,
        longest_step: None,
        rerun: rerun.command(&id, Delivery::AS_WRITTEN),
        stderr: None,
        transcript: Vec::new(),
    };
    // Optional behavior is recorded, not judged.
    let holds = if judged == Level::May { Verdict::Info } else { Verdict::Pass };
    match outcome {
        None => result.reason = Some("the check crashed or took too long: a bug in ssespec".into()),
        Some(Outcome::Holds) => result.verdict = holds,
        Some(Outcome::HoldsWithNote(note)) => {
            result.verdict = holds;
            result.reason = Some(note);
        }
        Some(Outcome::Broken(breach)) => record_breach(&mut result, severity(judged), *breach),
        Some(Outcome::Suspected(breach)) => {
            let verdict = if judged == Level::May { Verdict::Info } else { Verdict::Warn };
            record_breach(&mut result, verdict, *breach);
        }
        Some(Outcome::Facts(facts)) => {
            result.verdict = Verdict::Info;
            result.facts = facts;
        }
        Some(Outcome::SetupFailed(why)) => result.reason = Some(why),
        Some(Outcome::NotJudged(why) | Outcome::JudgeAlone(why)) => {
            result.verdict = Verdict::Skip;
            result.reason = Some(why);
        }
    }
    result
}

/// The verdict for a breach of a requirement of this level.
fn severity(level: Level) -> Verdict {
    match level {
        Level::Must => Verdict::Fail,
        Level::Should => Verdict::Warn,
        Level::May => Verdict::Info,
    }
}

fn record_breach(result: &mut CaseResult, verdict: Verdict, breach: Breach) {
    result.verdict = verdict;
    result.failure = Some(Failure {
        step: 1,
        line: 1,
        step_text: breach.requests,
        expected: breach.expected,
        observed: breach.observed,
        hint: breach.hint,
    });
    result.transcript = breach.rows;
}

/// The footer, and the conclusion of the probe. `ids` are those of all checks, which a baseline may name.
pub(crate) fn footer(
    results: &[CaseResult],
    ids: &[String],
    baseline: &Baseline,
    selection: &run::Selection,
    took: Duration,
) -> (Footer, Conclusion) {
    let mut ordered = results.to_vec();
    ordered.sort_by(|a, b| a.case.cmp(&b.case));
    conclude(&ordered, ids.iter().map(String::as_str), baseline, selection, took)
}
