//! Capabilities: what an implementation's API can do and show. A case that needs more is skipped.

use std::collections::BTreeSet;
use std::str::FromStr;

use ssespec_diagnostics::nearest;

use crate::role::Role;

#[cfg(test)]
mod tests;

ssespec_diagnostics::words! {
    /// Something that an implementation's API can do or show; never what it chooses to obey.
    pub enum Capability {
        /// It makes its own request, and judges the response. A client that receives a response from its user does not.
        Requests = "requests",
        /// It reconnects on its own.
        Reconnect = "reconnect",
        /// It has a public close(), which the adapter calls.
        Close = "close",
        /// It can start with a last event ID.
        InitialLastEventId = "initial-last-event-id",
        /// Its user can add request header fields.
        Headers = "headers",
        /// Its user can change header fields that it added, for later requests.
        RefreshHeaders = "refresh-headers",
        /// Its user can set how long it may receive nothing before it treats the connection as lost.
        ReadTimeout = "read-timeout",
        /// Its user can stop taking events from an open stream, which it then reads no further.
        Pause = "pause",
        /// Its user can choose the request method and send a body.
        Methods = "methods",
        /// Its user can choose whether to send credentials to other origins.
        Credentials = "credentials",
        /// It reports when the connection is open.
        Opened = "opened",
        /// It reports errors.
        Errors = "errors",
        /// It exposes its ready state.
        State = "state",
        /// A client exposes the type of an event; a server sends it.
        EventType = "event-type",
        /// A client exposes the last event ID with an event; a server sends an event's id.
        EventId = "event-id",
        /// A client exposes only the event's own id, so an earlier id is not expected; a server assigns ids itself.
        OwnId = "own-id",
        /// A client reports comments; a server sends them.
        Comments = "comments",
        /// It exposes an event's origin.
        Origin = "origin",
        /// It is a browser's own EventSource.
        Dom = "dom",
        /// It runs in a page of a browser, whose visibility a case can switch: a library, or the browser's own EventSource.
        PageLibrary = "page-library",
        /// Its page is a secure context, so it has service workers and sends fetch metadata. A page on another device is
        /// not over plain HTTP, <https://w3c.github.io/webappsec-secure-contexts/>.
        SecureContext = "secure-context",
        /// Its adapter runs at least [`HERD`] sessions at the same time, so that they can lose their streams together.
        Herd = "herd",
        /// It sends a reconnection time.
        Retry = "retry",
        /// It accepts a reconnection time of any type, including text.
        RetryText = "retry-text",
        /// It can end a stream cleanly.
        End = "end",
        /// It reports when a client has disconnected.
        Disconnects = "disconnects",
        /// It stores events and resends those after the Last-Event-ID.
        Resume = "resume",
        /// It can answer with 204, so that clients stop reconnecting.
        NoContent = "no-content",
        /// It can shut down gracefully.
        Shutdown = "shutdown",
        /// A client speaks HTTP/2 where the server speaks nothing else; a server speaks it without TLS, with prior knowledge.
        Http2 = "http2",
        /// It speaks TLS, and its user can say which certificates it trusts.
        Tls = "tls",
        /// A command reloads its configuration.
        Reload = "reload",
        /// It asks the origin over HTTP/2.
        Http2Upstream = "http2-upstream",
    }
}

/// How many sessions an adapter with the capability [`Herd`](Capability::Herd) runs at the same time, at least.
pub const HERD: usize = 20;

