//! Serving scenarios: each request plays the script of its route's nth connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::control::{Change, Control};
use super::desk::{Arrival, Desk};
use super::journal::{Entry, EntryKind};
use super::path_pattern::PathPattern;
use super::play::{Finished, Part, Player, Stage};
use super::route::{Route, Scenario};
use super::step::{Forward, Step, awaited_requests};
use crate::action::Respond;
use crate::forward::Upstream;
use crate::wire::{Departure, Exchange, Request, WireEvent, WireEventKind};

/// How much of a body the journal keeps, in bytes.
const BODY_KEPT: usize = 64 * 1024;

/// How long scripts may take to notice what happened before the server had to stop.
const SETTLING: Duration = Duration::from_millis(100);

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
    /// Whether a script must know when its client disconnects.
    awaits_disconnects: bool,
    upstream: Option<Arc<Upstream>>,
}

/// The state of a running server.
pub(super) struct Serving {
    scenarios: Vec<Scenario>,
    routes: Vec<Served>,
    control: Control,
    stage: Arc<Stage>,
    /// Tells scripts whether the client of a connection has left.
    clients: HashMap<u32, watch::Sender<bool>>,
    scripts: JoinSet<Finished>,
}

impl Serving {
    /// Begins to serve these scenarios.
    pub(super) fn new(scenarios: Vec<Scenario>, control: Control, stage: Stage) -> Self {
        let (clients, scripts) = (HashMap::new(), JoinSet::new());
        let mut serving =
            Self { scenarios, routes: Vec::new(), control, stage: Arc::new(stage), clients, scripts };
        serving.begin();
        serving
    }

