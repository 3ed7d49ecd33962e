//! The page of a lane's listener.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// How often an adapter was started, counted for all lanes of a run together.
#[derive(Debug, Clone, Default)]
pub struct Starts(Arc<AtomicUsize>);

impl Starts {
    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "command")]
    pub(super) fn total(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
