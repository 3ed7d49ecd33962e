//! One stream as a client holds it: a task that reads it, and what the session knows of it.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use ssespec_cases::server::{ConnectionChoice, Http, Leaving, Reading, Request, ResponseExpected};
use ssespec_mock_server::client::{Connection, Offer, Trust};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinHandle};

use super::http1;
use super::http2::link::Link;
use super::http2::{Http2Stream, Sharing};
use super::outlet::{Control, Left, Outlet, StreamOrder, StreamUpdate};
use super::served_url::Target;
use super::stream_contents::{Content, ResponseHead, Seen, StreamReading};

/// How long each of the TCP and the TLS handshake may take; sessions are usually less patient.
const CONNECTING: Duration = Duration::from_secs(60);

/// The state of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum StreamState {
    /// It is there.
    Open,
    /// The server was ordered to end it.
    Ending,
    /// It has ended, and that was expected.
    Over,
    /// The client has closed its direction of the connection, and reads nothing more.
    HalfClosed,
    /// The client has left it.
    Left,
}

/// A stream.
#[derive(Debug)]
pub(in crate::session) struct Stream {
    orders: mpsc::UnboundedSender<StreamOrder>,
    task: Option<JoinHandle<()>>,
    abort: AbortHandle,
    pub(in crate::session) request: Request,
    pub(in crate::session) reading: Reading,
    pub(in crate::session) state: StreamState,
    /// Whether the adapter has to show it.
    pub(in crate::session) is_announced: bool,
    /// Whether the server closed its side of the connection after the client had half-closed it.
    pub(in crate::session) is_closed: bool,
    pub(in crate::session) head: Option<ResponseHead>,
    /// What the head must be whenever it comes, and the step that implies it.
    pub(in crate::session) implied: Option<(ResponseExpected, Option<usize>)>,
    pub(in crate::session) queue: VecDeque<Seen>,
    /// How many events have come.
    pub(in crate::session) events: u64,
    /// How many bytes of what came wait in the queue.
    pub(in crate::session) kept: u64,
}

impl Stream {
    /// Opens a stream at a URL whose certificate, if any, is verified like this. `shared` is the connection for requests that
    /// share one; the first of them opens it.
    ///
    /// # Errors
    /// When nobody listens there, the TLS handshake fails, or the shared connection is over.
    pub(in crate::session) async fn open(
        (target, trust): (&Target, &Trust),
        request: &Request,
        (stream, reading): (usize, StreamReading),
        tell: &mpsc::Sender<StreamUpdate>,
        shared: &mut Option<Link>,
    ) -> io::Result<Self> {
        let outlet =
            Outlet { stream, tell: tell.clone(), began: Instant::now(), limits: reading.limits, reads: 0 };
        let last_id = request.last_event_id.clone().unwrap_or_default();
        let content = Content::new(reading, last_id);
        let (orders, queue) = mpsc::unbounded_channel();
        let control = Control { orders: queue, reading: request.reading };
        let task = match request.http {
            Http::Http10 | Http::Http11 => {
                let socket = Connection::open(target, trust, Offer::Http11, CONNECTING).await?;
                let connection = http1::Http1Stream::open(socket, target, request, (content, outlet)).await;
                tokio::spawn(connection.live(control))
            }
            Http::Http2 => {
                let link = match (request.connection, shared.as_ref()) {
                    (ConnectionChoice::Shared, Some(link)) => link.clone(),
                    _ => {
                        let socket = Connection::open(target, trust, Offer::H2, CONNECTING).await?;
                        Link::begin(socket, target)?
                    }
                };
                let sharing = match request.connection {
                    ConnectionChoice::Own => Sharing::Own,
                    ConnectionChoice::Shared => {
                        *shared = Some(link.clone());
                        Sharing::Shared
                    }
                };
                let stream = Http2Stream::open((link, sharing), target, request, (content, outlet)).await?;
                tokio::spawn(stream.live(control))
            }
        };
        Ok(Self {
            orders,
            abort: task.abort_handle(),
            task: Some(task),
            request: request.clone(),
            reading: request.reading,
            state: StreamState::Open,
            is_announced: request.method != "HEAD",
            is_closed: false,
            head: None,
            implied: None,
            queue: VecDeque::new(),
            events: 0,
            kept: 0,
        })
    }

    /// Begins to read.
    pub(in crate::session) fn read(&mut self) {
        self.reading = Reading::AsItComes;
        // A task that has ended reads nothing.
        let _ = self.orders.send(StreamOrder::Read);
    }

    /// Leaves the stream; the connection is gone when the task is.
    pub(in crate::session) fn leave(&mut self, left: Left) {
        self.state = match left {
            Left::HungUp(Leaving::HalfClose) => StreamState::HalfClosed,
            Left::HungUp(_) | Left::Forgotten => StreamState::Left,
        };
        let _ = self.orders.send(StreamOrder::Leave(left));
    }

    /// Waits until the connection is gone.
    pub(in crate::session) async fn gone(&mut self) {
        if let Some(task) = self.task.take() {
            // One that panicked is gone as well.
            let _ = task.await;
        }
    }

    /// Whether it is an event stream, or must turn out to be one.
    pub(in crate::session) fn is_stream(&self) -> bool {
        // The answer to HEAD has no content.
        self.request.method != "HEAD"
            && self.head.as_ref().map_or(self.implied.is_some(), ResponseHead::is_stream)
    }

    /// Whether the adapter shows it, as it does each stream that is opened; a response may say otherwise later.
    pub(in crate::session) fn is_shown(&self) -> bool {
        self.is_announced && self.head.as_ref().is_none_or(ResponseHead::is_stream)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.abort.abort();
    }
}
