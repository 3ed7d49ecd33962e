//! Scenarios built in code.

use std::sync::Arc;
use std::time::Duration;

use ssespec_diagnostics::{Diagnostics, Findings, Source};

use super::expectation::{Expectation, Times};
use crate::action::{Action, Drop, Repeat, Respond};
use crate::event::Event;
use crate::flow::Flow;
use crate::scenario::format::{ForwardSteps, read_with};
use crate::scenario::path_pattern::PathPattern;
use crate::scenario::request_match::{BodyMatch, FieldMatch, RequestMatch};
use crate::scenario::step::{Script, Step};
use crate::scenario::{Route, Scenario};
use crate::wire::BarrierMode;

/// A scenario that is being built: its last route is open, and steps are added to its last connection.
///
/// ```
/// use std::time::Duration;
/// use ssespec_mock_server::{Event, Scenario};
///
/// let scenario = Scenario::new()
///     .get("/events")
///     .event(Event::new("one").id("1").retry(Duration::from_millis(50)))
///     .send("id: 2\ndata: tw")
///     .drop_reset()
///     .next_connection()
///     .event(Event::new("two").id("2"))
///     .post("/messages")
///     .respond_with(202, "accepted");
/// # let _ = scenario;
/// ```
#[derive(Debug, Clone)]
pub struct RouteBuilder {
    scenario: Scenario,
    expected: Vec<Expectation>,
    findings: Vec<Mistake>,
    draft: Draft,
}

/// The open route.
#[derive(Debug, Clone, Default)]
struct Draft {
    method: Option<String>,
    path: String,
    matching: RequestMatch,
    finished: Vec<Script>,
    steps: Script,
    times: Option<Times>,
}

/// A step that cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Mistake(String);

/// A scenario that is ready to be served, and what its test expects.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) scenario: Scenario,
    pub(super) expected: Vec<Expectation>,
}

/// Why a scenario cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// The text has mistakes.
    #[error(transparent)]
    Text(#[from] Diagnostics),
    /// A script built in code has mistakes.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))]
    Code(Vec<Mistake>),
}

/// What a mock server can serve: a [`Scenario`], one that is being built, or the text of a scenario file.
pub trait IntoScenario {
    /// The scenario.
    ///
    /// # Errors
    /// If it has mistakes.
    fn into_scenario(self) -> Result<Prepared, ScenarioError>;
}

impl IntoScenario for Scenario {
    fn into_scenario(self) -> Result<Prepared, ScenarioError> {
        Ok(Prepared { scenario: self, expected: Vec::new() })
    }
}

impl IntoScenario for &str {
    fn into_scenario(self) -> Result<Prepared, ScenarioError> {
        read_with(&Source::new("scenario", self), ForwardSteps::Refused)?.into_scenario()
    }
}

impl IntoScenario for RouteBuilder {
    fn into_scenario(self) -> Result<Prepared, ScenarioError> {
        let Self { scenario, expected, findings, .. } = self.finish();
        if findings.is_empty() {
            Ok(Prepared { scenario, expected })
        } else {
            Err(ScenarioError::Code(findings))
        }
    }
}

impl Scenario {
    /// A scenario without routes. Add one with [`get`](Self::get) or [`post`](Self::post).
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets each write wait until the client has read the previous one, so that separate writes arrive separately.
    #[must_use]
    pub fn with_barrier(mut self) -> Self {
        self.barrier = BarrierMode::Auto;
        self
    }

    /// Begins a route for GET requests of this path, in which `*` stands for any characters.
    pub fn get(self, path: &str) -> RouteBuilder {
        self.method("GET", path)
    }

    /// Begins a route for POST requests of this path.
    pub fn post(self, path: &str) -> RouteBuilder {
        self.method("POST", path)
    }

    /// Begins a route for requests with this method.
    pub fn method(self, method: &str, path: &str) -> RouteBuilder {
        self.begin(Some(method.to_owned()), path)
    }

    /// Begins a route for requests with any method.
    pub fn any(self, path: &str) -> RouteBuilder {
        self.begin(None, path)
    }

