//! The steps of client cases.

use std::time::Duration;

use ssespec_mock_server::action::{Action, Repeat};

use super::streams::Streams;
use crate::grammar::fact::Fact;
use crate::grammar::fields::FieldExpectation;
use crate::grammar::measure::Measurement;
use crate::step::{ScriptStep, Step};

/// A step of a client case.
#[derive(Debug, Clone)]
pub enum ClientStep {
    /// The server does something on the wire.
    Wire(Action),
    /// The client is ordered to connect.
    Connect(Box<Connect>),
    /// The client is ordered to close.
    Close,
    /// The client's user changes request header fields that it added, for later requests.
    RefreshHeaders(Vec<(String, String)>),
    /// The session begins in this scope without an EventSource; scripts create their own.
    Enter(Scope),
    /// The client's page becomes hidden or visible.
    Visibility(Visibility),
    /// JavaScript statements run in the session's scope.
    Run(String),
    /// This must be observed next.
    Expect(Expectation),
    /// One of these sequences must be observed next.
    OneOf(Vec<Vec<Step<Expectation>>>),
    /// The client must try to connect only a few times in a given time.
    Attempts(Attempts),
    /// Many streams of the client are lost together, again and again.
    Herd(Herd),
    /// Something happens with further streams of the client.
    Streams(Streams),
    /// A fact is recorded for the report; cannot fail.
    Record(Fact<ClientFact>),
    /// Work is measured.
    Measure(Measurement),
}

impl ClientStep {
    /// What may be observed at this step, in all alternatives.
    pub fn expectations(&self) -> Vec<&Expectation> {
        match self {
            Self::Expect(expected) => vec![expected],
            Self::OneOf(alternatives) => alternatives.iter().flatten().map(|step| &step.kind).collect(),
            _ => Vec::new(),
        }
    }
}

impl ScriptStep for ClientStep {
    fn measurement(&self) -> Option<Measurement> {
        match self {
            Self::Measure(measurement) => Some(*measurement),
            _ => None,
        }
    }

    fn alternatives(&self) -> Option<usize> {
        match self {
            Self::OneOf(alternatives) => Some(alternatives.len()),
            _ => None,
        }
    }

    fn recorded_alternatives(&self) -> Option<&[String]> {
        match self {
            Self::Record(Fact { of: ClientFact::Alternative { names }, .. }) => Some(names),
            _ => None,
        }
    }
}

/// How a client is ordered to connect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connect {
    /// The user information before the host in the URL, such as `user:password`.
    pub userinfo: Option<String>,
    /// Request header fields that the client's user adds.
    pub headers: Vec<(String, String)>,
    /// The last event ID to start with.
    pub last_event_id: String,
    /// The request method; GET if absent.
    pub method: Option<String>,
    /// The request body.
    pub body: String,
    /// Whether to send credentials to other origins.
    pub with_credentials: bool,
    /// The handler in which the client's user calls close().
    pub close_in: Option<Moment>,
    /// What is passed to the constructor, with the variables `{base}` and `{other}`; the session's URL if absent.
    pub url: Option<String>,
    /// Where the EventSource is constructed.
    pub scope: Scope,
    /// How long the client may receive nothing before it treats the connection as lost; as it is by default if absent.
    pub read_timeout: Option<Duration>,
    /// Whether the client's user takes one event, and no more until it calls close().
    pub pause: bool,
    /// Which certificate the client's user tells it to trust.
    pub trust: Trust,
}

impl Connect {
    /// Whether it should result in a request: the URL that is passed, if any, begins with one of the session's URLs, and the
    /// client trusts the server.
    pub fn leads_to_session(&self) -> bool {
        self.trust == Trust::Server
            && self.url.as_ref().is_none_or(|url| url.starts_with("{base}") || url.starts_with("{other}"))
    }
}

ssespec_diagnostics::words! {
    /// Where in a browser an EventSource is constructed: a global object that exposes it, see
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#eventsource>.
    #[derive(Default)]
    pub enum Scope {
        /// The page's own window.
        #[default]
        Window = "window",
        /// A dedicated worker.
        DedicatedWorker = "dedicated-worker",
        /// A shared worker.
        SharedWorker = "shared-worker",
        /// The window of an iframe, whose constructor the page's window calls.
        Iframe = "iframe",
    }
}

ssespec_diagnostics::words! {
    /// Which certificate a client must trust over TLS.
    #[derive(Default)]
    pub enum Trust {
        /// That of the server.
        #[default]
        Server = "server",
        /// None beyond those that it trusts by default: that of the server is not among them.
        Default = "default",
    }
}

ssespec_diagnostics::words! {
    /// Whether a page is visible, see <https://html.spec.whatwg.org/multipage/interaction.html#page-visibility>.
    pub enum Visibility {
        /// It is in the background.
        Hidden = "hidden",
        /// It is in the foreground, as at the start of each session.
        Visible = "visible",
    }
}

ssespec_diagnostics::words! {
    /// A handler of the client's user.
    pub enum Moment {
        /// The `open` handler.
        Opened = "opened",
        /// The handler of the first event.
        Event = "event",
        /// The `error` handler.
        Error = "error",
    }
}

