//! What requests a test expects, and whether they came.

use std::fmt;
use std::ops::{RangeFrom, RangeInclusive, RangeToInclusive};
use std::time::Duration;

use tokio::time::Instant;

use crate::scenario::journal::{Entry, EntryKind};
use crate::scenario::log::Log;
use crate::scenario::path_pattern::PathPattern;
use crate::scenario::request_match::{BodyMatch, FieldMatch, RequestMatch};
use crate::wire::{Request, Version};

/// How long [`wait_for`](crate::MockServer::wait_for) waits unless told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How many requests a message shows.
const SHOWN: usize = 20;

/// Requests that are expected.
///
/// ```
/// use ssespec_mock_server::expect;
///
/// let resumed = expect::get("/events").last_event_id("1").times(1);
/// assert_eq!(resumed.to_string(), "1 request GET /events, last-event-id \"1\"");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    method: Option<String>,
    path: Option<PathPattern>,
    invalid: Option<String>,
    matching: RequestMatch,
    times: Times,
    within: Option<Duration>,
}

/// How often something is expected. Made from `2`, `1..`, `1..=3` or `..=3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    least: u64,
    most: Option<u64>,
}

impl Default for Times {
    /// At least once.
    fn default() -> Self {
        Self { least: 1, most: None }
    }
}

impl From<u64> for Times {
    fn from(times: u64) -> Self {
        Self { least: times, most: Some(times) }
    }
}

impl From<RangeFrom<u64>> for Times {
    fn from(range: RangeFrom<u64>) -> Self {
        Self { least: range.start, most: None }
    }
}

impl From<RangeInclusive<u64>> for Times {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self { least: *range.start(), most: Some(*range.end()) }
    }
}

impl From<RangeToInclusive<u64>> for Times {
    fn from(range: RangeToInclusive<u64>) -> Self {
        Self { least: 0, most: Some(range.end) }
    }
}

impl Times {
    /// Between these numbers; no upper limit if `most` is absent.
    pub fn between(least: u64, most: Option<u64>) -> Self {
        Self { least, most }
    }

    /// Whether this many are right.
    pub fn allows(self, count: u64) -> bool {
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (1, Some(1)) => f.write_str("1 request"),
            (least, Some(most)) if least == most => write!(f, "{least} requests"),
            (1, None) => f.write_str("at least 1 request"),
            (least, None) => write!(f, "at least {least} requests"),
            (0, Some(most)) => write!(f, "at most {most} requests"),
            (least, Some(most)) => write!(f, "{least} to {most} requests"),
        }
    }
}

/// What was expected and did not come, and what came instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, got {count}\n{came}")]
pub struct Unmet {
    /// What was expected, in words.
    pub expected: String,
    /// How many of those requests came.
    pub count: u64,
    /// The requests that came, one per line.
    pub came: String,
}

/// Any request.
pub fn any() -> Expectation {
    Expectation::default()
}

/// A GET request of this path, in which `*` stands for any characters.
pub fn get(path: &str) -> Expectation {
    Expectation::default().method("GET").path(path)
}

/// A POST request of this path.
pub fn post(path: &str) -> Expectation {
    Expectation::default().method("POST").path(path)
}

impl Expectation {
    pub(super) fn of_route(method: Option<String>, path: PathPattern, matching: RequestMatch) -> Self {
        Self { method, path: Some(path), matching, ..Self::default() }
    }

