//! Playing the cases with the sound client and with each defect.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ssespec::adapter::in_process::Client;
use ssespec::reference::{self, Defect};
use ssespec::run::{Baseline, Launch, Plan, Rerun, Run, Selection, Trial, play_case, stage};
use ssespec::session::{Patience, Stage, Stop};
use ssespec_cases::Corpus;
use ssespec_cases::case::{Expectation, StepKind};
use ssespec_mock_server::wire::BarrierMode;

use super::matrix::{Came, MANY, Matrix, Row};
use ssespec::delivery::OpKind;

/// How long to wait for what a defect may never show.
const SHORT: Patience =
    Patience { observation: Duration::from_millis(1500), request: Duration::from_millis(2500) };

/// The same where a wait in vain would fail the test. Nothing takes so long, however busy the machine is.
const LONG: Patience = Patience { observation: Duration::from_secs(8), request: Duration::from_secs(10) };

/// How many sessions run side by side. Most of them wait.
const LANES: usize = 64;

/// All deliveries of a case, and who lives through them.
struct Task {
    defect: Option<Defect>,
    trials: Vec<Trial>,
}

/// What a task came to.
struct Done {
    /// Whether its failure is that something did not come in time.
    in_vain: bool,
    task: Task,
    came: Came,
    /// The defects that were asked for, by delivery.
    reached: Vec<BTreeSet<Defect>>,
    sessions: usize,
}

/// Plays all cases with the sound client, and those that can tell a difference with each of the defects.
pub(crate) fn matrix(defects: &[Defect]) -> Matrix {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    let corpus = Arc::new(Corpus::embedded().expect("sound cases"));
    let began = Instant::now();
    let surveyed = runtime.block_on(play(&corpus, cases(&corpus), LONG));
    let half = Instant::now();
    let tasks = changed(&surveyed, defects);
    let played = runtime.block_on(play(&corpus, tasks, SHORT));
    let late = Instant::now();
    let (doubtful, mut played) = doubtful(played);
    played.extend(runtime.block_on(play(&corpus, doubtful, LONG)));
    let seconds = [half - began, late - half, late.elapsed()].map(|time| time.as_secs_f64());
    let sessions = surveyed.iter().chain(&played).map(|done| done.sessions).sum();
    let rows = surveyed.into_iter().map(|done| {
        let (case, level) = (Arc::clone(&done.task.trials[0].case), done.task.trials[0].level);
        let reached = done.reached.into_iter().flatten().collect();
        (case.id.clone(), Row { case, level, sound: done.came, reached })
    });
    let came = played.into_iter().filter_map(|done| {
        let case = done.task.trials[0].case.id.clone();
        Some(((done.task.defect?, case), done.came))
    });
    Matrix { defects: defects.to_vec(), rows: rows.collect(), came: came.collect(), sessions, seconds }
}

/// Every case that the reference client can reach, in all deliveries. Those that measure need a machine for themselves.
fn cases(corpus: &Corpus) -> Vec<Task> {
    let capabilities = reference::client().identity().capabilities.clone();
    let plan = Plan::new(corpus, &Selection::default(), &capabilities);
    let mut tasks: Vec<Task> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for trial in plan.trials.into_iter().filter(|trial| !trial.case.alone) {
        let place = *places.entry(trial.case.id.clone()).or_insert_with(|| {
            tasks.push(Task { defect: None, trials: Vec::new() });
            tasks.len() - 1
        });
        tasks[place].trials.push(trial);
    }
    tasks
}

/// The trial with no more patience than this, where it asks for more.
fn shortened(trial: &Trial, patience: Patience) -> Trial {
    let mut trial = trial.clone();
    for op in &mut trial.program.ops {
        match &mut op.kind {
            OpKind::Step(StepKind::Expect(Expectation::Event(event))) => {
                event.within = event.within.map(|within| within.min(patience.observation));
            }
            OpKind::Step(StepKind::Expect(Expectation::Request(request))) => {
                request.within = request.within.map(|within| within.min(patience.request));
            }
            _ => {}
        }
    }
    trial
}

