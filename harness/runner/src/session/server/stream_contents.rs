//! What a stream shows, as the strict reader and as a client would read its bytes.

use std::time::Duration;

use ssespec_strict::{EventStreamReader, Finding, FindingKind, Item, Limits};

use crate::findings;

#[cfg(test)]
mod tests;

/// The head of a response, of whichever version of HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::session) struct ResponseHead {
    pub(in crate::session) status: u16,
    /// The fields in their order.
    pub(in crate::session) fields: Vec<(String, Vec<u8>)>,
}

impl ResponseHead {
    /// The values of the fields of this name, in whatever case.
    pub(in crate::session) fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let named = self.fields.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_slice())
    }

    /// Whether a client treats it as an event stream,
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model>.
    pub(in crate::session) fn is_stream(&self) -> bool {
        self.status == 200
            && self.values("content-type").next().is_some_and(|value| essence(value) == EVENT_STREAM)
    }
}

/// The media type of event streams.
pub(in crate::session) const EVENT_STREAM: &[u8] = b"text/event-stream";

/// A media type in lower case and without its parameters.
pub(in crate::session) fn essence(value: &[u8]) -> Vec<u8> {
    value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase()
}

/// An event as a client would dispatch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::session) struct SeenEvent {
    pub(in crate::session) kind: String,
    /// The data as far as it is kept.
    pub(in crate::session) data: String,
    /// Its true length in bytes.
    pub(in crate::session) length: u64,
    /// The last event ID.
    pub(in crate::session) id: String,
    /// Whether the server sets IDs on its own, so that an event without an ID may have one.
    pub(in crate::session) has_own_id: bool,
}

/// Something seen on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::session) enum Seen {
    /// Bytes: how many, and the first of them.
    Bytes(Vec<u8>, u64),
    /// The head of the response.
    Head(ResponseHead),
    /// An event.
    Event(SeenEvent),
    /// A comment; all after its colon.
    Comment(String),
    /// The reconnection time was set, in milliseconds.
    Retry(u64),
    /// Content, if it is not interpreted.
    #[cfg(feature = "intermediary")]
    Content(Vec<u8>),
    /// SETTINGS_MAX_CONCURRENT_STREAMS of its HTTP/2 connection.
    #[cfg(feature = "intermediary")]
    StreamLimit(u32),
    /// A violation of HTTP, or bytes that are not UTF-8.
    Violation(String),
    /// An allowed deviation worth noting.
    Remark(String),
    /// The message is complete.
    End,
    /// The connection broke, or ended before the message did.
    Broken(String),
    /// The server closed its side of a connection of which nothing is read.
    Closed,
}

/// Which kinds a case names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::session) struct Named {
    pub(in crate::session) comments: bool,
    pub(in crate::session) retries: bool,
    pub(in crate::session) breaks: bool,
}

/// How a body is read.
#[derive(Debug, Clone, Copy)]
pub(in crate::session) struct StreamReading {
    pub(in crate::session) limits: Limits,
    pub(in crate::session) named: Named,
    pub(in crate::session) strictness: Strictness,
    /// After this many bytes a stream is left: no case needs more.
    pub(in crate::session) most: u64,
}

/// How much is asked of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Strictness {
    /// All that the standards ask of it.
    Full,
    /// That something comes: whether the adapter works, not whether its server is in order.
    Smoke,
    /// Nothing but HTTP: the content is not interpreted, only shown.
    #[cfg(feature = "intermediary")]
    Http,
}

/// The reader of one response's content.
#[derive(Debug)]
pub(in crate::session) struct Content {
    reading: StreamReading,
    body: EventStreamReader,
    is_stream: bool,
    last_id: String,
}

impl Content {
    /// A reader for a client whose last event ID is this.
    pub(in crate::session) fn new(reading: StreamReading, last_id: String) -> Self {
        Self { reading, body: EventStreamReader::new(reading.limits), is_stream: false, last_id }
    }

