//! Playing the cases with the sound client and with each defect.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ssespec::adapter::in_process::client::Client;
use ssespec::run::listening::Listening;
use ssespec::run::{Launch, Plan, Trial, open_stage};
use ssespec::session::{Patience, Stage};
use ssespec_cases::client::{ClientStep, Expectation};
use ssespec_cases::{Capability, Case, Corpus};
use ssespec_mock_server::action::Action;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reference::{self as reference, Defect};
use ssespec_reports::results::Protocol;

use super::super::live::live;
use super::super::matrix::{Came, Matrix, Mistake as _, Row};
use super::super::soaking::{self, pace};
use ssespec::delivery::{ClientOp, Ops};

/// How long to wait for something that a defect may never show.
const SHORT: Patience =
    Patience { observation: Duration::from_millis(1500), request: Duration::from_millis(2500) };

/// The same if a timeout would fail the test. Nothing takes this long, however busy the machine is.
const LONG: Patience = Patience { observation: Duration::from_secs(8), request: Duration::from_secs(10) };

/// More bytes than a case sends that is not about their number.
const BULK: u64 = 128 * 1024;

/// How many sessions run concurrently: if most of them time out, if most have something to do, and if nothing may be
/// late.
const MANY_LANES: usize = 48;
const LANES: usize = 12;
const FEW_LANES: usize = 4;

/// How many cases each defect has failed. A defect that fails too many to be useful is not played further.
type Failures = Arc<Mutex<BTreeMap<Defect, usize>>>;

/// After how many failures a defect is not played further.
const ENOUGH: usize = Defect::MANY + 15;

/// All deliveries of a case, and the defect with which they are played.
struct Task {
    defect: Option<Defect>,
    trials: Vec<Trial>,
}

/// The result of a task.
struct Done {
    /// Whether it failed because something did not arrive in time.
    in_vain: bool,
    task: Task,
    came: Came,
    /// The defects whose decisions were reached, by delivery.
    reached: Vec<BTreeSet<Defect>>,
    /// 0 if the defect has failed enough cases.
    sessions: usize,
}

/// Plays all cases with the sound client, and with each defect those that can show a difference.
pub(crate) fn matrix(defects: &[Defect]) -> Matrix<Defect> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    let corpus = Arc::new(soaking::corpus());
    let began = Instant::now();
    let surveyed = runtime.block_on(play(&corpus, cases(&corpus), LONG, LANES));
    let (failed, mut surveyed): (Vec<Done>, Vec<Done>) =
        surveyed.into_iter().partition(|done| !matches!(done.came, Came::Held));
    let failed = failed.into_iter().map(|done| done.task).collect();
    surveyed.extend(runtime.block_on(play(&corpus, failed, LONG, FEW_LANES)));
    let half = Instant::now();
    let tasks = changed(&surveyed, defects);
    let played = runtime.block_on(play(&corpus, tasks, SHORT, MANY_LANES));
    let late = Instant::now();
    let (doubtful, mut played) = doubtful(played);
    played.extend(runtime.block_on(play(&corpus, doubtful, LONG, MANY_LANES)));
    let (left, mut played) = left(played);
    played.extend(runtime.block_on(play(&corpus, left, SHORT, MANY_LANES)));
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

/// Every case that the reference client can reach, in all deliveries, except those that measure: they must run alone.
fn cases(corpus: &Corpus) -> Vec<Task> {
    let capabilities = reference::client().identity().capabilities.clone();
    let plan = Plan::new(corpus, &soaking::selection(), &capabilities);
    let mut tasks: Vec<Task> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for trial in plan.trials.into_iter().filter(|trial| !trial.case.isolated) {
        let place = *places.entry(trial.case.id.clone()).or_insert_with(|| {
            tasks.push(Task { defect: None, trials: Vec::new() });
            tasks.len() - 1
        });
        tasks[place].trials.push(trial);
    }
    tasks
}

