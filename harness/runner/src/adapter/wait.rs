//! Whether an implementation had the time that it was given.
//!
//! On a busy machine a client gets a fraction of a processor, and what takes a second takes a minute. Its patience
//! therefore does not count the time in which the client, or the harness that serves it, was ready to run and got no
//! processor. A client that computes for a long time, or that has nothing to do, gets its patience and no more.

use std::time::{Duration, Instant};

use super::processes::Processes;
use super::run_delay::RunDelay;

/// After how long a wait begins to count delays: most are over by then, and counting is not free. A wait that lasts no longer
/// counts from its beginning.
const UNCOUNTED: Duration = Duration::from_secs(1);

/// How long a wait is extended each time, at least and at most.
const EXTENSION: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// How many times as long as its patience a wait may last.
const LONGEST: u32 = 12;

/// How much longer than its patience a wait may last.
const MOST_ADDED: Duration = Duration::from_secs(60);

/// A wait for an implementation.
#[derive(Debug)]
pub(crate) struct Wait {
    processes: Processes,
    began: Instant,
    patience: Duration,
    deadline: Instant,
    delay: Option<RunDelay>,
}

impl Wait {
    /// A wait that begins now, for processes whose delays can be counted. `patience` is final: what fails is not repeated.
    pub(crate) fn new(processes: Processes, patience: Duration) -> Self {
        let counts = processes != Processes::Unknown && patience <= UNCOUNTED;
        let delay = counts.then(|| RunDelay::of(processes));
        let began = Instant::now();
        Self { processes, began, patience, deadline: began + patience, delay }
    }

    /// When to look again.
    pub(crate) fn until(&self) -> Instant {
        let begins_to_count = self.processes != Processes::Unknown && self.delay.is_none();
        if begins_to_count { self.deadline.min(self.began + UNCOUNTED) } else { self.deadline }
    }

    /// Whether the wait goes on, now that nothing came until then.
    pub(crate) fn goes_on(&mut self) -> bool {
        let now = Instant::now();
        if now < self.deadline {
            if self.delay.is_none() && self.processes != Processes::Unknown {
                self.delay = Some(RunDelay::of(self.processes));
            }
            return true;
        }
        let delay = self.delay.as_mut().map_or(Duration::ZERO, RunDelay::read);
        let had = now.saturating_duration_since(self.began).saturating_sub(delay);
        let missing = self.patience.saturating_sub(had);
        let (least, most) = EXTENSION;
        self.deadline = now + missing.clamp(least, most);
        let longest = (self.patience * LONGEST).min(self.patience + MOST_ADDED);
        !missing.is_zero() && now < self.began + longest
    }

    /// Gives the wait only this much longer, whatever the implementation does.
    pub(crate) fn ends_in(&mut self, time: Duration) {
        self.processes = Processes::Unknown;
        self.delay = None;
        (self.began, self.patience) = (Instant::now(), time);
        self.deadline = self.began + time;
    }
}

#[cfg(test)]
mod tests;
