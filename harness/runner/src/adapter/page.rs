//! An adapter that is a page in a browser: the messages of the protocol over its WebSocket, one a frame.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use ssespec_cases::Capability;
use ssespec_reports::results::Role;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};

use super::fault::Fault;
use super::identity::Identity;
use super::incoming::Incoming;
use super::introduction::introduced;
use super::processes::Processes;
use super::running::{Adapter, Orders};
use super::stderr::Stderr;
use super::task::Task;
use super::unread::Unread;
use crate::adapter::reach::Reach;
use crate::page::opener::Opened;
use crate::page::{Board, Socket, Turn};
use crate::protocol::not_protocol::excerpt;
use crate::protocol::{LineProblem, Message, NotProtocol, Order};

/// Makes an adapter of a page that has connected, and awaits its hello for at most `patience`. `opened` closes the page
/// when the adapter ends, which it does when its `turn` is over; `board` is shown by it.
///
/// # Errors
/// When it introduces itself wrongly; what it logged comes with the fault.
pub async fn start(
    socket: Socket,
    opened: Opened,
    turn: Turn,
    board: &Board,
    patience: Duration,
) -> Result<Adapter, (Fault, String)> {
    let stderr = Stderr::default();
    let (orders, order_queue) = mpsc::unbounded_channel();
    let (tell, heard) = mpsc::unbounded_channel();
    let (introduce, introduction) = oneshot::channel();
    let reader = Reader {
        tell,
        introduce: Some(introduce),
        unread: Unread::new(),
        stderr: stderr.clone(),
        name: opened.name(),
    };
    let task = Task::spawn(serve(socket, opened, turn, order_queue, board.clone(), reader));
    // A page sends whole messages.
    match introduced(introduction, Processes::Unknown, patience, || 0).await {
        Ok(identity) => {
            let (orders, unfinished) = (Orders::Own(orders), Arc::new(AtomicUsize::new(0)));
            // A browser's processes serve other pages too.
            let processes = Processes::Unknown;
            Ok(Adapter {
                identity,
                orders,
                heard,
                stderr,
                unfinished,
                processes,
                reach: Reach::Loopback,
                task,
            })
        }
        Err(fault) => {
            task.end(Duration::ZERO).await;
            Err((fault, stderr.text()))
        }
    }
}

/// Where what a page says goes.
struct Reader {
    tell: mpsc::UnboundedSender<Incoming>,
    /// Who awaits the hello, until it came.
    introduce: Option<oneshot::Sender<Result<Identity, Fault>>>,
    unread: Unread,
    stderr: Stderr,
    /// What the browser is called, where the page cannot know.
    name: Option<(String, String)>,
}

/// Serves a page until it is unusable or no longer needed.
async fn serve(
    socket: Socket,
    opened: Opened,
    turn: Turn,
    orders: mpsc::UnboundedReceiver<(u64, Order)>,
    board: Board,
    mut reader: Reader,
) {
    let (sink, stream) = socket.split();
    let shows = if matches!(opened, Opened::Person) { Shows::Progress } else { Shows::Nothing };
    let mut writer = Writer { sink, board: board.clone(), shows, news: None, turn };
    let ended = tokio::select! {
        fault = reader.read(stream) => Err(fault),
        end = writer.write(orders) => Ok(end),
    };
    let fault = match ended {
        Err(fault) => fault,
        Ok(end) => {
            if end == End::Dismissed && matches!(opened, Opened::Person) {
                // The person who opened it wants to see the result of the run.
                board.part(async move { writer.part().await });
            } else {
                let _ = tokio::time::timeout(PARTING, writer.close(end, &opened)).await;
            }
            Fault::PageGone
        }
    };
    drop(opened);
    // The receiver may be gone.
    match reader.introduce.take() {
        Some(introduce) => drop(introduce.send(Err(fault))),
        None => drop(reader.tell.send(Incoming::Fault(fault))),
    }
}

/// How long a page may take to read the last messages.
const PARTING: Duration = Duration::from_secs(1);

/// Why a page gets no more orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Its lane has ended.
    Dismissed,
    /// It is another page's turn.
    Superseded,
    /// It does not read, which is noticed where it is read from.
    Deaf,
}

/// Whether a person sees the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// It shows the run's progress.
    Progress,
    /// It only runs sessions, so the progress would cost time for nothing.
    Nothing,
}

/// What writes to a page.
struct Writer {
    sink: SplitSink<Socket, Frame>,
    board: Board,
    shows: Shows,
    news: Option<broadcast::Receiver<Arc<str>>>,
    turn: Turn,
}

