//! A server as an async function.

use std::fmt::Display;
use std::time::Duration;

use tokio::sync::mpsc;

use super::function::{Function, Outcome, start};
use super::session::{Reporter, SessionTask};
use crate::adapter::fault::Fault;
use crate::adapter::incoming::Incoming;
use crate::adapter::running::Adapter;
use crate::protocol::server::{ServerObservation, ServerOrder};
use crate::protocol::{Observation, Order};

/// A server as an async function.
pub type Server = Function<ServerSession>;

impl Function<ServerSession> {
    /// A server with this name and no capabilities yet.
    pub fn server<F, R>(name: &str, server: F) -> Self
    where
        F: Fn(ServerSession) -> R + Send + Sync + 'static,
        R: Future<Output: Outcome> + Send + 'static,
    {
        Self::new(name, server)
    }

    /// Starts the server as an adapter.
    pub fn start(&self) -> Adapter {
        let server = self.clone();
        start(self.identity(), |orders, heard| serve(server, orders, heard))
    }
}

/// How long a server function may take to return when its session is over, before it is dropped.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);

/// Follows orders; each session is a task of its own.
async fn serve(
    server: Server,
    mut orders: mpsc::UnboundedReceiver<(u64, Order)>,
    heard: mpsc::UnboundedSender<Incoming>,
) {
    let mut current: Option<Running> = None;
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some((session, Order::Server(ServerOrder::Serve))) => {
                    current = Some(Running::start(&server, session, &heard));
                }
                Some((session, Order::Server(order))) => {
                    if let Some(running) = current.as_ref().filter(|running| running.session == session) {
                        // A function that has returned is noticed below.
                        let _ = running.orders.send(order);
                    }
                }
                Some((session, Order::Close)) => {
                    if let Some(running) = current.take_if(|running| running.session == session) {
                        let observer = running.observer.clone();
                        if let Err(fault) = running.close().await {
                            let _ = heard.send(Incoming::Fault(fault));
                            return;
                        }
                        observer.0.report(Observation::Closed);
                    }
                }
                // These are for clients.
                Some(_) => {}
                None => return,
            },
            returned = returned(&mut current) => {
                let Some(running) = current.take() else { continue };
                match returned {
                    // A function that returns ends its session.
                    Ok(None) => running.observer.0.report(Observation::Closed),
                    Ok(Some(error)) => {
                        let _ = heard.send(Incoming::Fault(Fault::ServerEnded(error)));
                        return;
                    }
                    Err(fault) => {
                        let _ = heard.send(Incoming::Fault(fault));
                        return;
                    }
                }
            }
        }
    }
}

/// Waits until the function of the running session returns; forever where none runs.
async fn returned(current: &mut Option<Running>) -> Result<Option<String>, Fault> {
    match current {
        Some(running) => running.task.returned().await,
        None => std::future::pending().await,
    }
}

/// A session while the server runs.
struct Running {
    session: u64,
    orders: mpsc::UnboundedSender<ServerOrder>,
    observer: ServerObserver,
    task: SessionTask,
}

impl Running {
    fn start(server: &Server, session: u64, heard: &mpsc::UnboundedSender<Incoming>) -> Self {
        let (orders, queue) = mpsc::unbounded_channel();
        let observer = ServerObserver(Reporter::new(session, heard));
        let run = server.run(ServerSession { orders: queue, observer: observer.clone() });
        Self { session, orders, observer, task: SessionTask::spawn(run) }
    }

    /// Ends the session: its function gets no more orders, and is dropped if it does not return in time.
    async fn close(self) -> Result<(), Fault> {
        let Self { orders, mut task, .. } = self;
        drop(orders);
        match tokio::time::timeout(CLOSE_PATIENCE, task.returned()).await {
            Ok(returned) => returned.map(drop),
            Err(_) => {
                task.abort().await;
                Ok(())
            }
        }
    }
}

/// A session of a server function: its orders, and where it reports.
#[derive(Debug)]
pub struct ServerSession {
    orders: mpsc::UnboundedReceiver<ServerOrder>,
    observer: ServerObserver,
}

impl ServerSession {
    /// Reports the URL of the session's streams; must be called first.
    pub fn serving(&self, url: impl Display) {
        self.observer.report(ServerObservation::Serving { url: url.to_string() });
    }

    /// Waits for the next order; `None` if the session is over and all of its streams should be closed.
    pub async fn next(&mut self) -> Option<ServerOrder> {
        self.orders.recv().await
    }

    /// The implementation accepted what it should send: an answer to [`ServerOrder::Emit`].
    pub fn emitted(&self) {
        self.observer.report(ServerObservation::Emitted);
    }

    /// The implementation refused what it should send: the other answer to [`ServerOrder::Emit`].
    pub fn refused(&self, error: impl Display) {
        self.observer.report(ServerObservation::Refused { message: error.to_string() });
    }

    /// Requests are answered with 204 from now on: the answer to [`ServerOrder::Stop`].
    pub fn stopped(&self) {
        self.observer.report(ServerObservation::Stopped);
    }

    /// An observer, to report connections and disconnections from anywhere.
    pub fn observer(&self) -> ServerObserver {
        self.observer.clone()
    }
}

/// Where a server function reports what happens to its streams. Cheap to clone; usable from any thread.
#[derive(Debug, Clone)]
pub struct ServerObserver(Reporter);

impl ServerObserver {
    /// A stream was opened, and what is emitted from now on is sent on it too. `last_event_id` is what the API shows of
    /// the request's Last-Event-ID, empty where there was none; `None` where the API does not show it.
    pub fn connected(&self, last_event_id: Option<&str>) {
        self.report(ServerObservation::Connected { last_event_id: last_event_id.map(str::to_owned) });
    }

    /// A client has left. For servers with the capability [`Disconnects`](ssespec_cases::Capability::Disconnects).
    pub fn disconnected(&self) {
        self.report(ServerObservation::Disconnected);
    }

    fn report(&self, shown: ServerObservation) {
        self.0.report(Observation::Server(shown));
    }
}
