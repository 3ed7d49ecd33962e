//! Playing the cases with the sound server and with each defect.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ssespec::adapter::in_process::server::Server;
use ssespec::delivery::Ops;
use ssespec::run::{Launch, Plan, Selection, Trial, open_stage};
use ssespec::session::{Patience, Stage};
use ssespec_cases::server::{Expected, ServerStep};
use ssespec_cases::{Corpus, Script};
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reference::{self as reference, ServerDefect as Defect};
use ssespec_reports::results::Role;

use super::super::live::live;
use super::super::matrix::{Came, Matrix, Mistake as _, Row};

/// How long to wait for something that a defect may never show.
const SHORT: Patience =
    Patience { observation: Duration::from_millis(1500), request: Duration::from_millis(2500) };

/// The same if a timeout would fail the test. Nothing takes this long, however busy the machine is.
const LONG: Patience = Patience { observation: Duration::from_secs(10), request: Duration::from_secs(10) };

/// The same for tasks that are played again, concurrently only with tasks like them.
const MIDDLE: Patience = Patience { observation: Duration::from_secs(5), request: Duration::from_secs(5) };

/// How many sessions run concurrently: if most of them time out, and if nothing may be late.
const MANY_LANES: usize = 40;
const FEW_LANES: usize = 6;

/// Text in cases that send much or open many streams.
const BUSY: [&str; 2] = ["-repeat =", "count ="];

/// Text in cases that wait long.
const SLOW: [&str; 2] = ["\"3s\"", "\"20s\""];

/// If more than one in this many cases reaches a defect's decision, the defect is not specific to a case.
const ANY: usize = 4;

/// After how many failures a defect is not played further.
const ENOUGH: usize = Defect::MANY + 15;

/// A case, and the defect with which it is played.
#[derive(Clone)]
struct Task {
    defect: Option<Defect>,
    trial: Trial,
    /// How long the sound server took.
    usual: Duration,
}

/// The result of a task.
struct Done {
    task: Task,
    came: Came,
    /// Whether it failed because something did not arrive in time.
    in_vain: bool,
    /// The defects whose decisions were reached.
    reached: BTreeSet<Defect>,
    /// `None` if the defect has failed enough cases.
    took: Option<Duration>,
}

/// Plays all cases with the sound server, and with each defect those that reach its decision.
pub(crate) fn matrix(defects: &[Defect]) -> Matrix<Defect> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    let corpus = Arc::new(Corpus::embedded().unwrap_or_else(|mistakes| panic!("{mistakes}")));
    let began = Instant::now();
    let surveyed = runtime.block_on(play(&corpus, cases(&corpus), LONG, FEW_LANES));
    // A case may have been late because of the others.
    let (failed, mut surveyed): (Vec<Done>, Vec<Done>) =
        surveyed.into_iter().partition(|done| !matches!(done.came, Came::Held));
    let failed = failed.into_iter().map(|done| done.task).collect();
    surveyed.extend(runtime.block_on(play(&corpus, failed, LONG, 1)));
    let half = Instant::now();
    let tasks = changed(&surveyed, defects);
    let played = runtime.block_on(play_busy_last(&corpus, tasks, SHORT));
    let late = Instant::now();
    // A failure that no case showed may have been late, and a case may need a defect that was not played further.
    let (again, mut played) = doubtful(played);
    played.extend(runtime.block_on(play_busy_last(&corpus, again, MIDDLE)));
    // If the machine stalls for seconds, an adapter looks dead.
    let (faulty, mut played): (Vec<Done>, Vec<Done>) =
        played.into_iter().partition(|done| matches!(done.came, Came::Fault(_)));
    let faulty = faulty.into_iter().map(|done| done.task).collect();
    played.extend(runtime.block_on(play(&corpus, faulty, LONG, FEW_LANES)));
    let seconds = [half - began, late - half, late.elapsed()].map(|time| time.as_secs_f64());
    let sessions = surveyed.iter().chain(&played).filter(|done| done.took.is_some()).count();
    let rows = surveyed.into_iter().map(|done| {
        let (case, level) = (Arc::clone(&done.task.trial.case), done.task.trial.level);
        (case.id.clone(), Row { case, level, sound: done.came, reached: done.reached })
    });
    let came = played.into_iter().filter_map(|done| {
        let case = done.task.trial.case.id.clone();
        Some(((done.task.defect?, case), done.came))
    });
    Matrix { defects: defects.to_vec(), rows: rows.collect(), came: came.collect(), sessions, seconds }
}

