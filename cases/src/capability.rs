//! What an implementation's API can reach. A case that needs more is skipped.

use std::fmt;
use std::str::FromStr;

use ssespec_diagnostics::nearest;

#[cfg(test)]
mod tests;

macro_rules! capabilities {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Something that an implementation's API does or shows; never what it chooses to obey.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Capability {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Capability {
            /// Every capability.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The names of [`Capability::ALL`], as cases and adapters write them.
            pub const NAMES: &[&str] = &[$($name,)+];

            /// The name that cases and adapters write.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What an implementation with this capability does or shows.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+),)+ }
            }
        }
    };
}

capabilities! {
    /// connects again by itself after a loss
    Reconnect = "reconnect",
    /// has a public close(), which the adapter calls
    Close = "close",
    /// can be started with a last event ID
    InitialLastEventId = "initial-last-event-id",
    /// lets its user add request headers
    Headers = "headers",
    /// lets its user choose the method and send a body
    Methods = "methods",
    /// lets its user choose whether other origins get credentials
    Credentials = "credentials",
    /// shows when a connection was announced as open
    Opened = "opened",
    /// shows errors
    Errors = "errors",
    /// shows its ready state
    State = "state",
    /// shows an event's type
    EventType = "event-type",
    /// shows the last event ID with an event
    EventId = "event-id",
    /// documents the event's own id only, so that an earlier one is not expected; of a server: it gives ids by itself
    OwnId = "own-id",
    /// shows comments
    Comments = "comments",
    /// shows an event's origin
    Origin = "origin",
    /// is a browser's own EventSource
    Dom = "dom",
    /// sends a reconnection time
    Retry = "retry",
    /// takes a reconnection time of any type, text included
    RetryText = "retry-text",
    /// ends a stream in order
    End = "end",
    /// tells when a client has left
    Disconnects = "disconnects",
    /// keeps events, and sends those again that came after Last-Event-ID
    Resume = "resume",
    /// answers with 204, so that clients do not come again
    NoContent = "no-content",
    /// shuts down gracefully
    Shutdown = "shutdown",
    /// speaks HTTP/2 in clear text, with prior knowledge
    Http2 = "http2",
}

/// A name that is no capability.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown capability \"{name}\"{hint}")]
pub struct UnknownCapability {
    name: String,
    hint: String,
}

impl FromStr for Capability {
    type Err = UnknownCapability;

    fn from_str(name: &str) -> Result<Self, UnknownCapability> {
        Self::ALL.iter().copied().find(|c| c.name() == name).ok_or_else(|| UnknownCapability {
            name: name.into(),
            hint: match nearest(name, Self::NAMES.iter().copied()) {
                Some(near) => format!(", did you mean \"{near}\"?"),
                None => format!("; known are {}", Self::NAMES.join(", ")),
            },
        })
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
