//! What waits to be written on one stream.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

/// How much may wait for a client that does not read, in bytes. A client that falls further behind is dropped, and
/// reconnects with Last-Event-ID.
const MOST: usize = 4 * 1024 * 1024;

/// What comes next on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// These blocks.
    Blocks(Vec<Bytes>),
    /// Its clean end.
    End,
    /// Its end by a reset: the client is dropped.
    Drop,
}

#[derive(Debug, Default)]
struct Waiting {
    blocks: VecDeque<Bytes>,
    /// The length of all blocks in bytes.
    length: usize,
    last: Option<Next>,
}

/// The queue between a topic and one stream.
#[derive(Debug)]
pub(crate) struct StreamQueue {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

impl StreamQueue {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { waiting: Mutex::default(), changed: Notify::new() })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a block. If too much is waiting already, the client is dropped.
    pub(crate) fn push(&self, block: Bytes) {
        let mut waiting = self.waiting();
        if waiting.last.is_some() {
            return;
        }
        if waiting.length > 0 && waiting.length + block.len() > MOST {
            *waiting = Waiting { last: Some(Next::Drop), ..Waiting::default() };
        } else {
            waiting.length += block.len();
            waiting.blocks.push_back(block);
        }
        self.changed.notify_one();
    }

    /// Ends the stream once everything that waits is written.
    pub(crate) fn end(&self, how: Next) {
        self.waiting().last.get_or_insert(how);
        self.changed.notify_one();
    }

    /// How many bytes are waiting.
    pub(crate) fn length(&self) -> usize {
        self.waiting().length
    }

    /// Whether the stream was ended.
    pub(crate) fn is_ended(&self) -> bool {
        self.waiting().last.is_some()
    }

    /// What is waiting; `None` if nothing is.
    fn take(&self) -> Option<Next> {
        let mut waiting = self.waiting();
        if waiting.blocks.is_empty() {
            return waiting.last.clone();
        }
        waiting.length = 0;
        Some(Next::Blocks(waiting.blocks.drain(..).collect()))
    }

    /// Waits until the client is dropped.
    pub(crate) async fn dropped(&self) {
        while self.waiting().last != Some(Next::Drop) {
            self.changed.notified().await;
        }
    }

    /// Waits until there is something to write.
    pub(crate) async fn filled(&self) {
        while self.length() == 0 && !self.is_ended() {
            self.changed.notified().await;
        }
        // Whoever writes has yet to be told.
        self.changed.notify_one();
    }

    /// Waits for what comes next. Dropping the future loses nothing.
    pub(crate) async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            self.changed.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{MOST, Next, StreamQueue};

    #[test]
    fn what_waits_is_bounded() {
        let queue = StreamQueue::new();
        queue.push(Bytes::from(vec![0; MOST - 1]));
        queue.push(Bytes::from_static(b"1"));
        assert_eq!(queue.length(), MOST);
        queue.push(Bytes::from_static(b"2"));
        assert_eq!((queue.take(), queue.length()), (Some(Next::Drop), 0));
    }

    #[test]
    fn the_end_comes_after_the_blocks() {
        let queue = StreamQueue::new();
        queue.push(Bytes::from_static(b"a"));
        queue.end(Next::End);
        queue.push(Bytes::from_static(b"late"));
        assert_eq!(queue.take(), Some(Next::Blocks(vec![Bytes::from_static(b"a")])));
        assert_eq!(queue.take(), Some(Next::End));
    }
}