/// Every case that the reference server can reach, except those that measure: they must run alone.
fn cases(corpus: &Corpus) -> Vec<Task> {
    let capabilities = reference::server().identity().capabilities.clone();
    let plan = Plan::of_role(Role::Server, corpus, &Selection::default(), &capabilities);
    let measures = |trial: &Trial| match &trial.case.script {
        Script::Server(steps) => steps.iter().any(|step| matches!(step.kind, ServerStep::Measure(_))),
        _ => false,
    };
    let trials = plan.trials.into_iter().filter(|trial| !measures(trial));
    trials.map(|trial| Task { defect: None, trial, usual: Duration::ZERO }).collect()
}

/// Whether the case contains one of these texts.
fn says(trial: &Trial, words: &[&str]) -> bool {
    words.iter().any(|word| trial.case.source.text().contains(word))
}

/// The defects with the cases that reached their decisions.
fn changed(surveyed: &[Done], defects: &[Defect]) -> Vec<Task> {
    let mut visits: BTreeMap<Defect, usize> = BTreeMap::new();
    for defect in surveyed.iter().flat_map(|done| &done.reached) {
        *visits.entry(*defect).or_default() += 1;
    }
    let mut tasks = Vec::new();
    for done in surveyed {
        // Such a case is not played with defects whose decisions most cases reach.
        let is_bulky = says(&done.task.trial, &BUSY) || says(&done.task.trial, &SLOW);
        let is_about =
            |defect: &Defect| visits.get(defect).is_some_and(|visits| visits * ANY < surveyed.len());
        let reached = defects.iter().filter(|defect| done.reached.contains(defect));
        let wanted = reached.filter(|defect| !is_bulky || is_about(defect));
        let (trial, usual) = (&done.task.trial, done.took.unwrap_or_default());
        tasks.extend(wanted.map(|defect| Task { defect: Some(*defect), trial: trial.clone(), usual }));
    }
    tasks
}

/// Separates the tasks that are played again with more patience: faults; all tasks of a defect that has failed no case;
/// timeouts of a defect whose cases are listed; and skipped tasks of cases that no defect has failed.
fn doubtful(played: Vec<Done>) -> (Vec<Task>, Vec<Done>) {
    let mut caught: BTreeMap<Option<Defect>, usize> = BTreeMap::new();
    for done in played.iter().filter(|done| matches!(done.came, Came::Failed(..))) {
        *caught.entry(done.task.defect).or_default() += 1;
    }
    let is_sure = |done: &Done| {
        let is_listed = caught.get(&done.task.defect).is_some_and(|cases| *cases <= Defect::MANY);
        matches!(done.came, Came::Failed(..)) && !(done.in_vain && is_listed)
    };
    let busy: BTreeSet<String> =
        played.iter().filter(|done| is_sure(done)).map(|done| done.task.trial.case.id.clone()).collect();
    let is_doubtful = |done: &Done| match done.came {
        Came::Fault(_) => true,
        Came::Failed(..) => !is_sure(done),
        Came::Held if done.took.is_none() => !busy.contains(&done.task.trial.case.id),
        Came::Held => !caught.contains_key(&done.task.defect),
    };
    let (again, settled): (Vec<Done>, Vec<Done>) = played.into_iter().partition(is_doubtful);
    (again.into_iter().map(|done| done.task).collect(), settled)
}

