//! A run: the plan, the lanes that play it side by side, and what the results come to.
//!
//! - [`launch`]: how an adapter is started
//! - [`plan`]: which cases in which deliveries, and in which order
//! - [`stage`]: the listeners and the adapter of a lane
//! - `smoke`: whether the adapter itself works
//! - `lane`: sessions one after another
//! - `verdict`: what a session comes to
//! - [`baseline`]: which failures are known
//! - `conclusion`: what all of it comes to
//!
//! Data flows one way: plan, lanes, one place in which their messages are put in order, and a sink.

pub mod baseline;
mod conclusion;
mod lane;
pub mod launch;
pub mod plan;
mod smoke;
pub mod stage;
mod verdict;

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub use baseline::Baseline;
pub use conclusion::{Conclusion, conclude, timestamp};
pub use lane::play_case;
use lane::{Lane, News, QueueEnd};
pub use launch::Launch;
pub use plan::{Plan, Selection, Trial};
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::{
    Adapter as AdapterRecord, CaseResult, Delivery, Footer, Header, Implementation, Platform, Record,
    Selection as SelectionRecord, V1,
};
use stage::NotOpened;
use tokio::sync::mpsc;
pub use verdict::Rerun;
pub use verdict::requirement as requirement_record;

use crate::adapter::fault::Fault;
use crate::adapter::identity::Identity;
use crate::session::Patience;

/// Everything that a run needs to know.
#[derive(Debug, Clone)]
pub struct Run {
    /// The cases and requirements.
    pub corpus: Arc<Corpus>,
    /// How an adapter is started.
    pub launch: Launch,
    /// Which cases and deliveries.
    pub selection: Selection,
    /// Which failures are known.
    pub baseline: Baseline,
    /// How long to wait for what must be observed.
    pub patience: Patience,
    /// How many lanes run side by side; at least one.
    pub lanes: usize,
    /// The loopback address on which the mock server listens.
    pub address: IpAddr,
    /// How write boundaries are kept.
    pub barrier: BarrierMode,
    /// How a single case is run again.
    pub rerun: Rerun,
}

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The adapter cannot be used at all.
    #[error("{fault}")]
    Adapter {
        /// What it did.
        fault: Box<Fault>,
        /// The end of its stderr.
        stderr: String,
    },
    /// No port could be had.
    #[error("no listener on {address}: {problem}")]
    Listen {
        /// The address.
        address: IpAddr,
        /// What the operating system said.
        problem: std::io::Error,
    },
    /// The selection holds no case.
    #[error("no case is selected: {0}")]
    NothingSelected(String),
}

/// How long after its end a session of a client that said it was done is watched for a request: longer than the
/// usual default reconnection time of 3 s.
const WATCHED: Duration = Duration::from_millis(3500);

impl Run {
    /// What messages call the run's results.
    pub fn name(&self) -> String {
        match &self.rerun {
            Rerun::Folder { folder, .. } => folder.display().to_string(),
            Rerun::Command(_) | Rerun::Server(_) | Rerun::CargoTest(_) => "this run".into(),
        }
    }

    /// Runs the plan. Every record goes to `sink` in order: the header, results as they come, the footer.
    ///
    /// # Errors
    /// When the run could not begin; nothing has gone to the sink then.
    pub async fn execute(&self, sink: &mut dyn FnMut(Record)) -> Result<Conclusion, RunError> {
        let began = Instant::now();
        let mut stage =
            stage::open(self.address, self.barrier, &self.launch).await.map_err(|not| match not {
                NotOpened::Listen(problem) => RunError::Listen { address: self.address, problem },
                NotOpened::Adapter(fault, stderr) => adapter_error((fault, stderr)),
            })?;
        smoke::check(&mut stage, self.launch.role(), self.patience).await.map_err(adapter_error)?;
        let identity = stage.adapter.identity().clone();
        let role = self.launch.role();
        let mut plan = Plan::of_role(role, &self.corpus, &self.selection, &identity.capabilities);
        // A failure is often noticed by waiting in vain, and long waits are best begun early.
        plan.trials.sort_by_key(|trial| !self.baseline.expects(&trial.case.id));
        if plan.is_empty() {
            stage::close(stage).await;
            return Err(RunError::NothingSelected(self.selection.describe()));
        }
        #[cfg(feature = "page")]
        let mut shown = |record: Record| {
            if let Some(board) = self.launch.board() {
                board.record(&record);
            }
            sink(record);
        };
        #[cfg(feature = "page")]
        let sink: &mut dyn FnMut(Record) = &mut shown;
        #[cfg(feature = "page")]
        if let Some(board) = self.launch.board() {
            let trials = plan.trials.iter().chain(plan.skipped.iter().map(|skipped| &skipped.trial));
            board.plan(trials.map(|trial| (trial.case.id.as_str(), trial.case.title.as_str())));
        }
        sink(Record::Header(Box::new(self.header(&identity))));
        let mut ledger = Ledger { run: self, sequence: 0, results: BTreeMap::new() };
        for skipped in &plan.skipped {
            let result = verdict::skipped(self, skipped);
            ledger.enter(result, sink);
        }
        if !self.launch.can_be_measured() {
            let (measured, others) = plan.trials.into_iter().partition(plan::measures);
            plan.trials = others;
            for trial in measured {
                ledger.enter(verdict::not_measured(self, &trial), sink);
            }
        }
        self.play(stage, plan, &mut ledger, sink).await;
        let (footer, conclusion) = ledger.footer(began);
        sink(Record::Footer(Box::new(footer)));
        #[cfg(feature = "page")]
        if let Some(board) = self.launch.board() {
            board.parted().await;
        }
        Ok(conclusion)
    }

