//! The journal: what a server received and did.

use std::time::SystemTime;

use serde::Serialize;

use crate::wire::Captured;

#[cfg(test)]
mod tests;

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "command", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// The time, as in RFC 3339 with milliseconds.
    pub at: String,
    /// The connection's number, from 1.
    pub connection: u32,
    /// What happened.
    #[serde(flatten)]
    pub kind: EntryKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "command", derive(schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum EntryKind {
    /// A request arrived.
    Request {
        /// Its method.
        method: String,
        /// Its target.
        target: String,
        /// The version of HTTP: `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
        version: String,
        /// Whether it came over TLS.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        tls: bool,
        /// Its header fields, with names in lower case; bytes that are not UTF-8 are replaced.
        headers: Vec<(String, String)>,
        /// Its body, at most 64 KiB of it; bytes that are not UTF-8 are replaced.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        body: String,
        /// The path of the route that serves it, as written; absent if no route matches.
        route: Option<String>,
        /// Which of the route's connections this is, from 1.
        nth: usize,
    },
    /// The client sent bytes that are not a request.
    Malformed {
        /// What is wrong with them.
        reason: String,
    },
    /// A limit of the server was reached, and the client got 503.
    Refused {
        /// Which limit.
        reason: String,
    },
    /// A request was forwarded, and this response came.
    Forwarded {
        /// The URL to which it was forwarded.
        url: String,
        /// The status of the response.
        status: u16,
        /// The Content-Type of the response.
        #[serde(skip_serializing_if = "Option::is_none")]
        content_type: Option<String>,
    },
    /// A request could not be forwarded, or its response not passed on. The client got 502, or its response was broken off.
    NotForwarded {
        /// The URL to which it was to be forwarded.
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Why.
        reason: String,
    },
    /// The response of the upstream ended, and the response to the client likewise.
    UpstreamEnded {
        /// `complete`, `fin` or `reset`, or what else happened.
        how: String,
        /// How many events it had.
        events: u64,
    },
    /// The script did this to a response that it passes on.
    Fault {
        /// What it did: the name of the step, and how much.
        fault: String,
    },
    /// Something was pushed to open streams from outside their scripts. The connection is 0.
    Pushed {
        /// What was pushed; bytes that are not UTF-8 are replaced.
        text: String,
        /// To how many streams.
        streams: usize,
        /// How many streams did not get it, because their clients do not read.
        slow: usize,
    },
    /// The server wrote this: a head as sent, or the data of one chunk of the body.
    Sent {
        /// The bytes as text, at most 4 KiB of them; bytes that are not UTF-8 are replaced.
        text: String,
        /// The bytes in hexadecimal, if they are not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        hex: Option<String>,
        /// How many bytes there were in all.
        length: u64,
    },
    /// Something came that the script expected.
    Met {
        /// What was expected.
        expectation: String,
    },
    /// Something that the script expected did not come.
    Unmet {
        /// What was expected.
        expectation: String,
        /// What came instead.
        instead: String,
    },
    /// The scenarios were replaced; routes count their connections from 1 again.
    Replaced,
    /// The script of a connection finished. A body that it left open stays open until the client disconnects.
    Played,
    /// The client disconnected.
    Left {
        /// `fin`, `reset`, or the kind of the I/O error.
        how: String,
    },
    /// The script dropped the connection.
    Dropped {
        /// `fin` or `reset`.
        how: String,
    },
    /// The script ended the body.
    Ended,
}

/// The JSON Schema of an entry.
#[cfg(feature = "command")]
pub fn journal_schema() -> serde_json::Value {
    schemars::schema_for!(Entry).to_value()
}

impl Entry {
    /// An entry with the current time.
    pub fn now(connection: u32, kind: EntryKind) -> Self {
        Self { at: humantime::format_rfc3339_millis(SystemTime::now()).to_string(), connection, kind }
    }

    /// The value of a header field, if this is a request that has it.
    pub fn header(&self, name: &str) -> Option<&str> {
        let EntryKind::Request { headers, .. } = &self.kind else { return None };
        let (_, value) = headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// About how many bytes of memory it takes.
    pub fn size(&self) -> usize {
        let texts = match &self.kind {
            EntryKind::Request { method, target, headers, body, .. } => {
                let headers = headers.iter().map(|(name, value)| name.len() + value.len() + 48);
                method.len() + target.len() + body.len() + headers.sum::<usize>()
            }
            EntryKind::Malformed { reason: text }
            | EntryKind::Refused { reason: text }
            | EntryKind::Pushed { text, .. }
            | EntryKind::Met { expectation: text } => text.len(),
            EntryKind::Forwarded { url, content_type, .. } => {
                url.len() + content_type.as_ref().map_or(0, String::len)
            }
            EntryKind::NotForwarded { url, reason } => url.as_ref().map_or(0, String::len) + reason.len(),
            EntryKind::UpstreamEnded { how: text, .. } | EntryKind::Fault { fault: text } => text.len(),
            EntryKind::Sent { text, hex, .. } => text.len() + hex.as_ref().map_or(0, String::len),
            EntryKind::Unmet { expectation, instead } => expectation.len() + instead.len(),
            EntryKind::Replaced
            | EntryKind::Played
            | EntryKind::Left { .. }
            | EntryKind::Dropped { .. }
            | EntryKind::Ended => 0,
        };
        size_of::<Self>() + self.at.len() + texts
    }

    /// The entry as a line for people, with control characters escaped.
    pub fn line(&self) -> String {
        let time = self.at.get(11..23).unwrap_or(&self.at);
        format!("{time}  #{:<3} {}", self.connection, self.kind.words())
    }
}

/// How much of what was sent a line shows, in characters.
const SHOWN: usize = 120;

/// A text with its control characters escaped, and its quotes as they are.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() }).collect()
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(SHOWN).map_or(text, |(end, _)| &text[..end])
}

impl EntryKind {
    /// The names of all kinds.
    pub const NAMES: [&str; 16] = [
        "request",
        "malformed",
        "refused",
        "forwarded",
        "not-forwarded",
        "upstream-ended",
        "fault",
        "pushed",
        "sent",
        "met",
        "unmet",
        "replaced",
        "played",
        "left",
        "dropped",
        "ended",
    ];

    /// Its name in JSON, as `what`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Request { .. } => "request",
            Self::Malformed { .. } => "malformed",
            Self::Refused { .. } => "refused",
            Self::Forwarded { .. } => "forwarded",
            Self::NotForwarded { .. } => "not-forwarded",
            Self::UpstreamEnded { .. } => "upstream-ended",
            Self::Fault { .. } => "fault",
            Self::Pushed { .. } => "pushed",
            Self::Sent { .. } => "sent",
            Self::Met { .. } => "met",
            Self::Unmet { .. } => "unmet",
            Self::Replaced => "replaced",
            Self::Played => "played",
            Self::Left { .. } => "left",
            Self::Dropped { .. } => "dropped",
            Self::Ended => "ended",
        }
    }

    /// An entry for bytes that were sent.
    pub(super) fn sent(captured: &Captured) -> Self {
        let text = String::from_utf8_lossy(&captured.bytes).into_owned();
        let is_text = std::str::from_utf8(&captured.bytes).is_ok();
        let hex = || captured.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Self::Sent { text, hex: (!is_text).then(hex), length: captured.length }
    }

    fn words(&self) -> String {
        match self {
            Self::Request { method, target, version, tls, headers, route, nth, .. } => {
                let usual = version == "HTTP/1.1";
                let over = match (usual, tls) {
                    (true, false) => String::new(),
                    (false, false) => format!("  over {version}"),
                    (_, true) => format!("  over {version} and TLS"),
                };
                let resume = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("last-event-id"));
                let resume: String = resume.map(|(_, value)| format!("  last-event-id: {value:?}")).collect();
                let served = match route {
                    Some(route) => format!("route {route}, connection {nth}"),
                    None => "no route".into(),
                };
                format!("{} {}{over}{resume}  ({served})", method.escape_debug(), target.escape_debug())
            }
            Self::Malformed { reason } => format!("not a request: {}", reason.escape_debug()),
            Self::Refused { reason } => format!("refused with 503: {}", reason.escape_debug()),
            Self::Forwarded { url, status, content_type } => {
                let kind = content_type.as_ref().map(|kind| format!(" {}", plain(kind))).unwrap_or_default();
                format!("forwarded to {}: {status}{kind}", plain(url))
            }
            Self::NotForwarded { url, reason } => {
                let to = url.as_ref().map(|url| format!(" to {}", plain(url))).unwrap_or_default();
                format!("not forwarded{to}: {}", plain(reason))
            }
            Self::UpstreamEnded { how, events } => {
                let plural = if *events == 1 { "" } else { "s" };
                format!("the upstream ended after {events} event{plural} ({})", plain(how))
            }
            Self::Fault { fault } => format!("fault {fault}"),
            Self::Pushed { text, streams, slow } => {
                let slow = if *slow > 0 { format!("; {slow} do not read") } else { String::new() };
                format!("pushed to {streams} streams{slow}: {}", shortened(text).escape_debug())
            }
            Self::Sent { text, length, .. } => {
                format!("sent {length} bytes: {}", shortened(text).escape_debug())
            }
            Self::Met { expectation } => format!("as expected: {}", plain(expectation)),
            Self::Unmet { expectation, instead } => {
                format!("EXPECTED {}; {}", plain(expectation), plain(instead))
            }
            Self::Replaced => "the scenarios were replaced".into(),
            Self::Played => "the script finished".into(),
            Self::Left { how } => format!("the client left ({how})"),
            Self::Dropped { how } => format!("dropped ({how})"),
            Self::Ended => "the body ended".into(),
        }
    }
}
