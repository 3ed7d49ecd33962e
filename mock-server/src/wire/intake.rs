//! The reading half of a connection. It never rests: that is how a peer's leaving is noticed at any moment.

use std::io;

use tokio::net::TcpStream;

use super::captured::Captured;
use super::departure::Departure;

/// Bytes that the peer sent and that no request has taken yet.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// The bytes.
    pub(super) buffer: Vec<u8>,
    /// Everything since [`Self::captured`] was last called.
    captured: Captured,
    /// Whether bytes had to be thrown away.
    overflowed: bool,
}

impl Intake {
    /// What has come since this was last called, if anything has.
    pub(super) fn captured(&mut self) -> Option<Captured> {
        Some(std::mem::take(&mut self.captured)).filter(|captured| captured.length > 0)
    }

    /// Whether the peer sent more than was kept, so that what is kept is no longer what it sent.
    pub(super) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Waits for more bytes.
    ///
    /// # Errors
    ///
    /// The peer has left.
    pub(super) async fn more(&mut self, stream: &TcpStream) -> Result<(), Departure> {
        while self.read(stream, usize::MAX).await? == 0 {}
        Ok(())
    }

    /// Reads until the peer leaves, and keeps what it sends up to `keep` bytes in all.
    pub(super) async fn watch(&mut self, stream: &TcpStream, keep: usize) -> Departure {
        loop {
            if let Err(departure) = self.read(stream, keep).await {
                return departure;
            }
        }
    }

    /// Reads once. Nothing is lost when the future is dropped.
    async fn read(&mut self, stream: &TcpStream, keep: usize) -> Result<usize, Departure> {
        stream.readable().await?;
        // No await from here on, so the bytes lie on the stack and not in every connection's task.
        self.take(stream, keep)
    }

    fn take(&mut self, stream: &TcpStream, keep: usize) -> Result<usize, Departure> {
        let mut bytes = [0; 16 * 1024];
        let length = match stream.try_read(&mut bytes) {
            Ok(0) => return Err(Departure::Fin),
            Ok(length) => length,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => 0,
            Err(error) => return Err(error.into()),
        };
        let bytes = bytes.get(..length).unwrap_or_default();
        self.captured.add(bytes);
        let room = keep.saturating_sub(self.buffer.len());
        self.buffer.extend(bytes.iter().take(room));
        self.overflowed |= room < length;
        Ok(length)
    }
}
