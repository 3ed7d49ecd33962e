//! A probe of one server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use globset::GlobMatcher;
use ssespec::run::{Baseline, Conclusion, Rerun, Selection};
use ssespec_cases::{Corpus, Requirement};
use ssespec_reports::results::{CaseResult, Record};
use tokio::task::JoinSet;

use crate::all_checks::all_checks;
use crate::check::Check;
use crate::conclusion::{NO_TIME, Strictness, conclude};
use crate::error::ProbeError;
use crate::http2::session::Session;
use crate::observe::observations::CheckContext;
use crate::options::{HttpVersion, Options};
use crate::outcome::Outcome;
use crate::own_lateness::Watch;
use crate::record;
use crate::rejudge::{self, SecondLook};
use crate::same_cause;
use crate::survey::Survey;
use ssespec_mock_server::client::Connection;
use ssespec_mock_server::client::Offer;

/// A probe of one server.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The requirements.
    pub corpus: Arc<Corpus>,
    /// How the server is probed.
    pub options: Options,
    /// Which checks run; deliveries are ignored.
    pub selection: Selection,
    /// The name of the server in results.
    pub name: String,
    /// The URL as the user gave it.
    pub url: String,
    /// The known failures.
    pub baseline: Baseline,
    /// The command that reruns a single check.
    pub rerun: Rerun,
    /// What decides the exit status.
    pub strictness: Strictness,
}

/// The longest that a check may take, whatever the server does. A check that takes longer is an error of this suite.
const CHECK_LIMIT: Duration = Duration::from_secs(120);

/// A check that was judged, or that crashed or took too long (no outcome).
struct Judged {
    /// The index of the check among those selected.
    index: usize,
    outcome: Option<Outcome>,
    took: Duration,
}

impl Probe {
    /// The selected checks of the shard, each with its requirement.
    pub fn checks(&self) -> Vec<(Check, Requirement)> {
        let in_shard = |(check, _): &(Check, Requirement)| self.selection.is_in_shard(&check.id());
        self.checks_of_all_shards().into_iter().filter(in_shard).collect()
    }

    /// Whether no check is selected. A shard may be left without a check of a selection that is not empty.
    pub fn is_empty(&self) -> bool {
        self.checks_of_all_shards().is_empty()
    }

    fn checks_of_all_shards(&self) -> Vec<(Check, Requirement)> {
        let with_requirement =
            |check: Check| Some((check, self.corpus.requirements.get(check.requirement)?.clone()));
        all_checks()
            .into_iter()
            .filter_map(with_requirement)
            .filter(|(check, requirement)| self.selects(check, requirement))
            .collect()
    }

    fn selects(&self, check: &Check, requirement: &Requirement) -> bool {
        let Selection { filters, suites, levels, .. } = &self.selection;
        let id = check.id();
        (filters.is_empty() || filters.iter().any(|glob: &GlobMatcher| glob.is_match(&id)))
            && (suites.is_empty() || suites.iter().any(|suite| suite == requirement.suite()))
            && (levels.is_empty() || levels.contains(&requirement.judged()))
    }

    /// Runs the checks. Sends every record to `sink`: the header, each result once it is known, the footer.
    ///
    /// # Errors
    /// If the probe could not start. Nothing was sent to the sink then.
    pub async fn execute(&self, sink: &mut (dyn FnMut(Record) + Send)) -> Result<Conclusion, ProbeError> {
        let started = Instant::now();
        let checks = self.checks();
        if self.is_empty() {
            return Err(ProbeError::NothingSelected);
        }
        let mut options = self.options.prepared();
        let connected =
            Connection::open(&options.target, &options.trust, Offer::Http11, options.timeout).await;
        if let Err(source) = connected.map(drop) {
            // Nothing may be listening; or the server refuses HTTP/1.1 in the TLS handshake.
            let is_refusal = source.kind() != std::io::ErrorKind::ConnectionRefused;
            if !is_refusal || !speaks_http2(&options).await {
                return Err(ProbeError::Unreachable { url: self.url.clone(), source });
            }
            options = options.over_http2();
        }
        let _watch = Watch::start();
        let mut survey = Survey::of(&options).await;
        if survey.is_not_understood()
            && options.version == HttpVersion::Http11
            && speaks_http2(&options).await
        {
            options = options.over_http2();
            survey = Survey::of(&options).await;
        }
        let options = &options;
        if let Some(location) = survey.redirect.clone() {
            return Err(ProbeError::Redirects { url: self.url.clone(), location });
        }
        sink(Record::Header(Box::new(record::header(&self.name, &self.selection, &self.baseline, &checks))));
        let mut results: Vec<CaseResult> = Vec::new();
        let mut record = |check: &Check, requirement: &Requirement, outcome: Option<Outcome>, took| {
            let mut result = record::result(check, requirement, outcome, took, &self.rerun);
            result.known = self.baseline.known(&result);
            result.sequence = results.len() as u64 + 1;
            results.push(result.clone());
            sink(Record::Result(Box::new(result)));
        };
        let time = Time::of(options, &survey, started);
        let options = &options.after(started.elapsed());
        let context = CheckContext::new(options.clone(), None, survey.places.clone());
        context.know(Arc::clone(&survey.capacity)).await;
        let mut tasks = Tasks::start(&checks, &context, &time);
        let (mut doubtful, mut culprit) = (Vec::new(), None);
        while let Some(Judged { index, outcome, took }) = tasks.next().await {
            let Some((check, requirement)) = checks.get(index) else { continue };
            match outcome {
                Some(outcome) => match rejudge::doubt(&outcome, &survey) {
                    Some(doubt) => doubtful.push((check, requirement, outcome, doubt, took)),
                    None => {
                        let is_broken = matches!(outcome, Outcome::Broken(_));
                        culprit = culprit.or((check.may_end_server && is_broken).then_some(check.name));
                        record(check, requirement, Some(outcome), took);
                    }
                },
                None => record(check, requirement, None, took),
            }
        }
        // The load of the other checks may have caused these: judge them again, one at a time.
        let second = SecondLook::new(options, &survey, context.heads(), time.end, culprit);
        for (check, requirement, first, doubt, took) in doubtful {
            let restarted = Instant::now();
            let outcome = second.at(check, first, doubt).await;
            record(check, requirement, Some(outcome), took + restarted.elapsed());
        }
        // Findings that share their cause are recorded once more, with a note.
        for result in same_cause::noted(&results, &all_checks()) {
            let result = CaseResult { sequence: results.len() as u64 + 1, ..result };
            if let Some(earlier) = results.iter_mut().find(|earlier| earlier.case == result.case) {
                earlier.reason.clone_from(&result.reason);
            }
            sink(Record::Result(Box::new(result)));
        }
        let ids: Vec<String> = all_checks().iter().map(Check::id).collect();
        let concluded = record::footer(&results, &ids, &self.baseline, &self.selection, started.elapsed());
        let how = (options, &self.selection, self.strictness);
        let (footer, conclusion) = conclude(&results, context.seen(), how, concluded);
        sink(Record::Footer(Box::new(footer)));
        Ok(conclusion)
    }
}

