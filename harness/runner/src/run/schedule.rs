//! The schedule of a run: which trials are played at the same time.
//!
//! How many sessions are busy at the same time is limited, since the processor is. How many wait is not: a session that
//! waits ends its turn, and the next begins.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ssespec_cases::Role;
use ssespec_reports::results::Transport;
use tokio::sync::{OwnedSemaphorePermit, RwLock, RwLockReadGuard, RwLockWriteGuard, Semaphore, mpsc};
use tokio::task::JoinSet;

#[cfg(feature = "intermediary")]
use super::directly;
use super::doubt;
use super::lane::{Lane, News};
use super::lanes::Lanes;
use super::needs::Needs;
use super::plan::Trial;
use super::played::Played;
use super::replay::Usable;
use super::setting::{Refusals, Setting};
use super::settings::Run;
use super::waits::{longest_delay, waits};
use crate::session::outcome::{Close, Provisional};
use crate::session::patience::{AttemptPatience, Patience};
use crate::session::stage::Stage;
use crate::session::turn::Turn;

/// How many sessions may run or wait at the same time where waiting is free.
const OPEN: usize = 512;

/// Where waiting is not free, so many lanes always play the trials that wait longest. Of the lanes beyond these, one in four
/// plays trials that do not wait, which keep the processor busy meanwhile. An implementation with fewer lanes is slow, and a busy
/// processor would make its delays longer.
const WAITING_LANES: usize = 12;
const LANES_FOR_A_QUICK_ONE: usize = 4;

/// How many repeated sessions may run or wait at the same time where delays count: each of hundreds would wait for what a slow
/// intermediary does for the others. One that judges delays itself counts as several.
const REPEATED: usize = 64;
const JUDGES_DELAYS: u32 = 4;

/// How long a session may wait before the next begins.
const IDLE: Duration = Duration::from_millis(50);

/// The same for sessions that measure: a client that works hard says nothing for a while.
const IDLE_MEASURING: Duration = Duration::from_secs(2);

/// After how many sessions in a row without a sign of life an adapter is given up.
const GIVEN_UP: usize = 3;

/// The note of a trial that passed only when it was played again.
const MISSING_ONCE: &str =
    "passed the second time; the first time, something did not come that came soon now";

/// What is noted of a trial that failed only while something came that named no session.
const STRANGER: &str = "passed the second time; the first time, something came that was no request of a session, \
                        perhaps from another program";

/// What the trials of a run share.
pub(super) struct Schedule {
    run: Run,
    lanes: Lanes,
    /// How many sessions may run or wait.
    open: Arc<Semaphore>,
    /// How many lanes can still be opened, if opening them fails.
    openable: Arc<AtomicUsize>,
    /// How many sessions may be busy.
    busy: Arc<Semaphore>,
    /// How many trials that do not wait are played before those that do are over.
    quick: Arc<Semaphore>,
    /// How many trials of many sessions, each with an adapter of its own, may be busy.
    apart: Arc<Semaphore>,
    /// How many trials that measure may be busy.
    measuring: Arc<Semaphore>,
    /// Whether as few lanes may be open as there may be busy ones, since each has an adapter of its own.
    limited: AtomicBool,
    /// Held by trials that let the port refuse connections, and alone by those that count the refused ones, which the
    /// system counts for all together.
    refusing: RwLock<()>,
    needs: Mutex<Needs>,
    /// How many sessions in a row, each with a fresh adapter, showed no sign of life.
    lifeless: AtomicUsize,
    /// How many repeated sessions may run or wait, where delays count.
    repeated: Arc<Semaphore>,
    /// Trials to repeat with the full patience.
    again: Mutex<VecDeque<(Trial, Round)>>,
    tell: mpsc::UnboundedSender<News>,
}

impl Schedule {
    /// The schedule of a run, whose first stage is open and has played the smoke check.
    pub(super) fn new(run: Run, (first, close): (Stage, Close), tell: mpsc::UnboundedSender<News>) -> Self {
        let busy = run.lanes.max(1);
        let lanes = Lanes::new(run.clone(), first, tell.clone());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let waiting_is_free = lanes.adapters.are_shared() || run.launch.is_in_process();
        let (open, quick) = if waiting_is_free {
            (OPEN.max(busy), 0)
        } else {
            (busy, busy.saturating_sub(WAITING_LANES) / LANES_FOR_A_QUICK_ONE)
        };
        Self {
            lanes,
            open: Arc::new(Semaphore::new(open)),
            openable: Arc::new(AtomicUsize::new(open)),
            busy: Arc::new(Semaphore::new(busy)),
            quick: Arc::new(Semaphore::new(quick)),
            apart: Arc::new(Semaphore::new(cores)),
            measuring: Arc::new(Semaphore::new(cores)),
            limited: AtomicBool::new(false),
            refusing: RwLock::new(()),
            needs: Mutex::new(Needs::new(close)),
            lifeless: AtomicUsize::new(0),
            repeated: Arc::new(Semaphore::new(REPEATED)),
            again: Mutex::default(),
            run,
            tell,
        }
    }

