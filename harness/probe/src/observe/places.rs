//! The streams that the server serves at the same time: the probe opens no more.

use std::sync::Arc;
use std::time::Duration;

use super::capacity::MOST;
use tokio::sync::{OwnedRwLockReadGuard, OwnedSemaphorePermit, RwLock, Semaphore};

/// How many streams the probe opens at the same time, and when a closed one counts no longer.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    total: u32,
    release: Duration,
    /// Held by observations that last as long as the probe. A check that needs all places waits for them here, or those that need
    /// few would wait behind it for as long, and the observation itself, which needs another place late, for ever.
    lasting: Arc<RwLock<()>>,
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
        Self { free: Arc::new(Semaphore::new(total as usize)), total, release, lasting: Arc::default() }
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
        let count = count.clamp(1, self.total);
        let _nothing_lasts =
            if count == self.total && count > 1 { Some(self.lasting.write().await) } else { None };
        self.acquire(count).await
    }

    /// Waits until a place is free, for an observation that lasts as long as the probe.
    pub(crate) async fn reserve_lasting(&self) -> (OwnedRwLockReadGuard<()>, Reservation) {
        let lasts = Arc::clone(&self.lasting).read_owned().await;
        (lasts, self.acquire(1).await)
    }

    async fn acquire(&self, count: u32) -> Reservation {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.free).acquire_many_owned(count).await.ok();
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

#[cfg(test)]
mod tests {
    use super::*;

    /// How long what waits for nothing may take on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn who_needs_all_places_waits_for_a_lasting_observation_without_blocking_others() {
        let places = Places::new(3, Duration::ZERO);
        let lasting = places.reserve_lasting().await;
        let all = tokio::spawn({
            let places = places.clone();
            async move { drop(places.reserve(3).await) }
        });
        // It runs until it waits.
        tokio::task::yield_now().await;
        // The observation itself needs another place late, and other checks go on.
        let second = tokio::time::timeout(PATIENCE, places.reserve(1)).await.expect("a place");
        let third = tokio::time::timeout(PATIENCE, places.reserve(1)).await.expect("a place");
        assert!(!all.is_finished());
        drop((second, third, lasting));
        tokio::time::timeout(PATIENCE, all).await.expect("all places").expect("no panic");
    }
}
