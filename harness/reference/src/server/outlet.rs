//! What is to be written on one stream.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

/// The most that waits for a client that does not read, in bytes. Who falls further behind is given up, and comes back
/// with Last-Event-ID.
const MOST: usize = 4 * 1024 * 1024;

/// What comes next on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// These blocks.
    Blocks(Vec<Bytes>),
    /// Its end, in order.
    End,
    /// Its end without a goodbye.
    GiveUp,
}

#[derive(Debug, Default)]
struct Queue {
    blocks: VecDeque<Bytes>,
    /// The bytes of all blocks.
    length: usize,
    last: Option<Next>,
}

/// One stream, between the topic and the connection.
#[derive(Debug)]
pub(super) struct Outlet {
    queue: Mutex<Queue>,
    woken: Arc<Notify>,
}

impl Outlet {
    /// A stream whose connection is woken so.
    pub(super) fn new(woken: Arc<Notify>) -> Arc<Self> {
        Arc::new(Self { queue: Mutex::default(), woken })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a block. One that is too much for a client that does not read is its end.
    pub(super) fn push(&self, block: Bytes) {
        let mut queue = self.queue();
        if queue.last.is_some() {
            return;
        }
        if queue.length > 0 && queue.length + block.len() > MOST {
            *queue = Queue { last: Some(Next::GiveUp), ..Queue::default() };
        } else {
            queue.length += block.len();
            queue.blocks.push_back(block);
        }
        self.woken.notify_one();
    }

    /// Nothing comes after what is there.
    pub(super) fn end(&self, how: Next) {
        self.queue().last.get_or_insert(how);
        self.woken.notify_one();
    }

    /// How many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        self.queue().length
    }

    /// Whether its end was told.
    pub(super) fn is_over(&self) -> bool {
        self.queue().last.is_some()
    }

    /// What is there; none where nothing is.
    pub(super) fn take(&self) -> Option<Next> {
        let mut queue = self.queue();
        if queue.blocks.is_empty() {
            return queue.last.clone();
        }
        queue.length = 0;
        Some(Next::Blocks(queue.blocks.drain(..).collect()))
    }

    /// Waits until its client is given up.
    pub(super) async fn given_up(&self) {
        while self.queue().last != Some(Next::GiveUp) {
            self.woken.notified().await;
        }
    }

    /// Waits for what comes next. Dropping the future loses nothing.
    pub(super) async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            self.woken.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use tokio::sync::Notify;

    use super::{MOST, Next, Outlet};

    #[test]
    fn what_waits_is_bounded() {
        let outlet = Outlet::new(Arc::new(Notify::new()));
        outlet.push(Bytes::from(vec![0; MOST - 1]));
        outlet.push(Bytes::from_static(b"1"));
        assert_eq!(outlet.waiting(), MOST);
        outlet.push(Bytes::from_static(b"2"));
        assert_eq!((outlet.take(), outlet.waiting()), (Some(Next::GiveUp), 0));
    }

    #[test]
    fn the_end_comes_after_the_blocks() {
        let outlet = Outlet::new(Arc::new(Notify::new()));
        outlet.push(Bytes::from_static(b"a"));
        outlet.end(Next::End);
        outlet.push(Bytes::from_static(b"late"));
        assert_eq!(outlet.take(), Some(Next::Blocks(vec![Bytes::from_static(b"a")])));
        assert_eq!(outlet.take(), Some(Next::End));
    }
}
