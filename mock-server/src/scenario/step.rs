//! The steps of a script: actions, and what only scenarios have.

use std::sync::Arc;
use std::time::Duration;

use super::request_match::RequestMatch;
use super::template::Template;
use crate::action::{Action, Respond};
use crate::flow::Passing;
use crate::wire::Request;

/// How much earlier a request may arrive, since timers of clients are imprecise.
const TOLERANCE: Duration = Duration::from_millis(2);

/// The script of a connection.
pub type Script = Vec<Step>;

/// A step of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Perform an action.
    Do(Action),
    /// Write a text with values to the body, in one write.
    Send(Template),
    /// Write a head, and a body, with values.
    Respond(RespondTemplate),
    /// Write the content of a file to the body.
    File(Arc<[u8]>),
    /// Perform steps several times.
    Repeat(Repetition),
    /// Limit the rate of all further writes to the body.
    Pace(Pace),
    /// Make all further waits longer by a random time up to this.
    Jitter(Duration),
    /// From now on, write a text whenever nothing was written for a time.
    Heartbeat(Heartbeat),
    /// Write the events after the request's Last-Event-ID.
    Resume(Resume),
    /// Pass on a part of the upstream's response; the first such step forwards the request.
    Forward(Forward),
    /// Require something of the request that this script answers, or wait for the next request to this route.
    ExpectRequest(ExpectedRequest),
    /// Wait for the client to disconnect, at most this long.
    ExpectDisconnect(Duration),
    /// Wait this long, and require that no request to this route arrives meanwhile.
    ExpectNoRequest(Duration),
}

/// A response with values in its header fields or its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RespondTemplate {
    /// The response; its fields and its body are replaced.
    pub respond: Respond,
    /// The header fields; the implied ones if absent.
    pub headers: Option<Vec<(String, Template)>>,
    /// The body.
    pub body: Option<Template>,
}

/// Steps that are performed several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repetition {
    /// How often; without end if absent.
    pub times: Option<u64>,
    /// The time from one repetition to the next.
    pub every: Duration,
    /// The steps.
    pub steps: Script,
}

/// How much of an upstream's response is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forward {
    /// Its head.
    Head,
    /// Up to the end of this many further events, counted as the HTML standard dispatches them.
    Events(u64),
    /// This many further bytes of the body.
    Bytes(u64),
    /// Everything that is left, and how it ends.
    Rest,
}

impl Forward {
    /// What the rest of the script needs to know of it.
    pub(crate) fn passing(self) -> Passing {
        match self {
            Self::Head => Passing::Head,
            Self::Events(_) | Self::Bytes(_) => Passing::Part,
            Self::Rest => Passing::Rest,
        }
    }
}

/// A rate of writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Bytes per second: a write is split, and its pieces are spread over time.
    Bytes(u64),
    /// Events per second: each event block is one write.
    Events(u64),
}

/// A text that is written when nothing else is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// How long nothing was written.
    pub every: Duration,
    /// The text.
    pub text: String,
}

/// A list of events that a client can resume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// The events, in order.
    pub events: Vec<ResumeEvent>,
    /// The time from one event to the next.
    pub every: Duration,
    /// How many events are written at most.
    pub limit: Option<u64>,
}

/// An event of a list, with the ID from which a client resumes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumeEvent {
    /// Its ID.
    pub id: String,
    /// Its event block, with the ID.
    pub block: Template,
}

/// A request that a script expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedRequest {
    /// Its method; any if absent.
    pub method: Option<String>,
    /// What it must be.
    pub matching: RequestMatch,
    /// It must not arrive earlier than this after the end of the previous response.
    pub after: Option<Duration>,
    /// How long to wait for it. The first request of a script is not waited for.
    pub within: Duration,
}

impl Step {
    /// Whether it does nothing except write to the body or say how.
    pub(super) fn writes(&self) -> bool {
        let writes = |step: &Self| {
            matches!(step, Self::Do(Action::Send(_)) | Self::Send(_) | Self::File(_) | Self::Pace(_))
                || matches!(step, Self::Resume(_) | Self::Jitter(_) | Self::Heartbeat(_))
        };
        match self {
            Self::Repeat(repetition) => repetition.steps.iter().all(writes),
            step => writes(step),
        }
    }

    /// Whether it passes on a part of an upstream's response.
    pub(super) fn forwards(&self) -> bool {
        match self {
            Self::Forward(_) => true,
            Self::Repeat(repetition) => repetition.steps.iter().any(Self::forwards),
            _ => false,
        }
    }

    /// Whether it needs to see the events of an upstream's response.
    pub(super) fn counts_events(&self) -> bool {
        match self {
            Self::Forward(forward) => matches!(forward, Forward::Events(_)),
            Self::Repeat(repetition) => repetition.steps.iter().any(Self::counts_events),
            _ => false,
        }
    }

