//! The page of a lane's listener.

use std::sync::Arc;
#[cfg(feature = "command")]
use std::sync::atomic::AtomicU64;
use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(feature = "command")]
use std::time::{Duration, Instant};

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

/// The starts of adapters, of all lanes of a run together.
#[derive(Debug, Clone, Default)]
pub struct Starts(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    total: AtomicUsize,
    /// The longest time from a start to its hello, in milliseconds.
    #[cfg(feature = "command")]
    slowest: AtomicU64,
}

impl Starts {
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
