//! In place of `wait` without the feature `command`: a wait ends with its patience, however busy the machine is.

use std::time::{Duration, Instant};

use super::processes::Processes;

/// A wait for an implementation.
#[derive(Debug)]
pub(crate) struct Wait {
    deadline: Instant,
}

impl Wait {
    pub(crate) fn new(_: Processes, patience: Duration) -> Self {
        Self { deadline: Instant::now() + patience }
    }

    pub(crate) fn until(&self) -> Instant {
        self.deadline
    }

    pub(crate) fn goes_on(&mut self) -> bool {
        Instant::now() < self.deadline
    }

    pub(crate) fn ends_in(&mut self, time: Duration) {
        self.deadline = Instant::now() + time;
    }
}