    /// Whether it adds to a body, or ends one.
    pub(super) fn adds_to_a_body(&self) -> bool {
        match self {
            Self::Do(Action::Send(_) | Action::SendRepeat(_) | Action::End | Action::Trailers(_)) => true,
            Self::Repeat(repetition) => repetition.steps.iter().any(Self::adds_to_a_body),
            step => matches!(step, Self::Send(_) | Self::File(_) | Self::Heartbeat(_) | Self::Resume(_)),
        }
    }

    /// What it does to a response that is passed on, in words: `drop: reset`. `None` if it does nothing itself.
    pub(super) fn fault(&self) -> Option<String> {
        let time = |time: &Duration| humantime::format_duration(*time).to_string();
        let Self::Do(action) = self else {
            let word = match self {
                Self::Respond(_) => "respond",
                Self::Send(_) => "send",
                Self::File(_) => "file",
                Self::Repeat(_) => "repeat",
                Self::Pace(_) => "pace",
                Self::Jitter(_) => "jitter",
                Self::Heartbeat(_) => "heartbeat",
                Self::Resume(_) => "resume",
                _ => return None,
            };
            return Some(word.to_owned());
        };
        Some(match action {
            Action::Respond(respond) => format!("respond: status {}", respond.status),
            Action::Send(bytes) => format!("send: {} bytes", bytes.len()),
            Action::SendRepeat(repeat) => format!("send-repeat: {} bytes", repeat.total()),
            Action::Wait(wait) => format!("wait: {}", time(wait)),
            Action::End => "end".into(),
            Action::Trailers(_) => "trailers".into(),
            Action::Control(control) => control.words(),
            Action::Drop(how) => format!("drop: {how}"),
            Action::Refuse(refuse) => format!("refuse: {}", time(refuse)),
            Action::Raw(bytes) => format!("raw: {} bytes", bytes.len()),
        })
    }

    /// Whether it can fail a verification.
    pub fn is_expectation(&self) -> bool {
        matches!(self, Self::ExpectRequest(_) | Self::ExpectDisconnect(_) | Self::ExpectNoRequest(_))
    }

    /// What it expects, in words; `None` if it expects nothing.
    pub fn expectation(&self) -> Option<String> {
        let time = |time: &Duration| humantime::format_duration(*time).to_string();
        Some(match self {
            Self::ExpectRequest(expected) => expected.words(),
            Self::ExpectDisconnect(within) => format!("a disconnect within {}", time(within)),
            Self::ExpectNoRequest(quiet) => format!("no request for {}", time(quiet)),
            _ => return None,
        })
    }
}

impl ExpectedRequest {
    /// The request in words: `a GET request, last-event-id "1"`.
    pub fn words(&self) -> String {
        let method = self.method.as_ref().map(|method| format!("{method} ")).unwrap_or_default();
        format!("a {method}request{}", self.matching.words())
    }

    /// What is wrong with a request that arrived this long after the end of the previous response.
    pub(super) fn problems(&self, request: &Request, since_end: Option<Duration>) -> Vec<String> {
        let mut problems = self.matching.mismatches(request);
        if let Some(method) = self.method.as_ref().filter(|method| **method != request.method) {
            problems.insert(0, format!("the method: expected {method}, was {}", request.method));
        }
        if let (Some(after), Some(ended)) = (self.after, since_end)
            && ended + TOLERANCE < after
        {
            let after = humantime::format_duration(after);
            problems.push(format!("the time: expected at least {after}, was {} ms", ended.as_millis()));
        }
        problems
    }
}

impl From<Action> for Step {
    fn from(action: Action) -> Self {
        Self::Do(action)
    }
}

/// How many of a script's requests it awaits itself: each `expect-request` after the first step.
pub(super) fn awaited_requests(script: &[Step]) -> usize {
    script.iter().skip(1).filter(|step| matches!(step, Step::ExpectRequest(_))).count()
}

impl RespondTemplate {
    /// The response, if no field and no body has a value.
    pub(super) fn fixed(&self) -> Option<Respond> {
        let texts = || self.headers.iter().flatten().map(|(_, value)| value).chain(&self.body);
        texts().all(|template| template.fixed().is_some()).then(|| self.outline())
    }

    /// The response with a letter for each value.
    pub(super) fn outline(&self) -> Respond {
        self.with(Template::outline)
    }

    /// The response with its values.
    pub(super) fn with(&self, render: impl Fn(&Template) -> String) -> Respond {
        let headers = self.headers.as_ref().map(|fields| {
            fields.iter().map(|(name, value)| (name.clone(), one_line(render(value)))).collect()
        });
        let body = self.body.as_ref().map(|body| render(body).into_bytes());
        Respond { headers, body, ..self.respond.clone() }
    }
}

/// A field value without line endings, which a request could otherwise inject.
fn one_line(value: String) -> String {
    if value.contains(['\r', '\n', '\0']) { value.replace(['\r', '\n', '\0'], " ") } else { value }
}