impl Writer {
    /// Writes orders and the run's progress.
    async fn write(&mut self, mut orders: mpsc::UnboundedReceiver<(u64, Order)>) -> End {
        let (mut next, mut news) = match self.shows {
            Shows::Progress => {
                let (all, news) = self.board.read();
                (Some(all), Some(news))
            }
            Shows::Nothing => (None, None),
        };
        let end = loop {
            if let Some(text) = next.take() {
                let sent = tokio::select! {
                    sent = self.sink.send(Frame::text(text)) => sent,
                    () = self.turn.is_over() => break End::Superseded,
                };
                if sent.is_err() {
                    break End::Deaf;
                }
            }
            next = Some(tokio::select! {
                biased;
                () = self.turn.is_over() => break End::Superseded,
                order = orders.recv() => match order {
                    Some((session, order)) => order.to_line(session),
                    None => break End::Dismissed,
                },
                shown = progress(&self.board, &mut news) => shown,
            });
        };
        self.news = news;
        if end == End::Deaf {
            // Why it does not read is what its reader is about to hear.
            std::future::pending::<()>().await;
        }
        end
    }

    /// Ends the connection. A page that a person opened reloads automatically if it is needed again.
    async fn close(&mut self, end: End, opened: &Opened) {
        let again = end == End::Superseded && matches!(opened, Opened::Person);
        let code = if again { CloseCode::Restart } else { CloseCode::Normal };
        // It is an end either way.
        let _ = self.sink.send(Frame::Close(Some(CloseFrame { code, reason: "".into() }))).await;
    }

    /// Shows the result of the run, and ends the connection.
    async fn part(mut self) {
        let Some(mut news) = self.news.take() else { return };
        loop {
            let shown = tokio::select! {
                () = self.turn.is_over() => return self.close(End::Superseded, &Opened::Person).await,
                shown = news.recv() => shown,
            };
            let Ok(shown) = shown else { break };
            if self.sink.send(Frame::text(&*shown)).await.is_err() || Board::is_last(&shown) {
                break;
            }
        }
        self.close(End::Dismissed, &Opened::Person).await;
    }
}

/// What is to be shown next; nothing without `news`.
async fn progress(board: &Board, news: &mut Option<broadcast::Receiver<Arc<str>>>) -> String {
    let Some(news) = news else { return std::future::pending().await };
    match news.recv().await {
        Ok(message) => message.to_string(),
        Err(RecvError::Lagged(_)) => {
            let (all, fresh) = board.read();
            *news = fresh;
            all
        }
        // The board lives as long as this adapter's launch.
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

impl Reader {
    /// Reads messages until the page is unusable.
    async fn read(&mut self, mut stream: SplitStream<Socket>) -> Fault {
        loop {
            let frame = match stream.next().await {
                Some(Ok(frame)) => frame,
                Some(Err(Error::Capacity(_))) => return Fault::LineTooLong,
                Some(Err(_)) | None => return Fault::PageGone,
            };
            let fault = match &frame {
                Frame::Text(text) => self.take(text.as_bytes()).await,
                Frame::Binary(bytes) => {
                    let problem = LineProblem::BinaryFrame;
                    Some(Fault::NotProtocol(NotProtocol { problem, line: excerpt(bytes) }))
                }
                Frame::Close(_) => Some(Fault::PageGone),
                Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => None,
            };
            if let Some(fault) = fault {
                return fault;
            }
        }
    }

    async fn take(&mut self, text: &[u8]) -> Option<Fault> {
        let at = Instant::now();
        if let Some(log) = logged(text) {
            self.stderr.push(log.as_bytes());
            self.stderr.push(b"\n");
            return None;
        }
        if let Some(problem) = unusable(text) {
            return Some(Fault::PageLibrary(problem));
        }
        match Message::from_line(text) {
            Ok(Message::Hello(mut hello)) => {
                let Some(introduce) = self.introduce.take() else {
                    let problem = LineProblem::SecondHello;
                    return Some(Fault::NotProtocol(NotProtocol { problem, line: excerpt(text) }));
                };
                let is_library = hello.capabilities.iter().any(|own| own == Capability::PageLibrary.word());
                if let Some((name, version)) = self.name.take().filter(|_| !is_library) {
                    (hello.name, hello.version) = (name, version);
                }
                // The receiver may be gone.
                let _ = introduce.send(Identity::from_hello(hello, Role::Client));
            }
            Ok(Message::Observation(..)) if self.introduce.is_some() => return Some(Fault::NotHello),
            Ok(Message::Observation(session, shown)) => {
                let share = self.unread.share(text.len()).await;
                if self.tell.send(Incoming::Observation { session, shown, at, share }).is_err() {
                    return Some(Fault::Gone);
                }
            }
            Err(wrong) => return Some(Fault::NotProtocol(wrong)),
        }
        None
    }
}

/// What a page logs, as a process would on stderr.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Logged {
    log: Text,
}

/// Why the library of a page cannot be tested.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unusable {
    unusable: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
}

fn logged(message: &[u8]) -> Option<String> {
    // Events of many MiB are not read twice.
    let begins = message.starts_with(b"{\"log\"");
    begins.then(|| serde_json::from_slice(message).ok().map(|logged: Logged| logged.log.text)).flatten()
}

fn unusable(message: &[u8]) -> Option<String> {
    let begins = message.starts_with(b"{\"unusable\"");
    begins.then(|| serde_json::from_slice(message).ok().map(|told: Unusable| told.unusable.text)).flatten()
}
