//! A lane: a listener and an adapter that run sessions one after another.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::plan::Trial;
use super::played::Played;
use super::settings::Run;
use super::stage;
use crate::adapter::fault::Fault;
use crate::adapter::running::Adapter;
use crate::session::dispatch::{self, play};
use crate::session::late::Late;
use crate::session::outcome::{EndedBy, Failure, Stop};
use crate::session::stage::Stage;

/// What a lane reports.
#[derive(Debug)]
pub(super) enum News {
    /// A trial was played; with the end of the adapter's stderr where something went wrong.
    Played(Trial, Box<Played>),
    /// Something of a trial arrived after its end.
    Late(Trial, Late, EndedBy),
}

/// How long a client that reported `closed` is watched for a request: longer than the
/// usual default reconnection time of 3 s.
const WATCHED: Duration = Duration::from_millis(3500);

/// From which end of the queue a lane takes its trials. Trials with long waits are in front: while some lanes wait,
/// others work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueueEnd {
    /// The trials that wait longest.
    Front,
    /// Those that wait least.
    Back,
}

/// A lane at work.
pub(super) struct Lane {
    run: Run,
    queue: Arc<Mutex<VecDeque<Trial>>>,
    takes_from: QueueEnd,
    tell: mpsc::UnboundedSender<News>,
    /// Held while it plays, for those who wait for the end of that.
    playing: Option<mpsc::Sender<Infallible>>,
    /// The trials by the numbers of their sessions, and who ended them.
    sessions: HashMap<u64, (Trial, EndedBy)>,
    /// The adapter of the next trial, while it starts.
    spare: Option<tokio::task::JoinHandle<Option<Adapter>>>,
    /// When the last session ended in which the client reported `closed` on its own.
    done_at: Option<Instant>,
}

impl Lane {
    pub(super) fn new(
        run: Run,
        queue: Arc<Mutex<VecDeque<Trial>>>,
        takes_from: QueueEnd,
        tell: mpsc::UnboundedSender<News>,
        playing: Option<mpsc::Sender<Infallible>>,
    ) -> Self {
        Self { run, queue, takes_from, tell, playing, sessions: HashMap::new(), spare: None, done_at: None }
    }

    /// Opens a stage; `None` if that fails.
    pub(super) async fn open(&self) -> Option<Stage> {
        stage::open(self.run.address, self.run.barrier, &self.run.launch).await.ok()
    }

    /// Plays trials until the queue is empty or no adapter can be started.
    pub(super) async fn work(mut self, stage: Option<Stage>) {
        let stage = match stage {
            Some(stage) => Some(stage),
            None => self.open().await,
        };
        // Another lane plays the trials; if no lane can, they are reported as not played.
        let Some(mut stage) = stage else { return };
        let mut usable = true;
        let mut fresh = stage.session == 0;
        while usable && let Some(trial) = self.next_trial() {
            if trial.case.isolated && !fresh {
                usable = self.refresh(&mut stage).await;
            }
            if trial.case.isolated {
                self.prepare();
            }
            #[cfg(feature = "page")]
            if let Some(board) = self.run.launch.board() {
                board.playing(&trial.case.id, &trial.case.title);
            }
            let (played, restarted) = play_case(&self.run, &mut stage, &trial).await;
            usable &= restarted;
            fresh = played.outcome.cut_short;
            let ended_by = played.outcome.ended_by;
            if ended_by == EndedBy::Implementation {
                self.done_at = Some(Instant::now());
            }
            self.sessions.insert(stage.session, (trial.clone(), ended_by));
            let _ = self.tell.send(News::Played(trial, Box::new(played)));
            self.report_late(&mut stage);
        }
        self.playing = None;
        if usable && self.run.launch.outlives_its_sessions() {
            self.watch(&mut stage).await;
            // Messages for its last session while it exits are charged as well.
            stage.adapter.dismiss();
            dispatch::watch(&mut stage, Instant::now() + stage::LEAVING).await;
            self.report_late(&mut stage);
        }
        stage::close(stage).await;
    }

    /// Starts the adapter of the next trial, if that does not count toward the time of this one.
    fn prepare(&mut self) {
        let more = self.queue.lock().is_ok_and(|queue| !queue.is_empty());
        if more && self.spare.is_none() {
            self.spare = self.run.launch.start_apart();
        }
    }

