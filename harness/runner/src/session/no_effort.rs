//! In place of `effort` without the feature `command`: what a function of this process uses is not distinguished from what
//! the harness uses, so a wait ends with its patience.

use std::time::{Duration, Instant};

use crate::adapter::processes::Processes;

/// A wait for an implementation.
#[derive(Debug)]
pub(super) struct Wait {
    deadline: Instant,
}

impl Wait {
    pub(super) fn new(_: Processes, patience: Duration) -> Self {
        Self { deadline: Instant::now() + patience }
    }

    pub(super) fn until(&self) -> Instant {
        self.deadline
    }

    pub(super) fn goes_on(&mut self) -> bool {
        Instant::now() < self.deadline
    }

    pub(super) fn ends_in(&mut self, time: Duration) {
        self.deadline = Instant::now() + time;
    }
}
