//! The adapters of a run: one for many lanes if it can run that many sessions, otherwise one for each lane.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::lane_page::LanePage;
use super::launch::Launch;
use super::open_stage::LEAVING;
use crate::adapter::fault::Fault;
use crate::adapter::running::Adapter;
use crate::adapter::shared::Shared;
use crate::session::stage::Stage;

/// How many adapters that several lanes use may become unusable before each lane gets its own: their crashes cost all
/// sessions in them, and these have to be repeated.
const LOSSES: usize = 3;

/// How many adapters may be silent at the same time before sessions begin in them nevertheless.
const SILENT: usize = 3;

/// The adapters of a run.
pub(super) struct Adapters {
    launch: Launch,
    /// Those that several lanes use, the newest last. Held while one starts, so that lanes do not start one each.
    shared: tokio::sync::Mutex<Vec<Shared>>,
    /// Whether an adapter can run several sessions.
    can_be_shared: bool,
    losses: AtomicUsize,
    /// How many trials may be repeated with an adapter of their own at the same time.
    repeats: Semaphore,
}

impl Adapters {
    /// The adapters of a run, of which that of the first stage has started; and this stage, unless its adapter is shared.
    pub(super) fn new(launch: Launch, first: Stage, lanes: usize) -> (Self, Option<Stage>) {
        let can_be_shared = first.adapter.identity().sessions.get() > 1;
        let (shared, own) =
            if can_be_shared { (vec![Shared::new(first.adapter)], None) } else { (Vec::new(), Some(first)) };
        let adapters = Self {
            launch,
            shared: tokio::sync::Mutex::new(shared),
            can_be_shared,
            losses: AtomicUsize::new(0),
            repeats: Semaphore::new(lanes),
        };
        (adapters, own)
    }

    /// Whether lanes shared adapters, and do no more.
    pub(super) fn are_shared_no_more(&self) -> bool {
        self.can_be_shared && !self.are_shared()
    }

    /// Waits until a trial may be repeated with an adapter of its own. Held until that is over.
    pub(super) async fn repeat(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.repeats.acquire().await.ok()
    }

    /// Whether lanes share adapters now.
    pub(super) fn are_shared(&self) -> bool {
        self.can_be_shared && self.losses.load(Ordering::Relaxed) < LOSSES
    }

    /// Notes that an adapter that several lanes use became unusable.
    pub(super) fn lost(&self) {
        self.losses.fetch_add(1, Ordering::Relaxed);
    }

    /// An adapter for a lane, which may be one that other lanes use too.
    ///
    /// # Errors
    /// If it cannot be started; with the end of its stderr.
    pub(super) async fn for_lane(&self, page: &LanePage) -> Result<Adapter, (Fault, String)> {
        if !self.are_shared() {
            return self.own(page).await;
        }
        let mut shared = self.shared.lock().await;
        let responding = shared.iter().rev().filter(|adapter| !adapter.is_silent()).find_map(Shared::seat);
        if let Some(seat) = responding {
            return Ok(seat);
        }
        // A few that respond late are enough: perhaps the machine is busy.
        if shared.iter().filter(|adapter| adapter.is_sound() && adapter.is_silent()).count() >= SILENT
            && let Some(seat) = shared.iter().rev().find_map(Shared::seat)
        {
            return Ok(seat);
        }
        let adapter = self.launch.start(page).await?;
        let fresh = Shared::new(adapter);
        let seat = fresh.seat().ok_or((Fault::Gone, String::new()));
        shared.push(fresh);
        seat
    }

    /// An adapter for one lane alone.
    ///
    /// # Errors
    /// If it cannot be started; with the end of its stderr.
    pub(super) async fn own(&self, page: &LanePage) -> Result<Adapter, (Fault, String)> {
        self.launch.start(page).await
    }

    /// Asks those that several lanes use to exit.
    pub(super) async fn dismiss(&self) {
        self.shared.lock().await.iter().for_each(Shared::dismiss);
    }

    /// Ends those that several lanes use.
    pub(super) async fn stop(&self) {
        let shared = std::mem::take(&mut *self.shared.lock().await);
        let mut ends = tokio::task::JoinSet::new();
        for adapter in shared {
            ends.spawn(adapter.stop(LEAVING));
        }
        while ends.join_next().await.is_some() {}
    }
}
