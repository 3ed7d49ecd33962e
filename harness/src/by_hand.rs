//! A case served by hand: its requests are awaited from any client, and what the client should do or show next is
//! told.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ssespec_cases::case::{Case, Expectation, StepKind};
use ssespec_cases::script::expand;
use ssespec_cases::words;
use ssespec_mock_server::action::{Action, Respond};
use ssespec_mock_server::wire::{Exchange, Listener, Options, WireEvent, WireEventKind};
use tokio::sync::mpsc;

/// Something told to the one who holds the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Telling {
    /// The server listens at this URL.
    Listening(String),
    /// The server did this.
    Done(String),
    /// A request came.
    Request(String),
    /// The client shall do or show this.
    Expected(String),
    /// The case is played.
    Over,
}

impl Telling {
    fn kind(&self) -> &'static str {
        match self {
            Self::Listening(_) => "listening",
            Self::Done(_) => "server",
            Self::Request(_) => "request",
            Self::Expected(_) => "client",
            Self::Over => "over",
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Listening(text) | Self::Done(text) | Self::Request(text) | Self::Expected(text) => text,
            Self::Over => "the case is played; the next request begins it again",
        }
    }

    /// As a JSON object.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ self.kind(): self.text() })
    }
}

impl fmt::Display for Telling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening(url) => write!(f, "listening on {url}"),
            other => write!(f, "{:<8} {}", other.kind(), other.text()),
        }
    }
}

/// How long clients may take to let go of the connections at the end.
const LEAVING: Duration = Duration::from_millis(250);

/// A case while it is served.
struct Hand<'h> {
    base: Listener,
    other: Listener,
    wire: mpsc::UnboundedReceiver<WireEvent>,
    requests: VecDeque<Exchange>,
    exchange: Option<Exchange>,
    ended_at: Instant,
    tell: &'h mut (dyn FnMut(Telling) + Send),
}

/// Serves a case once: it returns when the script is played and the last client has left.
///
/// # Errors
/// When the address cannot be had.
pub async fn play(case: &Case, address: SocketAddr, tell: &mut (dyn FnMut(Telling) + Send)) -> io::Result<()> {
    let (events, wire) = mpsc::unbounded_channel();
    let base = Listener::bind(address, Options::default(), events.clone(), 0).await?;
    let other = Listener::bind(SocketAddr::new(address.ip(), 0), Options::default(), events, 1).await?;
    tell(Telling::Listening(format!("{}/", base.url())));
    let ended_at = Instant::now();
    let mut hand = Hand { base, other, wire, requests: VecDeque::new(), exchange: None, ended_at, tell };
    for played in expand(case) {
        hand.step(&played.kind).await;
    }
    hand.until_left().await;
    (hand.tell)(Telling::Over);
    tokio::join!(hand.base.close_connections(LEAVING), hand.other.close_connections(LEAVING));
    tokio::join!(hand.base.shutdown(), hand.other.shutdown());
    Ok(())
}

impl Hand<'_> {
    async fn step(&mut self, kind: &StepKind) {
        match kind {
            StepKind::Wire(action) => {
                (self.tell)(Telling::Done(words::step(kind)));
                self.act(action).await;
            }
            StepKind::Expect(Expectation::Request(expected)) => {
                (self.tell)(Telling::Expected(words::expectation(&Expectation::Request(expected.clone()))));
                let exchange = self.next_request().await;
                let after = self.ended_at.elapsed();
                let request = exchange.request();
                let fields = request.header("last-event-id").map(|v| String::from_utf8_lossy(v).into_owned());
                let fields: String = fields.map(|value| format!(", last-event-id: {}", words::quote(&value))).collect();
                let line = format!(
                    "{} {}{fields}, {} ms after our last end",
                    request.method,
                    words::quote(&request.target),
                    after.as_millis()
                );
                (self.tell)(Telling::Request(line));
                self.exchange = Some(exchange);
            }
            StepKind::Expect(Expectation::NoRequest(time)) => {
                (self.tell)(Telling::Expected(words::expectation(&Expectation::NoRequest(*time))));
                tokio::time::sleep(*time).await;
            }
            StepKind::Record(_) => {}
            StepKind::Connect(_) | StepKind::Close | StepKind::Expect(_) => {
                (self.tell)(Telling::Expected(words::step(kind)));
            }
        }
    }

    async fn act(&mut self, action: &Action) {
        if matches!(action, Action::End | Action::Drop(_) | Action::Respond(Respond { body: Some(_), .. })) {
            self.ended_at = Instant::now();
        }
        let (base, other) = (format!("{}/", self.base.url()), format!("{}/", self.other.url()));
        let expand = |value: &str| value.replace("{base}", &base).replace("{other}", &other);
        if let Some(exchange) = &mut self.exchange {
            // A client that has left is told by what follows.
            let _ = exchange.perform(action, &self.base, expand).await;
        } else if let Action::Refuse(time) = action {
            self.base.refuse_for(*time);
        }
    }

    async fn next_request(&mut self) -> Exchange {
        loop {
            if let Some(exchange) = self.requests.pop_front() {
                return exchange;
            }
            self.take_in().await;
        }
    }

    async fn take_in(&mut self) {
        if let Some(WireEvent { kind: WireEventKind::Request(exchange), .. }) = self.wire.recv().await {
            self.requests.push_back(exchange);
        }
    }

    /// Waits until the client of the last exchange has left, or a new request begins the case again.
    async fn until_left(&mut self) {
        while self.requests.is_empty()
            && self.exchange.as_ref().is_some_and(|exchange| exchange.is_open() && !exchange.peer_gone())
        {
            self.take_in().await;
        }
    }
}
