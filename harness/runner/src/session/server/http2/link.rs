//! A connection over HTTP/2, over TLS with ALPN or over cleartext TCP with prior knowledge,
//! <https://www.rfc-editor.org/rfc/rfc9113#section-3.3>. Its task moves the bytes: the `h2` crate speaks, and the strict
//! reader reads what each stream gets.

use std::collections::{BTreeMap, VecDeque};
use std::io;

use bytes::Bytes;
use ssespec_mock_server::client::Connection;
use ssespec_mock_server::wire::http2::client::Client;
use ssespec_strict::http2::reader::{Http2Reader, Piece};
use tokio::sync::{mpsc, oneshot, watch};

use crate::session::server::served_url::Target;
use crate::target::Security;

/// How many bytes a single read takes.
const READ: usize = 16 * 1024;

/// A connection, which is closed when the last clone of this is dropped.
#[derive(Debug, Clone)]
pub(in crate::session) struct Link {
    orders: mpsc::UnboundedSender<Order>,
    /// Its other end is dropped with the connection.
    ended: watch::Receiver<()>,
}

/// What arrives for a stream in one read.
#[derive(Debug)]
pub(super) enum Arrival {
    /// These pieces, which are of the stream or of the whole connection, and the bytes to show for them.
    Pieces {
        /// All bytes of the read for the only stream of a connection, the content for one of several.
        bytes: Vec<u8>,
        pieces: Vec<Piece>,
    },
    /// The connection is over, for this reason.
    Over(String),
}

/// A stream that was opened on a connection.
pub(super) struct Opened {
    /// Its number.
    pub(super) number: u32,
    /// What arrives. While it is not taken, nothing of the connection is read.
    pub(super) arrivals: mpsc::Receiver<Arrival>,
}

enum Order {
    Request {
        head: Box<http::Request<()>>,
        content: Option<Bytes>,
        opened: oneshot::Sender<io::Result<Opened>>,
    },
    Cancel {
        number: u32,
        done: oneshot::Sender<()>,
    },
}

impl Link {
    /// Begins to speak on a connection. The task ends, and the connection with it, when all clones of the link are dropped.
    ///
    /// # Errors
    /// If the server chose another protocol in the TLS handshake.
    pub(in crate::session::server) fn begin(socket: Connection, target: &Target) -> io::Result<Self> {
        if target.security == Security::Tls && socket.protocol.as_deref() != Some(b"h2") {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "ALPN does not choose h2"));
        }
        let client = Client::start().map_err(io::Error::other)?;
        let (orders, queue) = mpsc::unbounded_channel();
        let state = State {
            socket,
            client,
            reader: Http2Reader::default(),
            streams: BTreeMap::new(),
            waiting: VecDeque::new(),
            was_shared: false,
            is_over: false,
        };
        let (alive, ended) = watch::channel(());
        tokio::spawn(async move {
            state.run(queue).await;
            drop(alive);
        });
        Ok(Self { orders, ended })
    }

    /// Sends a request.
    ///
    /// # Errors
    /// If the connection is over, or HTTP/2 does not allow the request.
    pub(super) async fn request(
        &self,
        head: http::Request<()>,
        content: Option<Bytes>,
    ) -> io::Result<Opened> {
        let (opened, answer) = oneshot::channel();
        // The task lives as long as this.
        let _ = self.orders.send(Order::Request { head: Box::new(head), content, opened });
        answer.await.unwrap_or_else(|_| Err(io::ErrorKind::NotConnected.into()))
    }

    /// Resets a stream with CANCEL.
    pub(super) async fn cancel(&self, number: u32) {
        let (done, answer) = oneshot::channel();
        let _ = self.orders.send(Order::Cancel { number, done });
        let _ = answer.await;
    }

    /// Drops this clone. If it is the last one, waits until the connection is closed.
    pub(in crate::session) async fn close(self) {
        let Self { orders, mut ended } = self;
        let is_last = orders.strong_count() == 1;
        drop(orders);
        if is_last {
            // The other end is dropped with the connection.
            let _ = ended.changed().await;
        }
    }
}

