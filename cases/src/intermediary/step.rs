//! The steps of intermediary cases.
//!
//! What happens in front is written with the steps of server cases, and what happens at the origin with the actions of
//! the mock server and the requests of client cases.

use std::time::Duration;

use ssespec_mock_server::action::{Action, Repeat};

use crate::client::step::RequestExpectation;
use crate::grammar::fact::Fact;
use crate::grammar::measure::Measurement;
use crate::server::step::{Expected, HangUp, Http, Request};
use crate::step::{ScriptStep, Step};

/// A step of an intermediary case.
#[derive(Debug, Clone)]
pub enum IntermediaryStep {
    /// The client in front sends a request.
    Request(Box<Request>),
    /// The client starts reading this stream, which it has not read so far.
    Read(String),
    /// The client leaves a stream.
    HangUp(HangUp),
    /// The origin does something with the requests of the current stream.
    Origin(Action),
    /// The origin writes the beginning of a chunk, with these bytes of content, and not its end.
    SendPart(Vec<u8>),
    /// The origin writes a pattern to a stream that is not read, until all is written or the writes come to a standstill.
    Flood(Repeat),
    /// The same, and the writes must come to a standstill.
    Stall(Repeat),
    /// This stream becomes the current one: what the origin does from now on concerns its requests.
    TurnTo(String),
    /// The intermediary reloads its configuration.
    Reload,
    /// This must be observed next.
    Expect(Observed),
    /// One of these sequences must be observed next.
    OneOf(Vec<Vec<Step<Observed>>>),
    /// A fact is recorded for the report; cannot fail.
    Record(Fact<IntermediaryFact>),
}

/// What must be observed next, at the origin or in front.
#[derive(Debug, Clone)]
pub enum Observed {
    /// A request reaches the origin.
    Request(Box<RequestObserved>),
    /// No request reaches the origin for this long.
    NoRequest(Duration),
    /// The origin learns that the current stream was left: its connection ends.
    Left {
        /// How long to wait for it, if not the usual time.
        within: Option<Duration>,
    },
    /// Something arrives at the client.
    InFront(Expected),
    /// No response ends cleanly at the client for this long, except one that says that the intermediary failed: a 5xx.
    NoCleanEnd(NoCleanEnd),
    /// Everything that the origin has sent on a stream has arrived, and nothing else.
    Passed(Passed),
    /// What has arrived on this stream is from the origin, unless it is a 5xx: nothing was added to it or changed.
    NothingAdded(String),
}

/// A request that reaches the origin.
#[derive(Debug, Clone, Default)]
pub struct RequestObserved {
    /// The stream that it belongs to.
    pub stream: String,
    /// What it must be.
    pub request: RequestExpectation,
    /// The version of HTTP that it must have, if that is compared.
    pub http: Option<Http>,
    /// How many such requests must come.
    pub times: u64,
}

/// The content that has arrived on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The stream.
    pub stream: String,
    /// The most that the median of the delays may be, from a write of the origin to its arrival: of the writes since the
    /// last such step.
    pub median: Option<Duration>,
    /// The most members of gzip that it may consist of.
    pub members: Option<u64>,
    /// How long to wait for it, if not the usual time.
    pub within: Option<Duration>,
}

/// A response that must not look complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoCleanEnd {
    /// The stream.
    pub stream: String,
    /// For how long it does not end cleanly.
    pub time: Duration,
}

/// Where a fact about an intermediary comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntermediaryFact {
    /// This header field of the last response in front.
    ResponseHeader(String),
    /// This header field of the last request at the origin.
    RequestHeader(String),
    /// The names of the fields that the intermediary changed between the last request in front and the last one at the origin.
    RequestFields(FieldChange),
    /// The names of the fields that it changed between the last response of the origin and the last one in front.
    ResponseFields(FieldChange),
    /// How many streams the intermediary allows on the HTTP/2 connection of the last request in front.
    ConcurrentStreams,
    /// For how long the last response in front was silent before it ended, in steps of 5 seconds.
    SilenceBeforeTheEnd,
    /// The alternative that the last `expect-one-of` took.
    Alternative {
        /// The names of the alternatives in the report, in order; if empty, their words are their names.
        names: Vec<String>,
    },
}

/// How an intermediary can change the set of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldChange {
    /// It adds fields.
    Added,
    /// It removes fields.
    Removed,
}

impl IntermediaryStep {
    /// What may be observed at this step, in all alternatives.
    pub fn expectations(&self) -> Vec<&Observed> {
        match self {
            Self::Expect(observed) => vec![observed],
            Self::OneOf(alternatives) => alternatives.iter().flatten().map(|step| &step.kind).collect(),
            _ => Vec::new(),
        }
    }
}

impl Observed {
    /// The stream that it names, if any.
    pub fn stream(&self) -> Option<&str> {
        match self {
            Self::Request(request) => Some(&request.stream),
            Self::InFront(expected) => expected.stream(),
            Self::Passed(passed) => Some(&passed.stream),
            Self::NoCleanEnd(end) => Some(&end.stream),
            Self::NothingAdded(stream) => Some(stream),
            Self::NoRequest(_) | Self::Left { .. } => None,
        }
    }

    /// How long to wait for it, if not the usual time.
    pub fn within(&self) -> Option<Duration> {
        match self {
            Self::Request(request) => request.request.within,
            Self::Left { within } => *within,
            Self::InFront(expected) => expected.within(),
            Self::Passed(passed) => passed.within,
            Self::NoRequest(_) | Self::NoCleanEnd(_) | Self::NothingAdded(_) => None,
        }
    }
}

impl ScriptStep for IntermediaryStep {
    fn measurement(&self) -> Option<Measurement> {
        None
    }

    fn alternatives(&self) -> Option<usize> {
        match self {
            Self::OneOf(alternatives) => Some(alternatives.len()),
            _ => None,
        }
    }

    fn recorded_alternatives(&self) -> Option<&[String]> {
        match self {
            Self::Record(Fact { of: IntermediaryFact::Alternative { names }, .. }) => Some(names),
            _ => None,
        }
    }
}
