//! What a case holds, as types.

use std::ops::Range;
use std::time::Duration;

use ssespec_diagnostics::Source;
use ssespec_mock_server::action::{Action, Repeat};

use crate::Capability;
use crate::serving::Serving;

/// One scenario that checks one claim.
#[derive(Debug, Clone)]
pub struct Case {
    /// The path of its file without the ending: `client/lines/crlf-split-across-reads`.
    pub id: String,
    /// The claim, as a sentence.
    pub title: String,
    /// The requirements that it checks, `suite/id`; they share suite and level.
    pub requirements: Vec<String>,
    /// What an implementation's API must reach for it.
    pub needs: Vec<Capability>,
    /// What goes wrong in the field.
    pub why: Option<String>,
    /// Tests of other suites that make the same claim.
    pub counterparts: Vec<String>,
    /// Whether it runs with a fresh adapter and no other lane beside it.
    pub alone: bool,
    /// The script, as written.
    pub steps: Vec<Step>,
    /// The file.
    pub source: Source,
}

impl Case {
    /// The role that the case is for: the first part of its id.
    pub fn role(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The id without its last part.
    pub fn group(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(group, _)| group)
    }
}

/// One entry of a script, and where it stands.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done or must be observed.
    pub kind: StepKind,
    /// Its place in the file.
    pub span: Range<usize>,
    /// Its line in the file, from 1.
    pub line: usize,
    /// Its text in the file.
    pub text: String,
}

/// What a step is.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// Done by the server on the wire.
    Wire(Action),
    /// The implementation is told to connect.
    Connect(Box<Connect>),
    /// The implementation is told to close.
    Close,
    /// The session begins in this scope without an EventSource; scripts make their own.
    Enter(Scope),
    /// Statements of JavaScript that run in the session's scope.
    Run(String),
    /// Must be observed next.
    Expect(Expectation),
    /// Stores a fact for the report; cannot fail.
    Record(Fact),
    /// Ends the span of work before it and begins one of this relative amount.
    Measure(u64),
    /// Ends the last span of work and judges all of them.
    Growth(Growth),
    /// A step of a server case; the others but the last three are those of client cases.
    Serving(Serving),
}

/// What must not grow from span to span; at least one of the two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Growth {
    /// How the time for a span may grow.
    pub time: Option<TimeGrowth>,
    /// How the memory may grow.
    pub memory: Option<MemoryGrowth>,
}

/// How the time that an implementation takes may grow with the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeGrowth {
    /// In proportion to it.
    Linear,
}

/// How the memory that an implementation takes may grow with the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryGrowth {
    /// Not at all.
    Flat,
}

/// How a client is told to connect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connect {
    /// What stands before the host in the URL, such as `user:password`.
    pub userinfo: Option<String>,
    /// Request headers that the user of the client adds.
    pub headers: Vec<(String, String)>,
    /// The last event ID to start from.
    pub last_event_id: String,
    /// The request method; GET where absent.
    pub method: Option<String>,
    /// The request body.
    pub body: String,
    /// Whether other origins get credentials.
    pub with_credentials: bool,
    /// The handler in which the client's user calls close().
    pub close_in: Option<Moment>,
    /// What is passed to the constructor, with `{base}` and `{other}` in it; the session's URL where absent.
    pub url: Option<String>,
    /// Where the EventSource is constructed.
    pub scope: Scope,
}

impl Connect {
    /// Whether a request is expected of it: the URL that is passed, if any, begins with one of the session's own.
    pub fn leads_to_session(&self) -> bool {
        self.url.as_ref().is_none_or(|url| url.starts_with("{base}") || url.starts_with("{other}"))
    }
}

/// Where in a browser an EventSource is constructed: a global object that exposes it, see
/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#eventsource>.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// The page's own window.
    #[default]
    Window,
    /// A dedicated worker.
    DedicatedWorker,
    /// A shared worker.
    SharedWorker,
    /// The window of an iframe, whose constructor the page's window calls.
    Iframe,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Window, Self::DedicatedWorker, Self::SharedWorker, Self::Iframe];

    /// The words of [`Scope::ALL`], as cases and the protocol write them.
    pub const WORDS: &[&str] = &["window", "dedicated-worker", "shared-worker", "iframe"];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// The scope of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// A handler of a client's user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// That of `open`.
    Opened,
    /// That of the first event.
    Event,
    /// That of `error`.
    Error,
}

