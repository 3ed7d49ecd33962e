//! Writing to the open body of a response from outside its script.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::handle::{ConnectionHandle, PushError, Written};
use super::order::Order;
use super::response::{Coding, Ending, LAST_CHUNK};
use crate::action;

/// How many bytes of pushes may wait for a peer that does not read.
pub const PUSH_LIMIT: usize = 256 * 1024;

/// The open body of a response, for those who are not its script.
#[derive(Debug, Clone)]
pub struct Pusher {
    handle: Arc<ConnectionHandle>,
    answered: Written,
}

impl Pusher {
    pub(in crate::wire) fn new(handle: Arc<ConnectionHandle>, answered: Written) -> Self {
        Self { handle, answered }
    }

    /// Whether there is an open body of any length.
    pub fn is_open(&self) -> bool {
        self.answered.body().is_some() && self.handle.is_open()
    }

    /// How many bytes of the answer were written.
    pub fn written(&self) -> u64 {
        self.answered.bytes()
    }

    /// Writes bytes of the body, in one chunk if it is chunked. Waits for nothing: what the system does not take is
    /// queued, up to [`PUSH_LIMIT`].
    ///
    /// # Errors
    ///
    /// If no body is open, or the peer does not read.
    pub fn push(&self, bytes: &[u8]) -> Result<(), PushError> {
        if bytes.is_empty() {
            return if self.is_open() { Ok(()) } else { Err(PushError::NotOpen) };
        }
        self.handle.push(bytes, &self.answered, PUSH_LIMIT)
    }

    /// Ends the body cleanly, and then the connection. What was pushed before is written first. Returns when the order is
    /// given.
    ///
    /// # Errors
    ///
    /// If no body is open.
    pub fn end(&self) -> Result<(), PushError> {
        let bytes = match self.answered.body().ok_or(PushError::NotOpen)? {
            Coding::Chunked => LAST_CHUNK.to_vec(),
            Coding::Identity => Vec::new(),
        };
        self.answered.set_body(None);
        let ending = Some(Ending::Close);
        let done = oneshot::channel().0;
        Ok(self.handle.give(Order::Write { bytes, shown: None, ending, pushed: 0, done })?)
    }

    /// Ends the connection without ending the body. Returns when the order is given, so that dropping many takes no longer
    /// than dropping one.
    ///
    /// # Errors
    ///
    /// If the connection has already ended.
    pub fn drop_connection(&self, how: action::Drop) -> Result<(), PushError> {
        self.answered.set_body(None);
        self.handle.give(Order::Drop { how, done: oneshot::channel().0 }).map_err(PushError::from)
    }
}
