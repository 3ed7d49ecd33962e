//! An adapter that is an async function of this process: how a Rust client is tested under `cargo test`.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ssespec_cases::Capability;
use ssespec_cases::client::ReadyState;
use tokio::sync::{mpsc, watch};

use super::footprint::Processes;
use super::{Adapter, Fault, Heard, Identity, Stderr, Task, panics};
use crate::protocol::{CloseIn, ConnectRequest, Event, Order, Shown};

/// What a client function may return: nothing, or an error that is reported as the client's last word.
pub trait Outcome: Send + 'static {
    /// The error's message, if there is one.
    fn error(self) -> Option<String>;
}

impl Outcome for () {
    fn error(self) -> Option<String> {
        None
    }
}

impl<T: Send + 'static, E: Display + Send + 'static> Outcome for Result<T, E> {
    fn error(self) -> Option<String> {
        self.err().map(|error| error.to_string())
    }
}

type Run =
    dyn Fn(ConnectRequest, Observer) -> Pin<Box<dyn Future<Output = Option<String>> + Send>> + Send + Sync;

/// A client as a function: called once a session, done when it returns.
#[derive(Clone)]
pub struct Client {
    identity: Identity,
    run: Arc<Run>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of this name that reaches no capability yet.
    pub fn new<F, R>(name: &str, client: F) -> Self
    where
        F: Fn(ConnectRequest, Observer) -> R + Send + Sync + 'static,
        R: Future<Output: Outcome> + Send + 'static,
    {
        let identity = Identity {
            name: name.into(),
            version: String::new(),
            language: "Rust".into(),
            capabilities: BTreeSet::new(),
            own_events: BTreeSet::new(),
        };
        let run = Arc::new(move |request, observer| {
            let session = client(request, observer);
            Box::pin(async move { session.await.error() })
                as Pin<Box<dyn Future<Output = Option<String>> + Send>>
        });
        Self { identity, run }
    }

    /// Who it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Who it is, to change.
    pub fn identity_mut(&mut self) -> &mut Identity {
        &mut self.identity
    }

    /// Starts it as an adapter.
    pub fn start(&self) -> Adapter {
        let (orders, queue) = mpsc::unbounded_channel();
        let (tell, heard) = mpsc::unbounded_channel();
        let stderr = Stderr::default();
        let task = Task::spawn(panics::told_to(stderr.clone(), serve(self.clone(), queue, tell)));
        Adapter {
            identity: self.identity.clone(),
            orders,
            heard,
            stderr,
            unfinished: Arc::new(AtomicUsize::new(0)),
            processes: Processes::Own,
            task,
        }
    }
}

/// How long a client with a public close() may take to return after it was asked to close.
const CLOSE_PATIENCE: Duration = Duration::from_secs(4);

/// Follows orders; each session is a task of its own, and a client that returns is done for good.
async fn serve(
    client: Client,
    mut orders: mpsc::UnboundedReceiver<(u64, Order)>,
    tell: mpsc::UnboundedSender<Heard>,
) {
    let has_close = client.identity.capabilities.contains(&Capability::Close);
    let mut current: Option<Running> = None;
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some((session, Order::Connect(request))) => {
                    current = Some(Running::start(&client, session, *request, &tell));
                }
                Some((session, Order::Close)) => {
                    if let Some(running) = current.take_if(|running| running.session == session)
                        && let Some(fault) = running.close(has_close).await
                    {
                        let _ = tell.send(Heard::Fault(fault));
                        return;
                    }
                }
                Some((_, Order::State)) => {
                    if let Some(running) = &current {
                        let state = running.observer.state().unwrap_or(ReadyState::Connecting);
                        running.observer.tell(Shown::State(state));
                    }
                }
                // These need the capability `dom`, which is a page's, or are for servers.
                Some((
                    _,
                    Order::ConnectIn(..)
                    | Order::Enter(_)
                    | Order::Run(_)
                    | Order::Evaluate(_)
                    | Order::Serving(_),
                )) => {}
                None => return,
            },
            result = finished(&mut current) => {
                if let Err(fault) = result {
                    let _ = tell.send(Heard::Fault(fault));
                    return;
                }
                if let Some(running) = current.take() {
                    running.observer.tell(Shown::Closed);
                }
            }
        }
    }
}

/// Waits until the running session's client returns; for ever where none runs.
async fn finished(current: &mut Option<Running>) -> Result<(), Fault> {
    match current {
        Some(running) => running.ended().await,
        None => std::future::pending().await,
    }
}

/// A session: the client's task, which ends with it, and the handles to it.
struct Running {
    session: u64,
    observer: Observer,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    fn start(
        client: &Client,
        session: u64,
        request: ConnectRequest,
        tell: &mpsc::UnboundedSender<Heard>,
    ) -> Self {
        let observer = Observer {
            session,
            tell: tell.clone(),
            state: Arc::new(AtomicU8::new(NO_STATE)),
            close_in: request.close_in,
            wish: Arc::new(watch::Sender::new(Wish::None)),
            watched: Arc::default(),
        };
        let run = (client.run)(request, observer.clone());
        let reporter = observer.clone();
        let task = tokio::spawn(panics::passed_on(async move {
            if let Some(message) = run.await {
                reporter.error(message);
            }
        }));
        Self { session, observer, task }
    }

