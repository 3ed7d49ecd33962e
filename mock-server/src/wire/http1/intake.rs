//! The reading half of a connection. It always reads, so a peer that leaves is noticed at any moment.

use crate::wire::captured::Captured;
use crate::wire::departure::Departure;
use crate::wire::transport::{Transport, is_temporary};

/// Bytes that the peer sent and that no request has taken yet.
#[derive(Debug)]
pub(in crate::wire) struct Intake {
    /// The bytes.
    pub(in crate::wire) buffer: Vec<u8>,
    /// Everything since [`Self::captured`] was last called.
    captured: Captured,
    /// Whether it captures.
    captures: bool,
    /// Whether bytes had to be discarded.
    overflowed: bool,
}

impl Intake {
    /// An intake that captures what it reads, or does not.
    pub(in crate::wire) fn new(captures: bool) -> Self {
        Self { buffer: Vec::new(), captured: Captured::default(), captures, overflowed: false }
    }

    /// The bytes that arrived since this was last called, if any.
    pub(in crate::wire) fn captured(&mut self) -> Option<Captured> {
        Some(std::mem::take(&mut self.captured)).filter(|captured| captured.length > 0)
    }

    /// Whether the peer sent more than was kept, so that the kept bytes are incomplete.
    pub(in crate::wire) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Waits for more bytes.
    ///
    /// # Errors
    ///
    /// The peer has left.
    pub(in crate::wire) async fn more(&mut self, stream: &Transport) -> Result<(), Departure> {
        while self.read(stream, usize::MAX).await? == 0 {}
        Ok(())
    }

    /// Reads until the peer leaves, and keeps what it sends up to `keep` bytes in all.
    pub(in crate::wire) async fn watch(&mut self, stream: &Transport, keep: usize) -> Departure {
        loop {
            if let Err(departure) = self.read(stream, keep).await {
                return departure;
            }
        }
    }

    /// Reads once. Nothing is lost when the future is dropped.
    async fn read(&mut self, stream: &Transport, keep: usize) -> Result<usize, Departure> {
        stream.readable().await?;
        // No await after this, so the bytes are on the stack and not in every connection's task.
        self.take(stream, keep)
    }

    fn take(&mut self, stream: &Transport, keep: usize) -> Result<usize, Departure> {
        let mut bytes = [0; 16 * 1024];
        let length = match stream.try_read(&mut bytes) {
            Ok(0) => return Err(Departure::Fin),
            Ok(length) => length,
            Err(error) if is_temporary(&error) => 0,
            Err(error) => return Err(error.into()),
        };
        let bytes = bytes.get(..length).unwrap_or_default();
        if self.captures {
            self.captured.add(bytes);
        }
        let room = keep.saturating_sub(self.buffer.len());
        self.buffer.extend(bytes.iter().take(room));
        self.overflowed |= room < length;
        Ok(length)
    }
}