    /// Answers requests until it must stop.
    pub(super) async fn serve(
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
                        if let Some(scenarios) = scenarios {
                            self.replace(scenarios);
                        }
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

    /// Serves other scenarios, which forward to the same server unless they have their own.
    fn replace(&mut self, mut scenarios: Vec<Scenario>) {
        let upstream = self.upstream();
        for scenario in &mut scenarios {
            scenario.upstream = scenario.upstream.take().or_else(|| upstream.clone());
        }
        self.scenarios = scenarios;
    }

    /// The server to which requests without a route are forwarded.
    fn upstream(&self) -> Option<Arc<Upstream>> {
        self.scenarios.iter().find_map(|scenario| scenario.upstream.clone())
    }

    /// Starts the scenarios.
    fn begin(&mut self) {
        let scenarios = &self.scenarios;
        let mut desks: HashMap<(Option<String>, String), Arc<Desk>> = HashMap::new();
        let of_routes = scenarios.iter().flat_map(|scenario| scenario.routes.iter().map(move |_| scenario));
        let of_routes: Vec<(u64, Option<Arc<Upstream>>)> =
            of_routes.map(|scenario| (scenario.seed, scenario.upstream.clone())).collect();
        let routes: Vec<Route> =
            scenarios.iter().flat_map(|scenario| scenario.routes.iter().cloned()).collect();
        self.control.serves(routes.iter().map(Route::words));
        self.stage.judge.reset(&routes);
        let served = routes.into_iter().zip(of_routes).map(|(route, (seed, upstream))| {
            let key = (route.method.clone(), route.path.text().to_owned());
            let desk = desks.entry(key).or_insert_with(|| Arc::new(Desk::new()));
            let mut steps = route.connections.iter().flat_map(|script| script.iter());
            let awaits = |step: &Step| matches!(step, Step::ExpectDisconnect(_)) || step.forwards();
            Served {
                path: Arc::new(route.path.clone()),
                count: 0,
                desk: Arc::clone(desk),
                seed,
                awaits_disconnects: steps.any(awaits),
                upstream,
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
            WireEventKind::Malformed { reason } | WireEventKind::HandshakeFailed { reason } => {
                EntryKind::Malformed { reason }
            }
            WireEventKind::Refused { reason } => EntryKind::Refused { reason },
            WireEventKind::Sent(captured) => EntryKind::sent(&captured),
            WireEventKind::Disconnected(how) => {
                if let Some(left) = self.clients.get(&event.connection) {
                    left.send_replace(true);
                }
                EntryKind::Left {
                    how: match how {
                        Departure::Fin => "fin".into(),
                        Departure::Reset | Departure::ResetStream(_) => "reset".into(),
                        Departure::Failed(kind) => kind.to_string(),
                    },
                }
            }
            WireEventKind::Dropped(how) => EntryKind::Dropped { how: how.word().into() },
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
        let entry = |route, nth| entry(&exchange, route, nth);
        let words = words(request);
        self.stage.judge.request(words.clone());
        let found = self.routes.iter_mut().enumerate().find(|(_, served)| served.route.matches(request));
        let Some((number, served)) = found else {
            let entry = entry(None, 0);
            if let Some(upstream) = self.upstream() {
                self.record(connection, entry);
                self.forward(connection, exchange, upstream);
                return;
            }
            let respond = self.no_route(request);
            self.record(connection, entry);
            self.scripts.spawn(refuse(exchange, respond));
            return;
        };
        self.control.requested(number);
        self.control.streams().add(&exchange, Arc::clone(&served.path));
        let since_end = served.desk.arrived(words, at);
        let left = served.awaits_disconnects.then(|| departure(&mut self.clients, connection));
        if let Some((script, nth)) = served.desk.waiting() {
            let entry = entry(Some(&served.route), nth);
            self.record(connection, entry);
            // The script has just ended if this fails.
            let _ = script.send(Arrival { exchange, since_end, left });
            return;
        }
        served.count += 1;
        let nth = served.count;
        let entry = entry(Some(&served.route), nth);
        let scripts = &served.route.connections;
        let place = nth.min(scripts.len()).saturating_sub(1);
        let script = scripts.get(place).cloned().unwrap_or_default();
        let requests = served.desk.claim(awaited_requests(&script), nth);
        let seed = served.seed ^ ((number as u64) << 32) ^ nth as u64;
        let path = Arc::clone(&served.path);
        let part = Part {
            script,
            place: (number, place),
            path,
            connection: nth,
            seed,
            upstream: served.upstream.clone(),
        };
        let desk = Arc::clone(&served.desk);
        self.stage.judge.begins(number, place);
        let arrival = Arrival { exchange, since_end, left };
        let player = Player::new(Arc::clone(&self.stage), desk, part, arrival, requests);
        self.record(connection, entry);
        self.scripts.spawn(player.play());
    }

    /// Forwards a request that no route serves.
    fn forward(&mut self, connection: u32, exchange: Exchange, upstream: Arc<Upstream>) {
        let path = Arc::new(PathPattern::any());
        self.control.streams().add(&exchange, Arc::clone(&path));
        let left = Some(departure(&mut self.clients, connection));
        let script = Arc::new(vec![Step::Forward(Forward::Rest)]);
        // No route, so that nothing is verified.
        let place = (usize::MAX, 0);
        let part = Part { script, place, path, connection: 0, seed: 0, upstream: Some(upstream) };
        let arrival = Arrival { exchange, since_end: None, left };
        let requests = mpsc::unbounded_channel().1;
        let player = Player::new(Arc::clone(&self.stage), Arc::new(Desk::new()), part, arrival, requests);
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

/// Whether the client of a connection has left, now and later.
fn departure(clients: &mut HashMap<u32, watch::Sender<bool>>, connection: u32) -> watch::Receiver<bool> {
    clients.entry(connection).or_insert_with(|| watch::Sender::new(false)).subscribe()
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

fn entry(exchange: &Exchange, route: Option<&Route>, nth: usize) -> EntryKind {
    let request = exchange.request();
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), text(value)));
    EntryKind::Request {
        method: request.method.clone(),
        target: request.target.clone(),
        version: request.version.to_string(),
        tls: exchange.is_encrypted(),
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