    /// Waits until the client has returned.
    async fn ended(&mut self) -> Result<(), Fault> {
        match (&mut self.task).await {
            Err(error) if error.is_panic() => {
                let payload = error.into_panic();
                let words = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
                let words = words.or_else(|| payload.downcast_ref::<String>().cloned());
                Err(Fault::Panicked(words.unwrap_or_default()))
            }
            _ => Ok(()),
        }
    }

    /// Ends the session by the client's own close() where it has one, by dropping its future otherwise.
    async fn close(mut self, has_close: bool) -> Option<Fault> {
        self.observer.wish.send_replace(Wish::Close);
        if has_close {
            match tokio::time::timeout(CLOSE_PATIENCE, self.ended()).await {
                Ok(Ok(())) => {}
                Ok(Err(fault)) => return Some(fault),
                Err(_) if !self.observer.watched.load(Ordering::SeqCst) => return Some(Fault::NotWatched),
                Err(_) => self.drop_client().await,
            }
        } else {
            self.drop_client().await;
        }
        self.observer.tell(Shown::Closed);
        None
    }

    async fn drop_client(&mut self) {
        self.task.abort();
        // Aborted tasks end with an error that says just that.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Who wants the client to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Nobody.
    None,
    /// The handler in which the case wants close() to be called.
    CloseIn,
    /// The harness, by its order.
    Close,
}

/// The state of a client that never told one.
const NO_STATE: u8 = u8::MAX;

/// Where a client function reports what it sees. Cheap to clone; usable from any thread.
#[derive(Debug, Clone)]
pub struct Observer {
    session: u64,
    tell: mpsc::UnboundedSender<Heard>,
    state: Arc<AtomicU8>,
    close_in: Option<CloseIn>,
    wish: Arc<watch::Sender<Wish>>,
    watched: Arc<AtomicBool>,
}

impl Observer {
    /// The connection was announced as open.
    pub fn opened(&self) {
        self.tell(Shown::Opened { ready_state: self.state() });
        self.handled(CloseIn::Opened);
    }

    /// An event was dispatched.
    pub fn event(&self, event: Event) {
        self.tell(Shown::Event(event));
        self.handled(CloseIn::Event);
    }

    /// A comment was shown; `text` is all that follows the colon.
    pub fn comment(&self, text: &str) {
        self.tell(Shown::Comment { text: text.into() });
    }

    /// An error was reported, in the state that was told last.
    pub fn error(&self, error: impl Display) {
        self.tell(Shown::Error { message: error.to_string(), ready_state: self.state() });
        self.handled(CloseIn::Error);
    }

    /// The client's ready state changed; it is told to the harness when it asks. For clients with the capability
    /// [`State`](Capability::State).
    pub fn set_state(&self, state: ReadyState) {
        self.state.store(state as u8, Ordering::SeqCst);
    }

    /// Waits for the client's next item; `None` where there is none or where the client is to be closed, which its
    /// user does then. For clients with the capability [`Close`](Capability::Close).
    ///
    /// It also does what [`ConnectRequest::close_in`] asks for.
    pub async fn until_close<T>(&self, next: impl Future<Output = Option<T>>) -> Option<T> {
        tokio::select! {
            // What is to be closed must not show what happened to be ready as well.
            biased;
            () = self.wished(|wish| wish != Wish::None) => None,
            item = next => item,
        }
    }

    /// Waits until the harness wants the client to be closed. For clients with the capability
    /// [`Close`](Capability::Close) that [`until_close`](Self::until_close) does not fit.
    pub async fn close_requested(&self) {
        self.wished(|wish| wish == Wish::Close).await;
    }

    async fn wished(&self, enough: impl Fn(Wish) -> bool) {
        self.watched.store(true, Ordering::SeqCst);
        // The sender lives as long as this observer.
        let _ = self.wish.subscribe().wait_for(|wish| enough(*wish)).await;
    }

    fn handled(&self, handler: CloseIn) {
        if self.close_in == Some(handler) {
            self.wish.send_if_modified(|wish| {
                let first = *wish == Wish::None;
                if first {
                    *wish = Wish::CloseIn;
                }
                first
            });
        }
    }

    fn state(&self) -> Option<ReadyState> {
        ReadyState::from_number(self.state.load(Ordering::SeqCst).into())
    }

    fn tell(&self, shown: Shown) {
        let heard = Heard::Shown { session: self.session, shown, at: Instant::now(), share: None };
        // Nobody hears a session whose run is over.
        let _ = self.tell.send(heard);
    }
}

#[cfg(test)]
mod tests;
