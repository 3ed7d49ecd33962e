//! The sessions of a herd other than the case's own.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::protocol::Observation;

/// The sessions of a herd other than the case's own, which follows them in the numbers of the adapter's sessions.
#[derive(Debug, Default)]
pub(super) struct Others {
    numbers: Range<u64>,
    closed: BTreeSet<u64>,
}

impl Others {
    /// Sessions with these numbers, of which none is closed.
    pub(super) fn new(numbers: Range<u64>) -> Self {
        Self { numbers, closed: BTreeSet::new() }
    }

    pub(super) fn numbers(&self) -> Range<u64> {
        self.numbers.clone()
    }

    pub(super) fn is_closed(&self, number: u64) -> bool {
        self.closed.contains(&number)
    }

    pub(super) fn has_closed(&self) -> bool {
        !self.closed.is_empty()
    }

    /// Takes what is shown in one of these sessions; returns whether it is one.
    pub(super) fn take(&mut self, session: u64, shown: &Observation) -> bool {
        let is_one = self.numbers.contains(&session);
        if is_one && *shown == Observation::Closed {
            self.closed.insert(session);
        }
        is_one
    }

    pub(super) fn are_closed(&self) -> bool {
        self.numbers.clone().all(|number| self.closed.contains(&number))
    }
}
