//! The writing half of a connection.

use super::handle::Written;
use super::repeat::RepeatedWrites;
use super::response::{self, Coding};
use crate::action::Repeat;
use crate::wire::barrier::{Boundary, Kept};
use crate::wire::departure::Departure;
use crate::wire::transport::{Transport, is_temporary};

/// How many bytes of small writes are written together if nobody waits between them.
pub(in crate::wire) const BATCH: usize = 16 * 1024;

/// Writes, counts the bytes, and waits until the peer has read them.
#[derive(Debug)]
pub(in crate::wire) struct Output {
    boundary: Boundary,
    /// Bytes written since the connection was established, before they were encrypted.
    written: u64,
    /// Whether bytes were written since the peer was last known to have read everything.
    unsettled: bool,
}

impl Output {
    pub(in crate::wire) fn new(boundary: Boundary) -> Self {
        Self { boundary, written: 0, unsettled: false }
    }

    /// Its barrier, for what goes on differently.
    #[cfg(feature = "http2")]
    pub(in crate::wire) fn into_boundary(self) -> Boundary {
        self.boundary
    }

    /// Bytes written since the connection was established, before they were encrypted.
    pub(in crate::wire) fn written(&self) -> u64 {
        self.written
    }

    /// Writes all of `bytes`, in one write if the system accepts it. If it fails or its future is dropped,
    /// [`Self::written`] returns how many bytes were written.
    ///
    /// # Errors
    /// The peer has left.
    pub(in crate::wire) async fn write(
        &mut self,
        stream: &Transport,
        mut bytes: &[u8],
        answered: Option<&Written>,
    ) -> Result<(), Departure> {
        while !bytes.is_empty() {
            stream.writable().await?;
            match stream.try_write(bytes) {
                Ok(length) => {
                    bytes = bytes.get(length..).unwrap_or_default();
                    self.written += length as u64;
                    self.unsettled = true;
                    if let Some(answered) = answered {
                        answered.add(length);
                    }
                }
                Err(error) if is_temporary(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(stream.flush().await?)
    }

    /// Writes a pattern many times, with at most one write in memory.
    ///
    /// If the kernel reports what the peer has read, writes of a given size wait until the peer has read the previous
    /// one; a pause after each of many thousands would take too long. After the peer has left one write unread, the
    /// rest do not wait.
    ///
    /// # Errors
    /// The peer has left.
    pub(in crate::wire) async fn write_repeat(
        &mut self,
        stream: &Transport,
        repeat: &Repeat,
        coding: Coding,
        answered: &Written,
    ) -> Result<Kept, Departure> {
        let mut kept = Kept::Yes;
        let mut writes = RepeatedWrites::new(repeat);
        let (mut bytes, mut batch) = (Vec::new(), Vec::new());
        while let Some(data) = writes.next() {
            response::code(&mut bytes, coding, data);
            if self.boundary.is_off() && !writes.is_over() && batch.len() + bytes.len() < BATCH {
                batch.extend_from_slice(&bytes);
            } else if batch.is_empty() {
                self.write(stream, &bytes, Some(answered)).await?;
            } else {
                batch.extend_from_slice(&bytes);
                self.write(stream, &batch, Some(answered)).await?;
                batch.clear();
            }
            if !writes.is_over() && repeat.write.is_some() && kept == Kept::Yes && self.boundary.is_exact() {
                kept = self.settle(stream).await;
            }
        }
        Ok(kept)
    }

    /// Waits for a limited time until the peer has read everything.
    pub(in crate::wire) async fn settle(&mut self, stream: &Transport) -> Kept {
        if !self.unsettled {
            return Kept::Yes;
        }
        let kept = self.boundary.settle(stream.written()).await;
        self.unsettled = kept == Kept::No;
        kept
    }
}