/// The trial, with its time limits reduced to this patience.
fn shortened(trial: &Trial, patience: Patience) -> Trial {
    let mut trial = trial.clone();
    let Ops::Server(ops) = &mut trial.program.ops else { return trial };
    for op in ops {
        if let ServerStep::Expect(Expected::Event(event)) = &mut op.kind {
            event.within = event.within.map(|within| within.min(patience.observation));
        }
    }
    trial
}

/// Plays the tasks that keep the machine busy after the others, which would look late.
async fn play_busy_last(corpus: &Arc<Corpus>, tasks: Vec<Task>, patience: Patience) -> Vec<Done> {
    let (busy, idle) = tasks.into_iter().partition(|task: &Task| says(&task.trial, &BUSY));
    let mut played = play(corpus, idle, patience, MANY_LANES).await;
    played.extend(play(corpus, busy, patience, FEW_LANES).await);
    played
}

async fn play(
    corpus: &Arc<Corpus>,
    mut tasks: Vec<Task>,
    patience: Patience,
    lane_count: usize,
) -> Vec<Done> {
    // Start the tasks that wait longest first, so that they do not run last.
    tasks.sort_by_key(|task| !says(&task.trial, &SLOW));
    let queue = Arc::new(Mutex::new(VecDeque::from(tasks)));
    let failures = Arc::default();
    let mut lanes = tokio::task::JoinSet::new();
    for _ in 0..lane_count {
        lanes.spawn(lane(Arc::clone(corpus), Arc::clone(&queue), Arc::clone(&failures), patience));
    }
    lanes.join_all().await.into_iter().flatten().collect()
}

async fn lane(
    corpus: Arc<Corpus>,
    queue: Arc<Mutex<VecDeque<Task>>>,
    failures: Arc<Mutex<BTreeMap<Defect, usize>>>,
    patience: Patience,
) -> Vec<Done> {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let launch = Launch::Server(reference::server());
    let mut stage = open_stage::open(address, BarrierMode::Auto, &launch).await.expect("a port");
    let mut all = Vec::new();
    loop {
        let Some(task) = queue.lock().expect("no lane panics").pop_front() else { break };
        let mut done = Done { task, came: Came::Held, in_vain: false, reached: BTreeSet::new(), took: None };
        match done.task.defect {
            Some(defect) => {
                let count =
                    failures.lock().expect("no lane panics").get(&defect).copied().unwrap_or_default();
                if count < ENOUGH {
                    let began = Instant::now();
                    // On a busy machine everything takes longer.
                    let observation = patience.observation.max(done.task.usual * 6);
                    let patience = Patience { observation, ..patience };
                    let trial = shortened(&done.task.trial, patience);
                    let server = reference::defective_server(defect);
                    done.came = session(&corpus, &mut stage, server, &trial, patience).await;
                    done.took = Some(began.elapsed());
                    done.in_vain = began.elapsed() >= observation;
                    if matches!(done.came, Came::Failed(..)) {
                        *failures.lock().expect("no lane panics").entry(defect).or_default() += 1;
                    }
                }
            }
            None => {
                let began = Instant::now();
                let reached = reference::Reached::default();
                // The sound server that records the decisions that it reaches, then the plain one.
                let server = reference::surveyed_server(Arc::clone(&reached));
                done.came = session(&corpus, &mut stage, server, &done.task.trial, patience).await;
                done.took = Some(began.elapsed());
                done.reached = std::mem::take(&mut *reached.lock().expect("no server panics"));
                if matches!(done.came, Came::Held) && !says(&done.task.trial, &SLOW) {
                    let server = reference::server();
                    done.came = session(&corpus, &mut stage, server, &done.task.trial, patience).await;
                }
            }
        }
        all.push(done);
    }
    open_stage::close(stage).await;
    all
}

async fn session(
    corpus: &Arc<Corpus>,
    stage: &mut Stage,
    server: Server,
    trial: &Trial,
    patience: Patience,
) -> Came {
    let adapter = server.start();
    live(corpus, stage, (adapter, Launch::Server(server)), trial, patience).await
}
