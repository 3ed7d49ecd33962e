//! The streams that the server serves at the same time: the probe opens no more.

use std::sync::Arc;
use std::time::Duration;

use super::capacity::MOST;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many streams the probe opens at the same time, and when a closed one counts no longer.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    total: u32,
    release: Duration,
}

/// Places that are reserved for requests. Dropped, they are free again as soon as the server has noticed.
#[derive(Debug)]
pub(crate) struct Reservation {
    permit: Option<OwnedSemaphorePermit>,
    release: Duration,
}

impl Places {
    /// This many places. The server needs `release` to notice that a client has left.
    pub(crate) fn new(total: u32, release: Duration) -> Self {
        let total = total.max(1);
        Self { free: Arc::new(Semaphore::new(total as usize)), total, release }
    }

    /// How many there are.
    pub(crate) fn total(&self) -> u32 {
        self.total
    }

    /// Whether there are fewer than the probe would use, so that a request may have to wait for another.
    pub(crate) fn are_limited(&self) -> bool {
        self.total < MOST
    }

    /// How long the server needs to notice that a client has left.
    pub(crate) fn release(&self) -> Duration {
        self.release
    }

    /// Waits until this many places are free, or all if there are not so many.
    pub(crate) async fn reserve(&self, count: u32) -> Reservation {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.free).acquire_many_owned(count.clamp(1, self.total)).await.ok();
        Reservation { permit, release: self.release }
    }
}

impl Reservation {
    /// Frees the places immediately: the server itself ended the responses.
    pub(crate) fn free(mut self) {
        self.permit = None;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        if self.release.is_zero() {
            return;
        }
        // Without a runtime nobody waits for a place.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let release = self.release;
            runtime.spawn(async move {
                tokio::time::sleep(release).await;
                drop(permit);
            });
        }
    }
}
