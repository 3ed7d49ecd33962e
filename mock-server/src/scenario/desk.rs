//! Where a route's requests arrive: a script that waits for one gets it, and every script can see that one came.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use crate::wire::Exchange;

/// Where the requests of a route arrive.
#[derive(Debug)]
pub(super) struct Desk {
    arrivals: watch::Sender<Arrivals>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    claims: VecDeque<Claim>,
    /// When the last response ended.
    ended: Option<Instant>,
}

/// A request, and what scripts need to know about it.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) exchange: Exchange,
    /// How long after the end of the last response it arrived.
    pub(super) since_end: Option<Duration>,
    /// Whether its client has left, if a script may ask.
    pub(super) left: Option<watch::Receiver<bool>>,
}

impl Arrival {
    /// Waits until the client has left; for ever, if no script may ask.
    pub(super) fn departure(&self) -> impl Future<Output = ()> + use<> {
        let left = self.left.clone();
        async {
            match left {
                // The sender is gone once the connection is closed.
                Some(mut left) => drop(left.wait_for(|left| *left).await),
                None => std::future::pending().await,
            }
        }
    }
}

/// The requests so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrivals {
    /// How many there were.
    pub(super) count: u64,
    /// The last one, in words.
    pub(super) last: String,
}

/// A running script that will wait for more requests.
#[derive(Debug)]
struct Claim {
    to: mpsc::UnboundedSender<Arrival>,
    remaining: usize,
    /// Which of the route's connections the script serves.
    connection: usize,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self { arrivals: watch::Sender::new(Arrivals::default()), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves the next `count` requests for a script.
    pub(super) fn claim(&self, count: usize, connection: usize) -> mpsc::UnboundedReceiver<Arrival> {
        let (to, requests) = mpsc::unbounded_channel();
        if count > 0 {
            self.state().claims.push_back(Claim { to, remaining: count, connection });
        }
        requests
    }

    /// Reports a request that arrived at this time. Returns how long after the end of the last response that was.
    pub(super) fn arrived(&self, words: String, at: Instant) -> Option<Duration> {
        self.arrivals.send_modify(|arrivals| {
            arrivals.count += 1;
            arrivals.last = words;
        });
        self.state().ended.map(|ended| at.saturating_duration_since(ended))
    }

    /// A response is about to end.
    pub(super) fn ends(&self) {
        self.state().ended = Some(Instant::now());
    }

    /// The script that waits for the next request, and which connection it serves.
    pub(super) fn waiting(&self) -> Option<(mpsc::UnboundedSender<Arrival>, usize)> {
        let claims = &mut self.state().claims;
        claims.retain(|claim| claim.remaining > 0 && !claim.to.is_closed());
        let claim = claims.front_mut()?;
        claim.remaining -= 1;
        Some((claim.to.clone(), claim.connection))
    }

    /// How many requests have arrived.
    pub(super) fn count(&self) -> u64 {
        self.arrivals.borrow().count
    }

    /// The next request after the first `seen`, unless none comes in this time.
    pub(super) async fn arrival(&self, seen: u64, within: Duration) -> Option<Arrivals> {
        let mut arrivals = self.arrivals.subscribe();
        let later = arrivals.wait_for(|arrivals| arrivals.count > seen);
        let found = tokio::time::timeout(within, later).await.ok()?.ok()?;
        Some(found.clone())
    }
}
