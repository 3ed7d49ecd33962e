//! The sessions of other streams of the same client.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::protocol::Observation;

/// The sessions of other streams of the same client, which follow the case's own in the numbers of the adapter's sessions.
#[derive(Debug, Default)]
pub(super) struct Others(BTreeMap<u64, Other>);

/// One of them.
#[derive(Debug, Default)]
struct Other {
    is_closed: bool,
    /// Whether it got the order to close.
    is_ordered: bool,
    /// The data of its last event.
    last: Option<Vec<u8>>,
}

impl Others {
    /// Sessions with these numbers, of which none is closed.
    pub(super) fn new(numbers: Range<u64>) -> Self {
        Self(numbers.map(|number| (number, Other::default())).collect())
    }

    /// Adds one.
    pub(super) fn add(&mut self, number: u64) {
        self.0.insert(number, Other::default());
    }

    pub(super) fn numbers(&self) -> Vec<u64> {
        self.0.keys().copied().collect()
    }

    pub(super) fn is_closed(&self, number: u64) -> bool {
        self.0.get(&number).is_some_and(|other| other.is_closed)
    }

    pub(super) fn has_closed(&self) -> bool {
        self.0.values().any(|other| other.is_closed)
    }

    /// Takes what is shown in one of these sessions; returns whether it is one.
    pub(super) fn take(&mut self, session: u64, shown: &Observation) -> bool {
        let Some(other) = self.0.get_mut(&session) else { return false };
        match shown {
            Observation::Closed => other.is_closed = true,
            Observation::Event(event) => other.last = event.bytes().map(|data| data.to_vec()),
            _ => {}
        }
        true
    }

    /// Whether the last event of a session has this data.
    pub(super) fn shows(&self, session: u64, data: &[u8]) -> bool {
        self.0.get(&session).is_some_and(|other| other.last.as_deref() == Some(data))
    }

    pub(super) fn are_closed(&self) -> bool {
        self.0.values().all(|other| other.is_closed)
    }

    /// These sessions get the order to close.
    pub(super) fn note_order(&mut self, sessions: &BTreeSet<u64>) {
        for (number, other) in &mut self.0 {
            other.is_ordered |= sessions.contains(number);
        }
    }

    /// Those that are not closed and have no order to close; they get it now.
    pub(super) fn order_close(&mut self) -> Vec<u64> {
        let left = self.0.iter_mut().filter(|(_, other)| !other.is_closed && !other.is_ordered);
        left.map(|(number, other)| {
            other.is_ordered = true;
            *number
        })
        .collect()
    }
}
