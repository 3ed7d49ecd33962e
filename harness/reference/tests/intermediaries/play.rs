//! Playing the cases with the sound intermediary and with each defect.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ssespec::adapter::processes::Processes;
use ssespec::run::{Baseline, Deaths, Launch, Plan, Rerun, Run, Selection, Trial, open_stage, play_case};
use ssespec::session::{Patience, Stop};
use ssespec::target::Target;
use ssespec::upstream::{Downstream, Front, Proxy, Reload, Upstream};
use ssespec_cases::intermediary::IntermediaryStep;
use ssespec_cases::{Capability, Corpus, Role, Script};
use ssespec_mock_server::action::Action;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reference::{self as reference, Intermediary, IntermediaryDefect as Defect, Pace, Reached};
use ssespec_reports::diagnosis::Symptom;
use ssespec_reports::results;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::matrix::{Failed, Matrix, Row};

/// How long to wait for something that a defect may never show.
const SHORT: Patience =
    Patience { observation: Duration::from_millis(1500), request: Duration::from_millis(2500) };

/// The same if a timeout would fail the test. Nothing takes this long, however busy the machine is.
const LONG: Patience = Patience { observation: Duration::from_secs(10), request: Duration::from_secs(10) };

/// How many sessions run concurrently: if most of them time out, and if nothing may be late.
const MANY_SESSIONS: usize = 40;
const FEW_SESSIONS: usize = 6;

/// The cases that wait for the limit of a defect, which are hurried together with the defect.
const HURRIED: [&str; 3] = [
    "intermediary/delay/flows-for-17-seconds",
    "intermediary/delay/silent-for-15-seconds",
    "intermediary/soak/",
];

/// Whether a case sends much or opens many streams.
fn is_bulky(trial: &Trial) -> bool {
    BULKY.iter().any(|bulky| trial.case.id.starts_with(bulky))
}

/// Whether a case waits for the limit of a defect.
fn is_hurried(case: &str) -> bool {
    HURRIED.iter().any(|hurried| case.starts_with(hurried))
}

/// If more than one in this many cases reaches a defect's decision, the defect is not specific to a case.
const ANY: usize = 4;

/// Which cases that reach a defect's decision are played with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// All.
    All,
    /// Those that send much or open many streams only if few others reach it, or if they are about it.
    Few,
}

/// The groups of cases that send much or open many streams.
const BULKY: [&str; 2] = ["intermediary/load", "intermediary/content/event-of-5-mb"];

const LOCALHOST: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// An intermediary and the listener behind it.
pub(crate) struct Behind {
    pub(crate) launch: Launch,
    _intermediary: Intermediary,
}

impl Behind {
    /// The intermediary in front of this listener.
    pub(crate) fn new(upstream: Arc<Upstream>, intermediary: Intermediary) -> Self {
        let front = Front::new(Target::parse(&intermediary.url()).expect("a URL"));
        let reload = Some(Reload::function(intermediary.reload()));
        let downstream = Downstream::default();
        let client = reference::client_watched(downstream.clone());
        let launch = Launch::Proxy(Box::new(Proxy {
            name: None,
            version: None,
            program: None,
            front,
            processes: Processes::Own,
            reload,
            upstream,
            client,
            downstream,
        }));
        Self { launch, _intermediary: intermediary }
    }

    async fn defective(defect: Defect, trial: &Trial) -> Self {
        let upstream = listener().await;
        let behind = protocol(trial)(upstream.address());
        let intermediary = reference::defective_intermediary(defect, pace(trial), behind).await;
        Self::new(upstream, intermediary.expect("a port"))
    }

    async fn surveyed(reached: Reached<Defect>, trial: &Trial) -> Self {
        let upstream = listener().await;
        let behind = protocol(trial)(upstream.address());
        let intermediary = reference::surveyed_intermediary(reached, pace(trial), behind).await;
        Self::new(upstream, intermediary.expect("a port"))
    }
}

/// The listener behind an intermediary.
pub(crate) async fn listener() -> Arc<Upstream> {
    Upstream::open(LOCALHOST, BarrierMode::Auto).await.expect("a port")
}

/// The embedded cases, where those that wait for a defect's limit are hurried.
fn corpus() -> Corpus {
    let mut corpus = Corpus::embedded().unwrap_or_else(|mistakes| panic!("{mistakes}"));
    corpus.cases.retain(|_, case| case.role() == Role::Intermediary);
    for case in corpus.cases.values_mut().filter(|case| is_hurried(&case.id)) {
        let Script::Intermediary(steps) = &mut case.script else { panic!("it is for intermediaries") };
        for step in steps {
            if let IntermediaryStep::Origin(Action::Wait(time)) = &mut step.kind {
                *time = Pace::Hurried.time(*time);
            }
        }
    }
    corpus
}

/// The pace at which an intermediary plays a case.
fn pace(trial: &Trial) -> Pace {
    if is_hurried(&trial.case.id) { Pace::Hurried } else { Pace::Usual }
}

/// How the origin is asked in a case.
fn protocol(trial: &Trial) -> fn(SocketAddr) -> reference::Behind {
    let is_http2 = trial.case.needs.contains(&Capability::Http2Upstream);
    if is_http2 { reference::Behind::Http2 } else { reference::Behind::Http1 }
}