ssespec_diagnostics::words! {
    /// `EventSource.readyState`, see
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-readystate>.
    pub enum ReadyState {
        /// 0: not yet connected, or reconnecting after a loss.
        Connecting = "connecting",
        /// 1: open and dispatching events.
        Open = "open",
        /// 2: closed, and not reconnecting.
        Closed = "closed",
    }
}

impl ReadyState {
    /// The state with this number in the DOM.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| *state as u64 == number)
    }
}

/// What must be observed next. A field that is not given is not compared.
#[derive(Debug, Clone)]
pub enum Expectation {
    /// A request.
    Request(Box<RequestExpectation>),
    /// No request for this long.
    NoRequest(Duration),
    /// The client leaves the current connection.
    Disconnect {
        /// How long to wait for it, if not the usual time.
        within: Option<Duration>,
    },
    /// The client announces the connection as open.
    Opened {
        /// The state inside the handler.
        state: Option<ReadyState>,
    },
    /// An event.
    Event(Box<EventExpectation>),
    /// A comment.
    Comment {
        /// Everything after the colon.
        text: Option<String>,
    },
    /// An error.
    Error {
        /// The state inside the handler.
        state: Option<ReadyState>,
    },
    /// The client, asked for its state, answers this.
    State(ReadyState),
    /// The client answers PING.
    PingAck,
    /// The client stops reconnecting.
    Closed,
    /// A script reports this.
    Report(String),
    /// A JavaScript expression has this value.
    Value(ValueExpectation),
    /// The constructor throws an exception of this name.
    Exception(String),
}

/// What a request must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestExpectation {
    /// The method.
    pub method: Option<String>,
    /// The path relative to the session's URL; empty for that URL itself.
    pub path: Option<String>,
    /// The listener that it must reach.
    pub origin: Option<Origin>,
    /// Header fields by name.
    pub headers: Vec<(String, FieldExpectation)>,
    /// The body.
    pub body: Option<String>,
    /// Whether it comes on the connection of the request before it.
    pub connection: Option<ConnectionUse>,
    /// A protocol that the client offers in the TLS handshake of its connection (ALPN).
    pub alpn: Option<String>,
    /// The minimum time since the beginning of the harness's last ending write.
    pub after: Option<Duration>,
    /// How long to wait for it, if not the usual time.
    pub within: Option<Duration>,
}

ssespec_diagnostics::words! {
    /// Which connection a request comes on, compared with the request before it.
    pub enum ConnectionUse {
        /// The same one.
        Same = "same",
        /// Another one.
        Another = "another",
    }
}

/// How often a client may try to connect in a given time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// The maximum number of attempts: requests, and connections that the port refuses.
    pub at_most: u64,
    /// The time.
    pub time: Duration,
    /// How each request is answered.
    pub answer: AttemptAnswer,
}

/// Many streams of one client that are lost together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Herd {
    /// How many streams, with that of the session.
    pub streams: u64,
    /// How often all of them are lost.
    pub losses: u64,
    /// How long most of them must wait after the last loss before they connect again, if that is judged.
    pub after: Option<Duration>,
    /// How long all of them may take to be open again.
    pub within: Duration,
}

ssespec_diagnostics::words! {
    /// How every request is answered while attempts are counted.
    #[derive(Default)]
    pub enum AttemptAnswer {
        /// With an event stream that ends immediately.
        Ended = "ended",
        /// With a reset of the connection.
        #[default]
        Reset = "reset",
        /// With 503.
        Unavailable = "unavailable",
        /// With a redirect to the session's URL.
        Redirected = "redirected",
    }
}

ssespec_diagnostics::words! {
    /// One of a session's two origins.
    pub enum Origin {
        /// The origin of the session's URL.
        Base = "base",
        /// The second one.
        Other = "other",
    }
}

/// What an event must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventExpectation {
    /// The type.
    pub kind: Option<String>,
    /// The data.
    pub data: Option<String>,
    /// The data, if it is a repeated pattern.
    pub data_repeat: Option<Repeat>,
    /// The last event ID.
    pub id: Option<String>,
    /// The origin.
    pub origin: Option<Origin>,
    /// How many such events must come in a row; one if absent.
    pub times: Option<u64>,
    /// How long to wait for it, if not the usual time.
    pub within: Option<Duration>,
}

/// What an expression must evaluate to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueExpectation {
    /// The JavaScript expression; it is awaited.
    pub of: String,
    /// Its value as a string, or `throws` and the name of an exception.
    pub is: String,
}

/// Where a fact about a client comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientFact {
    /// The time between the harness's last ending write and the last request, in steps of 0.5 s.
    Delay,
    /// Whether the delays of the requests after the harness's ending writes differ.
    Spread,
    /// Whether the streams of the last herd came back together.
    Herd,
    /// How the client left the last stream that it left.
    Departure,
    /// How many of the streams that the client was ordered to open were open at the same time.
    Streams,
    /// The protocols that the client offered in the TLS handshake of the last request's connection.
    Alpn,
    /// The target of the last request, relative to the session's URL.
    Target,
    /// This header field of the last request.
    Header(String),
    /// How many attempts the last `expect-attempts` counted.
    Attempts,
    /// The alternative that the last `expect-one-of` took.
    Alternative {
        /// The names of the alternatives in the report, in order; if empty, their words are their names.
        names: Vec<String>,
    },
}
