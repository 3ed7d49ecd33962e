//! The socket of a connection, as the `h2` crate reads and writes it.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::interjected::{Incoming, Interjected, Outgoing};
use crate::wire::departure::Departure;
use crate::wire::event::{Reporter, WireEventKind};
use crate::wire::transport::Transport;

/// What is known of a socket that `h2` uses.
#[derive(Debug, Default)]
pub(super) struct Progress {
    is_blocked: AtomicBool,
    departure: Mutex<Option<Departure>>,
}

impl Progress {
    /// Whether the system did not take the last write.
    pub(super) fn is_blocked(&self) -> bool {
        self.is_blocked.load(Ordering::Acquire)
    }

    /// How the peer left, if it was seen to.
    pub(super) fn departure(&self) -> Option<Departure> {
        *self.departure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn left(&self, departure: Departure) {
        self.departure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(departure);
    }
}

/// How much one read takes.
const READ: usize = 16 * 1024;

/// The socket of a connection, with the frames of scripts between those of `h2`.
pub(super) struct Socket {
    stream: Arc<Transport>,
    /// What was read and not given to `h2`.
    ahead: Vec<u8>,
    incoming: Incoming,
    outgoing: Outgoing,
    /// What is left of a script's frame that was begun.
    begun: Vec<u8>,
    interjected: Arc<Interjected>,
    progress: Arc<Progress>,
    reporter: Reporter,
}

impl Socket {
    /// The socket of a connection, of which `ahead` was read before it was known to speak HTTP/2.
    pub(super) fn new(
        stream: Arc<Transport>,
        ahead: &[u8],
        (progress, interjected): (Arc<Progress>, Arc<Interjected>),
        reporter: Reporter,
    ) -> Self {
        let mut socket = Self {
            stream,
            ahead: Vec::new(),
            incoming: Incoming::new(),
            outgoing: Outgoing::default(),
            begun: Vec::new(),
            interjected,
            progress,
            reporter,
        };
        socket.came(ahead);
        socket
    }

    fn came(&mut self, bytes: &[u8]) {
        for _ in 0..self.incoming.pass(bytes, &mut self.ahead, &self.interjected) {
            self.reporter.tell(WireEventKind::PingAck);
        }
    }

    fn failed(&self, error: io::Error) -> io::Error {
        let kind = error.kind();
        self.progress.left(error.into());
        kind.into()
    }

    /// Writes what the system takes.
    fn poll_write_some(&self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.stream.poll_write(context, bytes);
        self.progress.is_blocked.store(written.is_pending(), Ordering::Release);
        written.map_err(|error| self.failed(error))
    }

    /// Writes the frames of scripts, if `h2` is between two of its own.
    fn poll_interject(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.outgoing.rest() == 0 {
            if self.begun.is_empty() {
                let Some(frame) = self.interjected.next() else { break };
                self.begun = frame;
            }
            let written = ready!(self.poll_write_some(context, &self.begun))?;
            self.begun.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.ahead.is_empty() {
            let mut space = [0; READ];
            let mut read = ReadBuf::new(&mut space);
            match ready!(this.stream.poll_read(context, &mut read)) {
                Ok(0) => {
                    this.progress.left(Departure::Fin);
                    return Poll::Ready(Ok(()));
                }
                Ok(_) => this.came(read.filled()),
                Err(error) => return Poll::Ready(Err(this.failed(error))),
            }
        }
        let length = this.ahead.len().min(buffer.remaining());
        buffer.put_slice(this.ahead.get(..length).unwrap_or_default());
        this.ahead.drain(..length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        ready!(this.poll_interject(context))?;
        let most = if this.interjected.is_waiting() { this.outgoing.rest() } else { bytes.len() };
        let bytes = bytes.get(..most).unwrap_or(bytes);
        let length = ready!(this.poll_write_some(context, bytes))?;
        this.outgoing.wrote(bytes.get(..length).unwrap_or_default(), &this.interjected);
        Poll::Ready(Ok(length))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_interject(context))?;
        let flushed = self.stream.poll_flush(context);
        self.progress.is_blocked.store(flushed.is_pending(), Ordering::Release);
        flushed.map_err(|error| self.failed(error))
    }

    /// Does nothing: the connection ends it, as the script specifies.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
