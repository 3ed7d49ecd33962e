//! A lane: the listeners and the adapter of one session after another, and what it remembers of them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::open_stage;
use super::plan::Trial;
use super::played::Played;
use crate::adapter::fault::Fault;
use crate::session::dispatch;
use crate::session::late_arrivals::{Late, LateKind};
use crate::session::outcome::{EndedBy, Outcome};
use crate::session::stage::Stage;

/// What is reported of a run.
#[derive(Debug)]
pub(super) enum News {
    /// A trial was played; with the end of the adapter's stderr where something went wrong.
    Played(Trial, Box<Played>),
    /// Something of a trial arrived after its end.
    Late(Trial, Late, EndedBy),
    /// No adapter could be started for a trial.
    Unplayed(Trial),
    /// The adapter was given up before a trial: it had stopped responding.
    GivenUp(Trial),
}

/// How long a client that reported `closed` is watched for a request: longer than the
/// usual default reconnection time of 3 s.
const WATCHED: Duration = Duration::from_millis(3500);

/// How long a client that the case closed is watched.
const AFTER_CLOSE: Duration = Duration::from_millis(500);

/// A lane.
pub(super) struct Lane {
    /// Its number, counted from 1.
    pub(super) number: u32,
    pub(super) stage: Stage,
    /// The trials by the numbers of their sessions.
    sessions: HashMap<u64, Remembered>,
    /// Until when something that comes late could be of consequence.
    watched_until: Option<Instant>,
}

/// What a lane remembers of a session.
struct Remembered {
    trial: Trial,
    ended_by: EndedBy,
    /// Whether `close` was not answered in time: then a `closed` that comes late is the answer.
    ignored_close: bool,
}

impl Lane {
    pub(super) fn new(stage: Stage, number: u32) -> Self {
        Self { number, stage, sessions: HashMap::new(), watched_until: None }
    }

    /// Remembers the session that was played last, to charge the trial with what comes late.
    pub(super) fn remember(&mut self, trial: &Trial, outcome: &Outcome) {
        let ended_by = outcome.ended_by;
        let ignored_close = outcome.teardown.as_ref().is_some_and(Fault::is_of_teardown);
        let watched = match ended_by {
            EndedBy::Implementation => Some(WATCHED),
            EndedBy::Case => Some(AFTER_CLOSE),
            EndedBy::Harness => None,
        };
        self.watched_until = self.watched_until.max(watched.map(|time| Instant::now() + time));
        let remembered = Remembered { trial: trial.clone(), ended_by, ignored_close };
        self.sessions.insert(self.stage.session, remembered);
    }

    /// Reports what came late.
    pub(super) fn report_late(&mut self, tell: &mpsc::UnboundedSender<News>) {
        for late in self.stage.late.drain(..) {
            let Some(Remembered { trial, ended_by, ignored_close }) = self.sessions.get(&late.session) else {
                continue;
            };
            if *ignored_close && matches!(late.what, LateKind::Adapter(_)) {
                continue;
            }
            // The receiver outlives all lanes.
            let _ = tell.send(News::Late(trial.clone(), late, *ended_by));
        }
    }

    /// Watches the last clients that stopped; later sessions watched the earlier ones.
    pub(super) async fn watch(&mut self, tell: &mpsc::UnboundedSender<News>) {
        if let Some(until) = self.watched_until {
            dispatch::watch(&mut self.stage, until).await;
        }
        self.report_late(tell);
    }

    /// Watches while the adapter exits: messages for its last session are charged as well.
    pub(super) async fn watch_exit(&mut self, tell: &mpsc::UnboundedSender<News>) {
        self.stage.adapter.dismiss();
        dispatch::watch(&mut self.stage, Instant::now() + open_stage::LEAVING).await;
        self.report_late(tell);
    }

    pub(super) async fn close(self) {
        open_stage::close(self.stage).await;
    }
}
