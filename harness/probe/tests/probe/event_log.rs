//! The events of a server: numbered, at regular intervals, with a history.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::broadcast::{Receiver, Sender, channel};
use tokio::sync::watch;

/// The time between two events.
const INTERVAL: Duration = Duration::from_millis(300);

/// The events of a server.
#[derive(Debug, Clone)]
pub(crate) struct EventLog {
    history: Arc<Mutex<Vec<u64>>>,
    live: Sender<u64>,
    has_crashed: Arc<AtomicBool>,
    has_replayed: Arc<AtomicBool>,
    /// How many clients have left.
    left: watch::Sender<u64>,
}

impl EventLog {
    /// A log that gets new events for as long as the runtime runs.
    pub(crate) fn start() -> Self {
        let log = Self {
            history: Arc::default(),
            live: channel(100).0,
            has_crashed: Arc::default(),
            has_replayed: Arc::default(),
            left: watch::channel(0).0,
        };
        let growing = log.clone();
        tokio::spawn(async move {
            for number in 1.. {
                {
                    let mut history = growing.history.lock().expect("a lock");
                    history.push(number);
                    // There may be no client.
                    let _ = growing.live.send(number);
                }
                tokio::time::sleep(INTERVAL).await;
            }
        });
        log
    }

    /// Marks the server as crashed: from now on it closes every connection without a response.
    pub(crate) fn crash(&self) {
        self.has_crashed.store(true, Ordering::Relaxed);
    }

    /// Whether missed events were not sent again before.
    pub(crate) fn is_first_replay(&self) -> bool {
        !self.has_replayed.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn has_crashed(&self) -> bool {
        self.has_crashed.load(Ordering::Relaxed)
    }

    /// A client has left.
    pub(crate) fn leave(&self) {
        self.left.send_modify(|count| *count += 1);
    }

    /// Notices each client that leaves from now on.
    pub(crate) fn leaving(&self) -> watch::Receiver<u64> {
        self.left.subscribe()
    }

    /// The events after this one so far, and those to come, without a gap.
    pub(crate) fn after(&self, last: Option<u64>) -> (Vec<u64>, Receiver<u64>) {
        let history = self.history.lock().expect("a lock");
        let missed = last.map(|last| history.iter().copied().filter(|number| *number > last).collect());
        (missed.unwrap_or_default(), self.live.subscribe())
    }
}
