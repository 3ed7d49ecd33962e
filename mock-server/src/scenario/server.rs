//! Serving scenarios: each request plays the script of its route's nth connection.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::journal::{Entry, EntryKind};
use super::log::Log;
use super::route::{Route, Scenario};
use super::settings::Settings;
use super::streams::{Pushed, Selection, Streams};
use crate::action::{Action, Drop, Respond};
use crate::wire::{
    BarrierMode, Departure, Detail, Exchange, Listener, Options, PeerGone, WireEvent, WireEventKind,
};

/// A running mock server. Dropping it stops it; [`Server::shutdown`] also waits until it has stopped.
#[derive(Debug)]
pub struct Server {
    url: String,
    address: SocketAddr,
    listener: Arc<Listener>,
    control: Control,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    task: tokio::task::JoinHandle<()>,
}

/// What can be done with a running server from outside. Clones control the same server.
#[derive(Debug, Clone)]
pub struct Control {
    log: Log,
    streams: Streams,
    routes: Arc<Mutex<Routes>>,
}

/// The routes of a running server.
#[derive(Debug)]
struct Routes {
    routes: Vec<Route>,
    /// The number of connections of each route so far.
    counts: Vec<usize>,
}

impl Routes {
    fn new(routes: Vec<Route>) -> Self {
        Self { counts: vec![0; routes.len()], routes }
    }
}

impl Control {
    fn routes(&self) -> MutexGuard<'_, Routes> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The journal.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The open streams.
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Writes bytes to streams now, and to the journal.
    pub fn push(&self, selection: &Selection, bytes: &[u8]) -> Pushed {
        let pushed = self.streams.push(selection, bytes);
        let text = String::from_utf8_lossy(bytes.get(..PUSHED).unwrap_or(bytes)).into_owned();
        let (streams, slow) = (pushed.connections.len(), pushed.slow.len());
        self.log.record(Entry::now(0, EntryKind::Pushed { text, streams, slow }));
        pushed
    }

    /// Starts the scenarios from their first connections.
    pub fn reset(&self) {
        self.routes().counts.fill(0);
        self.log.record(Entry::now(0, EntryKind::Reset));
    }

    /// Serves other scenarios from now on. Scripts that are being played go on.
    pub fn replace(&self, scenarios: Vec<Scenario>) {
        *self.routes() = Routes::new(all_routes(scenarios));
        self.log.record(Entry::now(0, EntryKind::Reset));
    }

    /// The routes as request lines, with how often each was requested.
    pub fn route_counts(&self) -> Vec<(String, usize)> {
        let routes = self.routes();
        let words = routes.routes.iter().map(words);
        words.zip(routes.counts.iter().copied()).collect()
    }
}

/// How much of a push the journal shows, in bytes.
const PUSHED: usize = 4096;

fn all_routes(scenarios: Vec<Scenario>) -> Vec<Route> {
    scenarios.into_iter().flat_map(|scenario| scenario.routes).collect()
}

/// A route as a request line.
fn words(route: &Route) -> String {
    format!("{} {}", route.method.as_deref().unwrap_or("*"), route.path)
}

impl Server {
    /// Serves scenarios at this address (port 0 for any free port). Entries are sent to the journal.
    ///
    /// # Errors
    /// If binding fails.
    pub async fn start(
        address: SocketAddr,
        scenarios: Vec<Scenario>,
        journal: mpsc::UnboundedSender<Entry>,
    ) -> io::Result<Self> {
        Self::start_with(address, scenarios, Settings::default(), Some(journal)).await
    }

    /// Serves scenarios with these settings. Entries are also sent to `journal`.
    ///
    /// # Errors
    /// If binding fails.
    pub async fn start_with(
        address: SocketAddr,
        scenarios: Vec<Scenario>,
        settings: Settings,
        journal: Option<mpsc::UnboundedSender<Entry>>,
    ) -> io::Result<Self> {
        let (events, wire) = mpsc::unbounded_channel();
        let barrier = scenarios.iter().any(|scenario| scenario.barrier == BarrierMode::Auto);
        let options = Options {
            barrier: if barrier { BarrierMode::Auto } else { BarrierMode::Off },
            body_limit: settings.limits.body,
            connection_limit: settings.limits.connections,
            memory_limit: settings.limits.memory,
            detail: Detail::Outline,
            ..Options::default()
        };
        let listener = Arc::new(Listener::bind(address, options, events, 0).await?);
        if let Some(diversion) = settings.diversion {
            listener.divert(diversion);
        }
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let url = format!("{}/", listener.url());
        let address = listener.address();
        let routes = Arc::new(Mutex::new(Routes::new(all_routes(scenarios))));
        let control = Control { log: Log::new(journal), streams: Streams::default(), routes };
        let serving = Serving { control: control.clone(), base: url.clone() };
        let task = tokio::spawn(serving.serve(Arc::clone(&listener), wire, stopped));
        Ok(Self { url, address, listener, control, stop: Some(stop), task })
    }

