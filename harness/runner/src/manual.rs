//! A case served for a client that a person operates, such as curl or a browser: the server performs the script and
//! reports what the client should do or show next.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ssespec_cases::Step;
use ssespec_cases::client::{
    ClientStep, ConnectionUse, Expectation, Origin, RequestExpectation, expand, streams, words,
};
use ssespec_cases::quote::quote;
use ssespec_mock_server::action::{self, Action, Respond};
use ssespec_mock_server::wire::{Departure, Exchange, Listener, Options, Request, WireEvent, WireEventKind};
use tokio::sync::mpsc;

use crate::session::client::fields;

/// A notice for the person who operates the client.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The server listens at this URL.
    Listening(String),
    /// The server does this.
    Server(String),
    /// A request came.
    Request(String),
    /// The client left the connection.
    Left(String),
    /// The person should make the client do this.
    Client(String),
    /// This must be observed next.
    Expected(String),
    /// This was observed, but not expected.
    Unexpected(String),
    /// The script is complete.
    Over,
}

impl Notice {
    /// The kind, as JSON and text output name it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Listening(_) => "listening",
            Self::Server(_) => "server",
            Self::Request(_) => "request",
            Self::Left(_) => "left",
            Self::Client(_) => "client",
            Self::Expected(_) => "expect",
            Self::Unexpected(_) => "wrong",
            Self::Over => "over",
        }
    }

    /// What it says.
    pub fn text(&self) -> &str {
        match self {
            Self::Listening(text)
            | Self::Server(text)
            | Self::Request(text)
            | Self::Left(text)
            | Self::Client(text)
            | Self::Expected(text)
            | Self::Unexpected(text) => text,
            Self::Over => "The case is over.",
        }
    }

    /// As a JSON object: its kind is the key.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ self.kind(): self.text() })
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening(url) => f.write_str(url),
            other => write!(f, "{:<8} {}", other.kind(), other.text()),
        }
    }
}

/// How many times a case is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// Once.
    One,
    /// Repeatedly, at the same URL: the next request starts it again.
    Endless,
}

/// Whether the requests of the last round were as the case expects. What a client shows is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requests {
    /// They were.
    AsExpected,
    /// They were not; each difference was reported as [`Notice::Unexpected`].
    Otherwise,
}

/// How much earlier a request may arrive, since timers of clients are imprecise.
const TOLERANCE: Duration = Duration::from_millis(2);

/// How long clients may take to close their connections at the end.
const LEAVING: Duration = Duration::from_millis(250);

/// Serves a case at one URL. A round is over when the script is complete and the last client has disconnected, or a new
/// request has arrived; the first request is awaited without a time limit.
///
/// # Errors
/// If binding fails.
pub async fn serve(
    script: &[Step<ClientStep>],
    address: SocketAddr,
    options: Options,
    rounds: Rounds,
    notify: &mut (dyn FnMut(Notice) + Send),
) -> io::Result<Requests> {
    let (events, wire) = mpsc::unbounded_channel();
    let base = Listener::bind(address, options.clone(), events.clone(), BASE).await?;
    let other = Listener::bind(SocketAddr::new(address.ip(), 0), options, events, OTHER).await?;
    notify(Notice::Listening(format!("{}/", base.url())));
    let requests = VecDeque::new();
    let awaited = Awaited::Nothing;
    let mut session = ManualSession {
        base,
        other,
        wire,
        requests,
        exchange: None,
        left: BTreeMap::new(),
        ended_at: None,
        awaited,
        connection: None,
        observed: Requests::AsExpected,
        notify,
    };
    loop {
        session.round(script).await;
        if rounds == Rounds::One {
            break;
        }
        if session.awaited == Awaited::Nothing {
            // Without this, rounds would repeat in a busy loop.
            session.until_requested().await;
        }
    }
    tokio::join!(session.base.close_connections(LEAVING), session.other.close_connections(LEAVING));
    let observed = session.observed;
    tokio::join!(session.base.shutdown(), session.other.shutdown());
    Ok(observed)
}

