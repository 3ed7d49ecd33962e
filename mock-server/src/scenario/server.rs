//! Serving scenarios: each request plays the script of its route's nth connection.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::control::{Change, Control};
use super::desk::{Arrival, Desk};
use super::journal::{Entry, EntryKind};
use super::log::Log;
use super::path_pattern::PathPattern;
use super::play::{Finished, Part, Player, Stage};
use super::route::{Route, Scenario};
use super::settings::Settings;
use super::step::{Step, awaited_requests};
use super::verification::{Judge, Verification};
use crate::action::{Drop, Respond};
use crate::wire::{BarrierMode, Departure, Exchange, Listener, Options, Request, WireEvent, WireEventKind};

/// How much of a body the journal keeps, in bytes.
const BODY_KEPT: usize = 64 * 1024;

/// How long scripts may take to notice what happened before the server had to stop.
const SETTLING: Duration = Duration::from_millis(100);

/// A running mock server. Dropping it stops it; [`Server::shutdown`] also waits until it has stopped.
#[derive(Debug)]
pub struct Server {
    url: String,
    address: SocketAddr,
    listener: Arc<Listener>,
    control: Control,
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
            detail: settings.detail,
            ..Options::default()
        };
        let listener = Arc::new(Listener::bind(address, options, events, 0).await?);
        if let Some(diversion) = settings.diversion {
            listener.divert(diversion);
        }
        let (orders, received) = mpsc::unbounded_channel();
        let (notes, noted) = mpsc::unbounded_channel();
        let url = format!("{}/", listener.url());
        let address = listener.address();
        let judge = Arc::new(Judge::new(&[]));
        let control = Control::new(Log::new(journal), Arc::clone(&judge), orders);
        let stage = Stage { listener: Arc::clone(&listener), base: url.clone(), notes, judge };
        let mut serving = Serving {
            scenarios,
            routes: Vec::new(),
            control: control.clone(),
            stage: Arc::new(stage),
            clients: HashMap::new(),
            scripts: JoinSet::new(),
        };
        serving.begin();
        let task = tokio::spawn(serving.serve(wire, noted, received));
        Ok(Self { url, address, listener, control, task })
    }

    /// The server's URL, with a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What can be done with it from outside.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Serves other scenarios from now on. Routes count their connections from 1 again, and nothing is verified yet;
    /// open connections finish their scripts.
    pub async fn replace(&self, scenarios: Vec<Scenario>) {
        self.control.replace(scenarios).await;
    }

    /// What was verified so far.
    pub fn verification(&self) -> Verification {
        self.control.verification()
    }

    /// Waits until an expectation has failed, or until every script that expects something is over (every script, if none
    /// expects anything).
    pub async fn done(&self) {
        self.control.done().await;
    }

    /// Stops the server and resets its connections. When this returns, its port is free.
    pub async fn shutdown(self) {
        self.close(Duration::ZERO).await;
    }

    /// Ends the connections with FIN, waits until their clients have left (at most `patience`; not at all if that is
    /// zero), and stops the server. When this returns, its port is free. Returns what was verified, including what
    /// happened immediately before.
    pub async fn close(mut self, patience: Duration) -> Verification {
        self.stop(patience).await;
        self.verification()
    }

    /// As [`close`](Self::close).
    pub(crate) async fn stop(&mut self, patience: Duration) {
        self.control.stop(patience);
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

/// A route while it is served.
#[derive(Debug)]
struct Served {
    route: Route,
    path: Arc<PathPattern>,
    /// The number of its connections so far.
    count: usize,
    /// Shared by the routes with the same method and path.
    desk: Arc<Desk>,
    seed: u64,
    /// Whether a script waits for its client to disconnect.
    awaits_disconnects: bool,
}

/// The state of a running server.
struct Serving {
    scenarios: Vec<Scenario>,
    routes: Vec<Served>,
    control: Control,
    stage: Arc<Stage>,
    /// Tells scripts whether the client of a connection has left.
    clients: HashMap<u32, watch::Sender<bool>>,
    scripts: JoinSet<Finished>,
}

impl Serving {
    async fn serve(
        mut self,
        mut wire: mpsc::UnboundedReceiver<WireEvent>,
        mut notes: mpsc::UnboundedReceiver<(u32, EntryKind)>,
        mut orders: mpsc::UnboundedReceiver<Change>,
    ) {
        let mut stopping = None;
        let patience = loop {
            tokio::select! {
                // Report what a script did before reporting that it finished.
                biased;
                order = orders.recv() => match order {
                    Some(Change::Replace(scenarios, done)) => {
                        self.scenarios = scenarios.unwrap_or(std::mem::take(&mut self.scenarios));
                        self.begin();
                        self.record(0, EntryKind::Replaced);
                        let _ = done.send(());
                    }
                    Some(Change::Stop(patience)) if patience.is_zero() => break patience,
                    Some(Change::Stop(patience)) => {
                        stopping = Some((patience, tokio::time::Instant::now() + SETTLING));
                    }
                    None => break Duration::ZERO,
                },
                event = wire.recv() => match event {
                    Some(event) => self.take(event),
                    None => break Duration::ZERO,
                },
                Some((connection, kind)) = notes.recv() => self.record(connection, kind),
                Some(finished) = self.scripts.join_next() => if let Ok(finished) = finished {
                    self.finish(finished);
                },
                patience = settled(stopping) => break patience,
            }
        };
        self.scripts.shutdown().await;
        if !patience.is_zero() {
            self.stage.listener.close_connections(patience).await;
            while let Ok(event) = wire.try_recv() {
                self.take_quietly(event);
            }
        }
    }

    /// Starts the scenarios.
    fn begin(&mut self) {
        let scenarios = &self.scenarios;
        let mut desks: HashMap<(Option<String>, String), Arc<Desk>> = HashMap::new();
        let seeds = scenarios.iter().flat_map(|scenario| scenario.routes.iter().map(|_| scenario.seed));
        let seeds: Vec<u64> = seeds.collect();
        let routes: Vec<Route> =
            scenarios.iter().flat_map(|scenario| scenario.routes.iter().cloned()).collect();
        self.control.serves(routes.iter().map(Route::words));
        self.stage.judge.reset(&routes);
        let served = routes.into_iter().zip(seeds).map(|(route, seed)| {
            let key = (route.method.clone(), route.path.text().to_owned());
            let desk = desks.entry(key).or_insert_with(|| Arc::new(Desk::new()));
            let mut steps = route.connections.iter().flat_map(|script| script.iter());
            Served {
                path: Arc::new(route.path.clone()),
                count: 0,
                desk: Arc::clone(desk),
                seed,
                awaits_disconnects: steps.any(|step| matches!(step, Step::ExpectDisconnect(_))),
                route,
            }
        });
        self.routes = served.collect();
    }

    fn finish(&mut self, finished: Finished) {
        if finished.is_complete {
            self.record(finished.connection, EntryKind::Played);
        }
        if let Some(player) = finished.rest {
            self.scripts.spawn(player.beat());
        }
    }

    fn take(&mut self, event: WireEvent) {
        match event.kind {
            WireEventKind::Request(exchange) => self.request(event.connection, exchange, event.at),
            kind => self.take_quietly(WireEvent { kind, ..event }),
        }
    }

    /// Records an event that needs no answer.
    fn take_quietly(&mut self, event: WireEvent) {
        let what = match event.kind {
            WireEventKind::Malformed { reason } => EntryKind::Malformed { reason },
            WireEventKind::Refused { reason } => EntryKind::Refused { reason },
            WireEventKind::Sent(captured) => EntryKind::sent(&captured),
            WireEventKind::Disconnected(how) => {
                if let Some(left) = self.clients.get(&event.connection) {
                    left.send_replace(true);
                }
                EntryKind::Left {
                    how: match how {
                        Departure::Fin => "fin".into(),
                        Departure::Reset => "reset".into(),
                        Departure::Failed(kind) => kind.to_string(),
                    },
                }
            }
            WireEventKind::Dropped(Drop::Fin) => EntryKind::Dropped { how: "fin".into() },
            WireEventKind::Dropped(Drop::Reset) => EntryKind::Dropped { how: "reset".into() },
            WireEventKind::Ended => {
                self.control.streams().remove(event.connection);
                EntryKind::Ended
            }
            WireEventKind::Closed => {
                self.control.streams().remove(event.connection);
                self.clients.remove(&event.connection);
                return;
            }
            _ => return,
        };
        self.record(event.connection, what);
    }

    fn record(&self, connection: u32, kind: EntryKind) {
        self.control.log().record(Entry::now(connection, kind));
    }

    /// Answers a request: with the script that waits for it, with that of its route, or with 404.
    fn request(&mut self, connection: u32, exchange: Exchange, at: Instant) {
        let request = exchange.request();
        let words = words(request);
        self.stage.judge.request(words.clone());
        let found = self.routes.iter_mut().enumerate().find(|(_, served)| served.route.matches(request));
        let Some((number, served)) = found else {
            let entry = entry(request, None, 0);
            let respond = self.no_route(request);
            self.record(connection, entry);
            self.scripts.spawn(refuse(exchange, respond));
            return;
        };
        self.control.requested(number);
        self.control.streams().add(&exchange, Arc::clone(&served.path));
        let since_end = served.desk.arrived(words, at);
        let left = served
            .awaits_disconnects
            .then(|| self.clients.entry(connection).or_insert_with(|| watch::Sender::new(false)).subscribe());
        if let Some((script, nth)) = served.desk.waiting() {
            let entry = entry(request, Some(&served.route), nth);
            self.record(connection, entry);
            // The script has just ended if this fails.
            let _ = script.send(Arrival { exchange, since_end, left });
            return;
        }
        served.count += 1;
        let nth = served.count;
        let entry = entry(request, Some(&served.route), nth);
        let scripts = &served.route.connections;
        let place = nth.min(scripts.len()).saturating_sub(1);
        let script = scripts.get(place).cloned().unwrap_or_default();
        let requests = served.desk.claim(awaited_requests(&script), nth);
        let seed = served.seed ^ ((number as u64) << 32) ^ nth as u64;
        let path = Arc::clone(&served.path);
        let part = Part { script, place: (number, place), path, connection: nth, seed };
        let desk = Arc::clone(&served.desk);
        self.stage.judge.begins(number, place);
        let arrival = Arrival { exchange, since_end, left };
        let player = Player::new(Arc::clone(&self.stage), desk, part, arrival, requests);
        self.record(connection, entry);
        self.scripts.spawn(player.play());
    }

    fn no_route(&self, request: &Request) -> Respond {
        let routes = self.routes.iter().map(|served| &served.route);
        let list: String = routes
            .map(|route| {
                let any = if route.method.is_none() { "* " } else { "" };
                format!("  {any}{}\n", route.words())
            })
            .collect();
        let body = format!("no route for {} {}; the routes are\n{list}", request.method, request.target);
        let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
        Respond { status: 404, headers: Some(headers), body: Some(body.into_bytes()), ..Respond::default() }
    }
}

/// Waits until scripts have had time to notice what happened before the server had to stop, and returns how long
/// clients may take to leave.
async fn settled(stopping: Option<(Duration, tokio::time::Instant)>) -> Duration {
    let Some((patience, time)) = stopping else { return std::future::pending().await };
    tokio::time::sleep_until(time).await;
    patience
}

/// Answers a request that no route serves.
async fn refuse(mut exchange: Exchange, respond: Respond) -> Finished {
    let is_complete = exchange.respond(&respond, str::to_owned).await.is_ok();
    Finished { connection: exchange.connection(), is_complete, rest: None }
}

fn entry(request: &Request, route: Option<&Route>, nth: usize) -> EntryKind {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), text(value)));
    EntryKind::Request {
        method: request.method.clone(),
        target: request.target.clone(),
        headers: headers.collect(),
        body: text(&request.body[..request.body.len().min(BODY_KEPT)]),
        route: route.map(|route| route.path.text().to_owned()),
        nth,
    }
}

/// A request in words: its method, its target and its Last-Event-ID.
fn words(request: &Request) -> String {
    let ids = request.header("last-event-id").map(|value| String::from_utf8_lossy(value).into_owned());
    let ids: String = ids.map(|id| format!(", last-event-id {id:?}")).collect();
    format!("{} {}{ids}", request.method, request.target)
}