    /// Plays trials, and reports each.
    pub(super) async fn play(self: Arc<Self>, trials: Vec<Trial>) {
        let launch = &self.run.launch;
        let (soaking, others): (Vec<Trial>, Vec<Trial>) =
            trials.into_iter().partition(|trial| trial.setting(launch) == Setting::Beside);
        let (alone, others): (Vec<Trial>, Vec<Trial>) =
            others.into_iter().partition(|trial| trial.setting(launch) == Setting::Alone);
        let mut beside = JoinSet::new();
        for trial in soaking {
            beside.spawn(Arc::clone(&self).play_beside(trial));
        }
        self.play_all(in_order(others).into_iter().map(|trial| (trial, Round::First)).collect()).await;
        while beside.join_next().await.is_some() {}
        for trial in alone {
            self.play_all(vec![(trial, Round::Final)]).await;
        }
        self.lanes.end().await;
    }

    /// Plays trials in this order, as far as their settings allow, and then those that must be repeated.
    async fn play_all(self: &Arc<Self>, trials: Vec<(Trial, Round)>) {
        let launch = &self.run.launch;
        let mut tasks = JoinSet::new();
        let (mut next, mut own, mut measured) = (VecDeque::new(), Vec::new(), Vec::new());
        for (trial, round) in trials {
            match trial.setting(launch) {
                Setting::Own => own.push(trial),
                Setting::Measured | Setting::Beside | Setting::Alone => measured.push(trial),
                Setting::Shared => next.push_back((trial, round)),
            }
        }
        tasks.spawn(Arc::clone(self).play_all_apart(own, Arc::clone(&self.apart), IDLE));
        tasks.spawn(Arc::clone(self).play_all_apart(measured, Arc::clone(&self.measuring), IDLE_MEASURING));
        loop {
            // What is repeated comes last, since it waits longest. Where delays count, nothing else may run meanwhile.
            if next.is_empty() && (tasks.is_empty() || !launch.is_judged_by_delays()) {
                next = self.to_repeat();
            }
            // The trials that do not wait are the last: they keep the processor busy while the others wait.
            let quick = match next.back() {
                Some((trial, _)) if waits(&trial.case.script).is_zero() => {
                    Arc::clone(&self.quick).try_acquire_owned().ok()
                }
                _ => None,
            };
            let taken = if quick.is_some() { next.pop_back() } else { next.pop_front() };
            let Some((trial, round)) = taken else {
                match tasks.join_next().await {
                    Some(_) => continue,
                    None => return,
                }
            };
            let repeated = if matches!(round, Round::Again(..)) && launch.is_judged_by_delays() {
                let weight = if trial.case.role() == Role::Intermediary { JUDGES_DELAYS } else { 1 };
                Arc::clone(&self.repeated).acquire_many_owned(weight).await.ok()
            } else {
                None
            };
            match self.turn().await {
                Some((open, turn)) => {
                    let played = Arc::clone(self).play_in_lane(trial, round, open, turn);
                    tasks.spawn(async move {
                        played.await;
                        drop((quick, repeated));
                    });
                }
                None => self.report(News::Unplayed(trial)),
            }
        }
    }

    /// Takes the trials to repeat that come next. Where delays count, the cases of intermediaries judge them: they come after
    /// the cases for clients, which keep a slow intermediary busy.
    fn to_repeat(&self) -> VecDeque<(Trial, Round)> {
        let mut again = self.again();
        let all = std::mem::take(&mut *again);
        if !self.run.launch.is_judged_by_delays() {
            return all;
        }
        let is_own = |(trial, _): &(Trial, Round)| trial.case.role() == Role::Intermediary;
        let (own, others): (VecDeque<_>, VecDeque<_>) = all.into_iter().partition(is_own);
        if others.is_empty() {
            return own;
        }
        *again = own;
        others
    }

    /// The trials to repeat.
    fn again(&self) -> MutexGuard<'_, VecDeque<(Trial, Round)>> {
        self.again.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until another session may be busy; `None` if no lane can be opened any more.
    async fn turn(&self) -> Option<(OwnedSemaphorePermit, Turn)> {
        let open = Arc::clone(&self.open).acquire_owned().await.ok()?;
        let busy = Arc::clone(&self.busy).acquire_owned().await.ok()?;
        Some((open, Turn::new(busy, IDLE)))
    }

