//! A client as an async function.

use std::fmt::Display;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use ssespec_cases::Capability;
use ssespec_cases::client::ReadyState;
use tokio::sync::{mpsc, watch};

use super::function::{Function, Outcome, start};
use super::session::{Reporter, SessionTask};
use crate::adapter::fault::Fault;
use crate::adapter::incoming::Incoming;
use crate::adapter::running::Adapter;
use crate::protocol::{CloseIn, ConnectRequest, Event, Observation, Order};

/// One session of a client function: where to connect, and where to report.
#[derive(Debug)]
pub struct ClientSession {
    /// What a user would pass to the client.
    pub request: ConnectRequest,
    /// Where the client's events are reported.
    pub observer: Observer,
}

/// A client as an async function.
pub type Client = Function<ClientSession>;

impl Function<ClientSession> {
    /// A client with this name and no capabilities yet, except that it is called for many sessions at the same time.
    pub fn client<F, R>(name: &str, client: F) -> Self
    where
        F: Fn(ConnectRequest, Observer) -> R + Send + Sync + 'static,
        R: Future<Output: Outcome> + Send + 'static,
    {
        let mut client =
            Self::new(name, move |session: ClientSession| client(session.request, session.observer));
        client.identity_mut().capabilities.insert(Capability::Herd);
        client
    }

    /// Starts the client as an adapter.
    pub fn start(&self) -> Adapter {
        let client = self.clone();
        start(self.identity(), |orders, heard| serve(client, orders, heard))
    }
}

/// How long a client with a public close() may take to return after it was asked to close.
const CLOSE_PATIENCE: Duration = Duration::from_secs(4);

/// Follows orders; each session is a task of its own, and a client whose function returns has stopped permanently.
async fn serve(
    client: Client,
    mut orders: mpsc::UnboundedReceiver<(u64, Order)>,
    heard: mpsc::UnboundedSender<Incoming>,
) {
    let has_close = client.identity().capabilities.contains(&Capability::Close);
    let mut running: Vec<Running> = Vec::new();
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some((session, Order::Connect(request))) => {
                    // A session connects once more, as a user would make another client.
                    running.retain(|one| one.session != session);
                    running.push(Running::start(&client, session, *request, &heard));
                }
                Some((session, Order::Close)) => {
                    if let Some(index) = running.iter().position(|one| one.session == session)
                        && let Err(fault) = running.remove(index).close(has_close).await
                    {
                        let _ = heard.send(Incoming::Fault(fault));
                        return;
                    }
                }
                Some((session, Order::State)) => {
                    if let Some(one) = running.iter().find(|one| one.session == session) {
                        let state = one.observer.state().unwrap_or(ReadyState::Connecting);
                        one.observer.reporter.report(Observation::State(state));
                    }
                }
                Some((session, Order::Refresh(headers))) => {
                    if let Some(one) = running.iter().find(|one| one.session == session) {
                        one.observer.refresh(headers);
                        one.observer.reporter.report(Observation::Refreshed);
                    }
                }
                // These are for pages and servers.
                Some((
                    _,
                    Order::ConnectIn(..)
                    | Order::Enter(_)
                    | Order::Visibility(_)
                    | Order::Run(_)
                    | Order::Evaluate(_)
                    | Order::Server(_),
                )) => {}
                None => return,
            },
            (index, result) = returned(&mut running) => {
                if let Err(fault) = result {
                    let _ = heard.send(Incoming::Fault(fault));
                    return;
                }
                running.remove(index).observer.reporter.report(Observation::Closed);
            }
        }
    }
}

/// Waits until the client of a running session returns, and says which; forever where none runs.
async fn returned(running: &mut [Running]) -> (usize, Result<(), Fault>) {
    poll_fn(|context| {
        for (index, one) in running.iter_mut().enumerate() {
            // Polling a task's handle again registers the waker again, so that the future need not be kept.
            if let Poll::Ready(result) = pin!(one.returned()).poll(context) {
                return Poll::Ready((index, result));
            }
        }
        Poll::Pending
    })
    .await
}

/// A session while the client runs.
struct Running {
    session: u64,
    observer: Observer,
    task: SessionTask,
}

