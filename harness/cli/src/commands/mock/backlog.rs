//! The lines that wait to be printed. They are formatted and printed on a thread of their own, so that a
//! standard output that nobody reads delays neither the server nor a signal, and they take a bounded amount of memory.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::printable::Printable;

#[cfg(test)]
mod tests;

/// How many bytes of lines wait at most. Beyond that, the older half is discarded: not only as much as necessary, or else
/// an output that is always too slow would have a gap before every entry.
const LIMIT: usize = 16 << 20;

/// How long [`Backlog::finish`] waits for an output that takes nothing.
const STALLED: Duration = Duration::from_secs(1);

/// Something to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A line.
    Line(Printable),
    /// Here, this many lines were discarded.
    Discarded(u64),
}

/// The lines that wait to be printed.
#[derive(Debug)]
pub(super) struct Backlog {
    shared: Arc<Shared>,
    printing: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Signaled when there is a line, and when no more will come.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: VecDeque<Printable>,
    /// About what the lines take.
    bytes: usize,
    /// How many lines were discarded since the last one that was taken.
    discarded: u64,
    /// How many items the printing thread has taken.
    taken: u64,
    /// Whether it is printing one.
    is_printing: bool,
    /// Whether no more lines will come.
    is_over: bool,
}

impl Backlog {
    /// Starts a thread that prints each item with `print`, which may block.
    pub(super) fn start(mut print: impl FnMut(Item) + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let items = Arc::clone(&shared);
        let printing = tokio::task::spawn_blocking(move || {
            while let Some(item) = items.next() {
                print(item);
            }
        });
        Self { shared, printing }
    }

    /// Adds a line. Waits for nothing.
    pub(super) fn add(&self, line: impl Into<Printable>) {
        self.shared.state().add(line.into());
        self.shared.changed.notify_one();
    }

    /// Waits until everything is printed, or until the output takes nothing for a second. Returns how many lines were not
    /// printed, or only in part.
    pub(super) async fn finish(mut self) -> u64 {
        self.shared.state().is_over = true;
        self.shared.changed.notify_one();
        loop {
            let taken = self.shared.state().taken;
            if tokio::time::timeout(STALLED, &mut self.printing).await.is_ok() {
                return 0;
            }
            let state = self.shared.state();
            if state.taken == taken {
                return state.lines.len() as u64 + state.discarded + u64::from(state.is_printing);
            }
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next item; `None` after the last.
    fn next(&self) -> Option<Item> {
        let mut state = self.state();
        state.is_printing = false;
        let mut state = self
            .changed
            .wait_while(state, |state| state.lines.is_empty() && !state.is_over)
            .unwrap_or_else(PoisonError::into_inner);
        state.take()
    }
}

impl State {
    fn add(&mut self, line: Printable) {
        self.bytes += line.size();
        self.lines.push_back(line);
        if self.bytes > LIMIT {
            while self.bytes > LIMIT / 2 && self.lines.len() > 1 {
                self.discarded += u64::from(self.pop().is_some());
            }
        }
    }

    fn take(&mut self) -> Option<Item> {
        let item = match std::mem::take(&mut self.discarded) {
            0 => Item::Line(self.pop()?),
            discarded => Item::Discarded(discarded),
        };
        self.taken += 1;
        self.is_printing = true;
        Some(item)
    }

    fn pop(&mut self) -> Option<Printable> {
        let line = self.lines.pop_front()?;
        self.bytes = self.bytes.saturating_sub(line.size());
        Some(line)
    }
}