/// Whether the case could show the effect of the defect, once its decision is reached: fields that a case does not name
/// are not compared, and the teardown of a session is not judged.
fn shows(defect: Defect, case: &Case) -> bool {
    let needs = |capability| case.needs.contains(&capability);
    let names = |words: &[&str]| words.iter().any(|word| case.source.text().contains(word));
    match defect {
        Defect::CloseLeavesConnection
        | Defect::CloseLeavesRequest
        | Defect::CloseLeavesTimer
        | Defect::CloseIsALoss
        | Defect::CloseGivesError => needs(Capability::Close),
        Defect::FailedConnectionKept => names(&["expect-disconnect"]),
        Defect::OpenOnce
        | Defect::OpenBeforeState
        | Defect::OpenTwiceOnReconnect
        | Defect::OpenWithFirstBytes
        | Defect::OpenAfterFirstEvent => needs(Capability::Opened),
        Defect::TwoErrorsForLoss
        | Defect::LossWithoutError
        | Defect::BreakWithoutError
        | Defect::LossErrorBeforeState
        | Defect::FailureWithoutError
        | Defect::FailureErrorBeforeState => needs(Capability::Errors),
        Defect::NoIdIsTheWordNull | Defect::OwnIdOnly => needs(Capability::EventId),
        Defect::GetWithContentLength => names(&["content-length"]),
        Defect::EmptyLastEventIdSent | Defect::EmptyLastEventIdSentAgain => names(&["last-event-id"]),
        Defect::LastReadLostWithConnection => names(&["\"end\"", "drop", "body"]),
        _ => true,
    }
}

/// How many bytes a trial sends.
fn bulk(trial: &Trial) -> u64 {
    let Ops::Client(ops) = &trial.program.ops else { return 0 };
    let each = ops.list.iter().map(|op| match &op.kind {
        ClientOp::Write(writes) => writes.iter().map(Vec::len).sum::<usize>() as u64,
        ClientOp::Step(ClientStep::Wire(Action::SendRepeat(repeat))) => repeat.total(),
        ClientOp::Step(_) => 0,
    });
    each.sum()
}

/// The trial, with its time limits reduced to this patience.
fn shortened(trial: &Trial, patience: Patience) -> Trial {
    let mut trial = trial.clone();
    let Ops::Client(ops) = &mut trial.program.ops else { return trial };
    for op in &mut ops.list {
        match &mut op.kind {
            ClientOp::Step(ClientStep::Expect(Expectation::Event(event))) => {
                event.within = event.within.map(|within| within.min(patience.observation));
            }
            ClientOp::Step(ClientStep::Expect(Expectation::Disconnect { within })) => {
                *within = within.map(|within| within.min(patience.observation));
            }
            ClientOp::Step(ClientStep::Expect(Expectation::Request(request))) => {
                request.within = request.within.map(|within| within.min(patience.request));
            }
            _ => {}
        }
    }
    trial
}

/// Separates doubtful results: something that timed out may have been on its way, and on a busy machine an early event can
/// look late. A defect without a failure, or with one only in a later delivery, may have more. These tasks are played again,
/// except for defects that fail so many cases that it does not matter which.
fn doubtful(played: Vec<Done>) -> (Vec<Task>, Vec<Done>) {
    let mut failures: BTreeMap<Option<Defect>, usize> = BTreeMap::new();
    for done in played.iter().filter(|done| matches!(done.came, Came::Failed(..))) {
        *failures.entry(done.task.defect).or_default() += 1;
    }
    let is_doubtful = |done: &Done| {
        let failures = failures.get(&done.task.defect).copied().unwrap_or_default();
        match done.came {
            Came::Fault(_) => true,
            Came::Held => failures == 0,
            Came::Failed(delivery, ..) => {
                let later = delivery != done.task.trials[0].program.delivery;
                (done.in_vain || later) && failures < ENOUGH
            }
        }
    };
    let (doubtful, settled): (Vec<Done>, Vec<Done>) = played.into_iter().partition(is_doubtful);
    (doubtful.into_iter().map(|done| done.task).collect(), settled)
}

/// The cases that no defect has failed so far, with the defects that were not played further: each may need one of them.
fn left(played: Vec<Done>) -> (Vec<Task>, Vec<Done>) {
    let failed = played.iter().filter(|done| matches!(done.came, Came::Failed(..)));
    let caught: BTreeSet<String> = failed.map(|done| done.task.trials[0].case.id.clone()).collect();
    let (skipped, played): (Vec<Done>, Vec<Done>) = played.into_iter().partition(|done| done.sessions == 0);
    let left = skipped.into_iter().map(|done| done.task);
    (left.filter(|task| !caught.contains(&task.trials[0].case.id)).collect(), played)
}