    /// What can be done with it from outside.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The server's URL, with a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops the server. When this returns, its port is free.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // Ignore a server that has already stopped.
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
        self.listener.close_down().await;
    }
}

impl std::ops::Drop for Server {
    fn drop(&mut self) {
        // Now, and not when the task is next polled: a client that connects from now on is refused.
        self.listener.close();
        self.task.abort();
    }
}

/// The state of a running server.
struct Serving {
    control: Control,
    base: String,
}

impl Serving {
    async fn serve(
        mut self,
        listener: Arc<Listener>,
        mut wire: mpsc::UnboundedReceiver<WireEvent>,
        mut stopped: tokio::sync::oneshot::Receiver<()>,
    ) {
        let mut scripts = JoinSet::new();
        loop {
            tokio::select! {
                // Report what a script did before reporting that it finished.
                biased;
                _ = &mut stopped => break,
                event = wire.recv() => match event {
                    Some(event) => self.take(event, &listener, &mut scripts),
                    None => break,
                },
                Some(finished) = scripts.join_next() => if let Ok(Some(connection)) = finished {
                    self.record(connection, EntryKind::Played);
                },
            }
        }
        scripts.shutdown().await;
    }

    fn take(&mut self, event: WireEvent, listener: &Arc<Listener>, scripts: &mut JoinSet<Option<u32>>) {
        let what = match event.kind {
            WireEventKind::Request(exchange) => {
                let (what, script) = self.choose(&exchange);
                let route =
                    if let EntryKind::Request { route, .. } = &what { route.as_deref() } else { None };
                self.control.streams.add(&exchange, route.map(Arc::from));
                self.record(event.connection, what);
                let (listener, base) = (Arc::clone(listener), self.base.clone());
                scripts.spawn(async move {
                    let connection = exchange.connection();
                    play(exchange, &script, &listener, &base).await.is_ok().then_some(connection)
                });
                return;
            }
            WireEventKind::Malformed { reason } => EntryKind::Malformed { reason },
            WireEventKind::Refused { reason } => EntryKind::Refused { reason },
            WireEventKind::Disconnected(how) => EntryKind::Left {
                how: match how {
                    Departure::Fin => "fin".into(),
                    Departure::Reset => "reset".into(),
                    Departure::Failed(kind) => kind.to_string(),
                },
            },
            WireEventKind::Dropped(Drop::Fin) => EntryKind::Dropped { how: "fin".into() },
            WireEventKind::Dropped(Drop::Reset) => EntryKind::Dropped { how: "reset".into() },
            WireEventKind::Ended => {
                self.control.streams.remove(event.connection);
                EntryKind::Ended
            }
            WireEventKind::Closed => return self.control.streams.remove(event.connection),
            _ => return,
        };
        self.record(event.connection, what);
    }

    fn record(&self, connection: u32, kind: EntryKind) {
        self.control.log.record(Entry::now(connection, kind));
    }

    /// The script for a request, and its journal entry.
    fn choose(&mut self, exchange: &Exchange) -> (EntryKind, Vec<Action>) {
        let request = exchange.request();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let mut routes = self.control.routes();
        let Routes { routes, counts } = &mut *routes;
        let number = routes.iter().position(|route| route.matches(request));
        let (route, nth, script) = match number {
            Some(number) => {
                counts[number] += 1;
                let route = &routes[number];
                let nth = counts[number];
                let script = route.connections.get(nth - 1).or(route.connections.last());
                (Some(route.path.clone()), nth, script.cloned().unwrap_or_default())
            }
            None => (None, 0, vec![Action::Respond(no_route(routes, &request.method, &request.target))]),
        };
        let what = EntryKind::Request {
            method: request.method.clone(),
            target: request.target.clone(),
            headers: request.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            route,
            nth,
        };
        (what, script)
    }
}

fn no_route(routes: &[Route], method: &str, target: &str) -> Respond {
    let list: Vec<String> = routes.iter().map(|route| format!("  {}\n", words(route))).collect();
    let body = format!("no route for {method} {target}; the routes are\n{}", list.concat());
    let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
    Respond { status: 404, headers: Some(headers), body: Some(body.into_bytes()), ..Respond::default() }
}

/// Plays a script on one exchange. The connection is left in the state that the script left it in.
///
/// # Errors
/// If the client disconnected before the end of the script.
async fn play(
    mut exchange: Exchange,
    script: &[Action],
    listener: &Listener,
    base: &str,
) -> Result<(), PeerGone> {
    let mut rest = script.iter().peekable();
    while let Some(action) = rest.next() {
        match (action, rest.peek()) {
            (Action::Send(bytes), Some(Action::Send(_))) => exchange.send_more(bytes).await?,
            _ => listener.perform(action, &mut exchange, |value| value.replace("{base}", base)).await?,
        }
    }
    Ok(())
}
