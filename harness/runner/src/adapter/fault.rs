//! What an adapter can do wrong. Each message tells its author what to mend.

use std::time::Duration;

use ssespec_cases::capability::UnknownCapability;
use ssespec_reports::results::Role;

use super::limits::UNREAD_LIMIT;
#[cfg(feature = "page")]
use crate::page::not_opened::PageNotOpened;
use crate::protocol::not_protocol::Meant;
use crate::protocol::{LINE_LIMIT, NotProtocol, PROTOCOL};

/// Why an adapter is beyond use, or a session with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It could not be started.
    #[error("the adapter could not be started: `{command}`: {problem}")]
    Spawn {
        /// The command.
        command: String,
        /// What the operating system said.
        problem: String,
    },
    /// It said nothing.
    #[error("the adapter said no hello within {}", humantime::format_duration(*.0))]
    NoHello(Duration),
    /// It began with something else.
    #[error("the adapter's first line is not its hello")]
    NotHello,
    /// It wrote a line that is not of the protocol.
    #[error("the adapter wrote a line that is not of the protocol: {0}")]
    NotProtocol(NotProtocol),
    /// It wrote a line without an end.
    #[error("the adapter wrote more than {} MiB without a line end", LINE_LIMIT >> 20)]
    LineTooLong,
    /// It ended.
    #[error("the adapter ended by itself: {status}")]
    Exited {
        /// How it ended.
        status: String,
    },
    /// The client function panicked.
    #[error("the client panicked: {0}")]
    Panicked(String),
    /// The server function returned an error.
    #[error("the server function ended: {0}")]
    ServerEnded(String),
    /// It closed its stdout and lives on.
    #[error("the adapter closed its stdout and went on running")]
    StdoutClosed,
    /// It speaks another protocol.
    #[error("the adapter speaks protocol {said}, this harness speaks {PROTOCOL}")]
    WrongProtocol {
        /// The version that it said.
        said: u32,
    },
    /// It has another role.
    #[error("the adapter says that its role is \"{said}\", but a {} is wanted here", wanted.as_str())]
    WrongRole {
        /// The role that it said.
        said: String,
        /// The role that is wanted.
        wanted: Role,
    },
    /// It names a capability that does not exist.
    #[error("the adapter's hello: {0}")]
    UnknownCapability(UnknownCapability),
    /// It did not answer `close`.
    #[error("the adapter did not answer `close` with `closed` within {}", humantime::format_duration(*.0))]
    IgnoredClose(Duration),
    /// The client function says that it has a close() and never asks whether to call it.
    #[error("the client function has the capability `close` but does not notice when it is to close")]
    NotWatched,
    /// It stopped in the middle of a line.
    #[error("the adapter wrote {0} bytes of a line and then not its end")]
    HalfLine(usize),
    /// It said something about a session that was over.
    #[error("after `closed` the adapter said more of that session: {what}")]
    AfterClosed {
        /// What it said.
        what: String,
    },
    /// It said what only an adapter of another role says.
    #[error("the adapter said what an adapter of its role has not to say: {what}")]
    OfAnotherRole {
        /// What it said.
        what: String,
    },
    /// It said something that nobody had asked for.
    #[error("the adapter said what nobody had asked it for: {what}")]
    Unasked {
        /// What it said.
        what: String,
    },
    /// It did not say where it serves.
    #[error("the adapter did not answer `serve` with `serving` within {}", humantime::format_duration(*.0))]
    NotServing(Duration),
    /// It named a URL that cannot be used.
    #[error("the adapter serves at {url:?}: {problem}")]
    BadUrl {
        /// The URL.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Nobody listens where it serves.
    #[error("nobody listens at {url}, which the adapter names: {problem}")]
    Unreachable {
        /// The URL.
        url: String,
        /// What the operating system said.
        problem: String,
    },
    /// It did not show that a stream was opened.
    #[error("the adapter did not say `connected` within {} of a stream that was opened", humantime::format_duration(*.0))]
    NotConnected(Duration),
    /// It did not answer `stop`.
    #[error("the adapter did not answer `stop` with `stopped` within {}", humantime::format_duration(*.0))]
    NotStopped(Duration),
    /// It named a session that does not exist.
    #[error("the adapter named session {named}, which was not started")]
    UnknownSession {
        /// The number that it named.
        named: u64,
    },
    /// It said more in a session than the stream can hold.
    #[error("the adapter said much more than the case sent: over {} MiB in one session", UNREAD_LIMIT >> 20)]
    Flooded,
    /// It said more and more about sessions that were over.
    #[error("the adapter went on and on about sessions that were over")]
    Haunted,
    /// It did not pass the smoke check.
    #[error("the adapter failed the smoke check: {0}")]
    Smoke(String),
    /// It did not pass the smoke check, and is of a server.
    #[error("the adapter failed the smoke check: {0}")]
    ServerSmoke(String),
    /// Its page was closed, crashed or lost its connection.
    #[error("the page is gone: it was closed, loaded anew, or crashed")]
    PageGone,
    /// The page did not come.
    #[error("the page did not connect within {}", humantime::format_duration(*.0))]
    NoPage(Duration),
    /// The browser that is to open the page does not.
    #[cfg(feature = "page")]
    #[error("{0}")]
    Browser(#[from] PageNotOpened),
    /// It is gone, and said before why.
    #[error("the adapter is gone")]
    Gone,
}

/// How an adapter introduces itself.
const HELLO: &str = "the first line on stdout is {\"hello\":{\"protocol\":1,\"role\":\"client\" or \"server\",\"name\":..,\"version\":..,\
     \"capabilities\":[..]}}; flush it";

impl Fault {
    /// What the adapter's author can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Spawn { .. } => {
                "check the command; `ssespec run --setup` runs the setup commands of ssespec.toml first"
            }
            Self::NoHello(_) | Self::NotHello => HELLO,
            Self::NotProtocol(wrong) => match wrong.meant() {
                Meant::Hello => HELLO,
                Meant::Message => {
                    "a line is one message in UTF-8, such as {\"session\":n,\"event\":{\"type\":..,\"data\":..,\"id\":..}}; \
                     what the API does not show is left out"
                }
                Meant::Text => {
                    "stdout is for the protocol, one JSON object a line; logs and print statements go to stderr"
                }
            },
            Self::LineTooLong | Self::HalfLine(_) => "end each message with a line feed and flush it",
            Self::ServerEnded(_) => "a server function returns when `ServerSession::next` gives nothing more",
            Self::Panicked(_) => "an error that a peer can cause is reported, not panicked over",
            Self::Exited { .. } => {
                "an adapter lives until its stdin ends; catch the implementation's exceptions: a client reports them as `error`, a \
                 server answers `refused`"
            }
            Self::StdoutClosed => "keep stdout open until stdin ends",
            Self::WrongProtocol { .. } => {
                "say \"protocol\":1 in the hello, or use a version of ssespec that fits"
            }
            Self::WrongRole { wanted: Role::Server, .. } => {
                "say \"role\":\"server\" in the hello; clients are tested by `ssespec client` and with role = \"client\""
            }
            Self::WrongRole { .. } => {
                "say \"role\":\"client\" in the hello; servers are tested by `ssespec server` and with role = \"server\""
            }
            Self::UnknownCapability(_) => "take the name out of the hello or correct it",
            Self::IgnoredClose(_) => {
                "answer {\"session\":n,\"close\":{}} by closing the connection and writing {\"session\":n,\"closed\":{}}, \
                 whatever else is waited for"
            }
            Self::NotWatched => {
                "wait for the client's items in `Observer::until_close`, or watch `Observer::close_requested`; then call \
                 the client's close() and return"
            }
            Self::Flooded => {
                "report each thing that the implementation shows once, and nothing that it does not show"
            }
            Self::AfterClosed { .. } | Self::Haunted => {
                "a session has exactly one `closed`, and it is the last thing said of it; stop reporting before you say it"
            }
            Self::OfAnotherRole { .. } => {
                "clients say what they see (opened, event, error ..), servers what they do (serving, connected, emitted ..)"
            }
            Self::Unasked { .. } => {
                "each order has exactly one answer: `serve` serving, `emit` emitted or refused, `stop` stopped, `close` closed"
            }
            Self::NotServing(_) | Self::BadUrl { .. } | Self::Unreachable { .. } => {
                "answer {\"session\":n,\"serve\":{}} with {\"session\":n,\"serving\":{\"url\":\"http://127.0.0.1:PORT/n\"}} \
                 once the server listens there"
            }
            Self::NotConnected(_) => {
                "say {\"session\":n,\"connected\":{}} for each stream as soon as what is emitted goes to it"
            }
            Self::NotStopped(_) => {
                "answer {\"session\":n,\"stop\":{}} with {\"session\":n,\"stopped\":{}}, or take \"no-content\" out of the \
                 hello's capabilities"
            }
            Self::UnknownSession { .. } => {
                "repeat the number of the order (`connect`, `serve`) that the message belongs to"
            }
            Self::Smoke(_) => {
                "an adapter connects when told, reports the event, and on `close` ends the connection and says `closed`"
            }
            Self::ServerSmoke(_) => {
                "an adapter of a server answers a request at the URL that it names with an event stream, sends on it what it \
                 is told to emit, and on `close` says `closed`"
            }
            Self::PageGone => "leave the page open and in the foreground until the run is over",
            Self::NoPage(_) => {
                "see whether the browser can reach the URL, and whether scripts are allowed there"
            }
            #[cfg(feature = "page")]
            Self::Browser(error) => error.hint,
            Self::Gone => "see the adapter's stderr",
        }
    }

    /// Whether it says something of the session in which it came to light. What an adapter says of earlier ones is
    /// charged to those.
    pub fn is_of_its_session(&self) -> bool {
        !matches!(self, Self::Haunted)
    }

    /// Whether the adapter's process died: what crashes twice at one step is the implementation's failure.
    pub fn is_crash(&self) -> bool {
        matches!(self, Self::Exited { .. } | Self::Panicked(_) | Self::PageGone)
    }
}
