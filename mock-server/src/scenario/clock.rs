//! Waits that end at their time. Timers of tokio may be late by two milliseconds: they round up to a whole one, and so does
//! the system call in which its threads wait.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

#[cfg(test)]
mod tests;

/// How long before its time a wait leaves tokio's timers.
const ROUGHNESS: Duration = Duration::from_millis(2);

/// Ends waits at their time. It has a thread from the first wait until it is dropped.
#[derive(Debug, Default)]
pub(super) struct Clock {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Signaled when the first wait is another one, and when the clock is dropped.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The waits that end soon, the first one on top.
    waits: BinaryHeap<Reverse<Wait>>,
    /// How many waits there were.
    count: u64,
    has_thread: bool,
    is_over: bool,
}

/// A wait that ends soon.
#[derive(Debug)]
struct Wait {
    until: Instant,
    /// Of two that end simultaneously, the earlier comes first.
    number: u64,
    done: oneshot::Sender<()>,
}

impl Wait {
    fn order(&self) -> (Instant, u64) {
        (self.until, self.number)
    }
}

impl PartialEq for Wait {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Wait {}

impl PartialOrd for Wait {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wait {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.shared.state().is_over = true;
        self.shared.changed.notify_one();
    }
}

impl Clock {
    /// Waits until this time.
    pub(super) async fn sleep_until(&self, until: tokio::time::Instant) {
        if let Some(roughly) = until.checked_sub(ROUGHNESS)
            && roughly > tokio::time::Instant::now()
        {
            tokio::time::sleep_until(roughly).await;
        }
        if until <= tokio::time::Instant::now() {
            return;
        }
        match self.begin(until.into_std()) {
            Ok(done) => drop(done.await),
            // The system has no more threads.
            Err(_) => tokio::time::sleep_until(until).await,
        }
    }

    fn begin(&self, until: Instant) -> std::io::Result<oneshot::Receiver<()>> {
        let mut state = self.shared.state();
        if !state.has_thread {
            let shared = Arc::clone(&self.shared);
            std::thread::Builder::new().name("clock".into()).spawn(move || shared.run())?;
            state.has_thread = true;
        }
        let (done, waiting) = oneshot::channel();
        let number = state.count;
        state.count += 1;
        let is_first = state.waits.peek().is_none_or(|Reverse(first)| until < first.until);
        state.waits.push(Reverse(Wait { until, number, done }));
        drop(state);
        if is_first {
            self.shared.changed.notify_one();
        }
        Ok(waiting)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends waits, one after another.
    fn run(&self) {
        let mut state = self.state();
        while !state.is_over {
            let now = Instant::now();
            let until = state.waits.peek().map(|Reverse(first)| first.until);
            state = match until {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(until) if until > now => {
                    let waited = self.changed.wait_timeout(state, until - now);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                Some(_) => {
                    if let Some(Reverse(wait)) = state.waits.pop() {
                        drop(state);
                        // Whoever waited may have stopped.
                        let _ = wait.done.send(());
                        self.state()
                    } else {
                        state
                    }
                }
            };
        }
    }
}