    /// Only with this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only with this path, in which `*` stands for any characters.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        match PathPattern::new(path) {
            Ok(path) => self.path = Some(path),
            Err(error) => self.invalid = Some(format!("{path}: {error}")),
        }
        self
    }

    /// Only with this value of a header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.matching.headers.push((name.to_owned(), FieldMatch::Is(value.into())));
        self
    }

    /// Only without this header field.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.matching.headers.push((name.to_owned(), FieldMatch::Absent));
        self
    }

    /// Only with this `Last-Event-ID`.
    #[must_use]
    pub fn last_event_id(self, id: impl Into<String>) -> Self {
        self.header("last-event-id", id)
    }

    /// Only with this text in the body.
    #[must_use]
    pub fn body_contains(mut self, text: impl Into<String>) -> Self {
        self.matching.body = Some(BodyMatch::Contains(text.into()));
        self
    }

    /// This often: `2`, `1..`, `1..=3`, `..=3`. The default is at least once.
    #[must_use]
    pub fn times(mut self, times: impl Into<Times>) -> Self {
        self.times = times.into();
        self
    }

    /// Within this time; [`PATIENCE`] by default.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// Why the expectation cannot be met.
    #[cfg(feature = "control")]
    pub(crate) fn invalid(&self) -> Option<&str> {
        self.invalid.as_deref()
    }

    /// Whether a request is one of those expected.
    fn includes(&self, request: &Request) -> bool {
        self.invalid.is_none()
            && self.method.as_ref().is_none_or(|method| *method == request.method)
            && self.path.as_ref().is_none_or(|path| path.matches(&request.target))
            && self.matching.matches(request)
    }

    /// Judges a journal.
    ///
    /// # Errors
    /// If it does not have the requests that are expected.
    pub fn check(&self, entries: &[Entry]) -> Result<Vec<Entry>, Unmet> {
        let expected =
            |entry: &&Entry| request_of(&entry.kind).is_some_and(|request| self.includes(&request));
        let found: Vec<Entry> = entries.iter().filter(expected).cloned().collect();
        let count = found.len() as u64;
        if self.times.allows(count) && self.invalid.is_none() {
            return Ok(found);
        }
        Err(Unmet { expected: self.to_string(), count, came: came(entries) })
    }

    /// Waits until the requests have come. If at most so many are expected, and none need to come, it waits all the
    /// time.
    ///
    /// # Errors
    /// If they do not come in time, or too many come.
    pub(crate) async fn wait(&self, log: &Log, after: u64) -> Result<Vec<Entry>, Unmet> {
        let deadline = Instant::now() + self.within.unwrap_or(PATIENCE);
        loop {
            let part = log.after(after);
            let entries: Vec<Entry> = part.entries.into_iter().map(|numbered| numbered.entry).collect();
            let checked = self.check(&entries);
            let is_final = match &checked {
                Ok(_) => self.times.least > 0,
                Err(unmet) => unmet.count > self.times.least,
            };
            if is_final || tokio::time::timeout_at(deadline, log.next(part.last)).await.is_err() {
                return checked;
            }
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.times)?;
        if let Some(method) = &self.method {
            write!(f, " {method}")?;
        }
        if let Some(path) = &self.path {
            write!(f, " {}", path.text())?;
        }
        if let Some(invalid) = &self.invalid {
            write!(f, " (impossible: {invalid})")?;
        }
        f.write_str(&self.matching.words())
    }
}

/// The requests of a journal, for a message.
pub(crate) fn came(entries: &[Entry]) -> String {
    let is_request = |entry: &&Entry| matches!(entry.kind, EntryKind::Request { .. });
    let requests: Vec<&Entry> = entries.iter().filter(is_request).collect();
    if requests.is_empty() {
        return "no request came".into();
    }
    let mut text = String::from("the requests that came:");
    let omitted = requests.len().saturating_sub(SHOWN);
    if omitted > 0 {
        text.push_str(&format!("\n  ({omitted} earlier ones are omitted)"));
    }
    for entry in &requests[omitted..] {
        text.push_str("\n  ");
        text.push_str(&entry.line());
    }
    text
}

/// The request of an entry.
fn request_of(kind: &EntryKind) -> Option<Request> {
    let EntryKind::Request { method, target, headers, body, .. } = kind else { return None };
    Some(Request {
        method: method.clone(),
        target: target.clone(),
        version: Version::Http11,
        headers: headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect(),
        body: body.clone().into_bytes(),
    })
}