/// What was waited for in vain may have been on its way. Those tasks are played again, but for defects that fail so
/// many cases that it does not matter which.
fn doubtful(played: Vec<Done>) -> (Vec<Task>, Vec<Done>) {
    let mut failures: BTreeMap<Option<Defect>, usize> = BTreeMap::new();
    for done in played.iter().filter(|done| matches!(done.came, Came::Failed(..))) {
        *failures.entry(done.task.defect).or_default() += 1;
    }
    let is_doubtful = |done: &Done| done.in_vain && failures[&done.task.defect] <= MANY + 10;
    let (doubtful, settled): (Vec<Done>, Vec<Done>) = played.into_iter().partition(is_doubtful);
    (doubtful.into_iter().map(|done| done.task).collect(), settled)
}

/// The defects with the cases that came to their decision points, each in the deliveries that did.
fn changed(surveyed: &[Done], defects: &[Defect]) -> Vec<Task> {
    let mut tasks = Vec::new();
    // The cases stand in order, those that wait longest first.
    for done in surveyed {
        for defect in defects {
            let trials = done.task.trials.iter().zip(&done.reached);
            let trials =
                trials.filter(|(_, reached)| reached.contains(defect)).map(|(trial, _)| trial.clone());
            let trials: Vec<Trial> = trials.collect();
            if !trials.is_empty() {
                tasks.push(Task { defect: Some(*defect), trials });
            }
        }
    }
    tasks
}

async fn play(corpus: &Arc<Corpus>, tasks: Vec<Task>, patience: Patience) -> Vec<Done> {
    let order: BTreeMap<(Option<Defect>, String), usize> = tasks
        .iter()
        .enumerate()
        .map(|(place, task)| ((task.defect, task.trials[0].case.id.clone()), place))
        .collect();
    let queue = Arc::new(Mutex::new(VecDeque::from(tasks)));
    let mut lanes = tokio::task::JoinSet::new();
    for _ in 0..LANES {
        lanes.spawn(lane(Arc::clone(corpus), Arc::clone(&queue), patience));
    }
    let mut done: Vec<Done> = lanes.join_all().await.into_iter().flatten().collect();
    done.sort_by_key(|done| order[&(done.task.defect, done.task.trials[0].case.id.clone())]);
    done
}

async fn lane(corpus: Arc<Corpus>, queue: Arc<Mutex<VecDeque<Task>>>, patience: Patience) -> Vec<Done> {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut stage =
        stage::open(address, BarrierMode::Auto, reference::client().start()).await.expect("a port");
    let mut all = Vec::new();
    loop {
        let Some(task) = queue.lock().expect("no lane panics").pop_front() else { break };
        let mut done = Done { in_vain: false, task, came: Came::Held, reached: Vec::new(), sessions: 0 };
        for trial in &done.task.trials {
            let asked = reference::Asked::default();
            let trial = shortened(trial, patience);
            let client = match done.task.defect {
                Some(defect) => reference::defective(defect),
                None => {
                    done.came = session(&corpus, &mut stage, reference::client(), &trial, patience).await;
                    done.sessions += 1;
                    if !matches!(done.came, Came::Held) {
                        break;
                    }
                    reference::surveyed(Arc::clone(&asked))
                }
            };
            let began = Instant::now();
            done.came = session(&corpus, &mut stage, client, &trial, patience).await;
            done.in_vain = began.elapsed() >= patience.observation;
            done.sessions += 1;
            done.reached.push(std::mem::take(&mut *asked.lock().expect("no client panics")));
            if !matches!(done.came, Came::Held) {
                break;
            }
        }
        all.push(done);
    }
    stage::close(stage).await;
    all
}

async fn session(
    corpus: &Arc<Corpus>,
    stage: &mut Stage,
    client: Client,
    trial: &Trial,
    patience: Patience,
) -> Came {
    let adapter = std::mem::replace(&mut stage.adapter, client.start());
    adapter.stop(Duration::ZERO).await;
    // What comes of earlier sessions is not this one's.
    stage.late.clear();
    let run = Run {
        corpus: Arc::clone(corpus),
        launch: Launch::InProcess(client),
        selection: Selection::default(),
        baseline: Baseline::default(),
        patience,
        lanes: 1,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        rerun: Rerun::Command(String::new()),
    };
    let (played, _) = play_case(&run, stage, trial).await;
    match played.outcome.held {
        Ok(()) => Came::Held,
        Err(Stop::Failure(failure)) => {
            let why = format!("expected {}; observed {}", failure.expected, failure.observed);
            Came::Failed(trial.program.delivery, why)
        }
        Err(Stop::Fault { fault, .. }) => Came::Fault(fault.to_string()),
    }
}
