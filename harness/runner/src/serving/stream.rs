//! One stream as a client holds it: a task that reads it, and what the session knows of it.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use ssespec_cases::server::{Http, Reading, Request, ResponseExpected};
use ssespec_mock_server::action::Drop;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinHandle};

use super::http1;
use super::seen::{Content, Manner, ResponseHead, Seen};
use super::target::Target;
use ssespec_strict::Limits;

/// How many reads of a stream the transcript shows, and how much of each.
const READS: u64 = 500;
const SHOWN: usize = 4096;

/// The fields of a request: those that every client sends, with the case's in place of those of the same name.
pub(super) fn fields(target: &Target, request: &Request) -> Vec<(String, String)> {
    let mut fields = vec![
        ("host", target.authority.clone()),
        ("accept", "text/event-stream".into()),
        ("cache-control", "no-store".into()),
    ];
    fields.extend(request.last_event_id.clone().map(|id| ("last-event-id", id)));
    let is_cases = |name: &str| request.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    let ours = fields.into_iter().filter(|(name, _)| !is_cases(name));
    ours.map(|(name, value)| (name.to_owned(), value)).chain(request.headers.iter().cloned()).collect()
}

/// Something that a stream shows, for the session.
#[derive(Debug)]
pub(super) struct Told {
    /// Which stream.
    pub(super) stream: usize,
    pub(super) at: Instant,
    pub(super) seen: Seen,
}

/// Where what a stream shows goes.
#[derive(Debug)]
pub(super) struct Outlet {
    stream: usize,
    tell: mpsc::Sender<Told>,
    began: Instant,
    limits: Limits,
    reads: u64,
}

impl Outlet {
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// How long ago the stream was opened.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Bytes for the transcript, as long as it shows them.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Option<Seen> {
        self.reads += 1;
        if self.reads > READS {
            return None;
        }
        Some(Seen::Bytes(bytes.get(..SHOWN).unwrap_or(bytes).to_vec(), bytes.len() as u64))
    }

    /// Tells what was seen; waits until the session has room for it, or the stream is to be left.
    pub(super) async fn tell(&self, seen: Vec<Seen>, control: &mut Control) -> Option<Left> {
        let telling = async {
            for seen in seen {
                let told = Told { stream: self.stream, at: Instant::now(), seen };
                // Nobody hears a session that is over.
                let _ = self.tell.send(told).await;
            }
        };
        tokio::pin!(telling);
        loop {
            tokio::select! {
                biased;
                left = control.next() => if left.is_some() { return left },
                () = &mut telling => return None,
            }
        }
    }
}

/// How a stream is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// The case leaves it.
    HungUp(Drop),
    /// The session is over.
    Forgotten,
}

/// What a stream's task is told.
#[derive(Debug)]
pub(super) struct Control {
    orders: mpsc::UnboundedReceiver<Order>,
    reading: Reading,
}

#[derive(Debug)]
enum Order {
    Read,
    Leave(Left),
}

impl Control {
    /// Whether the stream is read.
    pub(super) fn reads(&self) -> bool {
        self.reading == Reading::AsItComes
    }

    /// Waits for the next order: how the stream is to be left, or `None` where reading begins.
    pub(super) async fn next(&mut self) -> Option<Left> {
        match self.orders.recv().await {
            Some(Order::Leave(left)) => Some(left),
            Some(Order::Read) => {
                self.reading = Reading::AsItComes;
                None
            }
            None => Some(Left::Forgotten),
        }
    }
}

/// What a stream has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It is there.
    Open,
    /// The server was told to end it.
    ToldToEnd,
    /// It has ended, and that was expected.
    Over,
    /// The client has left it.
    Left,
}

/// A stream.
#[derive(Debug)]
pub(super) struct Stream {
    orders: mpsc::UnboundedSender<Order>,
    task: Option<JoinHandle<()>>,
    abort: AbortHandle,
    pub(super) request: Request,
    pub(super) reading: Reading,
    pub(super) state: State,
    /// Whether the adapter has to show it.
    pub(super) is_announced: bool,
    pub(super) head: Option<ResponseHead>,
    /// What the head must be whenever it comes, and the step that implies it.
    pub(super) implied: Option<(ResponseExpected, Option<usize>)>,
    pub(super) queue: VecDeque<Seen>,
    /// How many events have come.
    pub(super) events: u64,
    /// How many bytes of what came wait in the queue.
    pub(super) kept: u64,
}

impl Stream {
    /// Opens a stream.
    ///
    /// # Errors
    /// When nobody listens there.
    pub(super) async fn open(
        target: &Target,
        request: &Request,
        (stream, manner): (usize, Manner),
        tell: &mpsc::Sender<Told>,
    ) -> io::Result<Self> {
        let outlet =
            Outlet { stream, tell: tell.clone(), began: Instant::now(), limits: manner.limits, reads: 0 };
        let last_id = request.last_event_id.clone().unwrap_or_default();
        let content = Content::new(manner, last_id);
        let (orders, queue) = mpsc::unbounded_channel();
        let control = Control { orders: queue, reading: request.reading };
        let task = match request.http {
            Http::Http10 | Http::Http11 => {
                let connection = http1::Connection::open(target, request, content, outlet).await?;
                tokio::spawn(connection.live(control))
            }
            Http::Http2 => {
                let connection = super::http2::Http2Stream::open(target, request, content, outlet).await?;
                tokio::spawn(connection.live(control))
            }
        };
        Ok(Self {
            orders,
            abort: task.abort_handle(),
            task: Some(task),
            request: request.clone(),
            reading: request.reading,
            state: State::Open,
            is_announced: request.method != "HEAD",
            head: None,
            implied: None,
            queue: VecDeque::new(),
            events: 0,
            kept: 0,
        })
    }

    /// Begins to read.
    pub(super) fn read(&mut self) {
        self.reading = Reading::AsItComes;
        // A task that has ended reads nothing.
        let _ = self.orders.send(Order::Read);
    }

    /// Leaves the stream; the connection is gone when the task is.
    pub(super) fn leave(&mut self, left: Left) {
        self.state = State::Left;
        let _ = self.orders.send(Order::Leave(left));
    }

    /// Waits until the connection is gone.
    pub(super) async fn gone(&mut self) {
        if let Some(task) = self.task.take() {
            // One that panicked is gone as well.
            let _ = task.await;
        }
    }

    /// Whether it is an event stream, or must turn out to be one.
    pub(super) fn is_stream(&self) -> bool {
        // The answer to HEAD has no content.
        self.request.method != "HEAD"
            && self.head.as_ref().map_or(self.implied.is_some(), ResponseHead::is_stream)
    }

    /// Whether the adapter shows it, as it does each stream that is opened; a response may say otherwise later.
    pub(super) fn is_shown(&self) -> bool {
        self.is_announced && self.head.as_ref().is_none_or(ResponseHead::is_stream)
    }
}

impl std::ops::Drop for Stream {
    fn drop(&mut self) {
        self.abort.abort();
    }
}