/// What the task of a connection knows.
struct State {
    socket: Connection,
    client: Client,
    reader: Http2Reader,
    streams: BTreeMap<u32, mpsc::Sender<Arrival>>,
    /// What has arrived and was not passed on yet.
    waiting: VecDeque<(u32, Arrival)>,
    /// Whether it has or had more than one stream.
    was_shared: bool,
    is_over: bool,
}

impl State {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut buffer = vec![0; READ];
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(order) => self.perform(order).await,
                    None => return,
                },
                () = pass_on(&mut self.waiting, &self.streams), if !self.waiting.is_empty() => {}
                read = self.socket.read(&mut buffer), if self.waiting.is_empty() && !self.is_over => match read {
                    Ok(0) => self.over("the server closed the connection before the stream ended"),
                    Ok(length) => self.take(buffer.get(..length).unwrap_or_default()).await,
                    Err(error) => self.over(&format!("the connection broke: {error}")),
                },
            }
        }
    }

    async fn perform(&mut self, order: Order) {
        match order {
            Order::Request { head, content, opened } => {
                let stream = self.request(*head, content).await;
                // Whoever asked may have given up.
                let _ = opened.send(stream);
            }
            Order::Cancel { number, done } => {
                self.client.cancel(number);
                self.streams.remove(&number);
                // The server may be gone.
                let _ = self.socket.write(&self.client.take_output()).await;
                let _ = done.send(());
            }
        }
    }

    async fn request(&mut self, head: http::Request<()>, content: Option<Bytes>) -> io::Result<Opened> {
        if self.is_over {
            return Err(io::Error::new(
                io::ErrorKind::NotConnected,
                "the connection of earlier streams is over",
            ));
        }
        let number = self.client.request(head, content).map_err(io::Error::other)?;
        // A server may refuse the rest before it has read everything: its answer counts.
        let _ = self.socket.write(&self.client.take_output()).await;
        let (to, arrivals) = mpsc::channel(1);
        self.streams.insert(number, to);
        self.was_shared |= number > 1;
        Ok(Opened { number, arrivals })
    }

    /// Takes the bytes of a read.
    async fn take(&mut self, bytes: &[u8]) {
        let mut pieces = Vec::new();
        self.reader.feed(bytes, &mut pieces);
        for number in self.streams.keys() {
            let own = || pieces.iter().filter(|piece| stream_of(piece).is_none_or(|of| of == *number));
            let shown = if self.was_shared { content(own()) } else { bytes.to_vec() };
            let arrival = Arrival::Pieces { bytes: shown, pieces: own().cloned().collect() };
            if !self.was_shared || own().next().is_some() {
                self.waiting.push_back((*number, arrival));
            }
        }
        self.client.receive(bytes);
        if self.socket.write(&self.client.take_output()).await.is_err() {
            self.over("the server closed the connection before the stream ended");
        }
    }

    fn over(&mut self, why: &str) {
        self.is_over = true;
        let arrivals = self.streams.keys().map(|number| (*number, Arrival::Over(why.to_owned())));
        self.waiting.extend(arrivals);
    }
}

/// Passes the first arrival on. Nothing is lost when the future is dropped.
async fn pass_on(waiting: &mut VecDeque<(u32, Arrival)>, streams: &BTreeMap<u32, mpsc::Sender<Arrival>>) {
    let Some((number, _)) = waiting.front() else { return };
    let permit = match streams.get(number) {
        Some(stream) => stream.reserve().await.ok(),
        None => None,
    };
    if let (Some(permit), Some((_, arrival))) = (permit, waiting.pop_front()) {
        permit.send(arrival);
    }
}

/// The stream of a piece; none if it is about the whole connection.
fn stream_of(piece: &Piece) -> Option<u32> {
    match piece {
        Piece::Fields { stream, .. } | Piece::Data { stream, .. } | Piece::Reset { stream, .. } => {
            Some(*stream)
        }
        Piece::Settings(_) | Piece::GoAway { .. } | Piece::Fault(_) => None,
    }
}

/// The content in these pieces.
fn content<'p>(pieces: impl Iterator<Item = &'p Piece>) -> Vec<u8> {
    let contents = pieces.filter_map(|piece| match piece {
        Piece::Data { content, .. } => Some(content.as_slice()),
        _ => None,
    });
    contents.collect::<Vec<_>>().concat()
}
