//! A case served for a client that a person operates, such as curl or a browser: the server performs the script and
//! reports what the client should do or show next.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ssespec_cases::Step;
use ssespec_cases::client::{ClientStep, Expectation, expand, words};
use ssespec_cases::quote::quote;
use ssespec_mock_server::action::{self, Action, Respond};
use ssespec_mock_server::wire::{Departure, Exchange, Listener, Options, Request, WireEvent, WireEventKind};
use tokio::sync::mpsc;

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

    fn text(&self) -> &str {
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
    rounds: Rounds,
    notify: &mut (dyn FnMut(Notice) + Send),
) -> io::Result<()> {
    let (events, wire) = mpsc::unbounded_channel();
    let base = Listener::bind(address, Options::default(), events.clone(), BASE).await?;
    let other = Listener::bind(SocketAddr::new(address.ip(), 0), Options::default(), events, OTHER).await?;
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
    tokio::join!(session.base.shutdown(), session.other.shutdown());
    Ok(())
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

/// A case while it is served.
struct ManualSession<'h> {
    base: Listener,
    other: Listener,
    wire: mpsc::UnboundedReceiver<WireEvent>,
    /// Requests that no step has awaited yet, each with its listener.
    requests: VecDeque<(u8, Exchange)>,
    /// The last request that was awaited.
    exchange: Option<(u8, Exchange)>,
    /// The connections that clients have left, each with its listener.
    left: BTreeMap<(u8, u32), Departure>,
    /// When the last ending write of this round began.
    ended_at: Option<Instant>,
    /// Whether this round has awaited a request.
    awaited: Awaited,
    notify: &'h mut (dyn FnMut(Notice) + Send),
}

impl ManualSession<'_> {
    async fn round(&mut self, script: &[Step<ClientStep>]) {
        self.ended_at = None;
        self.awaited = Awaited::Nothing;
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
            | ClientStep::Run(_) => {
                (self.notify)(Notice::Client(words::step(step)));
            }
            ClientStep::Close => {
                (self.notify)(Notice::Client(words::step(step)));
                // A person takes some time to close the client, and the next steps are about a closed client.
                self.until_left().await;
            }
            // A manual session records, measures and judges nothing.
            ClientStep::Record(_) | ClientStep::Measure(_) => {}
            ClientStep::OneOf(alternatives) => {
                (self.notify)(Notice::Expected(words::alternatives(alternatives)));
            }
            ClientStep::Attempts(attempts) => (self.notify)(Notice::Expected(words::attempts(attempts))),
            ClientStep::Expect(expected) => {
                (self.notify)(Notice::Expected(words::expectation(expected)));
                match expected {
                    Expectation::Request(_) => self.await_request().await,
                    Expectation::Disconnect { .. } => self.until_left().await,
                    Expectation::NoRequest(time) => self.await_silence(*time).await,
                    // The person sees these in the client.
                    Expectation::Opened { .. }
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
        if matches!(action, Action::End | Action::Drop(_) | Action::Respond(Respond { body: Some(_), .. })) {
            self.ended_at = Some(Instant::now());
        }
        let (base, other) = (format!("{}/", self.base.url()), format!("{}/", self.other.url()));
        let origin = self.base.url();
        let expand = |value: &str| {
            value.replace("{base}", &base).replace("{other}", &other).replace("{origin}", &origin)
        };
        if let Some((_, exchange)) = &mut self.exchange {
            // A disconnect is reported by the wire events.
            let _ = self.base.perform(action, exchange, expand).await;
        } else if let Action::Refuse(time) = action {
            self.base.refuse_for(*time);
        }
    }

    async fn await_request(&mut self) {
        self.awaited = Awaited::Request;
        self.until_requested().await;
        let Some((origin, exchange)) = self.requests.pop_front() else { return };
        let mut line = self.describe(origin, exchange.request());
        if let Some(ended_at) = self.ended_at {
            line.push_str(&format!(", {} ms after the end", ended_at.elapsed().as_millis()));
        }
        (self.notify)(Notice::Request(line));
        self.exchange = Some((origin, exchange));
        // A fast client may have left before the request was awaited.
        self.report_departure();
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
        let came: Vec<String> =
            self.requests.iter().map(|(origin, e)| self.describe(*origin, e.request())).collect();
        for request in came.into_iter().skip(reported) {
            (self.notify)(Notice::Unexpected(format!("a request came: {request}; it starts the case again")));
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
            WireEventKind::Request(exchange) => self.requests.push_back((event.origin, exchange)),
            WireEventKind::Malformed { reason } => {
                (self.notify)(Notice::Unexpected(format!("not a request: {reason}")));
            }
            WireEventKind::Refused { reason } => {
                (self.notify)(Notice::Unexpected(format!("refused: {reason}")))
            }
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
            | WireEventKind::Closed => {}
        }
    }
}

fn departure(how: Departure) -> String {
    match how {
        Departure::Fin => "FIN".into(),
        Departure::Reset => "RST".into(),
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
