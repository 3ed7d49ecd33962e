//! The result of a session.

use std::time::Duration;

use ssespec_cases::{Case, Level, Requirement};
use ssespec_reports::results::{
    self as report, CaseResult, Failure as FailureRecord, Source, StepTime, V1, Verdict,
};

use super::plan::{Skipped, Trial};
use super::played::Played;
use super::settings::Run;
use crate::adapter::fault::Fault;
use crate::session::late_arrivals::{Late, LateKind};
use crate::session::outcome::{EndedBy, Evidence, Failure, Stop};

/// A case's level, as results spell it.
pub(super) fn level(level: Level) -> report::Level {
    match level {
        Level::Must => report::Level::Must,
        Level::Should => report::Level::Should,
        Level::May => report::Level::May,
    }
}

/// A requirement, as results carry it.
pub fn requirement(requirement: &Requirement) -> report::Requirement {
    report::Requirement {
        id: requirement.id.clone(),
        suite: requirement.suite().into(),
        level: level(requirement.level),
        text: requirement.text.clone(),
        link: requirement.link.clone(),
        untestable: requirement.untestable.clone(),
        disputed: requirement.disputed.clone(),
    }
}

/// The result of a trial that was played.
pub(super) fn result(run: &Run, trial: &Trial, played: Played) -> CaseResult {
    let Played { outcome, stderr, note, .. } = played;
    let mut result = blank(run, trial);
    result.facts = outcome.facts;
    result.duration_us = microseconds(outcome.duration);
    result.longest_step = outcome.longest_step.map(|(step, time)| {
        let (step, line) = place(&trial.case, step);
        StepTime { step, line, duration_us: microseconds(time) }
    });
    result.reason = note.or(outcome.not_judged.clone());
    match outcome.held {
        // What could not be judged has not passed.
        Ok(()) if outcome.not_judged.is_some() => result.verdict = Verdict::Skip,
        Ok(()) => result.verdict = if trial.level == Level::May { Verdict::Info } else { Verdict::Pass },
        Err(Stop::Failure(failure)) => {
            fail(&mut result, trial.level);
            result.failure = Some(failure_record(&trial.case, failure));
        }
        Err(Stop::Fault { fault, step }) => {
            result.verdict = Verdict::Error;
            result.failure = Some(fault_record(&trial.case, &fault, step));
            result.reason.get_or_insert_with(|| match outcome.failed_before {
                Some(failure) => format!("before: {}", failure.summary()),
                None => fault.to_string(),
            });
        }
    }
    if matches!(result.verdict, Verdict::Fail | Verdict::Warn | Verdict::Error) {
        result.transcript = outcome.transcript;
        result.stderr = stderr.filter(|text| !text.is_empty());
    }
    result
}

/// Sets the verdict of a failure, which depends on the level.
fn fail(result: &mut CaseResult, level: Level) {
    result.verdict = match level {
        Level::Must => Verdict::Fail,
        Level::Should => Verdict::Warn,
        Level::May => Verdict::Info,
    };
}

/// The result of a skipped case.
pub(super) fn skipped(run: &Run, skipped: &Skipped) -> CaseResult {
    let mut result = blank(run, &skipped.trial);
    result.verdict = Verdict::Skip;
    result.reason = Some(skipped.reason.to_string());
    result
}

/// The result of a trial whose measurements would include other processes.
#[cfg(feature = "command")]
pub(super) fn not_measured(run: &Run, trial: &Trial) -> CaseResult {
    let mut result = blank(run, trial);
    result.verdict = Verdict::Skip;
    result.reason =
        Some("measures the client's own processes, but the pages of a browser share theirs".into());
    result
}

/// The result of a case for clients that an intermediary cannot pass, since it holds events back. Cases of its own are about
/// that.
#[cfg(feature = "intermediary")]
pub(super) fn held_back(run: &Run, trial: &Trial) -> CaseResult {
    let mut result = blank(run, trial);
    result.verdict = Verdict::Skip;
    result.reason =
        Some("needs an intermediary that passes events on immediately: see intermediary/delay/*".into());
    result
}