    async fn play(
        &self,
        first: crate::session::Stage,
        plan: Plan,
        ledger: &mut Ledger<'_>,
        sink: &mut dyn FnMut(Record),
    ) {
        let (alone, together): (Vec<Trial>, Vec<Trial>) =
            plan.trials.into_iter().partition(|t| t.case.isolated);
        let lanes = self.lanes.min(together.len()).max(usize::from(!together.is_empty()));
        let queue = |trials: Vec<Trial>| Arc::new(Mutex::new(trials.into_iter().collect::<VecDeque<_>>()));
        let queues = [queue(together), queue(alone)];
        let [together, alone] = &queues;
        let mut first = Some(first);
        let (tell, mut news) = mpsc::unbounded_channel();
        let (playing, mut played) = mpsc::channel(1);
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..lanes {
            let end = if number % 2 == 0 { QueueEnd::Front } else { QueueEnd::Back };
            let lane =
                Lane::new(self.clone(), Arc::clone(together), end, tell.clone(), Some(playing.clone()));
            tasks.spawn(lane.work(first.take()));
        }
        drop(playing);
        if alone.lock().is_ok_and(|queue| !queue.is_empty()) {
            let lane = Lane::new(self.clone(), Arc::clone(alone), QueueEnd::Front, tell.clone(), None);
            let stage = first.take();
            tasks.spawn(async move {
                let stage = match stage {
                    Some(stage) => Some(stage),
                    None => lane.open().await,
                };
                // When the others have played: then they only watch, and take nothing from it.
                let _: Option<Infallible> = played.recv().await;
                lane.work(stage).await;
            });
        }
        drop(tell);
        while let Some(item) = news.recv().await {
            ledger.take(item, sink);
        }
        while tasks.join_next().await.is_some() {}
        // Whatever no lane could play any more is nobody's conformance.
        for queue in queues {
            let left: Vec<Trial> =
                queue.lock().map(|mut queue| queue.drain(..).collect()).unwrap_or_default();
            for trial in left {
                ledger.enter(verdict::unplayed(self, &trial), sink);
            }
        }
        if let Some(stage) = first {
            stage::close(stage).await;
        }
    }

    fn header(&self, identity: &Identity) -> Header {
        Header {
            v: V1,
            suite_version: env!("CARGO_PKG_VERSION").into(),
            implementation: Implementation {
                name: identity.name.clone(),
                version: identity.version.clone(),
                language: identity.language.clone(),
                role: self.launch.role(),
            },
            adapter: AdapterRecord {
                transport: self.launch.transport(),
                capabilities: identity.capabilities.iter().map(ToString::to_string).collect(),
            },
            platform: Platform { os: std::env::consts::OS.into(), arch: std::env::consts::ARCH.into() },
            started: timestamp(),
            selection: SelectionRecord {
                filters: self.selection.filters.iter().map(|filter| filter.glob().to_string()).collect(),
                deliveries: plan::deliveries(self.launch.role(), &self.selection)
                    .iter()
                    .map(|kind| kind.name().into())
                    .collect(),
                suites: self.selection.suites.clone(),
                levels: self.selection.levels.iter().map(|level| verdict::level(*level)).collect(),
            },
            requirements: self.corpus.requirements.values().map(verdict::requirement).collect(),
            known_failures: self.baseline.entries().cloned().collect(),
        }
    }
}

fn adapter_error((fault, stderr): (Fault, String)) -> RunError {
    RunError::Adapter { fault: Box::new(fault), stderr }
}

/// The results so far, in the one place where lanes meet.
struct Ledger<'r> {
    run: &'r Run,
    sequence: u64,
    results: BTreeMap<(String, Delivery), CaseResult>,
}

impl Ledger<'_> {
    fn take(&mut self, news: News, sink: &mut dyn FnMut(Record)) {
        match news {
            News::Played(trial, outcome) => {
                let result = verdict::result(self.run, &trial, *outcome);
                self.enter(result, sink);
            }
            News::Late(trial, late, ended_by) => {
                let key = (trial.case.id.clone(), trial.program.delivery);
                if let Some(earlier) = self.results.get(&key) {
                    let mut result = earlier.clone();
                    verdict::charge(&mut result, &trial, &late, ended_by);
                    // The eleventh of its kind is no news.
                    if result != *earlier {
                        self.enter(result, sink);
                    }
                }
            }
        }
    }

    fn enter(&mut self, mut result: CaseResult, sink: &mut dyn FnMut(Record)) {
        self.sequence += 1;
        result.sequence = self.sequence;
        result.known = self.run.baseline.known(&result);
        if self.run.baseline.varies(&result) {
            // What chance decides cannot be compared with an accepted report.
            result.facts.iter_mut().for_each(|fact| fact.value = "differs from run to run".into());
        }
        self.results.insert((result.case.clone(), result.delivery), result.clone());
        sink(Record::Result(Box::new(result)));
    }

    fn footer(&self, began: Instant) -> (Footer, Conclusion) {
        let results: Vec<CaseResult> = self.results.values().cloned().collect();
        let ids = self.run.corpus.cases.keys().map(String::as_str);
        conclude(&results, ids, &self.run.baseline, &self.run.selection, began.elapsed())
    }
}
