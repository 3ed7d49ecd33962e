//! The lanes of a run: opened when they are needed, and used again.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ssespec_reports::results::Protocol;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::adapters::Adapters;
use super::lane::{Lane, News};
use super::lane_page::Starts;
use super::open_stage::{self, Listeners, NotOpened};
use super::settings::Run;
use crate::session::stage::Stage;

/// The lanes of a run, and their adapters.
pub(super) struct Lanes {
    run: Run,
    pub(super) adapters: Adapters,
    numbers: Arc<AtomicU64>,
    starts: Starts,
    /// How many have been opened.
    opened: AtomicU32,
    /// Those in which no session runs.
    unused: Mutex<Vec<Lane>>,
    tell: mpsc::UnboundedSender<News>,
}

impl Lanes {
    /// The lanes of a run, whose first stage is open.
    pub(super) fn new(run: Run, first: Stage, tell: mpsc::UnboundedSender<News>) -> Self {
        let (numbers, starts) = (Arc::clone(&first.numbers), first.lane_page.starts.clone());
        let (adapters, unshared) = Adapters::new(run.launch.clone(), first, run.lanes.max(1));
        let lanes = Self {
            run,
            adapters,
            numbers,
            starts,
            opened: AtomicU32::new(0),
            unused: Mutex::default(),
            tell,
        };
        if let Some(stage) = unshared {
            lanes.put_back(lanes.numbered(stage));
        }
        lanes
    }

    fn unused(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A lane over a protocol in which no session runs.
    pub(super) async fn any(&self, protocol: Protocol) -> Result<Lane, NotOpened> {
        if let Some(lane) = self.unused_lane(protocol) {
            if lane.stage.adapter.is_sound() {
                return Ok(lane);
            }
            return self.refreshed(lane).await;
        }
        if !self.adapters.are_shared() {
            return self.own(protocol).await;
        }
        let listeners = self.listeners(protocol).await?;
        let adapter = self.adapters.for_lane(&listeners.lane_page).await;
        let adapter = adapter.map_err(|(fault, stderr)| NotOpened::Adapter(fault, stderr))?;
        Ok(self.numbered(listeners.with(adapter, Arc::clone(&self.numbers))))
    }

    /// The last lane in which no session runs, unless its adapter may be blocked.
    fn unused_lane(&self, protocol: Protocol) -> Option<Lane> {
        let mut unused = self.unused();
        let fits = |lane: &Lane| lane.stage.protocol == protocol && !lane.stage.adapter.is_silent();
        let last = unused.iter().rposition(fits)?;
        Some(unused.swap_remove(last))
    }

    /// A lane with another adapter than the one that other lanes made unusable.
    async fn refreshed(&self, mut lane: Lane) -> Result<Lane, NotOpened> {
        lane.report_late(&self.tell);
        let adapter = self.adapters.for_lane(&lane.stage.lane_page).await;
        lane.stage.adapter = adapter.map_err(|(fault, stderr)| NotOpened::Adapter(fault, stderr))?;
        Ok(lane)
    }

    /// A lane over a protocol with an adapter that no other lane uses.
    pub(super) async fn own(&self, protocol: Protocol) -> Result<Lane, NotOpened> {
        let listeners = self.listeners(protocol).await?;
        let adapter = self.adapters.own(&listeners.lane_page).await;
        let adapter = adapter.map_err(|(fault, stderr)| NotOpened::Adapter(fault, stderr))?;
        Ok(self.numbered(listeners.with(adapter, Arc::clone(&self.numbers))))
    }

    /// The listeners of another lane.
    async fn listeners(&self, protocol: Protocol) -> Result<Listeners, NotOpened> {
        open_stage::set_up(&self.run.listening(protocol), &self.run.launch, &self.starts).await
    }

    /// The lane of a stage.
    fn numbered(&self, stage: Stage) -> Lane {
        Lane::new(stage, self.opened.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Leaves the adapters in a bad state: they end when no session runs in them any more.
    pub(super) fn leave_unsound(&self) {
        self.unused()
            .iter_mut()
            .filter(|lane| !lane.stage.adapter.is_sound())
            .for_each(|lane| lane.stage.adapter.leave());
    }

    /// A session in a lane has ended.
    pub(super) fn put_back(&self, mut lane: Lane) {
        if !lane.stage.adapter.is_sound() {
            lane.stage.adapter.leave();
        }
        self.unused().push(lane);
    }

    /// Watches what comes late, and ends everything.
    pub(super) async fn end(&self) {
        let lanes = std::mem::take(&mut *self.unused());
        let outlives = self.run.launch.outlives_its_sessions();
        let mut watches = JoinSet::new();
        for mut lane in lanes {
            let tell = self.tell.clone();
            watches.spawn(async move {
                if outlives {
                    lane.watch(&tell).await;
                }
                lane
            });
        }
        let mut lanes = Vec::new();
        while let Some(watched) = watches.join_next().await {
            lanes.extend(watched);
        }
        self.adapters.dismiss().await;
        let mut ends = JoinSet::new();
        for mut lane in lanes {
            let tell = self.tell.clone();
            ends.spawn(async move {
                if outlives {
                    lane.watch_exit(&tell).await;
                }
                lane.close().await;
            });
        }
        while ends.join_next().await.is_some() {}
        self.adapters.stop().await;
    }
}