    fn begin(self, method: Option<String>, path: &str) -> RouteBuilder {
        let draft = Draft { method, path: path.to_owned(), ..Draft::default() };
        RouteBuilder { scenario: self, expected: Vec::new(), findings: Vec::new(), draft }
    }
}

/// The route.
impl RouteBuilder {
    /// Begins the next route, for GET requests of this path. The first route that matches a request serves it.
    #[must_use]
    pub fn get(self, path: &str) -> Self {
        self.next(Some("GET"), path)
    }

    /// Begins the next route, for POST requests.
    #[must_use]
    pub fn post(self, path: &str) -> Self {
        self.next(Some("POST"), path)
    }

    /// Begins the next route, for requests with this method.
    #[must_use]
    pub fn method(self, method: &str, path: &str) -> Self {
        self.next(Some(method), path)
    }

    /// Begins the next route, for requests with any method.
    #[must_use]
    pub fn any(self, path: &str) -> Self {
        self.next(None, path)
    }

    /// Only for requests with this value of a header field.
    #[must_use]
    pub fn when_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.draft.matching.headers.push((name.to_owned(), FieldMatch::Is(value.into())));
        self
    }

    /// Only for requests without this header field.
    #[must_use]
    pub fn when_no_header(mut self, name: &str) -> Self {
        self.draft.matching.headers.push((name.to_owned(), FieldMatch::Absent));
        self
    }

    /// Only for requests with this `Last-Event-ID`.
    #[must_use]
    pub fn when_last_event_id(self, id: impl Into<String>) -> Self {
        self.when_header("last-event-id", id)
    }

    /// Only for requests with this text in the body.
    #[must_use]
    pub fn when_body_contains(mut self, text: impl Into<String>) -> Self {
        self.draft.matching.body = Some(BodyMatch::Contains(text.into()));
        self
    }

    /// Expects this many requests to this route: `2`, `1..`, `1..=3`. [`verify`](crate::MockServer::verify) checks it, and
    /// so does dropping the server.
    #[must_use]
    pub fn expect(mut self, times: impl Into<Times>) -> Self {
        self.draft.times = Some(times.into());
        self
    }

    /// Begins the script of the route's next connection. The last script also serves all later connections.
    #[must_use]
    pub fn next_connection(mut self) -> Self {
        self.finish_script();
        self
    }
}

/// The steps.
impl RouteBuilder {
    /// Writes an event; a text is its data. The response before it is implied.
    #[must_use]
    pub fn event(self, event: impl Into<Event>) -> Self {
        let text = event.into().text();
        self.send(text)
    }

    /// Writes events.
    #[must_use]
    pub fn events<E: Into<Event>>(self, events: impl IntoIterator<Item = E>) -> Self {
        events.into_iter().fold(self, Self::event)
    }

    /// Writes exactly these bytes to the body, as one chunk.
    #[must_use]
    pub fn send(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.action(Action::Send(bytes.into()))
    }

    /// Writes a pattern many times; it is never held in memory as a whole.
    #[must_use]
    pub fn send_repeat(self, pattern: impl Into<Vec<u8>>, times: u64) -> Self {
        self.action(Action::SendRepeat(Repeat { pattern: pattern.into(), times, write: None }))
    }

    /// Waits.
    #[must_use]
    pub fn wait(self, time: Duration) -> Self {
        self.action(Action::Wait(time))
    }

    /// Ends the body cleanly.
    #[must_use]
    pub fn end(self) -> Self {
        self.action(Action::End)
    }

    /// Ends the connection with FIN in the middle of the body.
    #[must_use]
    pub fn drop_fin(self) -> Self {
        self.action(Action::Drop(Drop::Fin))
    }

    /// Ends the connection with RST.
    #[must_use]
    pub fn drop_reset(self) -> Self {
        self.action(Action::Drop(Drop::Reset))
    }

    /// Refuses new connections for this long, while the script goes on.
    #[must_use]
    pub fn refuse(self, time: Duration) -> Self {
        self.action(Action::Refuse(time))
    }

