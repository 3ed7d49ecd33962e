//! The journal of a running server, which can be read, awaited and cleared.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, watch};

use super::journal::Entry;

#[cfg(test)]
mod tests;

/// How many entries are kept. Older ones are discarded, and [`Part::discarded`] says how many.
pub const JOURNAL_LIMIT: usize = 100_000;

/// How many bytes of entries are kept, about.
const JOURNAL_BYTES: usize = 64 * 1024 * 1024;

/// The journal of a running server. Clones show the same journal.
#[derive(Debug, Clone)]
pub struct Log(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// The number of the last entry.
    last: watch::Sender<u64>,
    forward: Option<mpsc::UnboundedSender<Entry>>,
}

#[derive(Debug, Default)]
struct State {
    entries: VecDeque<Entry>,
    bytes: usize,
    /// The number of the first entry that is kept, minus one.
    before: u64,
    /// Up to which number entries were cleared on request.
    cleared: u64,
}

/// An entry with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Numbered {
    /// The number, from 1.
    pub number: u64,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
}

/// A part of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The entries.
    pub entries: Vec<Numbered>,
    /// The number of the last entry that was considered: where to go on.
    pub last: u64,
    /// How many entries that were asked for are no longer kept.
    pub discarded: u64,
}

impl Log {
    /// An empty journal, which also sends every entry to `forward`.
    pub(crate) fn new(forward: Option<mpsc::UnboundedSender<Entry>>) -> Self {
        Self(Arc::new(Shared { state: Mutex::default(), last: watch::Sender::new(0), forward }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entry.
    pub(crate) fn record(&self, entry: Entry) {
        if let Some(forward) = &self.0.forward {
            // The receiver may have been dropped.
            let _ = forward.send(entry.clone());
        }
        let mut state = self.state();
        state.bytes += entry.size();
        state.entries.push_back(entry);
        while state.entries.len() > JOURNAL_LIMIT || state.bytes > JOURNAL_BYTES && state.entries.len() > 1 {
            state.discard_first();
        }
        let last = state.before + state.entries.len() as u64;
        // While the state is locked, so that the numbers grow.
        self.0.last.send_replace(last);
    }

    /// The number of the last entry.
    pub fn last(&self) -> u64 {
        *self.0.last.borrow()
    }

    /// The entries after the one with this number, which may be 0.
    pub fn after(&self, number: u64) -> Part {
        let state = self.state();
        let last = state.before + state.entries.len() as u64;
        let first = number.max(state.before);
        let skipped = usize::try_from(first - state.before).unwrap_or(usize::MAX);
        let entries = state.entries.iter().skip(skipped).zip(first + 1..);
        let entries = entries.map(|(entry, number)| Numbered { number, entry: entry.clone() }).collect();
        Part { entries, last, discarded: state.before.saturating_sub(number.max(state.cleared)) }
    }

    /// The entries that are kept.
    pub fn entries(&self) -> Vec<Entry> {
        self.state().entries.iter().cloned().collect()
    }

    /// Forgets the entries so far. The numbers go on.
    pub fn clear(&self) {
        let mut state = self.state();
        state.before += state.entries.len() as u64;
        state.cleared = state.before;
        state.bytes = 0;
        state.entries = VecDeque::new();
    }

    /// Waits until there is an entry after this one, at most this long.
    pub async fn wait(&self, number: u64, within: Duration) {
        let mut last = self.0.last.subscribe();
        // The sender is in `self`, so it still exists.
        let _ = tokio::time::timeout(within, last.wait_for(|last| *last > number)).await;
    }

    /// Waits until there is an entry after this one.
    pub(crate) async fn next(&self, number: u64) {
        let mut last = self.0.last.subscribe();
        let _ = last.wait_for(|last| *last > number).await;
    }
}

impl State {
    fn discard_first(&mut self) {
        if let Some(entry) = self.entries.pop_front() {
            self.bytes = self.bytes.saturating_sub(entry.size());
            self.before += 1;
        }
    }
}