    pub(in crate::session) fn reading(&self) -> &StreamReading {
        &self.reading
    }

    /// The head has come.
    pub(in crate::session) fn head(&mut self, head: ResponseHead, seen: &mut Vec<Seen>) {
        let lenient = self.reading.strictness == Strictness::Smoke && head.status == 200;
        self.is_stream = head.is_stream() || lenient;
        #[cfg(feature = "intermediary")]
        {
            self.is_stream &= self.reading.strictness != Strictness::Http;
        }
        seen.push(Seen::Head(head));
    }

    /// The next bytes of the content.
    pub(in crate::session) fn feed(&mut self, bytes: &[u8], at: Duration, seen: &mut Vec<Seen>) {
        #[cfg(feature = "intermediary")]
        if self.reading.strictness == Strictness::Http {
            return seen.push(Seen::Content(bytes.to_vec()));
        }
        if self.is_stream {
            let mut items = Vec::new();
            self.body.feed(bytes, at, &mut items);
            self.take(items, seen);
        }
    }

    /// The message is complete.
    pub(in crate::session) fn end(&mut self, seen: &mut Vec<Seen>) {
        if self.is_stream {
            let mut items = Vec::new();
            self.body.end(&mut items);
            self.take(items, seen);
        }
        seen.push(Seen::End);
    }

    fn take(&mut self, items: Vec<Item>, seen: &mut Vec<Seen>) {
        for item in items {
            match item {
                Item::Comment(comment) if self.reading.named.comments => {
                    seen.push(Seen::Comment(comment.text))
                }
                Item::Field(field) if self.reading.named.retries && field.name == "retry" => {
                    let digits =
                        !field.value.is_empty() && field.value.bytes().all(|byte| byte.is_ascii_digit());
                    let time = field.value.parse().ok().filter(|_| digits);
                    seen.extend(time.map(Seen::Retry));
                }
                Item::Comment(_) | Item::Field(_) => {}
                Item::Block(block) => {
                    if let Some(id) = block.id {
                        self.last_id = id;
                    }
                    let kind =
                        block.event.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "message".into());
                    seen.extend(block.data.map(|data| {
                        let (id, length) = (self.last_id.clone(), block.data_length);
                        Seen::Event(SeenEvent { kind, data, length, id, has_own_id: false })
                    }));
                }
                Item::Finding(finding) => seen.push(self.finding(&finding)),
            }
        }
    }

    fn finding(&self, finding: &Finding) -> Seen {
        if finding.kind == FindingKind::InvalidUtf8 && self.reading.strictness == Strictness::Full {
            Seen::Violation(format!("in the stream, {}", findings::describe(finding)))
        } else {
            Seen::Remark(findings::describe(finding))
        }
    }

    /// Whether a response is broken off like this, if the end of the connection follows. An invalid chunk tells the recipient that
    /// the content is incomplete, as the end of the connection alone does,
    /// <https://www.rfc-editor.org/rfc/rfc9112#section-8>; H2O sends one on purpose.
    #[cfg_attr(not(feature = "intermediary"), expect(unused_variables, reason = "servers are never excused"))]
    pub(in crate::session) fn may_break_off(&self, kind: FindingKind) -> bool {
        match self.reading.strictness {
            #[cfg(feature = "intermediary")]
            Strictness::Http => matches!(kind, FindingKind::ChunkSize | FindingKind::ChunkEnd),
            Strictness::Full | Strictness::Smoke => false,
        }
    }

    /// Something that is wrong with the HTTP.
    pub(in crate::session) fn http(&self, finding: &Finding) -> Seen {
        match self.reading.strictness {
            Strictness::Full => Seen::Violation(format!("in HTTP, {}", findings::describe(finding))),
            #[cfg(feature = "intermediary")]
            Strictness::Http => Seen::Violation(format!("in HTTP, {}", findings::describe(finding))),
            Strictness::Smoke => Seen::Remark(findings::describe(finding)),
        }
    }
}
