//! The orders to a server's adapter, and its reports.

use serde::Serialize;
use serde_json::{Value, json};

#[cfg(all(test, feature = "command"))]
mod tests;

/// An order to the adapter of a server, in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerOrder {
    /// Serve a URL whose streams belong to this session; answered with `serving`.
    Serve,
    /// Send this on all open streams of the session; answered with `emitted` or `refused`.
    Emit(Emit),
    /// End the session's streams cleanly. There is no answer.
    End,
    /// Answer requests with 204 from now on; answered with `stopped`.
    Stop,
    /// Shut the server down gracefully, then exit, or answer `closed`.
    Shutdown,
}

/// Something for a server to send. An absent field is not passed to its API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Emit {
    /// An event.
    Event {
        /// Its type.
        #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// Its data.
        data: String,
        /// Its id.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Text instead of a reconnection time; only for the capability `retry-text`.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry: Option<String>,
    },
    /// A comment.
    Comment {
        /// Its text.
        comment: String,
    },
    /// The reconnection time.
    Retry {
        /// In milliseconds.
        retry: u64,
    },
}

impl ServerOrder {
    /// The order as an object of the protocol.
    pub(super) fn to_json(&self, session: u64) -> Value {
        match self {
            Self::Serve => json!({ "session": session, "serve": {} }),
            Self::Emit(emit) => json!({ "session": session, "emit": emit }),
            Self::End => json!({ "session": session, "end": {} }),
            Self::Stop => json!({ "session": session, "stop": {} }),
            Self::Shutdown => json!({ "session": session, "shutdown": {} }),
        }
    }
}

/// A report of the adapter of a server, in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerObservation {
    /// The session's streams are served at this URL.
    Serving {
        /// The URL.
        url: String,
    },
    /// A stream was opened.
    Connected {
        /// The Last-Event-ID as the API exposes it; `None` if it does not.
        last_event_id: Option<String>,
    },
    /// A client disconnected.
    Disconnected,
    /// The implementation accepted the emission.
    Emitted,
    /// The implementation refused the emission.
    Refused {
        /// The implementation's message.
        message: String,
    },
    /// Requests are answered with 204 from now on.
    Stopped,
}
