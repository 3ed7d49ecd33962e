//! The page of a lane's listener.

use std::sync::Arc;
#[cfg(feature = "command")]
use std::sync::atomic::AtomicU64;
use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(feature = "command")]
use std::time::{Duration, Instant};

#[cfg(feature = "page")]
use tokio::sync::{Semaphore, SemaphorePermit};

#[cfg(feature = "page")]
use crate::page::opener::Lane;
#[cfg(feature = "page")]
use crate::page::site::Site;

/// The page that a lane's listener serves, if its adapters are pages.
#[derive(Debug)]
pub struct LanePage {
    pub(super) starts: Starts,
    #[cfg(feature = "page")]
    pub(super) page: Option<(Site, Lane)>,
}

/// How many pages a browser opens at the same time: on a busy machine, one that opens many opens none in time.
#[cfg(feature = "page")]
const OPENED_TOGETHER: usize = 4;

/// The starts of adapters, of all lanes of a run together.
#[derive(Debug, Clone)]
pub struct Starts(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    total: AtomicUsize,
    /// The pages that may be opened now.
    #[cfg(feature = "page")]
    opening: Semaphore,
    /// The longest time from a start to its hello, in milliseconds.
    #[cfg(feature = "command")]
    slowest: AtomicU64,
}

impl Default for Starts {
    fn default() -> Self {
        Self(Arc::new(Counts {
            total: AtomicUsize::new(0),
            #[cfg(feature = "page")]
            opening: Semaphore::new(OPENED_TOGETHER),
            #[cfg(feature = "command")]
            slowest: AtomicU64::new(0),
        }))
    }
}

impl Starts {
    /// Waits until another page may be opened; held until it is open.
    #[cfg(feature = "page")]
    pub(super) async fn opening(&self) -> Option<SemaphorePermit<'_>> {
        self.0.opening.acquire().await.ok()
    }

    pub(super) fn count(&self) {
        self.0.total.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "command")]
    pub(super) fn total(&self) -> usize {
        self.0.total.load(Ordering::Relaxed)
    }

    /// An adapter that was started at that time has sent its hello.
    #[cfg(feature = "command")]
    pub(super) fn introduced(&self, started: Instant) {
        let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.slowest.fetch_max(took, Ordering::Relaxed);
    }

    /// The longest time from a start to its hello so far.
    #[cfg(feature = "command")]
    pub(super) fn slowest(&self) -> Duration {
        Duration::from_millis(self.0.slowest.load(Ordering::Relaxed))
    }
}
