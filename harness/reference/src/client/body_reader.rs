//! The reads of a response's body.

use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::client::exchange::ResponseBody;
use crate::client::http_error::Read;
use crate::client::past::BodyFraming;
use crate::defect::list::Defect;
use crate::defect::switches::Defects;

/// If the end of a body was sent together with its last bytes, it arrives within this time, even on a busy machine.
const LOOK_AHEAD: Duration = Duration::from_millis(300);

/// How long a stream may be quiet for clients that limit the time of a read.
const QUIET: Duration = Duration::from_secs(5);

/// The size of a read, for clients that wait until it is full.
const PIECE: usize = 128;

/// Reads a body.
#[derive(Debug)]
pub(crate) struct BodyReader {
    source: Source,
    looks_ahead: bool,
    ahead: Option<Read>,
    framing: BodyFraming,
    defects: Defects,
}

/// Who drives the connection.
#[derive(Debug)]
enum Source {
    /// The reader, so that the connection ends with it.
    Reader(ResponseBody),
    /// A task that nothing stops.
    Task(mpsc::UnboundedReceiver<Read>),
}

impl BodyReader {
    pub(crate) fn new(body: ResponseBody, framing: BodyFraming, defects: &Defects) -> Self {
        let looks_ahead = defects.has(Defect::LastReadLostWithConnection);
        let source = if defects.has(Defect::CloseLeavesConnection) {
            Source::Task(read_in_task(body))
        } else {
            Source::Reader(body)
        };
        Self { source, looks_ahead, ahead: None, framing, defects: defects.clone() }
    }

    /// Waits for the next bytes.
    pub(crate) async fn next(&mut self) -> Read {
        let read = match self.ahead.take() {
            Some(read) => read,
            None if self.framing != BodyFraming::Chunked
                && self.defects.has(Defect::UnchunkedBodyReadLate) =>
            {
                self.read_piece().await
            }
            None => self.read().await,
        };
        if self.looks_ahead && matches!(read, Some(Ok(_))) {
            match timeout(LOOK_AHEAD, self.read()).await {
                // The bytes are lost with the end that follows them.
                Ok(end @ (None | Some(Err(_)))) => return end,
                next => self.ahead = next.ok(),
            }
        }
        read
    }

    /// A piece of fixed size, or what is left.
    async fn read_piece(&mut self) -> Read {
        let mut piece = BytesMut::new();
        while piece.len() < PIECE {
            match self.read().await {
                Some(Ok(bytes)) => piece.extend_from_slice(&bytes),
                end if piece.is_empty() => return end,
                end => {
                    self.ahead = Some(end);
                    break;
                }
            }
        }
        Some(Ok(piece.freeze()))
    }

    /// One read. There is no time limit: a stream may be quiet for as long as it likes.
    async fn read(&mut self) -> Read {
        match &mut self.source {
            Source::Reader(body) => match timeout(QUIET, body.next()).await {
                Ok(read) => read,
                Err(_) if self.defects.has(Defect::QuietStreamLeft) => std::future::pending().await,
                Err(_) => body.next().await,
            },
            Source::Task(reads) => reads.recv().await.flatten(),
        }
    }
}

/// Reads a body in a task that nothing stops before the body ends.
pub(crate) fn read_in_task(mut body: ResponseBody) -> mpsc::UnboundedReceiver<Read> {
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let read = body.next().await;
            let is_last = !matches!(read, Some(Ok(_)));
            // The receiver may be gone, which is the defect.
            let _ = sender.send(read);
            if is_last {
                return;
            }
        }
    });
    receiver
}
