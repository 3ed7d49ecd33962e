//! The path of a lane's listener at which the page is served.
//!
//! It contains a token that cannot be guessed: anyone who knows the URL can run cases.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::SinkExt as _;
use ssespec_mock_server::wire::{Diversion, Diverted, DivertedStream, Exchange, Listener, Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::files::Answer;
use super::library::PageLibrary;
use crate::adapter::task::Task;
use crate::protocol::LINE_LIMIT;

/// A page's connection.
pub type Socket = WebSocketStream<DivertedStream>;

/// Where browsers and phones look for icons on their own. No case should see such a request.
const ICONS: [&str; 2] = ["/favicon.ico", "/apple-touch-icon"];

/// The path of the WebSocket.
const SOCKET: &str = "socket";

/// How long a peer may take to read an answer and leave.
const PARTING: Duration = Duration::from_secs(2);

/// The page at a path of a listener.
#[derive(Debug)]
pub struct Site {
    url: String,
    door: Arc<Door>,
    /// How many pages have been awaited.
    turns: watch::Sender<u64>,
    _tasks: [Task; 2],
}

/// A page's turn.
#[derive(Debug)]
pub struct Turn(watch::Receiver<u64>);

impl Turn {
    /// Waits until it is another page's turn.
    pub(crate) async fn is_over(&mut self) {
        if self.0.changed().await.is_err() {
            // The lane has ended, and no other page will come.
            std::future::pending::<()>().await;
        }
    }
}

/// The lane that waits for a page.
#[derive(Debug, Default)]
struct Door(Mutex<Option<oneshot::Sender<Socket>>>);

impl Door {
    fn take(&self) -> Option<oneshot::Sender<Socket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().filter(|waiting| !waiting.is_closed())
    }
}

impl Site {
    /// Serves the page on a listener, with the library that is tested instead of the browser's own EventSource.
    ///
    /// # Errors
    /// If the system provides no random bytes for the token.
    pub fn open(listener: &Listener, library: Option<PageLibrary>) -> std::io::Result<Self> {
        let mut token = [0; 16];
        getrandom::fill(&mut token).map_err(std::io::Error::other)?;
        let prefix = format!("/{:032x}/", u128::from_be_bytes(token));
        let url = format!("{}{prefix}", listener.url());
        let (to, connections) = mpsc::unbounded_channel();
        let (to_streams, streams) = mpsc::unbounded_channel();
        let icons = ICONS.iter().map(|icon| (*icon).to_owned());
        let prefixes = std::iter::once(prefix.clone()).chain(icons).collect();
        listener.divert(Diversion { prefixes, to, streams: Some(to_streams) });
        let door = Arc::new(Door::default());
        let files = Arc::new(Files { prefix, library });
        let task = Task::spawn(answer_all(connections, Arc::clone(&files), Arc::clone(&door)));
        let stream_task = Task::spawn(answer_streams(streams, files));
        Ok(Self { url, door, turns: watch::Sender::new(0), _tasks: [task, stream_task] })
    }

    /// The page's URL. Opening it runs the suite.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The next page to connect, and its turn, which ends when another page is awaited: a page that is already
    /// connected leaves then. A page that connects when none is awaited gets the message `busy`.
    pub fn next_page(&self) -> (oneshot::Receiver<Socket>, Turn) {
        self.turns.send_modify(|turn| *turn += 1);
        let (sender, receiver) = oneshot::channel();
        *self.door.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        (receiver, Turn(self.turns.subscribe()))
    }
}

/// What is served below the path.
struct Files {
    prefix: String,
    library: Option<PageLibrary>,
}

impl Files {
    /// The path below that of the page.
    fn path<'r>(&self, request: &'r Request) -> &'r str {
        let path = request.target.strip_prefix(&self.prefix).unwrap_or("no file");
        path.split('?').next().unwrap_or_default()
    }

    fn answer(&self, path: &str) -> Answer {
        match path {
            SOCKET => Answer::upgrade_required(),
            _ => Answer::to(path, self.library.as_ref()),
        }
    }
}

async fn answer_all(mut connections: mpsc::UnboundedReceiver<Diverted>, files: Arc<Files>, door: Arc<Door>) {
    let mut answers = JoinSet::new();
    while let Some(connection) = connections.recv().await {
        while answers.try_join_next().is_some() {}
        answers.spawn(answer(connection, Arc::clone(&files), Arc::clone(&door)));
    }
}

/// Browsers open a WebSocket on a connection of its own, over HTTP/1.1, since nothing offers them another way.
async fn answer_streams(mut streams: mpsc::UnboundedReceiver<Exchange>, files: Arc<Files>) {
    let mut answers = JoinSet::new();
    while let Some(mut exchange) = streams.recv().await {
        while answers.try_join_next().is_some() {}
        let response = files.answer(files.path(exchange.request())).response();
        answers.spawn(async move {
            // The browser may not want it any more.
            let _ = exchange.respond(&response, str::to_owned).await;
        });
    }
}

async fn answer(connection: Diverted, files: Arc<Files>, door: Arc<Door>) {
    let Diverted { mut stream, request, ahead } = connection;
    let path = files.path(&request);
    if let (SOCKET, Some(key)) = (path, websocket_key(&request)) {
        return admit(stream, key, ahead, &door).await;
    }
    let bytes = files.answer(path).message(&request.method);
    let parting = async {
        stream.write_all(&bytes).await?;
        stream.shutdown().await?;
        // Closing while the peer still sends would reset the connection, and unread bytes would be lost.
        while stream.read(&mut [0; 1024]).await? > 0 {}
        std::io::Result::Ok(())
    };
    // Do not wait forever for a peer that does not close.
    let _ = tokio::time::timeout(PARTING, parting).await;
}

/// The key of a request that asks for a WebSocket, see
/// [RFC 6455, section 4.2.1](https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1).
fn websocket_key(request: &Request) -> Option<&[u8]> {
    let wants = request.header("upgrade").any(|value| value.eq_ignore_ascii_case(b"websocket"));
    request.header("sec-websocket-key").next().filter(|_| wants && request.method == "GET")
}

/// Upgrades a connection to a WebSocket, and passes it to the waiting lane.
async fn admit(mut stream: DivertedStream, key: &[u8], ahead: Vec<u8>, door: &Door) {
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: {}\r\n\r\n",
        derive_accept_key(key)
    );
    let written = async {
        stream.write_all(head.as_bytes()).await?;
        stream.flush().await
    };
    if written.await.is_err() {
        return;
    }
    let config = WebSocketConfig::default()
        .read_buffer_size(16 * 1024)
        .write_buffer_size(0)
        .max_message_size(Some(LINE_LIMIT))
        .max_frame_size(Some(LINE_LIMIT));
    let mut socket = WebSocketStream::from_partially_read(stream, ahead, Role::Server, Some(config)).await;
    match door.take() {
        Some(waiting) => drop(waiting.send(socket)),
        None => {
            let busy = Message::text(r#"{"busy":{}}"#);
            let reported = async { socket.send(busy).await.is_ok() && socket.close(None).await.is_ok() };
            // As above.
            let _ = tokio::time::timeout(PARTING, reported).await;
        }
    }
}
