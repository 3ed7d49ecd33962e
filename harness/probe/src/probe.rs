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
use crate::error::ProbeError;
use crate::observe::observations::CheckContext;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::record;
use crate::rejudge;
use crate::survey::Survey;
use crate::wire::connection::Connection;
use crate::wire::offer::Offer;

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
        let options = &self.options;
        let connected =
            Connection::open(&options.target, &options.trust, Offer::Http11, options.timeout).await;
        connected.map_err(|source| ProbeError::Unreachable { url: self.url.clone(), source })?;
        let survey = Survey::of(options).await;
        if let Some(location) = survey.redirect {
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
        let mut tasks = Tasks::start(&checks, options);
        let mut refused = Vec::new();
        while let Some(Judged { index, outcome, took }) = tasks.next().await {
            let Some((check, requirement)) = checks.get(index) else { continue };
            match outcome.map(|outcome| survey.excuse_waiting(check, outcome)) {
                Some(Outcome::Broken(breach)) if breach.may_be_refusal && survey.is_served => {
                    refused.push((check, requirement, Outcome::Broken(breach), took));
                }
                outcome => record(check, requirement, outcome, took),
            }
        }
        // The server may have refused these because there were too many: judge them again, one at a time.
        let limited = if refused.is_empty() { None } else { rejudge::wait_for_recovery(options).await };
        for (check, requirement, first, took) in refused {
            let restarted = Instant::now();
            let outcome = match limited {
                Some(status) => rejudge::limited(status),
                None => rejudge::judge(options, check, first).await,
            };
            record(check, requirement, Some(outcome), took + restarted.elapsed());
        }
        let ids: Vec<String> = all_checks().iter().map(Check::id).collect();
        let (footer, conclusion) =
            record::footer(&results, &ids, &self.baseline, &self.selection, started.elapsed());
        sink(Record::Footer(Box::new(footer)));
        Ok(conclusion)
    }
}

/// The checks while they run concurrently.
struct Tasks {
    started: Instant,
    tasks: JoinSet<Judged>,
    /// The index of each task's check.
    indices: BTreeMap<tokio::task::Id, usize>,
}

impl Tasks {
    /// Starts all checks. They share their observations.
    fn start(checks: &[(Check, Requirement)], options: &Options) -> Self {
        let context = CheckContext::new(options.clone(), None);
        let (mut tasks, mut indices) = (JoinSet::new(), BTreeMap::new());
        for (index, (check, _)) in checks.iter().enumerate() {
            let context = context.for_path(options.paths.get(check.name).cloned());
            let unmet = check.needs.iter().find_map(|need| need.unmet_by(options));
            let judge = check.judge;
            let task = tasks.spawn(async move {
                let started = Instant::now();
                let outcome = match unmet {
                    Some(reason) => Some(Outcome::NotJudged(reason.into())),
                    None => tokio::time::timeout(CHECK_LIMIT, judge(context)).await.ok(),
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
