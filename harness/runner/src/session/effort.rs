//! Whether an implementation still works on what it should show.
//!
//! On a busy machine a client gets a fraction of a processor, and what takes a second takes a minute. Its patience is
//! therefore counted in its own processor time: a wait ends when the client has been idle, or has used as much
//! processor time as it was given.

use std::time::{Duration, Instant};

use crate::adapter::footprint::Footprint;
use crate::adapter::processes::Processes;

/// After how long a wait begins to count the processor time: most are over by then, and counting is not free.
const UNCOUNTED: Duration = Duration::from_secs(1);

/// How long a wait is extended each time.
const EXTENSION: Duration = Duration::from_secs(1);

/// An implementation that uses less than this share of a processor is idle: it waits for something.
const IDLE: f64 = 0.02;

/// How many times as long as its patience a wait may last.
const LONGEST: u32 = 12;

/// A wait for an implementation.
#[derive(Debug)]
pub(super) struct Wait {
    processes: Processes,
    began: Instant,
    patience: Duration,
    deadline: Instant,
    counted: Option<Counted>,
}

/// The processor time in a wait.
#[derive(Debug)]
struct Counted {
    footprint: Footprint,
    first: Duration,
    last: Duration,
    at: Instant,
}

impl Wait {
    /// A wait that begins now, for processes whose time can be counted. `patience` is final: what fails is not repeated.
    pub(super) fn new(processes: Processes, patience: Duration) -> Self {
        let began = Instant::now();
        Self { processes, began, patience, deadline: began + patience, counted: None }
    }

    /// When to look again.
    pub(super) fn until(&self) -> Instant {
        let counts = matches!(self.processes, Processes::Group(_)) && self.counted.is_none();
        if counts { self.deadline.min(self.began + UNCOUNTED) } else { self.deadline }
    }

    /// Whether the wait goes on, now that nothing came until then.
    pub(super) fn goes_on(&mut self) -> bool {
        let now = Instant::now();
        let Some(counted) = &mut self.counted else {
            return now < self.deadline && self.count();
        };
        if now < self.deadline {
            return true;
        }
        let Some(reading) = counted.footprint.read() else { return false };
        let used = reading.processor.saturating_sub(counted.last);
        let works = used > now.saturating_duration_since(counted.at).mul_f64(IDLE);
        let is_due = reading.processor.saturating_sub(counted.first) < self.patience;
        (counted.last, counted.at) = (reading.processor, now);
        self.deadline = now + EXTENSION;
        works && is_due && now < self.began + self.patience * LONGEST
    }

    /// Begins to count.
    fn count(&mut self) -> bool {
        let mut footprint = Footprint::of(self.processes);
        match footprint.as_mut().and_then(Footprint::read) {
            Some(reading) => {
                let (first, at) = (reading.processor, Instant::now());
                self.counted = footprint.map(|footprint| Counted { footprint, first, last: first, at });
            }
            // Their time is not known.
            None => self.processes = Processes::Unknown,
        }
        true
    }

    /// Gives the wait only this much longer, whatever the implementation does.
    pub(super) fn ends_in(&mut self, time: Duration) {
        self.processes = Processes::Unknown;
        self.counted = None;
        self.deadline = Instant::now() + time;
    }
}

#[cfg(test)]
mod tests;
