//! Serving scenarios: each request plays the script of its route's nth connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::journal::{Entry, EntryKind};
use super::route::{Route, Scenario};
use crate::action::{Action, Drop, Respond};
use crate::wire::{Departure, Exchange, Listener, Options, PeerGone, WireEvent, WireEventKind};

/// A running mock server. Dropping it stops it; [`Server::shutdown`] also waits until it has stopped.
#[derive(Debug)]
pub struct Server {
    url: String,
    address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    task: tokio::task::JoinHandle<()>,
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
        let (events, wire) = mpsc::unbounded_channel();
        let listener = Listener::bind(address, Options::default(), events, 0).await?;
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let routes = scenarios.into_iter().flat_map(|scenario| scenario.routes).collect::<Vec<_>>();
        let url = format!("{}/", listener.url());
        let address = listener.address();
        let serving = Serving { counts: vec![0; routes.len()], routes, journal, base: url.clone() };
        let task = tokio::spawn(serving.serve(listener, wire, stopped));
        Ok(Self { url, address, stop: Some(stop), task })
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
    }
}

impl std::ops::Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The state of a running server.
struct Serving {
    routes: Vec<Route>,
    /// The number of connections of each route so far.
    counts: Vec<usize>,
    journal: mpsc::UnboundedSender<Entry>,
    base: String,
}

impl Serving {
    async fn serve(
        mut self,
        listener: Listener,
        mut wire: mpsc::UnboundedReceiver<WireEvent>,
        mut stopped: tokio::sync::oneshot::Receiver<()>,
    ) {
        let listener = Arc::new(listener);
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
        if let Ok(listener) = Arc::try_unwrap(listener) {
            listener.shutdown().await;
        }
    }

    fn take(&mut self, event: WireEvent, listener: &Arc<Listener>, scripts: &mut JoinSet<Option<u32>>) {
        let what = match event.kind {
            WireEventKind::Request(exchange) => {
                let (what, script) = self.choose(&exchange);
                self.record(event.connection, what);
                let (listener, base) = (Arc::clone(listener), self.base.clone());
                scripts.spawn(async move {
                    let connection = exchange.connection();
                    play(exchange, &script, &listener, &base).await.is_ok().then_some(connection)
                });
                return;
            }
            WireEventKind::Malformed { reason } => EntryKind::Malformed { reason },
            WireEventKind::Disconnected(how) => EntryKind::Left {
                how: match how {
                    Departure::Fin => "fin".into(),
                    Departure::Reset => "reset".into(),
                    Departure::Failed(kind) => kind.to_string(),
                },
            },
            WireEventKind::Dropped(Drop::Fin) => EntryKind::Dropped { how: "fin".into() },
            WireEventKind::Dropped(Drop::Reset) => EntryKind::Dropped { how: "reset".into() },
            WireEventKind::Ended => EntryKind::Ended,
            _ => return,
        };
        self.record(event.connection, what);
    }

    fn record(&self, connection: u32, kind: EntryKind) {
        // The receiver may have been dropped.
        let _ = self.journal.send(Entry::now(connection, kind));
    }

    /// The script for a request, and its journal entry.
    fn choose(&mut self, exchange: &Exchange) -> (EntryKind, Vec<Action>) {
        let request = exchange.request();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let number = self.routes.iter().position(|route| route.matches(request));
        let (route, nth, script) = match number {
            Some(number) => {
                self.counts[number] += 1;
                let route = &self.routes[number];
                let nth = self.counts[number];
                let script = route.connections.get(nth - 1).or(route.connections.last());
                (Some(route.path.clone()), nth, script.cloned().unwrap_or_default())
            }
            None => (None, 0, vec![Action::Respond(self.no_route(&request.method, &request.target))]),
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

    fn no_route(&self, method: &str, target: &str) -> Respond {
        let list: Vec<String> = self
            .routes
            .iter()
            .map(|route| format!("  {} {}\n", route.method.as_deref().unwrap_or("*"), route.path))
            .collect();
        let body = format!("no route for {method} {target}; the routes are\n{}", list.concat());
        let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
        Respond { status: 404, headers: Some(headers), body: Some(body.into_bytes()), ..Respond::default() }
    }
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
    for action in script {
        listener.perform(action, &mut exchange, |value| value.replace("{base}", base)).await?;
    }
    Ok(())
}