impl Capability {
    /// The capabilities that each include this one: an implementation with one of them has it without stating it.
    pub fn included_in(self) -> &'static [Self] {
        match self {
            Self::Requests => &[Self::Reconnect, Self::Dom],
            Self::PageLibrary => &[Self::Dom],
            _ => &[],
        }
    }

    /// Whether an implementation that states these capabilities has this one.
    pub fn is_among(self, stated: &BTreeSet<Self>) -> bool {
        stated.contains(&self) || self.included_in().iter().any(|other| stated.contains(other))
    }

    /// The names of those that a client can have.
    pub const CLIENT: [&str; 24] = [
        Self::Requests.word(),
        Self::Reconnect.word(),
        Self::Close.word(),
        Self::InitialLastEventId.word(),
        Self::Headers.word(),
        Self::RefreshHeaders.word(),
        Self::ReadTimeout.word(),
        Self::Pause.word(),
        Self::Methods.word(),
        Self::Credentials.word(),
        Self::Opened.word(),
        Self::Errors.word(),
        Self::State.word(),
        Self::EventType.word(),
        Self::EventId.word(),
        Self::OwnId.word(),
        Self::Comments.word(),
        Self::Origin.word(),
        Self::Dom.word(),
        Self::PageLibrary.word(),
        Self::SecureContext.word(),
        Self::Herd.word(),
        Self::Http2.word(),
        Self::Tls.word(),
    ];

    /// The names of those that a server can have.
    pub const SERVER: [&str; 12] = [
        Self::EventType.word(),
        Self::EventId.word(),
        Self::OwnId.word(),
        Self::Comments.word(),
        Self::Retry.word(),
        Self::RetryText.word(),
        Self::End.word(),
        Self::Disconnects.word(),
        Self::Resume.word(),
        Self::NoContent.word(),
        Self::Shutdown.word(),
        Self::Http2.word(),
    ];

    /// The names of those that an intermediary can have.
    pub const INTERMEDIARY: [&str; 3] = [Self::Http2.word(), Self::Reload.word(), Self::Http2Upstream.word()];

    /// What an implementation of this role with this capability does or shows: `reports errors`.
    pub fn meaning(self, role: Role) -> &'static str {
        let sends = role == Role::Server;
        match self {
            Self::Requests => "makes its own request, and judges the response's status and type",
            Self::Reconnect => "reconnects on its own after losing the connection",
            Self::Close => "has a public close(), which the adapter calls",
            Self::InitialLastEventId => "can start with a last event ID",
            Self::Headers => "lets its user add request header fields",
            Self::RefreshHeaders => "lets its user change header fields for later requests",
            Self::ReadTimeout => {
                "lets its user set how long it may receive nothing before it treats the connection as lost"
            }
            Self::Pause => "lets its user stop taking events from an open stream",
            Self::Methods => "lets its user choose the request method and send a body",
            Self::Credentials => "lets its user choose whether to send credentials to other origins",
            Self::Opened => "reports when the connection is open",
            Self::Errors => "reports errors",
            Self::State => "exposes its ready state",
            Self::EventType if sends => "sends an event's type",
            Self::EventType => "exposes an event's type",
            Self::EventId if sends => "sends an event's id",
            Self::EventId => "exposes the last event ID with an event",
            Self::OwnId if sends => "assigns event ids itself",
            Self::OwnId => "exposes only the event's own id, so an earlier id is not expected",
            Self::Comments if sends => "sends comments",
            Self::Comments => "reports comments",
            Self::Origin => "exposes an event's origin",
            Self::Dom => "is a browser's own EventSource",
            Self::PageLibrary => {
                "runs in a page of a browser, as a library or as the browser's own EventSource"
            }
            Self::SecureContext => {
                "runs in a secure context, so it has service workers and sends fetch metadata"
            }
            Self::Herd => {
                "runs 20 sessions at the same time in one adapter, which follows from `sessions` in its hello"
            }
            Self::Retry => "sends a reconnection time",
            Self::RetryText => "accepts a reconnection time of any type, including text",
            Self::End => "can end a stream cleanly",
            Self::Disconnects => "reports when a client has disconnected",
            Self::Resume => "stores events and resends those after the Last-Event-ID",
            Self::NoContent => "can answer with 204, so that clients stop reconnecting",
            Self::Shutdown => "can shut down gracefully",
            Self::Http2 if role == Role::Client => "speaks HTTP/2 with a server that speaks nothing else",
            Self::Http2 => "speaks HTTP/2 over cleartext TCP with prior knowledge",
            Self::Tls => "speaks TLS, and lets its user say which certificates it trusts",
            Self::Reload => "reloads its configuration when a command runs",
            Self::Http2Upstream => "asks the origin over HTTP/2",
        }
    }
}

/// A name that is not a capability.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown capability \"{name}\"{hint}")]
pub struct UnknownCapability {
    name: String,
    hint: String,
}

impl FromStr for Capability {
    type Err = UnknownCapability;

    fn from_str(name: &str) -> Result<Self, UnknownCapability> {
        Self::from_word(name).ok_or_else(|| UnknownCapability {
            name: name.into(),
            hint: match nearest(name, Self::WORDS.iter().copied()) {
                Some(near) => format!(", did you mean \"{near}\"?"),
                None => format!("; known are {}", Self::WORDS.join(", ")),
            },
        })
    }
}