/// The number of the listener whose URL is printed.
const BASE: u8 = 0;
/// The number of the second origin's listener.
const OTHER: u8 = 1;

/// The state of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    Nothing,
    Request,
}

/// A request that no step has awaited yet.
struct Arrived {
    /// The number of its listener.
    origin: u8,
    exchange: Exchange,
    at: Instant,
}

/// A case while it is served.
struct ManualSession<'h> {
    base: Listener,
    other: Listener,
    wire: mpsc::UnboundedReceiver<WireEvent>,
    /// Requests that no step has awaited yet.
    requests: VecDeque<Arrived>,
    /// The last request that was awaited.
    exchange: Option<(u8, Exchange)>,
    /// The connections that clients have left, each with its listener.
    left: BTreeMap<(u8, u32), Departure>,
    /// When the last ending write of this round began.
    ended_at: Option<Instant>,
    /// Whether this round has awaited a request.
    awaited: Awaited,
    /// The connection of the last request, with its listener.
    connection: Option<(u8, u32)>,
    /// Whether the requests of this round were as expected.
    observed: Requests,
    notify: &'h mut (dyn FnMut(Notice) + Send),
}

impl ManualSession<'_> {
    async fn round(&mut self, script: &[Step<ClientStep>]) {
        self.ended_at = None;
        self.awaited = Awaited::Nothing;
        self.connection = None;
        self.observed = Requests::AsExpected;
        for played in expand(script) {
            self.step(&played.kind).await;
        }
        self.until_left().await;
        if let Some((_, mut exchange)) = self.exchange.take().filter(|(_, exchange)| exchange.is_open()) {
            // No client should wait for more once a script is complete.
            exchange.drop_connection(action::Drop::Fin).await;
        }
        (self.notify)(Notice::Over);
    }

    async fn step(&mut self, step: &ClientStep) {
        self.take_in_what_came().await;
        match step {
            ClientStep::Wire(action) => {
                (self.notify)(Notice::Server(words::step(step)));
                self.act(action).await;
            }
            ClientStep::Connect(_)
            | ClientStep::RefreshHeaders(_)
            | ClientStep::Enter(_)
            | ClientStep::Visibility(_)
            | ClientStep::Run(_) => {
                (self.notify)(Notice::Client(words::step(step)));
            }
            ClientStep::Close => {
                (self.notify)(Notice::Client(words::step(step)));
                // A person takes some time to close the client, and the next steps are about a closed client.
                self.until_left().await;
            }
            // A manual session records and measures nothing.
            ClientStep::Record(_) | ClientStep::Measure(_) => {}
            ClientStep::Streams(step) => (self.notify)(Notice::Expected(streams::words(*step))),
            ClientStep::Herd(herd) => (self.notify)(Notice::Expected(words::herd(herd))),
            ClientStep::OneOf(alternatives) => {
                (self.notify)(Notice::Expected(words::alternatives(alternatives)));
            }
            ClientStep::Attempts(attempts) => (self.notify)(Notice::Expected(words::attempts(attempts))),
            ClientStep::Expect(expected) => {
                (self.notify)(Notice::Expected(words::expectation(expected)));
                match expected {
                    Expectation::Request(expected) => self.await_request(expected).await,
                    Expectation::Disconnect { .. } => self.until_left().await,
                    Expectation::NoRequest(time) => self.await_silence(*time).await,
                    // The person sees these in the client, or nowhere.
                    Expectation::PingAck
                    | Expectation::Opened { .. }
                    | Expectation::Event(_)
                    | Expectation::Comment { .. }
                    | Expectation::Error { .. }
                    | Expectation::State(_)
                    | Expectation::Closed
                    | Expectation::Report(_)
                    | Expectation::Value(_)
                    | Expectation::Exception(_) => {}
                }
            }
        }
    }

    async fn act(&mut self, action: &Action) {
        if action.is_end() || matches!(action, Action::Respond(Respond { body: Some(_), .. })) {
            self.ended_at = Some(Instant::now());
        }
        if let Some((origin, mut exchange)) = self.exchange.take() {
            // A disconnect is reported by the wire events.
            let _ = self.base.perform(action, &mut exchange, |value| self.expand(value)).await;
            self.exchange = Some((origin, exchange));
        } else if let Action::Refuse(time) = action {
            self.base.refuse_for(*time);
        }
    }

    async fn await_request(&mut self, expected: &RequestExpectation) {
        self.awaited = Awaited::Request;
        self.until_requested().await;
        let Some(arrived) = self.requests.pop_front() else { return };
        let mut line = self.describe(arrived.origin, arrived.exchange.request());
        if let Some(ended_at) = self.ended_at {
            line.push_str(&format!(", {} ms after the end", ended_at.elapsed().as_millis()));
        }
        (self.notify)(Notice::Request(line));
        let problems = self.problems(expected, &arrived);
        if !problems.is_empty() {
            let expected = words::expectation(&Expectation::Request(Box::new(expected.clone())));
            self.wrong(format!("expected {expected}; {}", problems.join("; ")));
        }
        self.connection = Some((arrived.origin, arrived.exchange.carrier()));
        self.exchange = Some((arrived.origin, arrived.exchange));
        // A fast client may have left before the request was awaited.
        self.report_departure();
    }

    /// Reports something that was not expected.
    fn wrong(&mut self, what: String) {
        self.observed = Requests::Otherwise;
        (self.notify)(Notice::Unexpected(what));
    }

    /// What is wrong with a request.
    fn problems(&self, expected: &RequestExpectation, arrived: &Arrived) -> Vec<String> {
        let request = arrived.exchange.request();
        let mut problems = Vec::new();
        if expected.method.as_ref().is_some_and(|method| *method != request.method) {
            problems.push(format!("the method was {}", request.method));
        }
        let path = request.target.strip_prefix('/').unwrap_or(&request.target);
        if expected.path.as_ref().is_some_and(|expected| expected != path) {
            problems.push(format!("the path was {}", quote(path)));
        }
        let origin = if arrived.origin == OTHER { Origin::Other } else { Origin::Base };
        if expected.origin.is_some_and(|expected| expected != origin) {
            problems.push("it came at another origin".into());
        }
        for (name, field) in &expected.headers {
            if !fields::holds(request, name, field, |text| self.expand(text)) {
                let values = request.header_as_sent(name);
                let values: Vec<String> =
                    values.map(|value| quote(&String::from_utf8_lossy(value))).collect();
                problems.push(match values.as_slice() {
                    [] => format!("it had no {name}"),
                    values => format!("its {name} was {}", values.join(", ")),
                });
            }
        }
        if expected.body.as_ref().is_some_and(|body| body.as_bytes() != request.body) {
            problems.push(format!("its body was {}", quote(&String::from_utf8_lossy(&request.body))));
        }
        let on_same = self.connection == Some((arrived.origin, arrived.exchange.carrier()));
        let which = if on_same { ConnectionUse::Same } else { ConnectionUse::Another };
        if expected.connection.is_some_and(|expected| expected != which) {
            problems.push(format!("it came on {} connection", words::which_connection(which)));
        }
        if expected.alpn.as_ref().is_some_and(|name| !arrived.exchange.offered_protocols().contains(name)) {
            problems.push(format!("ALPN offered {}", arrived.exchange.offered_protocols().join(", ")));
        }
        if let (Some(after), Some(ended_at)) = (expected.after, self.ended_at) {
            let gap = arrived.at.saturating_duration_since(ended_at);
            if gap + TOLERANCE < after {
                problems.push(format!("it came {} ms after the end", gap.as_millis()));
            }
        }
        problems
    }

    /// A text with the URLs that it names.
    fn expand(&self, text: &str) -> String {
        let (base, other) = (format!("{}/", self.base.url()), format!("{}/", self.other.url()));
        text.replace("{base}", &base).replace("{other}", &other).replace("{origin}", &self.base.url())
    }

    /// Waits until there is a request that no step has awaited yet.
    async fn until_requested(&mut self) {
        while self.requests.is_empty() {
            self.take_in().await;
        }
    }

    /// Waits until the client of the last exchange has left, or a new request has arrived.
    async fn until_left(&mut self) {
        while self.requests.is_empty() && self.is_awaited_to_leave() {
            self.take_in().await;
        }
    }

    /// Whether the client of the last exchange is still connected, or has left and that has not been processed yet.
    fn is_awaited_to_leave(&self) -> bool {
        self.exchange.as_ref().is_some_and(|(origin, exchange)| {
            !self.left.contains_key(&(*origin, exchange.connection()))
                && (exchange.is_open() || exchange.peer_gone())
        })
    }

    /// Reports that the client of the last exchange has left, if it has.
    fn report_departure(&mut self) {
        let Some((origin, exchange)) = &self.exchange else { return };
        if let Some(how) = self.left.get(&(*origin, exchange.connection())) {
            (self.notify)(Notice::Left(format!("The client left the connection ({}).", departure(*how))));
        }
    }

    /// Waits for a time during which no request should arrive.
    async fn await_silence(&mut self, time: Duration) {
        let reported = self.requests.len();
        // Ends with the timeout.
        let _ = tokio::time::timeout(time, async {
            loop {
                self.take_in().await;
            }
        })
        .await;
        let words = |arrived: &Arrived| self.describe(arrived.origin, arrived.exchange.request());
        let came: Vec<String> = self.requests.iter().skip(reported).map(words).collect();
        for request in came {
            self.wrong(format!("a request came: {request}; it starts the case again"));
        }
    }

    /// A request in words: its method, target and Last-Event-ID.
    fn describe(&self, origin: u8, request: &Request) -> String {
        let ids = request.header("last-event-id").map(|value| String::from_utf8_lossy(value).into_owned());
        let ids: String = ids.map(|id| format!(", last-event-id: {}", quote(&id))).collect();
        let at = if origin == OTHER { " at the other origin" } else { "" };
        format!("{} {}{at}{ids}", request.method, quote(&request.target))
    }

    async fn take_in_what_came(&mut self) {
        while let Ok(event) = self.wire.try_recv() {
            self.take(event).await;
        }
    }

    async fn take_in(&mut self) {
        if let Some(event) = self.wire.recv().await {
            self.take(event).await;
        }
    }

    async fn take(&mut self, event: WireEvent) {
        match event.kind {
            WireEventKind::Request(exchange) if exchange.request().target == ICON => {
                refuse_icon(exchange).await
            }
            WireEventKind::Request(exchange) => {
                self.requests.push_back(Arrived { origin: event.origin, exchange, at: event.at });
            }
            WireEventKind::Malformed { reason } | WireEventKind::HandshakeFailed { reason } => {
                self.wrong(format!("not a request: {reason}"))
            }
            WireEventKind::Refused { reason } => self.wrong(format!("refused: {reason}")),
            WireEventKind::Disconnected(how) => {
                self.left.insert((event.origin, event.connection), how);
                let is_last = |(origin, exchange): &(u8, Exchange)| {
                    (*origin, exchange.connection()) == (event.origin, event.connection)
                };
                if self.exchange.as_ref().is_some_and(is_last) {
                    self.report_departure();
                }
            }
            // A person needs no transcript.
            WireEventKind::Accepted { .. }
            | WireEventKind::Received(_)
            | WireEventKind::Sent(_)
            | WireEventKind::CutShort { .. }
            | WireEventKind::BoundaryNotKept
            | WireEventKind::Ended
            | WireEventKind::Dropped(_)
            | WireEventKind::PingAck
            | WireEventKind::Closed => {}
        }
    }
}

fn departure(how: Departure) -> String {
    match how {
        Departure::Fin => "FIN".into(),
        Departure::Reset => "RST".into(),
        Departure::ResetStream(_) => "RST_STREAM".into(),
        Departure::Failed(kind) => kind.to_string(),
    }
}

/// Paths that browsers request on their own when they open a URL; not part of any case.
const ICON: &str = "/favicon.ico";

async fn refuse_icon(mut exchange: Exchange) {
    let none = Respond { status: 404, ..Respond::default() };
    // A client that does not wait for the response does not need it.
    let _ = exchange.respond(&none, str::to_owned).await;
}
