//! Runs as one JSON document for scripts: numbers, causes, findings and facts, without sessions.

use serde::Serialize;

use crate::advice::{Recommendation, advise};
use crate::diagnosis::diagnose;
use crate::fold::{CaseOutcome, Outcome, fold};
use crate::results::{
    Cause, Counts, Delivery, Diagnosis, Implementation, KnownFailure, Level, Platform, Results, V1,
};
use crate::totals::{Share, Totals};
use crate::{limits, visible};

/// The overview of some runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Overview {
    /// The version of the format.
    pub v: V1,
    /// The runs.
    pub runs: Vec<RunOverview>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunOverview {
    /// The implementation under test.
    pub implementation: Implementation,
    /// The version of ssespec that provided the cases.
    pub suite_version: String,
    /// Where it ran.
    pub platform: Platform,
    /// When it started (RFC 3339).
    pub started: String,
    /// Whether it finished and all of its results could be read.
    pub complete: bool,
    /// Its exit status; absent if it did not finish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_status: Option<u8>,
    /// Why its shares say little, if they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld: Option<&'static str>,
    /// The number of cases for each outcome.
    pub counts: Counts,
    /// Suite by suite. They are not added up: verdicts of different documents mean different things.
    pub suites: Vec<SuiteOverview>,
    /// How many cases failed, known failures and warnings included.
    pub failing: usize,
    /// The known mistakes that would fail these cases, those that explain most cases first.
    pub causes: Vec<Cause>,
    /// The failing cases that no known mistake explains.
    pub unexplained: Vec<String>,
    /// The settings of an intermediary that may mend its failures.
    pub settings: Vec<Recommendation>,
    /// The cases that failed, warned or ended in an error, by id.
    pub findings: Vec<Finding>,
    /// What the standards leave open.
    pub facts: Vec<RecordedFact>,
    /// Known failures that pass.
    pub stale: Vec<KnownFailure>,
    /// Known failures that match no case.
    pub unmatched: Vec<KnownFailure>,
}

/// The numbers of a suite.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuiteOverview {
    /// The suite.
    pub suite: String,
    /// The number of its cases for each outcome.
    pub counts: Counts,
    /// Its cases of level `must`.
    pub must: Holding,
    /// Its cases of level `should`.
    pub should: Holding,
}

/// How many cases held, of those that the implementation can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Holding {
    /// How many held.
    pub held: usize,
    /// Of how many.
    pub of: usize,
}

/// A case that did not hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Its id.
    pub case: String,
    /// Its claim.
    pub title: String,
    /// The document.
    pub suite: String,
    /// How binding it is.
    pub level: Level,
    /// The requirements that it checks.
    pub requirements: Vec<String>,
    /// `fail`, `known`, `warn` or `error`.
    pub outcome: &'static str,
    /// The deliveries in which it came out so.
    pub deliveries: Vec<Delivery>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was observed instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// What the error was, or a note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why a known failure fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// Where a known failure is tracked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The command that runs it again.
    pub rerun: String,
}

/// What was recorded about something that the standards leave open.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordedFact {
    /// The case.
    pub case: String,
    /// The subject.
    pub fact: String,
    /// The observation.
    pub value: String,
    /// The deliveries in which it was made.
    pub deliveries: Vec<Delivery>,
}

/// Runs as a JSON document.
///
/// Texts are shortened and made visible as in the other reports; the results file has them in full.
pub fn json(runs: &[Results]) -> String {
    let overview = Overview { v: V1, runs: runs.iter().map(run).collect() };
    // These types always have a JSON form.
    serde_json::to_string_pretty(&overview).map(|json| json + "\n").unwrap_or_default()
}

fn name(text: &str) -> String {
    visible::line(text, limits::NAME)
}

fn id(text: &str) -> String {
    visible::line(text, limits::ID)
}

fn sentence(text: &str) -> String {
    visible::line(text, limits::SENTENCE)
}

