//! JUnit XML for the test reports of CI systems.
//!
//! A suite becomes a test suite and each delivery of a case a test case. Known failures and
//! skipped cases are skipped, with their reason; a `should` that did not hold is a success with a
//! property. An incomplete run and a wrong baseline fail, as they fail the run.

use std::{collections::BTreeMap, time::Duration};

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{
    diagnosis::diagnose,
    fold::{CaseOutcome, Outcome},
    limits,
    results::{CaseResult, Diagnosis, KnownFailure, Results, Verdict},
    terminal::{self, Style, Times},
    transcript::{self, Extent},
    visible,
};

/// The XML cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write JUnit XML: {0}; this is a bug in ssespec, please report it")]
pub struct JunitError(#[from] quick_junit::SerializeError);

/// A run as JUnit XML.
///
/// # Errors
///
/// When the XML cannot be written; holds for no results of this crate.
pub fn junit(results: &Results) -> Result<String, JunitError> {
    Ok(report(results).to_string()?)
}

/// A run as a JUnit report, to which the caller may add.
pub fn report(results: &Results) -> Report {
    let header = results.header();
    let mut report = Report::new(format!("ssespec: {}", terminal::identity(header)));
    report.timestamp = header.started.parse().ok();
    report.time = results.footer().map(|footer| milliseconds(footer.duration_us));
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    let diagnosis = diagnose(results);
    for result in results.results() {
        let suite = suites.entry(&result.suite).or_insert_with(|| suite(&result.suite, results));
        let mut case = test_case(result, results);
        for cause in causes(&diagnosis, result) {
            case.add_property(Property::new("cause", cause));
        }
        suite.add_test_case(case);
    }
    report.add_test_suites(suites.into_values());
    report.add_test_suites(run_itself(results));
    report
}

/// The mistakes that would make a case fail as it did.
fn causes(diagnosis: &Diagnosis, result: &CaseResult) -> Vec<String> {
    if !matches!(result.verdict, Verdict::Fail | Verdict::Warn) {
        return Vec::new();
    }
    let of_case = diagnosis.causes.iter().filter(|cause| cause.cases.contains(&result.case));
    let mistakes = of_case.flat_map(|cause| &cause.mistakes);
    mistakes.map(|mistake| visible::line(&mistake.description, limits::SENTENCE)).collect()
}

/// A duration as JUnit spells it, so that reading a report gives back what was written.
fn milliseconds(microseconds: u64) -> Duration {
    Duration::from_millis(microseconds / 1000)
}

fn suite(name: &str, results: &Results) -> TestSuite {
    let header = results.header();
    let mut suite = TestSuite::new(visible::line(name, limits::ID));
    let properties = [
        ("suite-version", &header.suite_version),
        ("implementation", &header.implementation.name),
        ("version", &header.implementation.version),
        ("language", &header.implementation.language),
    ];
    for (name, value) in properties {
        suite.add_property(Property::new(name, visible::line(value, limits::NAME)));
    }
    suite.add_property(Property::new("role", header.implementation.role.as_str()));
    suite
}

fn test_case(result: &CaseResult, results: &Results) -> TestCase {
    let outcome = Outcome::of(result);
    let mut case = TestCase::new(
        format!("{}@{}", visible::line(&result.case, limits::ID), result.delivery),
        status(result, results, outcome),
    );
    case.set_classname(visible::line(&result.suite, limits::ID));
    case.set_time(milliseconds(result.duration_us));
    case.add_property(Property::new("title", visible::line(&result.title, limits::SENTENCE)));
    case.add_property(Property::new("level", result.level.as_str()));
    for requirement in &result.requirements {
        case.add_property(Property::new("requirement", visible::line(requirement, limits::ID)));
    }
    if outcome == Outcome::Warn {
        case.add_property(Property::new("warn", message(result)));
    }
    for fact in &result.facts {
        let fact = [&fact.fact, &fact.value].map(|text| visible::line(text, limits::SENTENCE));
        case.add_property(Property::new("fact", fact.join(": ")));
    }
    for late in result.late.iter().take(limits::LATE) {
        case.add_property(Property::new("late", visible::line(late, limits::SENTENCE)));
    }
    if matches!(outcome, Outcome::Fail | Outcome::Error) {
        if !result.transcript.is_empty() {
            case.set_system_out(
                transcript::log_lines(&result.transcript, Times::Shown, Extent::Long).join("\n"),
            );
        }
        if let Some(stderr) = &result.stderr {
            case.set_system_err(
                visible::last_lines(stderr, limits::STDERR, limits::STDERR_LINES).join("\n").trim(),
            );
        }
    }
    case
}

fn status(result: &CaseResult, results: &Results, outcome: Outcome) -> TestCaseStatus {
    match outcome {
        Outcome::Pass | Outcome::Warn | Outcome::Info => TestCaseStatus::success(),
        Outcome::Skip => skipped(result.reason.as_deref().unwrap_or("no reason given")),
        Outcome::Known => {
            let known = result.known.as_ref();
            let reason = known.map_or("no reason given", |known| known.reason.as_str());
            let link = known.and_then(|known| known.link.as_deref());
            skipped(&format!(
                "known failure: {reason}{}",
                link.map(|link| format!(" ({link})")).unwrap_or_default()
            ))
        }
        Outcome::Fail => unsuccessful(NonSuccessKind::Failure, result.level.as_str(), result, results),
        Outcome::Error => unsuccessful(NonSuccessKind::Error, "error", result, results),
    }
}

fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(visible::line(reason, limits::SENTENCE));
    status
}

fn unsuccessful(kind: NonSuccessKind, ty: &str, result: &CaseResult, results: &Results) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(ty).set_message(message(result));
    if let Some(case) = CaseOutcome::of([result]) {
        let block = terminal::failure(&results.header().requirements, &case, Style::default());
        status.set_description(block.trim());
    }
    status
}

/// What happened, in one line.
fn message(result: &CaseResult) -> String {
    match (&result.failure, &result.reason) {
        (Some(failure), _) => format!(
            "expected {}, observed {}",
            visible::line(&failure.expected, limits::SENTENCE),
            visible::line(&failure.observed, limits::SENTENCE),
        ),
        (None, Some(reason)) => visible::line(reason, limits::SENTENCE),
        (None, None) => visible::line(&result.title, limits::SENTENCE),
    }
}

/// Failures of the run that are not failures of a case: an unfinished run, or a wrong baseline.
fn run_itself(results: &Results) -> Option<TestSuite> {
    let mut suite = TestSuite::new("run");
    if !results.is_complete() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("incomplete").set_message("the run did not finish, so cases are missing");
        suite.add_test_case(run_case("the run finished", status));
    }
    if let Some(footer) = results.footer() {
        let stale = footer.stale.iter().map(|entry| (entry, "stale", "the cases pass now: remove the entry"));
        let unmatched = footer
            .unmatched
            .iter()
            .map(|entry| (entry, "unmatched", "matches no case: correct or remove it"));
        suite.add_test_cases(stale.chain(unmatched).map(|(entry, ty, what)| baseline_case(entry, ty, what)));
    }
    (!suite.test_cases.is_empty()).then_some(suite)
}

fn baseline_case(entry: &KnownFailure, ty: &str, what: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let reason = visible::line(&entry.reason, limits::SENTENCE);
    status.set_type(ty).set_message(format!("{what} (its reason was: {reason})"));
    run_case(&format!("baseline: {}", visible::line(&entry.case, limits::ID)), status)
}

fn run_case(name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname("run");
    case
}