/// The settings of a run.
pub(crate) fn run(corpus: Arc<Corpus>, launch: Launch, patience: Patience) -> Run {
    Run {
        corpus,
        launch,
        selection: Selection::default(),
        baseline: Baseline::default(),
        patience,
        lanes: 16,
        address: LOCALHOST.ip(),
        barrier: BarrierMode::Auto,
        tls: None,
        deaths: Deaths::Counted,
        rerun: Rerun::Proxy("--reference".into()),
    }
}

/// Plays these defects.
pub(crate) fn matrix(defects: &[Defect], reach: Reach) -> Matrix {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(play(defects.to_vec(), reach))
}

async fn play(defects: Vec<Defect>, reach: Reach) -> Matrix {
    let began = Instant::now();
    let corpus = Arc::new(corpus());
    let all: BTreeSet<Capability> = Capability::ALL.iter().copied().collect();
    let selection = Selection { soak: Some(Duration::MAX), ..Selection::default() };
    let plan = Plan::of_role(results::Role::Intermediary, &corpus, &selection, &all);
    let rows = survey(&corpus, plan.trials.clone()).await;
    let mut visits: BTreeMap<Defect, usize> = BTreeMap::new();
    for defect in rows.values().flat_map(|row| &row.reached) {
        *visits.entry(*defect).or_default() += 1;
    }
    let is_any = |defect: &Defect| visits.get(defect).is_none_or(|visits| visits * ANY >= rows.len());
    let mut tasks = Vec::new();
    for defect in &defects {
        let is_about = |trial: &Trial| trial.case.requirements.iter().any(|id| id == defect.origin());
        let reaching = plan.trials.iter().filter(|trial| {
            let is_wanted = reach == Reach::All || !is_bulky(trial) || !is_any(defect) || is_about(trial);
            is_wanted && rows[&trial.case.id].reached.contains(defect)
        });
        tasks.push((*defect, reaching.cloned().collect::<Vec<_>>()));
    }
    let came = with_defects(&corpus, tasks).await;
    Matrix { defects, rows, came, seconds: began.elapsed().as_secs_f64() }
}

/// Plays each case with a sound intermediary of its own.
async fn survey(corpus: &Arc<Corpus>, trials: Vec<Trial>) -> BTreeMap<String, Row> {
    let turns = Arc::new(Semaphore::new(FEW_SESSIONS));
    let mut playing = JoinSet::new();
    for trial in trials {
        let (corpus, turns) = (Arc::clone(corpus), Arc::clone(&turns));
        playing.spawn(async move {
            let _turn = turns.acquire().await;
            let reached: Reached<Defect> = Reached::default();
            let behind = Behind::surveyed(Arc::clone(&reached), &trial).await;
            let sound = session(&corpus, &behind.launch, &trial, LONG).await;
            let reached = std::mem::take(&mut *reached.lock().expect("no intermediary panics"));
            Row { case: Arc::clone(&trial.case), level: trial.level, sound, reached }
        });
    }
    let rows = playing.join_all().await;
    rows.into_iter().map(|row| (row.case.id.clone(), row)).collect()
}

async fn with_defects(
    corpus: &Arc<Corpus>,
    tasks: Vec<(Defect, Vec<Trial>)>,
) -> BTreeMap<(Defect, String), Option<Failed>> {
    let turns = Arc::new(Semaphore::new(MANY_SESSIONS));
    let mut playing = JoinSet::new();
    for (defect, trials) in tasks {
        for trial in trials {
            let (corpus, turns) = (Arc::clone(corpus), Arc::clone(&turns));
            playing.spawn(async move {
                let _turn = turns.acquire().await;
                // One of its own, since some defects let sessions disturb each other.
                let behind = Behind::defective(defect, &trial).await;
                // Two hundred streams take their time on a busy machine.
                let patience = if is_bulky(&trial) { LONG } else { SHORT };
                let came = session(&corpus, &behind.launch, &trial, patience).await;
                ((defect, trial.case.id.clone()), came)
            });
        }
    }
    playing.join_all().await.into_iter().collect()
}

/// Plays a case; gives why it failed.
async fn session(corpus: &Arc<Corpus>, launch: &Launch, trial: &Trial, patience: Patience) -> Option<Failed> {
    let mut stage =
        open_stage::open(LOCALHOST.ip(), BarrierMode::Auto, launch).await.expect("a port and a client");
    let run = run(Arc::clone(corpus), launch.clone(), patience);
    let (played, _) = play_case(&run, &mut stage, trial).await;
    open_stage::close(stage).await;
    if let Some(why) = played.outcome.not_judged {
        return Some(Failed { why: format!("not judged: {why}"), symptom: None });
    }
    match played.outcome.held {
        Ok(()) => None,
        Err(Stop::Failure(failure)) => Some(Failed {
            why: format!("expected {}; observed {}", failure.expected, failure.observed),
            symptom: Some(Symptom::at(failure.step.map_or(0, |step| step + 1), &failure.observed)),
        }),
        Err(Stop::Fault { fault, .. }) => Some(Failed { why: fault.to_string(), symptom: None }),
    }
}