fn run(results: &Results) -> RunOverview {
    let header = results.header();
    let cases = fold(results.results());
    let totals = Totals::of(results, &cases);
    let Diagnosis { failing, causes, unexplained, .. } = diagnose(results);
    let entries = |list: Option<&Vec<KnownFailure>>| list.into_iter().flatten().map(entry).collect();
    let footer = results.footer();
    RunOverview {
        implementation: Implementation {
            name: name(&header.implementation.name),
            version: name(&header.implementation.version),
            language: name(&header.implementation.language),
            role: header.implementation.role,
            program: header.implementation.program.as_deref().map(name),
        },
        suite_version: name(&header.suite_version),
        platform: Platform { os: name(&header.platform.os), arch: name(&header.platform.arch) },
        started: name(&header.started),
        complete: results.is_complete(),
        exit_status: footer.map(|footer| footer.exit_status),
        withheld: totals.percentages.withheld(),
        counts: totals.counts,
        suites: totals
            .suites
            .iter()
            .map(|suite| SuiteOverview {
                suite: id(&suite.suite),
                counts: suite.counts,
                must: holding(suite.must),
                should: holding(suite.should),
            })
            .collect(),
        failing,
        causes: causes.into_iter().map(cause).collect(),
        unexplained: unexplained.iter().map(|case| id(case)).collect(),
        settings: advise(header, &cases).recommendations().to_vec(),
        findings: cases.iter().filter_map(finding).collect(),
        facts: cases.iter().flat_map(facts).collect(),
        stale: entries(footer.map(|footer| &footer.stale)),
        unmatched: entries(footer.map(|footer| &footer.unmatched)),
    }
}

fn holding(share: Share) -> Holding {
    Holding { held: share.held, of: share.of }
}

fn entry(entry: &KnownFailure) -> KnownFailure {
    KnownFailure {
        case: id(&entry.case),
        reason: sentence(&entry.reason),
        link: entry.link.as_deref().map(sentence),
        fails: entry.fails.as_deref().map(sentence),
        place: entry.place.clone().map(|mut place| {
            place.path = sentence(&place.path);
            place
        }),
        ..entry.clone()
    }
}

/// A cause, whose cases come from the file.
fn cause(mut cause: Cause) -> Cause {
    cause.best = id(&cause.best);
    cause.cases.iter_mut().for_each(|case| *case = id(case));
    for mistake in &mut cause.mistakes {
        mistake.name = name(&mistake.name);
        mistake.description = sentence(&mistake.description);
        mistake.origin = id(&mistake.origin);
    }
    cause
}

fn finding(case: &CaseOutcome<'_>) -> Option<Finding> {
    let outcome = case.outcome();
    if !matches!(outcome, Outcome::Fail | Outcome::Known | Outcome::Warn | Outcome::Error) {
        return None;
    }
    let worst = case.worst();
    let known = case.known();
    Some(Finding {
        case: id(case.case()),
        title: sentence(&worst.title),
        suite: id(case.suite()),
        level: case.level(),
        requirements: worst.requirements.iter().map(|one| id(one)).collect(),
        outcome: outcome.as_str(),
        deliveries: case.decisive().map(|result| result.delivery).collect(),
        expected: worst.failure.as_ref().map(|failure| visible::line(&failure.expected, limits::PARAGRAPH)),
        observed: worst.failure.as_ref().map(|failure| visible::line(&failure.observed, limits::PARAGRAPH)),
        reason: worst.reason.as_deref().map(|reason| visible::line(reason, limits::PARAGRAPH)),
        known: known.map(|known| sentence(&known.reason)),
        link: known.and_then(|known| known.link.as_deref()).map(|link| visible::line(link, limits::LINK)),
        rerun: visible::line(&worst.rerun, limits::COMMAND),
    })
}

fn facts(case: &CaseOutcome<'_>) -> Vec<RecordedFact> {
    let fact = |fact: crate::fold::FoldedFact<'_>| RecordedFact {
        case: id(case.case()),
        fact: sentence(fact.fact),
        value: sentence(fact.value),
        deliveries: fact.deliveries.clone(),
    };
    case.facts().into_iter().map(fact).collect()
}
