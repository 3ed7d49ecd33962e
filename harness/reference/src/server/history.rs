//! The events that a client may have missed.

use std::collections::VecDeque;

use bytes::Bytes;

use super::Event;

/// How many events are kept.
const EVENTS: usize = 1000;

/// How many bytes of events are kept.
const BYTES: usize = 8 * 1024 * 1024;

/// An event with an id, as it was emitted and as it was written.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) event: Event,
    pub(super) bytes: Bytes,
}

impl Kept {
    /// Its id; an event without one is not kept.
    pub(super) fn id(&self) -> &str {
        self.event.id.as_deref().unwrap_or_default()
    }
}

/// The last events that had an id: where a client can go on.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) kept: VecDeque<Kept>,
    length: usize,
}

impl History {
    /// Keeps an event that has an id.
    pub(super) fn keep(&mut self, event: &Event, bytes: &Bytes) {
        if event.id.as_deref().is_none_or(str::is_empty) {
            return;
        }
        self.length += bytes.len();
        self.kept.push_back(Kept { event: event.clone(), bytes: bytes.clone() });
        while self.kept.len() > EVENTS || self.length > BYTES {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.length -= oldest.bytes.len();
        }
    }

    /// What came after the last event with this id; nothing where it is not known.
    pub(super) fn after(&self, id: &str) -> Vec<Kept> {
        match self.kept.iter().rposition(|kept| kept.id() == id) {
            Some(at) => self.kept.iter().skip(at + 1).cloned().collect(),
            None => Vec::new(),
        }
    }
}