    /// Plays a trial in a lane that others may have used, with an adapter that others may use.
    async fn play_in_lane(
        self: Arc<Self>,
        trial: Trial,
        round: Round,
        open: OwnedSemaphorePermit,
        turn: Turn,
    ) {
        let (mut open, mut turn) = (open, turn);
        let _refusing = self.refusing(&trial).await;
        let mut lane = loop {
            match self.lanes.any(trial.program.delivery.protocol).await {
                Ok(lane) => break lane,
                Err(_) => {
                    // Another lane plays the trial.
                    open.forget();
                    if self.openable.fetch_sub(1, Ordering::Relaxed) == 1 {
                        self.open.close();
                    }
                    drop(turn);
                    match self.turn().await {
                        Some(next) => (open, turn) = next,
                        None => return self.report(News::Unplayed(trial)),
                    }
                }
            }
        };
        lane.stage.turn = turn;
        if let Some(lane) = self.play_trial(lane, trial, round).await {
            self.lanes.put_back(lane);
        }
        drop(open);
    }

    /// Plays trials in this order, each with an adapter of its own, and as many at the same time as may be busy.
    async fn play_all_apart(self: Arc<Self>, trials: Vec<Trial>, busy: Arc<Semaphore>, idle: Duration) {
        let mut tasks = JoinSet::new();
        for trial in trials {
            match Arc::clone(&busy).acquire_owned().await {
                Ok(turn) => _ = tasks.spawn(Arc::clone(&self).play_apart(trial, Turn::new(turn, idle))),
                Err(_) => self.report(News::Unplayed(trial)),
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    /// Plays a trial with an adapter that runs nothing else, before or after.
    async fn play_apart(self: Arc<Self>, trial: Trial, turn: Turn) {
        // Last: while it waits for its turn, it must not keep others from refusing.
        let _refusing = self.refusing(&trial).await;
        let Ok(mut lane) = self.lanes.own(trial.program.delivery.protocol).await else {
            return self.report(News::Unplayed(trial));
        };
        lane.stage.turn = turn;
        if let Some(mut lane) = self.play_trial(lane, trial, Round::Final).await {
            lane.report_late(&self.tell);
            lane.close().await;
        }
    }

    /// Plays a trial with an adapter that runs nothing else, without a turn: it hardly ever does anything.
    async fn play_beside(self: Arc<Self>, trial: Trial) {
        let Ok(mut lane) = self.lanes.own(trial.program.delivery.protocol).await else {
            return self.report(News::Unplayed(trial));
        };
        lane.stage.turn = Turn::default();
        if let Some(mut lane) = self.play_trial(lane, trial, Round::Final).await {
            lane.report_late(&self.tell);
            lane.close().await;
        }
    }

    /// Plays a trial, and returns the lane if it is usable afterwards.
    async fn play_trial(&self, mut lane: Lane, trial: Trial, round: Round) -> Option<Lane> {
        #[cfg(feature = "page")]
        if let Some(board) = self.run.launch.board() {
            board.playing(&trial.case.id, &trial.case.title);
        }
        if self.lifeless.load(Ordering::Relaxed) >= GIVEN_UP {
            self.report(News::GivenUp(trial));
            return Some(lane);
        }
        let patience = self.patience(round, &trial);
        if lane.stage.adapter.is_shared() && !self.lanes.adapters.are_shared() {
            // From now on each lane has its own.
            if let Ok(own) = self.lanes.adapters.own(&lane.stage.lane_page).await {
                lane.stage.adapter = own;
            }
        }
        let (mut played, usable) =
            doubt::play(&self.lanes.adapters, &self.run.launch, &mut lane.stage, &trial, patience).await;
        lane.stage.turn = Turn::default();
        let provisional = match round {
            Round::First => played.outcome.provisional(),
            Round::Again(..) | Round::Final => None,
        };
        #[cfg(feature = "intermediary")]
        if provisional.is_none() {
            directly::confirm(&self.run, &trial, &mut played).await;
        }
        if self.lanes.adapters.are_shared_no_more() && !self.limited.swap(true, Ordering::Relaxed) {
            self.limit();
        }
        lane.remember(&trial, &played.outcome);
        played.lane = Some(lane.number);
        self.needs().learn(played.outcome.needed, played.outcome.answer_to_close());
        if let Round::Again(first, why) = round
            && played.outcome.held.is_ok()
        {
            let note = match why {
                Provisional::Unattributed => Some(STRANGER),
                // Not for want of patience: what was missing the first time came in time the second time.
                Provisional::ShortSilence => {
                    let came_soon = played.outcome.needed.at_most(first) == played.outcome.needed;
                    came_soon.then_some(MISSING_ONCE)
                }
            };
            played.note = played.note.or(note.map(str::to_owned));
        }
        if played.outcome.alive {
            self.lifeless.store(0, Ordering::Relaxed);
        } else if played.outcome.teardown.is_some() {
            self.lifeless.fetch_add(1, Ordering::Relaxed);
        }
        let is_spoiled = self.is_spoiled(&lane, &played);
        // A failure that is known need not be proved again, unless it may be the fault of another session.
        let is_known = lane.stage.adapter.is_sound()
            && played.outcome.failure().is_some_and(|failure| {
                self.run.baseline.excuses(&trial.case.id, trial.program.delivery, &failure.summary())
            });
        match provisional {
            Some(why) if !is_known => self.again().push_back((trial, Round::Again(patience.now, why))),
            _ => self.report(News::Played(trial, Box::new(played))),
        }
        lane.report_late(&self.tell);
        if usable == Usable::Yes && !is_spoiled {
            return Some(lane);
        }
        self.lanes.leave_unsound();
        lane.close().await;
        None
    }

    /// Whether another session in a lane would suffer from what failed there. The pages of a browser share its connections,
    /// and one over HTTP/2 whose loss it did not notice, or a stream of it, is used for the next request to the same port.
    fn is_spoiled(&self, lane: &Lane, played: &Played) -> bool {
        self.run.launch.transport() == Transport::Page
            && lane.stage.protocol.is_http2()
            && played.outcome.held.is_err()
    }

    /// Waits until a trial does not disturb another's count of refused connections. Held until the trial is over.
    async fn refusing(&self, trial: &Trial) -> Refusing<'_> {
        match trial.refusals() {
            Refusals::Counted => Refusing::Alone(self.refusing.write().await),
            Refusals::Uncounted => Refusing::WithOthers(self.refusing.read().await),
            Refusals::None => Refusing::No,
        }
    }

    fn needs(&self) -> MutexGuard<'_, Needs> {
        self.needs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn patience(&self, round: Round, trial: &Trial) -> AttemptPatience {
        match round {
            Round::First => {
                let free = self.lanes.adapters.are_shared() || self.run.launch.is_in_process();
                self.needs().first_attempt(self.run.patience, free, longest_delay(&trial.case.script))
            }
            Round::Again(..) | Round::Final => self.needs().final_attempt(self.run.patience),
        }
    }

    /// Limits the open lanes to those that may be busy, as soon as others have ended.
    fn limit(&self) {
        let lanes = self.run.lanes.max(1);
        let (open, openable) = (Arc::clone(&self.open), Arc::clone(&self.openable));
        tokio::spawn(async move {
            let one_less = |count: usize| (count > lanes).then(|| count - 1);
            while openable.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
                match open.acquire().await {
                    Ok(permit) => permit.forget(),
                    // No lane can be opened any more.
                    Err(_) => return,
                }
            }
        });
    }

    fn report(&self, news: News) {
        // The receiver outlives the schedule.
        let _ = self.tell.send(news);
    }
}

/// An order in which few trials wait for each other: those that count refused connections come first, and those that let
/// the port refuse connections when these are over.
fn in_order(trials: Vec<Trial>) -> Vec<Trial> {
    let mut order = Vec::with_capacity(trials.len());
    let mut refusing = Vec::new();
    let mut others = Vec::new();
    for trial in trials {
        match trial.refusals() {
            Refusals::Counted => order.push(trial),
            Refusals::Uncounted => refusing.push(trial),
            Refusals::None => others.push(trial),
        }
    }
    // Before those that do not wait, which are the last.
    let waiting = others.iter().filter(|trial| !waits(&trial.case.script).is_zero()).count();
    let later = others.split_off(if waiting == 0 { others.len() } else { waiting } / 2);
    order.extend(others.into_iter().chain(refusing).chain(later));
    order
}

/// What a trial holds that lets the port refuse connections.
enum Refusing<'s> {
    No,
    WithOthers(#[expect(dead_code, reason = "held")] RwLockReadGuard<'s, ()>),
    Alone(#[expect(dead_code, reason = "held")] RwLockWriteGuard<'s, ()>),
}

/// Which attempt at a trial it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// A failure that is provisional is repeated.
    First,
    /// The second, after one with this patience that failed provisionally.
    Again(Patience, Provisional),
    /// The only one.
    Final,
}
