//! An adapter that is an async function of this process: how a Rust server is tested under `cargo test`.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::footprint::Processes;
use super::in_process::Outcome;
use super::{Adapter, Fault, Heard, Identity, Stderr, Task, panics};
use crate::protocol::serving::{ServerOrder, ServerShown};
use crate::protocol::{Order, Shown};

type Run = dyn Fn(ServerSession) -> Pin<Box<dyn Future<Output = Option<String>> + Send>> + Send + Sync;

/// A server as a function: called once a session, done when it returns.
#[derive(Clone)]
pub struct Server {
    identity: Identity,
    run: Arc<Run>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl Server {
    /// A server of this name that reaches no capability yet.
    pub fn new<F, R>(name: &str, server: F) -> Self
    where
        F: Fn(ServerSession) -> R + Send + Sync + 'static,
        R: Future<Output: Outcome> + Send + 'static,
    {
        let identity = Identity {
            name: name.into(),
            version: String::new(),
            language: "Rust".into(),
            capabilities: BTreeSet::new(),
            own_events: BTreeSet::new(),
        };
        let run = Arc::new(move |session| {
            let served = server(session);
            Box::pin(async move { served.await.error() })
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

/// How long a server function may take to return when its session is over, before it is dropped.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);

/// Follows orders; each session is a task of its own.
async fn serve(
    server: Server,
    mut orders: mpsc::UnboundedReceiver<(u64, Order)>,
    tell: mpsc::UnboundedSender<Heard>,
) {
    let mut current: Option<Running> = None;
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some((session, Order::Serving(ServerOrder::Serve))) => {
                    current = Some(Running::start(&server, session, &tell));
                }
                Some((session, Order::Serving(order))) => {
                    if let Some(running) = current.as_ref().filter(|running| running.session == session) {
                        // A function that has returned is noticed below.
                        let _ = running.orders.send(order);
                    }
                }
                Some((session, Order::Close)) => {
                    if let Some(running) = current.take_if(|running| running.session == session) {
                        let observer = running.observer.clone();
                        if let Err(fault) = running.close().await {
                            let _ = tell.send(Heard::Fault(fault));
                            return;
                        }
                        observer.tell(Shown::Closed);
                    }
                }
                // These are for clients.
                Some(_) => {}
                None => return,
            },
            ended = ended(&mut current) => {
                let Some(running) = current.take() else { continue };
                match ended {
                    // What a server that has returned says last is that it is done.
                    Ok(None) => running.observer.tell(Shown::Closed),
                    Ok(Some(error)) => {
                        let _ = tell.send(Heard::Fault(Fault::ServerEnded(error)));
                        return;
                    }
                    Err(fault) => {
                        let _ = tell.send(Heard::Fault(fault));
                        return;
                    }
                }
            }
        }
    }
}

/// Waits until the running session's server returns; for ever where none runs.
async fn ended(current: &mut Option<Running>) -> Result<Option<String>, Fault> {
    match current {
        Some(running) => running.ended().await,
        None => std::future::pending().await,
    }
}

/// A session that runs.
struct Running {
    session: u64,
    orders: mpsc::UnboundedSender<ServerOrder>,
    observer: ServerObserver,
    task: tokio::task::JoinHandle<Option<String>>,
}

impl Running {
    fn start(server: &Server, session: u64, tell: &mpsc::UnboundedSender<Heard>) -> Self {
        let (orders, queue) = mpsc::unbounded_channel();
        let observer = ServerObserver { session, tell: tell.clone() };
        let run = (server.run)(ServerSession { orders: queue, observer: observer.clone() });
        let (done, returned) = tokio::sync::oneshot::channel();
        let scoped = panics::passed_on(async move {
            // It is awaited right below.
            let _ = done.send(run.await);
        });
        let task = tokio::spawn(async move {
            scoped.await;
            returned.await.ok().flatten()
        });
        Self { session, orders, observer, task }
    }

    async fn ended(&mut self) -> Result<Option<String>, Fault> {
        match (&mut self.task).await {
            Err(error) if error.is_panic() => {
                let payload = error.into_panic();
                let words = payload.downcast_ref::<&str>().map(|words| (*words).to_owned());
                let words = words.or_else(|| payload.downcast_ref::<String>().cloned());
                Err(Fault::Panicked(words.unwrap_or_default()))
            }
            Err(_) => Ok(None),
            Ok(error) => Ok(error),
        }
    }

    /// Ends the session: its function gets no more orders, and is dropped where it does not return then.
    async fn close(self) -> Result<(), Fault> {
        let Self { orders, mut task, .. } = self;
        drop(orders);
        let ended = tokio::time::timeout(CLOSE_PATIENCE, &mut task).await;
        match ended {
            Ok(Err(error)) if error.is_panic() => Err(Fault::Panicked(error.to_string())),
            Ok(_) => Ok(()),
            Err(_) => {
                task.abort();
                // Aborted tasks end with an error that says just that.
                let _ = task.await;
                Ok(())
            }
        }
    }
}

/// A session of a server function: what it is told, and where it tells what it does.
#[derive(Debug)]
pub struct ServerSession {
    orders: mpsc::UnboundedReceiver<ServerOrder>,
    observer: ServerObserver,
}

impl ServerSession {
    /// The session's streams are served there from now on: the first thing to tell.
    pub fn serving(&self, url: impl Display) {
        self.observer.told(ServerShown::Serving { url: url.to_string() });
    }

    /// Waits for what is to be done next; `None` where the session is over and all of its streams shall go.
    pub async fn next(&mut self) -> Option<ServerOrder> {
        self.orders.recv().await
    }

    /// What was to be sent was taken: the answer to [`ServerOrder::Emit`].
    pub fn emitted(&self) {
        self.observer.told(ServerShown::Emitted);
    }

    /// What was to be sent was not taken: the other answer to [`ServerOrder::Emit`].
    pub fn refused(&self, error: impl Display) {
        self.observer.told(ServerShown::Refused { message: error.to_string() });
    }

    /// Requests are answered with 204 from now on: the answer to [`ServerOrder::Stop`].
    pub fn stopped(&self) {
        self.observer.told(ServerShown::Stopped);
    }

    /// Where what happens to streams is told, from wherever they are served.
    pub fn observer(&self) -> ServerObserver {
        self.observer.clone()
    }
}

/// Where a server function tells what happens to its streams. Cheap to clone; usable from any thread.
#[derive(Debug, Clone)]
pub struct ServerObserver {
    session: u64,
    tell: mpsc::UnboundedSender<Heard>,
}

impl ServerObserver {
    /// A stream was opened, and what is emitted from now on is sent on it too. `last_event_id` is what the API shows of
    /// the request's Last-Event-ID, empty where there was none; `None` where the API does not show it.
    pub fn connected(&self, last_event_id: Option<&str>) {
        self.told(ServerShown::Connected { last_event_id: last_event_id.map(str::to_owned) });
    }

    /// A client has left. For servers with the capability [`Disconnects`](ssespec_cases::Capability::Disconnects).
    pub fn disconnected(&self) {
        self.told(ServerShown::Disconnected);
    }

    fn told(&self, shown: ServerShown) {
        self.tell(Shown::Serving(shown));
    }

    fn tell(&self, shown: Shown) {
        let heard = Heard::Shown { session: self.session, shown, at: Instant::now(), share: None };
        // Nobody hears a session whose run is over.
        let _ = self.tell.send(heard);
    }
}