/// The defects with the cases that reached their decisions, each in the deliveries that did. Cases that send much are left
/// out for defects whose decisions most cases reach: they are slow, and about other defects.
fn changed(surveyed: &[Done], defects: &[Defect]) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut visits: BTreeMap<Defect, usize> = BTreeMap::new();
    for done in surveyed {
        let reached: BTreeSet<Defect> = done.reached.iter().flatten().copied().collect();
        reached.into_iter().for_each(|defect| *visits.entry(defect).or_default() += 1);
    }
    // The cases are ordered: those that wait longest come first.
    for done in surveyed {
        let bulky = bulk(&done.task.trials[0]) > BULK;
        let is_about = |defect: &Defect| visits.get(defect).is_some_and(|visits| visits * 8 < surveyed.len());
        let case = &done.task.trials[0].case;
        for defect in defects.iter().filter(|defect| shows(**defect, case) && (!bulky || is_about(defect))) {
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

async fn play(corpus: &Arc<Corpus>, tasks: Vec<Task>, patience: Patience, lane_count: usize) -> Vec<Done> {
    let order: BTreeMap<(Option<Defect>, String), usize> = tasks
        .iter()
        .enumerate()
        .map(|(place, task)| ((task.defect, task.trials[0].case.id.clone()), place))
        .collect();
    let queue = Arc::new(Mutex::new(VecDeque::from(tasks)));
    let failures = Failures::default();
    let mut lanes = tokio::task::JoinSet::new();
    for _ in 0..lane_count {
        lanes.spawn(lane(Arc::clone(corpus), Arc::clone(&queue), Arc::clone(&failures), patience));
    }
    let mut done: Vec<Done> = lanes.join_all().await.into_iter().flatten().collect();
    done.sort_by_key(|done| order[&(done.task.defect, done.task.trials[0].case.id.clone())]);
    done
}

async fn lane(
    corpus: Arc<Corpus>,
    queue: Arc<Mutex<VecDeque<Task>>>,
    failures: Failures,
    patience: Patience,
) -> Vec<Done> {
    let failed = |defect: Option<Defect>, more: usize| {
        let Some(defect) = defect else { return 0 };
        let mut failures = failures.lock().expect("no lane panics");
        let count = failures.entry(defect).or_default();
        *count += more;
        *count
    };
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let launch = Launch::Client(reference::client());
    let mut stages = BTreeMap::new();
    for protocol in [Protocol::Http1, Protocol::Http2Tls] {
        let listening =
            Listening { address, barrier: BarrierMode::Auto, protocol, tls: Some(soaking::tls()) };
        stages.insert(protocol, open_stage::open_over(&listening, &launch).await.expect("a port"));
    }
    let mut all = Vec::new();
    loop {
        let Some(task) = queue.lock().expect("no lane panics").pop_front() else { break };
        let mut done = Done { in_vain: false, task, came: Came::Held, reached: Vec::new(), sessions: 0 };
        let enough = failed(done.task.defect, 0) >= ENOUGH;
        for trial in done.task.trials.iter().filter(|_| !enough) {
            let reached = reference::Reached::default();
            let trial = shortened(trial, patience);
            let stage = stages.get_mut(&trial.program.delivery.protocol).expect("a stage of each protocol");
            let client = match done.task.defect {
                Some(defect) => reference::with_defects_at(pace(&trial.case), [defect]),
                // The plain sound client, then one that records the decisions that it reaches.
                None => {
                    done.came = session(&corpus, stage, reference::client(), &trial, patience).await;
                    done.sessions += 1;
                    if !matches!(done.came, Came::Held) {
                        break;
                    }
                    reference::surveyed_at(pace(&trial.case), Arc::clone(&reached))
                }
            };
            let began = Instant::now();
            done.came = session(&corpus, stage, client, &trial, patience).await;
            done.in_vain = began.elapsed() >= patience.observation;
            done.sessions += 1;
            done.reached.push(std::mem::take(&mut *reached.lock().expect("no client panics")));
            if !matches!(done.came, Came::Held) {
                break;
            }
        }
        failed(done.task.defect, usize::from(matches!(done.came, Came::Failed(..))));
        all.push(done);
    }
    for (_, stage) in stages {
        open_stage::close(stage).await;
    }
    all
}

async fn session(
    corpus: &Arc<Corpus>,
    stage: &mut Stage,
    client: Client,
    trial: &Trial,
    patience: Patience,
) -> Came {
    let adapter = client.start();
    live(corpus, stage, (adapter, Launch::Client(client)), trial, patience).await
}
