//! An event as a server sends it.

use std::fmt::Write as _;
use std::time::Duration;

/// An event, to be written as the [HTML standard](https://html.spec.whatwg.org/multipage/server-sent-events.html)
/// requires. For bytes that it cannot express, such as a line without its end, use `send`.
///
/// ```
/// use ssespec_mock_server::Event;
///
/// let event = Event::new("two\nlines").id("7").kind("update");
/// assert_eq!(event.text(), "id: 7\nevent: update\ndata: two\ndata: lines\n\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    data: Option<String>,
    id: Option<String>,
    kind: Option<String>,
    retry: Option<Duration>,
}

impl Event {
    /// An event with this data. Each line ending in it begins another `data` field.
    pub fn new(data: impl Into<String>) -> Self {
        Self { data: Some(data.into()), ..Self::default() }
    }

    /// A block without data: it sets the last event ID or the reconnection time, and dispatches nothing.
    pub fn without_data() -> Self {
        Self::default()
    }

    /// With this ID. Line endings and NULL, which no ID can have, become spaces.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(one_line(id.into()));
        self
    }

    /// With this type instead of `message`. Line endings become spaces.
    #[must_use]
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(one_line(kind.into()));
        self
    }

    /// With this reconnection time, in whole milliseconds.
    #[must_use]
    pub fn retry(mut self, time: Duration) -> Self {
        self.retry = Some(time);
        self
    }

    /// The event block, with its blank line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to memory does not fail.
        if let Some(retry) = self.retry {
            let _ = writeln!(text, "retry: {}", retry.as_millis());
        }
        if let Some(id) = &self.id {
            let _ = writeln!(text, "id: {id}");
        }
        if let Some(kind) = &self.kind {
            let _ = writeln!(text, "event: {kind}");
        }
        if let Some(data) = &self.data {
            for line in data.replace("\r\n", "\n").split(['\n', '\r']) {
                let _ = writeln!(text, "data: {line}");
            }
        }
        text.push('\n');
        text
    }
}

fn one_line(text: String) -> String {
    if text.contains(['\r', '\n', '\0']) { text.replace(['\r', '\n', '\0'], " ") } else { text }
}

impl From<&str> for Event {
    fn from(data: &str) -> Self {
        Self::new(data)
    }
}

impl From<String> for Event {
    fn from(data: String) -> Self {
        Self::new(data)
    }
}