impl Running {
    fn start(
        client: &Client,
        session: u64,
        request: ConnectRequest,
        heard: &mpsc::UnboundedSender<Incoming>,
    ) -> Self {
        let observer = Observer {
            reporter: Reporter::new(session, heard),
            state: Arc::new(AtomicU8::new(NO_STATE)),
            close_in: request.close_in,
            comments: request.comments,
            wish: Arc::new(watch::Sender::new(Wish::None)),
            watched: Arc::default(),
            headers: Arc::new(Mutex::new(request.headers.clone())),
        };
        let run = client.run(ClientSession { request, observer: observer.clone() });
        Self { session, observer, task: SessionTask::spawn(run) }
    }

    /// Waits until the client has returned, and reports the error that it returned.
    async fn returned(&mut self) -> Result<(), Fault> {
        if let Some(message) = self.task.returned().await? {
            self.observer.error(message);
        }
        Ok(())
    }

    /// Ends the session: by the client's own close() if it has one, otherwise by dropping its future.
    async fn close(mut self, has_close: bool) -> Result<(), Fault> {
        self.observer.wish.send_replace(Wish::Close);
        if has_close {
            match tokio::time::timeout(CLOSE_PATIENCE, self.returned()).await {
                Ok(result) => result?,
                Err(_) if !self.observer.watched.load(Ordering::SeqCst) => return Err(Fault::NotWatched),
                Err(_) => self.task.abort().await,
            }
        } else {
            self.task.abort().await;
        }
        self.observer.reporter.report(Observation::Closed);
        Ok(())
    }
}

/// Who wants the client to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Nobody.
    None,
    /// The handler in which the case wants close() to be called.
    CloseIn,
    /// The harness, with the order `close`.
    Close,
}

/// The state of a client that never reported one.
const NO_STATE: u8 = u8::MAX;

/// Where a client function reports what it sees. Cheap to clone; usable from any thread.
#[derive(Debug, Clone)]
pub struct Observer {
    reporter: Reporter,
    state: Arc<AtomicU8>,
    close_in: Option<CloseIn>,
    comments: bool,
    wish: Arc<watch::Sender<Wish>>,
    watched: Arc<AtomicBool>,
    headers: Arc<Mutex<Vec<(String, String)>>>,
}

impl Observer {
    /// The connection was announced as open.
    pub fn opened(&self) {
        self.reporter.report(Observation::Opened { ready_state: self.state() });
        self.handled(CloseIn::Opened);
    }

    /// An event was dispatched.
    pub fn event(&self, event: Event) {
        self.reporter.report(Observation::Event(event));
        self.handled(CloseIn::Event);
    }

    /// A comment was shown; `text` is all that follows the colon. Not passed on if [`ConnectRequest::comments`] is false.
    pub fn comment(&self, text: &str) {
        if self.comments {
            self.reporter.report(Observation::Comment { text: text.into() });
        }
    }

    /// An error was reported, in the state that was reported last.
    pub fn error(&self, error: impl Display) {
        self.reporter.report(Observation::Error { message: error.to_string(), ready_state: self.state() });
        self.handled(CloseIn::Error);
    }

    /// The client's ready state changed; it is reported to the harness on request. For clients with the capability
    /// [`State`](Capability::State).
    pub fn set_state(&self, state: ReadyState) {
        self.state.store(state as u8, Ordering::SeqCst);
    }

    /// The request headers that the client's user sets for the next request: those of [`ConnectRequest::headers`], until
    /// the case changes some. For clients with the capability [`RefreshHeaders`](Capability::RefreshHeaders).
    pub fn headers(&self) -> Vec<(String, String)> {
        self.headers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn refresh(&self, changed: Vec<(String, String)>) {
        let mut headers = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
        headers.retain(|(name, _)| !changed.iter().any(|(other, _)| name.eq_ignore_ascii_case(other)));
        headers.extend(changed);
    }

    /// Waits for the client's next item; `None` if there are no more, or if the caller should close the client. For
    /// clients with the capability [`Close`](Capability::Close).
    ///
    /// It also does what [`ConnectRequest::close_in`] asks for.
    pub async fn until_close<T>(&self, next: impl Future<Output = Option<T>>) -> Option<T> {
        tokio::select! {
            // A client that should be closed must not report an item that happens to be ready.
            biased;
            () = self.wished(|wish| wish != Wish::None) => None,
            item = next => item,
        }
    }

    /// Waits until the harness requests closing the client. For clients with the capability
    /// [`Close`](Capability::Close) that cannot use [`until_close`](Self::until_close).
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
}

#[cfg(test)]
mod tests;
