//! The results that carry what checks came to.

use std::time::Duration;

use ssespec_cases::{Level, Requirement};
use ssespec_reports::results::{
    self as report, Adapter, CaseResult, Delivery, Failure, Footer, Header, Implementation, Platform, Role,
    Selection, Source, Transport, V1, Verdict,
};

use super::Probe;
use super::check::{self, Check};
use super::outcome::{Breach, Outcome};
use ssespec::run::{Conclusion, conclude, requirement_record, timestamp};

/// The header of a probe's results.
pub(super) fn header(probe: &Probe, checks: &[(Check, Requirement)]) -> Header {
    let selection = &probe.selection;
    Header {
        v: V1,
        suite_version: env!("CARGO_PKG_VERSION").into(),
        implementation: Implementation {
            name: probe.name.clone(),
            version: String::new(),
            language: String::new(),
            role: Role::Server,
        },
        adapter: Adapter { transport: Transport::Url, capabilities: Vec::new() },
        platform: Platform { os: std::env::consts::OS.into(), arch: std::env::consts::ARCH.into() },
        started: timestamp(),
        selection: Selection {
            filters: selection.filters.iter().map(|filter| filter.glob().to_string()).collect(),
            deliveries: Vec::new(),
            suites: selection.suites.clone(),
            levels: selection.levels.iter().map(|word| level(*word)).collect(),
        },
        requirements: requirements(checks),
        known_failures: probe.baseline.entries().cloned().collect(),
    }
}

/// The requirements of checks, each once.
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

/// The result of a check; without an outcome it is one that never came to an end.
pub(super) fn result(
    probe: &Probe,
    check: &Check,
    requirement: &Requirement,
    outcome: Option<Outcome>,
    took: Duration,
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
        source: Source { path: id.clone(), text: check.title.into() },
        delivery: Delivery::AsWritten,
        verdict: Verdict::Error,
        known: None,
        reason: None,
        late: Vec::new(),
        failure: None,
        facts: Vec::new(),
        duration_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        rerun: probe.rerun.command(&id, Delivery::AsWritten),
        stderr: None,
        transcript: Vec::new(),
    };
    // What may be otherwise is told and not judged.
    let held = if judged == Level::May { Verdict::Info } else { Verdict::Pass };
    match outcome {
        None => result.reason = Some("the check itself did not come to an end".into()),
        Some(Outcome::Held) => result.verdict = held,
        Some(Outcome::HeldWith(note)) => {
            result.verdict = held;
            result.reason = Some(note);
        }
        Some(Outcome::Broken(breach)) => break_with(&mut result, worth(judged), *breach),
        Some(Outcome::Suspected(breach)) => {
            let verdict = if judged == Level::May { Verdict::Info } else { Verdict::Warn };
            break_with(&mut result, verdict, *breach);
        }
        Some(Outcome::Told(facts)) => {
            result.verdict = Verdict::Info;
            result.facts = facts;
        }
        Some(Outcome::Trouble(why)) => result.reason = Some(why),
        Some(Outcome::NotJudged(why)) => {
            result.verdict = Verdict::Skip;
            result.reason = Some(why);
        }
    }
    result.known = probe.baseline.known(&result);
    result
}

/// What a breach of this level is.
fn worth(level: Level) -> Verdict {
    match level {
        Level::Must => Verdict::Fail,
        Level::Should => Verdict::Warn,
        Level::May => Verdict::Info,
    }
}

fn break_with(result: &mut CaseResult, verdict: Verdict, breach: Breach) {
    result.verdict = verdict;
    result.failure = Some(Failure {
        step: 1,
        line: 1,
        step_text: breach.asked,
        expected: breach.expected,
        observed: breach.observed,
        hint: breach.hint,
    });
    result.transcript = breach.rows;
}

/// The last record, and what the probe came to.
pub(super) fn footer(probe: &Probe, results: &[CaseResult], took: Duration) -> (Footer, Conclusion) {
    let mut ordered = results.to_vec();
    ordered.sort_by(|a, b| a.case.cmp(&b.case));
    let ids: Vec<String> = check::all().iter().map(Check::id).collect();
    conclude(&ordered, ids.iter().map(String::as_str), &probe.baseline, &probe.selection, took)
}