    /// Answers with this status and no body: 204 ends reconnection, 503 does not.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        self.action(Action::Respond(Respond { status, ..Respond::default() }))
    }

    /// Answers with this status and this text.
    #[must_use]
    pub fn respond_with(self, status: u16, body: impl Into<String>) -> Self {
        let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
        let body = Some(body.into().into_bytes());
        self.action(Action::Respond(Respond { status, headers: Some(headers), body, ..Respond::default() }))
    }

    /// Answers with this response.
    #[must_use]
    pub fn respond(self, respond: Respond) -> Self {
        self.action(Action::Respond(respond))
    }

    /// Writes these bytes instead of an HTTP response.
    #[must_use]
    pub fn raw(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.action(Action::Raw(bytes.into()))
    }

    /// Performs an action.
    #[must_use]
    pub fn action(self, action: Action) -> Self {
        self.step(Step::Do(action))
    }

    pub(super) fn step(mut self, step: Step) -> Self {
        self.draft.steps.push(step);
        self
    }

    fn finish_script(&mut self) {
        let mut steps = std::mem::take(&mut self.draft.steps);
        let first = steps.iter().find(|step| !matches!(step, Step::Do(Action::Wait(_) | Action::Refuse(_))));
        let answers = |step: &Step| {
            matches!(step, Step::Do(Action::Respond(_) | Action::Raw(_) | Action::Drop(_)) | Step::Forward(_))
        };
        if !first.is_some_and(answers) {
            steps.insert(0, Step::Do(Action::Respond(Respond::default())));
        }
        let forwards = steps.iter().any(|step| matches!(step, Step::Forward(_)));
        if forwards && self.scenario.upstream.is_none() {
            let message =
                "a script forwards, and there is no server to forward to: call `Scenario::forward_to`";
            self.findings.push(Mistake(message.into()));
        }
        let number = self.draft.finished.len() + 1;
        let method = self.draft.method.as_deref().unwrap_or("*");
        let name = format!("{method} {}, connection {number}", self.draft.path);
        if let Err(mistakes) = check(&name, &steps) {
            self.findings.push(Mistake(mistakes.to_string()));
        }
        self.draft.finished.push(steps);
    }

    fn finish(mut self) -> Self {
        self.finish_script();
        let Draft { method, path, matching, finished, times, .. } = std::mem::take(&mut self.draft);
        if !path.starts_with(['/', '*']) || path.contains(['?', '#']) {
            let message =
                format!("{path:?} is not a path: write it with a leading slash and without a query");
            self.findings.push(Mistake(message));
        }
        match PathPattern::new(&path) {
            Ok(pattern) => {
                if let Some(times) = times {
                    let expected = Expectation::of_route(method.clone(), pattern.clone(), matching.clone());
                    self.expected.push(expected.times(times));
                }
                let connections = finished.into_iter().map(Arc::new).collect();
                self.scenario.routes.push(Route { method, path: pattern, matching, connections });
            }
            Err(error) => self.findings.push(Mistake(format!("{path:?} is not a path pattern: {error}"))),
        }
        self
    }

    fn next(self, method: Option<&str>, path: &str) -> Self {
        let mut built = self.finish();
        built.draft = Draft { method: method.map(str::to_owned), path: path.to_owned(), ..Draft::default() };
        built
    }
}

/// Checks that a script can be played. The report shows its steps, one per line.
fn check(name: &str, steps: &[Step]) -> Result<(), Diagnostics> {
    let shown = |step: &Step| match step {
        Step::Do(action) => format!("{action:?}"),
        step => format!("{step:?}"),
    };
    let lines: Vec<String> = steps.iter().map(|step| shortened(&shown(step))).collect();
    let source = Source::new(name, lines.join("\n"));
    let (mut flow, mut findings) = (Flow::default(), Findings::default());
    flow.request();
    let mut start = 0;
    for (step, line) in steps.iter().zip(&lines) {
        let place = start..start + line.len();
        match step {
            Step::Do(action) => flow.action(action, place, &mut findings),
            Step::Forward(part) => flow.forward(part.passing(), place, &mut findings),
            _ => {}
        }
        start += line.len() + 1;
    }
    findings.or(&source, Some(()))
}

/// How much of a step is shown, in characters.
const SHOWN: usize = 100;

fn shortened(text: &str) -> String {
    text.char_indices().nth(SHOWN).map_or(text.to_owned(), |(end, _)| format!("{}...", &text[..end]))
}