/// How long a server may take to begin with HTTP/2.
const HTTP2_PREFACE: Duration = Duration::from_millis(500);

/// Whether the server speaks HTTP/2.
async fn speaks_http2(options: &Options) -> bool {
    let options = Options { timeout: options.timeout.min(HTTP2_PREFACE), ..options.clone() };
    Session::open(&options).await.is_ok()
}

/// How long a probe may take.
struct Time {
    /// When the checks must be judged.
    checks: Instant,
    /// When the probe must end.
    end: Instant,
    /// Why a check that is not judged by then is not judged; `None` if that is an error of this suite.
    reason: Option<String>,
}

impl Time {
    fn of(options: &Options, survey: &Survey, started: Instant) -> Self {
        if let Some(limit) = options.limit {
            let end = started + limit;
            let reason = format!("a probe of {} has no time for it", humantime::format_duration(limit));
            return Self { checks: end, end, reason: Some(reason) };
        }
        if survey.is_limited() {
            let checks = started + options.observation() + SERIES;
            let reason = format!("{}, and {NO_TIME}", survey.describe_limit());
            return Self { checks, end: checks + SERIES / 2, reason: Some(reason) };
        }
        let checks = Instant::now() + CHECK_LIMIT;
        Self { checks, end: checks + SERIES / 2, reason: None }
    }
}

/// How much longer a probe takes of a server that serves few streams at the same time.
const SERIES: Duration = Duration::from_secs(80);

/// The checks while they run concurrently.
struct Tasks {
    started: Instant,
    tasks: JoinSet<Judged>,
    /// The index of each task's check.
    indices: BTreeMap<tokio::task::Id, usize>,
}

impl Tasks {
    /// Starts all checks. They share their observations.
    fn start(checks: &[(Check, Requirement)], context: &CheckContext, time: &Time) -> Self {
        let options = context.options();
        let (mut tasks, mut indices) = (JoinSet::new(), BTreeMap::new());
        // Checks that a weak server does not survive take turns, so that the one that ended it can be named.
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        for (index, (check, _)) in checks.iter().enumerate() {
            let turn = check.may_end_server.then(|| Arc::clone(&turn));
            let context = context.for_path(options.paths.get(check.name).cloned());
            let unmet = check.needs.iter().find_map(|need| need.unmet_by(options));
            let judge = check.judge;
            let (deadline, reason) = (time.checks, time.reason.clone());
            let judged = async move {
                let _turn = match &turn {
                    Some(turn) => Some(turn.lock().await),
                    None => None,
                };
                judge(context).await
            };
            let task = tasks.spawn(async move {
                let started = Instant::now();
                let outcome = match unmet {
                    Some(reason) => Some(Outcome::NotJudged(reason.into())),
                    None => tokio::time::timeout_at(deadline.into(), judged)
                        .await
                        .ok()
                        .or_else(|| reason.map(Outcome::NotJudged)),
                };
                Judged { index, outcome, took: started.elapsed() }
            });
            indices.insert(task.id(), index);
        }
        Self { started: Instant::now(), tasks, indices }
    }

    /// The next check that is judged; `None` after the last.
    async fn next(&mut self) -> Option<Judged> {
        loop {
            match self.tasks.join_next_with_id().await? {
                Ok((_, judged)) => return Some(judged),
                Err(crash) => {
                    if let Some(index) = self.indices.get(&crash.id()) {
                        return Some(Judged { index: *index, outcome: None, took: self.started.elapsed() });
                    }
                }
            }
        }
    }
}