/// `EventSource.readyState`, see
/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-readystate>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadyState {
    /// 0: not yet established, or lost and being re-established.
    Connecting = 0,
    /// 1: open, events are dispatched.
    Open = 1,
    /// 2: not open, and will not be.
    Closed = 2,
}

impl ReadyState {
    /// The state of this number.
    pub fn from_number(number: u64) -> Option<Self> {
        [Self::Connecting, Self::Open, Self::Closed].into_iter().find(|state| *state as u64 == number)
    }

    /// The word that cases use for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// What must be observed next. A field that is not named is not compared.
#[derive(Debug, Clone)]
pub enum Expectation {
    /// A request.
    Request(Box<RequestExpectation>),
    /// No request for this long.
    NoRequest(Duration),
    /// Few attempts to connect for a time.
    Attempts(Attempts),
    /// The client left the current connection.
    Disconnect {
        /// How long to wait for it, where not the usual time.
        within: Option<Duration>,
    },
    /// The connection was announced as open.
    Opened {
        /// The state inside its handler.
        state: Option<ReadyState>,
    },
    /// An event.
    Event(Box<EventExpectation>),
    /// A comment.
    Comment {
        /// All after the colon.
        text: Option<String>,
    },
    /// An error.
    Error {
        /// The state inside its handler.
        state: Option<ReadyState>,
    },
    /// The implementation, asked for its state, answers this.
    State(ReadyState),
    /// The implementation is done for good.
    Closed,
    /// A script reports this.
    Report(String),
    /// An expression of JavaScript has this value.
    Value(ValueExpectation),
    /// The constructor threw an exception of this name.
    Exception(String),
    /// One of these sequences.
    OneOf(Vec<Vec<Step>>),
}

/// What a request must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestExpectation {
    /// The method.
    pub method: Option<String>,
    /// The path relative to the session's URL; empty for that URL itself.
    pub path: Option<String>,
    /// Which listener it must reach.
    pub origin: Option<Origin>,
    /// Header fields by name.
    pub headers: Vec<(String, FieldExpectation)>,
    /// The body.
    pub body: Option<String>,
    /// The least time since before our last ending write.
    pub after: Option<Duration>,
    /// How long to wait for it, where not the usual time.
    pub within: Option<Duration>,
}

/// How often a client may try to connect in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// The most attempts: requests, and connections that the port refuses.
    pub at_most: u64,
    /// The time.
    pub time: Duration,
    /// How each request is answered.
    pub answer: AttemptAnswer,
}

/// How every request is answered while attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptAnswer {
    /// With an event stream that ends at once.
    Ended,
    /// Not at all: the connection is reset.
    Reset,
    /// With 503.
    Unavailable,
    /// With a redirect to the session's URL.
    Redirected,
}

/// What a header field must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldExpectation {
    /// There once, with this value.
    Is(String),
    /// There, once or more often, as a list that holds these members in any order and whatever their parameters.
    Lists(Vec<String>),
    /// There.
    Present,
    /// Not there.
    Absent,
}

/// One of a session's two origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// That of the session's URL.
    Base,
    /// The second one.
    Other,
}

/// What an event must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventExpectation {
    /// The type.
    pub kind: Option<String>,
    /// The data.
    pub data: Option<String>,
    /// The data, where it is a repeated pattern.
    pub data_repeat: Option<Repeat>,
    /// The last event ID.
    pub id: Option<String>,
    /// The origin.
    pub origin: Option<Origin>,
    /// How many such events must come, one after another; one where absent.
    pub times: Option<u64>,
    /// How long to wait for it, where not the usual time.
    pub within: Option<Duration>,
}

/// What an expression must come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueExpectation {
    /// The expression, of JavaScript; it is awaited.
    pub of: String,
    /// Its value as a string, or `throws` and the name of an exception.
    pub is: String,
}

/// Something worth telling that no rule decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is called in the report.
    pub name: String,
    /// Where it is read from.
    pub of: FactSource,
}

/// Where a fact is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactSource {
    /// The time between our last ending write and the last request, in steps of 0.5 s.
    Delay,
    /// The target of the last request, relative to the session's URL.
    Target,
    /// This header field of the last request.
    Header(String),
    /// The alternative that the last `expect-one-of` took.
    Alternative {
        /// What each alternative is called in the report, in their order; they name themselves where there are none.
        names: Vec<String>,
    },
}
