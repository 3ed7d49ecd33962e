//! The events that the server sends: numbered, one after another, with a history.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::broadcast::{Receiver, Sender, channel};

/// The time between two events.
const EVERY: Duration = Duration::from_millis(300);

/// Where events come from.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    history: Arc<Mutex<Vec<u64>>>,
    live: Sender<u64>,
    dead: Arc<AtomicBool>,
}

impl Feed {
    /// A feed that ticks as long as the runtime lives.
    pub(crate) fn start() -> Self {
        let feed = Self { history: Arc::default(), live: channel(100).0, dead: Arc::default() };
        let ticking = feed.clone();
        tokio::spawn(async move {
            for number in 1.. {
                {
                    let mut history = ticking.history.lock().expect("a lock");
                    history.push(number);
                    // Nobody may be there to hear it.
                    let _ = ticking.live.send(number);
                }
                tokio::time::sleep(EVERY).await;
            }
        });
        feed
    }

    /// Ends the server whose feed it is: from now on it closes every connection without an answer.
    pub(crate) fn die(&self) {
        self.dead.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    /// What has happened after an event, and what will happen then, without a gap.
    pub(crate) fn after(&self, last: Option<u64>) -> (Vec<u64>, Receiver<u64>) {
        let history = self.history.lock().expect("a lock");
        let missed = last.map(|last| history.iter().copied().filter(|number| *number > last).collect());
        (missed.unwrap_or_default(), self.live.subscribe())
    }
}