    /// Replaces an adapter that has run a trial with a fresh one, and returns whether that succeeded.
    async fn refresh(&mut self, stage: &mut Stage) -> bool {
        let Some(spare) = self.spare.take() else { return restart(&self.run, stage).await.is_ok() };
        match spare.await {
            Ok(Some(fresh)) => {
                std::mem::replace(&mut stage.adapter, fresh).stop(NO_GRACE).await;
                true
            }
            Ok(None) | Err(_) => restart(&self.run, stage).await.is_ok(),
        }
    }

    fn next_trial(&self) -> Option<Trial> {
        let mut queue = self.queue.lock().ok()?;
        match self.takes_from {
            QueueEnd::Front => queue.pop_front(),
            QueueEnd::Back => queue.pop_back(),
        }
    }

    fn report_late(&self, stage: &mut Stage) {
        for late in stage.late.drain(..) {
            if let Some((trial, ended_by)) = self.sessions.get(&late.session) {
                let _ = self.tell.send(News::Late(trial.clone(), late, *ended_by));
            }
        }
    }

    /// Watches the last client that reported `closed`; later sessions watched the earlier ones.
    async fn watch(&self, stage: &mut Stage) {
        let Some(until) = self.done_at.map(|at| at + WATCHED) else { return };
        dispatch::watch(stage, until).await;
        self.report_late(stage);
    }
}

/// How long an unusable adapter may take to exit.
const NO_GRACE: Duration = Duration::ZERO;

/// Replaces an unusable adapter with a fresh one.
async fn restart(run: &Run, stage: &mut Stage) -> Result<(), (Fault, String)> {
    let fresh = run.launch.start(&stage.lane_page).await?;
    let old = std::mem::replace(&mut stage.adapter, fresh);
    old.stop(NO_GRACE).await;
    Ok(())
}

/// Plays a trial. If the adapter is unusable afterwards, it is restarted. If it crashed, or an earlier session made it
/// unusable, the trial is repeated; a second crash at the same step is a failure of the implementation. So is a page
/// that does not answer `close`, since the adapter in it is part of the harness. Returns whether the stage is usable
/// afterwards.
pub async fn play_case(run: &Run, stage: &mut Stage, trial: &Trial) -> (Played, bool) {
    let mut outcome = play(stage, &trial.program, run.patience).await;
    let mut stderr = outcome.held.is_err().then(|| stage.adapter.stderr());
    let mut note = None;
    if outcome.cut_short {
        let restarted = restart(run, stage).await.is_ok();
        return (Played { outcome, stderr, note }, restarted);
    }
    let Err(Stop::Fault { fault, step }) = outcome.held.clone() else {
        return (Played { outcome, stderr, note }, true);
    };
    if matches!(fault, Fault::IgnoredClose(_))
        && run.launch.adapter_is_ours()
        && let Some(failure) = outcome.failed_before.take()
    {
        let hint = Some(format!("then it stopped responding: {fault}"));
        outcome.held = Err(Stop::Failure(Failure { hint, ..failure }));
        let restarted = restart(run, stage).await.is_ok();
        return (Played { outcome, stderr, note }, restarted);
    }
    if let Err((fault, _)) = restart(run, stage).await {
        note = Some(format!("the adapter could not be restarted: {fault}"));
        return (Played { outcome, stderr, note }, false);
    }
    if !fault.is_crash() && fault.is_of_its_session() {
        return (Played { outcome, stderr, note }, true);
    }
    let again = play(stage, &trial.program, run.patience).await;
    let usable = match &again.held {
        Err(Stop::Fault { fault: second, step: second_step }) => {
            if fault.is_crash() && second.is_crash() && *second_step == step {
                stderr = Some(stage.adapter.stderr());
                outcome = again;
                outcome.held = Err(Stop::Failure(Failure {
                    step,
                    expected: format!("the {} keeps running", trial.case.role()),
                    observed: format!("it crashed twice at this step: {fault}"),
                    hint: Some("see the adapter's stderr".into()),
                }));
            }
            restart(run, stage).await.is_ok()
        }
        Err(Stop::Failure(_)) | Ok(()) => {
            note = Some(format!("the first attempt ended with: {fault}"));
            stderr = again.held.is_err().then(|| stage.adapter.stderr());
            outcome = again;
            true
        }
    };
    (Played { outcome, stderr, note }, usable)
}
