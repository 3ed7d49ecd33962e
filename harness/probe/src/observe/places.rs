//! The streams that the server serves at the same time: the probe opens no more.

use std::sync::Arc;
use std::time::Duration;

use super::admission::Limit;
use super::capacity::MOST;
use crate::options::Options;
use crate::wire::exchange::Exchange;
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::Request;
use tokio::sync::{OwnedRwLockReadGuard, OwnedSemaphorePermit, RwLock, Semaphore};

/// How many streams the probe opens at the same time, and when a closed one counts no longer.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    total: u32,
    release: Duration,
    /// How the server refuses a stream that is too many; `None` if it refuses none.
    limit: Option<Limit>,
    /// Held by observations that last as long as the probe. A check that needs all places waits for them here, or those that need
    /// few would wait behind it for as long, and the observation itself, which needs another place late, for ever.
    lasting: Arc<RwLock<()>>,
    /// Held for writing by who needs a place before all that already wait for one.
    first: Arc<RwLock<()>>,
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
        Self {
            free: Arc::new(Semaphore::new(total as usize)),
            total,
            release,
            limit: None,
            lasting: Arc::default(),
            first: Arc::default(),
        }
    }

    /// The same places, on a server that refuses more streams.
    pub(crate) fn limited(self, limit: Option<Limit>) -> Self {
        Self { limit, ..self }
    }

    /// As many places as these, all of them free.
    pub(crate) fn anew(&self) -> Self {
        Self::new(self.total, self.release).limited(self.limit)
    }

    /// Opens a stream. If the server refuses it because a stream that was closed still counts, again later.
    pub(crate) async fn open(&self, options: &Options, request: &Request) -> OngoingExchange {
        match &self.limit {
            Some(limit) => limit.open(options, request).await,
            None => OngoingExchange::open(options, request).await,
        }
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

    /// Waits for a place, before all others that wait: for an observation that lasts as long as the probe and would end
    /// before its turn comes.
    pub(crate) async fn reserve_first(&self) -> Reservation {
        let _first = self.first.write().await;
        self.take(1).await
    }

    async fn acquire(&self, count: u32) -> Reservation {
        loop {
            drop(self.first.read().await);
            let reservation = self.take(count).await;
            if self.first.try_read().is_ok() {
                return reservation;
            }
            reservation.free();
        }
    }

    async fn take(&self, count: u32) -> Reservation {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.free).acquire_many_owned(count).await.ok();
        Reservation { permit, release: self.release }
    }

    /// Whether the server refused this request because of its limit: that says nothing about the stream.
    pub(crate) fn refuse(&self, exchange: &Exchange) -> bool {
        self.limit.as_ref().is_some_and(|limit| limit.is_refusal(exchange))
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

    #[tokio::test]
    async fn who_needs_a_place_first_does_not_wait_for_the_others_that_wait() {
        let places = Places::new(1, Duration::ZERO);
        let taken = places.reserve(1).await;
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = tokio::task::JoinSet::new();
        for name in ["second", "third"] {
            let (places, sender) = (places.clone(), sender.clone());
            tasks.spawn(async move {
                let _place = places.reserve(1).await;
                sender.send(name).expect("a receiver");
            });
            tokio::task::yield_now().await;
        }
        tasks.spawn(async move {
            let _place = places.reserve_first().await;
            sender.send("first").expect("a receiver");
        });
        tokio::task::yield_now().await;
        drop(taken);
        tokio::time::timeout(PATIENCE, tasks.join_all()).await.expect("a place for each");
        assert_eq!(order.recv().await, Some("first"));
    }
}