/// The result of a trial that was not played, for this reason.
#[cfg(feature = "command")]
pub(super) fn unplayed(run: &Run, trial: &Trial, reason: &str) -> CaseResult {
    let mut result = blank(run, trial);
    result.reason = Some(reason.into());
    result
}

fn blank(run: &Run, trial: &Trial) -> CaseResult {
    let case = &trial.case;
    CaseResult {
        v: V1,
        sequence: 0,
        case: case.id.clone(),
        title: case.title.clone(),
        why: case.why.clone(),
        suite: trial.suite.clone(),
        level: level(trial.level),
        requirements: case.requirements.clone(),
        needs: case.needs.iter().map(ToString::to_string).collect(),
        source: Source { path: case.source.name().into(), text: case.source.text().into() },
        delivery: trial.program.delivery,
        verdict: Verdict::Error,
        known: None,
        reason: None,
        late: Vec::new(),
        failure: None,
        facts: Vec::new(),
        duration_us: 0,
        start_us: None,
        lane: None,
        longest_step: None,
        rerun: run.rerun.command(&case.id, trial.program.delivery),
        stderr: None,
        transcript: Vec::new(),
    }
}

/// A time in microseconds.
pub(super) fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The number of a step, from 1, and its line; 0 and the last line where it is implied.
fn place(case: &Case, step: Option<usize>) -> (usize, usize) {
    let steps = case.script.locations();
    match step.and_then(|number| Some((number + 1, steps.get(number)?.line))) {
        Some(place) => place,
        None => (0, steps.last().map_or(1, |step| step.line)),
    }
}

/// A failure of a case, as results carry it.
pub(super) fn failure_record(case: &Case, failure: Failure) -> FailureRecord {
    let (step, line) = place(case, failure.step);
    let written = step.checked_sub(1).and_then(|number| case.script.locations().get(number).copied());
    FailureRecord {
        step,
        line,
        step_text: written.map_or_else(|| "(implied, after the last step)".into(), |step| step.text.clone()),
        expected: failure.expected,
        observed: failure.observed,
        hint: failure.hint,
    }
}

fn fault_record(case: &Case, fault: &Fault, step: Option<usize>) -> FailureRecord {
    failure_record(
        case,
        Failure {
            step,
            expected: "an adapter that follows the protocol".into(),
            observed: fault.to_string(),
            hint: Some(fault.hint().into()),
            evidence: Evidence::Observed,
        },
    )
}

/// Charges a case with what came after its session.
///
/// After the client was closed by the case, it is a failure of the case. After a teardown by the harness it is only
/// noted: the cases about close() judge it, not every case. A client that said that it was done makes no request, and its
/// adapter says nothing more.
pub(super) fn charge(result: &mut CaseResult, trial: &Trial, late: &Late, ended_by: EndedBy) {
    let what = match &late.what {
        LateKind::Request(request) => format!("a request after the end of the session: {request}"),
        LateKind::Message(message) | LateKind::Adapter(message) => {
            format!("a message after the end of the session: {message}")
        }
    };
    if result.late.len() < LATE_KEPT {
        result.late.push(what.clone());
    }
    // A failure stays the verdict, whatever comes late.
    if result.failure.is_some() {
        return;
    }
    match (&late.what, ended_by) {
        (LateKind::Request(_) | LateKind::Message(_), EndedBy::Harness) => {}
        (LateKind::Adapter(what), _) | (LateKind::Message(what), EndedBy::Implementation) => {
            let fault = Fault::AfterClosed { what: what.clone() };
            result.verdict = Verdict::Error;
            result.failure = Some(fault_record(&trial.case, &fault, None));
            result.reason = Some(fault.to_string());
        }
        (LateKind::Message(_), EndedBy::Case) => late_failure(result, trial, "nothing after close()", what),
        (LateKind::Request(_), EndedBy::Implementation | EndedBy::Case) => {
            late_failure(result, trial, "no request after the client stopped", what);
        }
    }
}

fn late_failure(result: &mut CaseResult, trial: &Trial, expected: &str, observed: String) {
    fail(result, trial.level);
    let failure =
        Failure { step: None, expected: expected.into(), observed, hint: None, evidence: Evidence::Observed };
    result.failure = Some(failure_record(&trial.case, failure));
}

/// How many late items of one session are kept.
const LATE_KEPT: usize = 10;
