//! What an adapter can do wrong. Each hint tells its author what to fix.

use std::time::Duration;

use ssespec_cases::capability::UnknownCapability;
#[cfg(feature = "command")]
use ssespec_reports::results::Role;

use super::limits::UNREAD_LIMIT;
#[cfg(feature = "page")]
use crate::page::not_opened::PageNotOpened;
#[cfg(feature = "command")]
use crate::protocol::not_protocol::Meant;
#[cfg(feature = "command")]
use crate::protocol::{HelloRole, LINE_LIMIT, NotProtocol, PROTOCOL};

/// Why an adapter, or a session with it, is unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It could not be started.
    #[error("the adapter could not be started: `{command}`: {problem}")]
    Spawn {
        /// The command.
        command: String,
        /// What the operating system said.
        problem: String,
    },
    /// It sent nothing.
    #[error("the adapter did not send its hello within {}", humantime::format_duration(*.0))]
    NoHello(Duration),
    /// Its first line is something else.
    #[error("the adapter's first line is not a hello")]
    NotHello,
    /// It wrote a line that is not a protocol message.
    #[cfg(feature = "command")]
    #[error("the adapter wrote an invalid line: {0}")]
    NotProtocol(NotProtocol),
    /// It wrote a line that exceeds the limit.
    #[cfg(feature = "command")]
    #[error("the adapter wrote more than {} MiB without a newline", LINE_LIMIT >> 20)]
    LineTooLong,
    /// It exited.
    #[error("the adapter exited: {status}")]
    Exited {
        /// Its exit status.
        status: String,
    },
    /// The client function panicked.
    #[error("the function under test panicked: {0}")]
    Panicked(String),
    /// The server function returned an error.
    #[error("the server function failed: {0}")]
    ServerEnded(String),
    /// It closed its stdout but kept running.
    #[error("the adapter closed stdout but kept running")]
    StdoutClosed,
    /// It speaks another version of the protocol.
    #[cfg(feature = "command")]
    #[error("the adapter speaks protocol {said}; this harness speaks {PROTOCOL}")]
    WrongProtocol {
        /// The version that it sent.
        said: u32,
    },
    /// It has the wrong role.
    #[cfg(feature = "command")]
    #[error("the adapter's role is \"{said}\", but a {} is under test", wanted.as_str())]
    WrongRole {
        /// The role that it sent.
        said: HelloRole,
        /// The role under test.
        wanted: Role,
    },
    /// It names a capability that does not exist.
    #[error("the adapter's hello: {0}")]
    UnknownCapability(UnknownCapability),
    /// It did not answer `close`.
    #[error("the adapter did not answer `close` with `closed` within {}", humantime::format_duration(*.0))]
    IgnoredClose(Duration),
    /// The client function has the capability `close` but never checks whether to call close().
    #[error("the client function has the capability `close` but does not react to close requests")]
    NotWatched,
    /// It stopped in the middle of a line.
    #[error("the adapter wrote {0} bytes without a newline")]
    HalfLine(usize),
    /// It sent a message for a closed session.
    #[error("the adapter sent a message for a closed session: {what}")]
    AfterClosed {
        /// What it sent.
        what: String,
    },
    /// It sent a message of another role.
    #[error("the adapter sent a message that its role does not send: {what}")]
    OfAnotherRole {
        /// What it sent.
        what: String,
    },
    /// It sent an answer without an order.
    #[error("the adapter sent an answer without an order: {what}")]
    Unasked {
        /// What it sent.
        what: String,
    },
    /// It did not report its URL.
    #[error("the adapter did not answer `serve` with `serving` within {}", humantime::format_duration(*.0))]
    NotServing(Duration),
    /// It sent an unusable URL.
    #[error("the adapter serves at {url:?}: {problem}")]
    BadUrl {
        /// The URL.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Connecting to its URL fails.
    #[error("cannot connect to {url}, the URL that the adapter sent: {problem}")]
    Unreachable {
        /// The URL.
        url: String,
        /// What the operating system said.
        problem: String,
    },
    /// It did not report that a stream was opened.
    #[error("the adapter did not report `connected` within {} after a stream was opened", humantime::format_duration(*.0))]
    NotConnected(Duration),
    /// It did not answer `stop`.
    #[error("the adapter did not answer `stop` with `stopped` within {}", humantime::format_duration(*.0))]
    NotStopped(Duration),
    /// It did not answer `refresh`.
    #[error("the adapter did not answer `refresh` with `refreshed` within {}", humantime::format_duration(*.0))]
    NotRefreshed(Duration),
    /// A client that needs the types of events does not listen for them.
    #[error("the test service did not take all types of events to listen for within {}", humantime::format_duration(*.0))]
    NotListening(Duration),
    /// It used the number of a session that does not exist.
    #[error("the adapter sent a message for session {named}, which was not started")]
    UnknownSession {
        /// The number.
        named: u64,
    },
    /// It reported more in a session than the stream can contain.
    #[error("the adapter reported much more than the case sent: over {} MiB in one session", UNREAD_LIMIT >> 20)]
    Flooded,
    /// It kept sending messages for closed sessions.
    #[error("the adapter kept sending messages for closed sessions")]
    Haunted,
    /// It did not pass the smoke check.
    #[error("the adapter failed the smoke check: {0}")]
    Smoke(String),
    /// The adapter of a server did not pass the smoke check.
    #[error("the adapter failed the smoke check: {0}")]
    ServerSmoke(String),
    /// Its page was closed, crashed or lost its connection.
    #[error("the page is gone: it was closed, reloaded, or crashed")]
    PageGone,
    /// The page did not connect.
    #[error("the page did not connect within {}", humantime::format_duration(*.0))]
    NoPage(Duration),
    /// The browser did not open the page.
    #[cfg(feature = "page")]
    #[error("{0}")]
    Browser(#[from] PageNotOpened),
    /// The library in its page is unusable.
    #[error("the page library is unusable: {0}")]
    PageLibrary(String),
    /// A test service does not follow the protocol of sse-contract-tests.
    #[cfg(feature = "command")]
    #[error("the test service: {0}")]
    TestService(String),
    /// It is gone; an earlier fault says why.
    #[error("the adapter is gone")]
    Gone,
}

/// How an adapter introduces itself.
const HELLO: &str = "the first line on stdout must be {\"hello\":{\"protocol\":1,\"role\":\"client\" or \"server\",\"name\":..,\"version\":..,\"capabilities\":[..]}}; flush it";

impl Fault {
    /// What the adapter's author can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Spawn { .. } => {
                "check the command; `ssespec run --setup` runs the setup commands of ssespec.toml first"
            }
            Self::NoHello(_) | Self::NotHello => HELLO,
            #[cfg(feature = "command")]
            Self::NotProtocol(wrong) => match wrong.meant() {
                Meant::Hello => HELLO,
                Meant::Message => {
                    "each line must be one UTF-8 message, such as {\"session\":n,\"event\":{\"type\":..,\"data\":..,\"id\":..}}; omit what the API does not expose"
                }
                Meant::Text => "stdout is for the protocol, one JSON object per line; write logs to stderr",
            },
            #[cfg(feature = "command")]
            Self::LineTooLong => "end each message with a newline and flush it",
            Self::HalfLine(_) => "end each message with a newline and flush it",
            Self::ServerEnded(_) => {
                "return from the server function when `ServerSession::next` returns `None`"
            }
            Self::Panicked(_) => "report errors that a peer can cause instead of panicking",
            Self::Exited { .. } => {
                "an adapter runs until stdin closes; catch the implementation's exceptions: a client reports them as `error`, a server answers `refused`"
            }
            Self::StdoutClosed => "keep stdout open until stdin closes",
            #[cfg(feature = "command")]
            Self::WrongProtocol { .. } => {
                "send \"protocol\":1 in the hello, or use a matching version of ssespec"
            }
            #[cfg(feature = "command")]
            Self::WrongRole { wanted: Role::Server, .. } => {
                "send \"role\":\"server\" in the hello; to test a client, use `ssespec client`, or role = \"client\" in ssespec.toml"
            }
            #[cfg(feature = "command")]
            Self::WrongRole { .. } => {
                "send \"role\":\"client\" in the hello; to test a server, use `ssespec server`, or role = \"server\" in ssespec.toml"
            }
            Self::UnknownCapability(_) => "correct the name or remove it from the hello",
            Self::IgnoredClose(_) => {
                "answer {\"session\":n,\"close\":{}} by closing the connection and writing {\"session\":n,\"closed\":{}}, even while waiting for something else"
            }
            Self::NotWatched => {
                "await the client's items in `Observer::until_close`, or watch `Observer::close_requested`; then call the client's close() and return"
            }
            Self::Flooded => "report each observation once, and only what the implementation exposes",
            Self::AfterClosed { .. } | Self::Haunted => {
                "send exactly one `closed` per session, as its last message"
            }
            Self::OfAnotherRole { .. } => {
                "clients report opened, event, error, ..; servers report serving, connected, emitted, .."
            }
            Self::Unasked { .. } => {
                "answer each order exactly once: `serve` with `serving`, `emit` with `emitted` or `refused`, `stop` with `stopped`, `close` with `closed`"
            }
            Self::NotServing(_) | Self::BadUrl { .. } | Self::Unreachable { .. } => {
                "answer {\"session\":n,\"serve\":{}} with {\"session\":n,\"serving\":{\"url\":\"http://127.0.0.1:PORT/n\"}} once the server listens there"
            }
            Self::NotConnected(_) => {
                "send {\"session\":n,\"connected\":{}} for each stream as soon as it gets what is emitted"
            }
            Self::NotStopped(_) => {
                "answer {\"session\":n,\"stop\":{}} with {\"session\":n,\"stopped\":{}}, or remove \"no-content\" from the hello's capabilities"
            }
            Self::NotRefreshed(_) => {
                "answer {\"session\":n,\"refresh\":{\"headers\":{..}}} with {\"session\":n,\"refreshed\":{}}, or remove \"refresh-headers\" from the hello's capabilities"
            }
            Self::NotListening(_) => {
                "answer POST with the status 2xx and Location before the stream has answered, and each command `listen` with 2xx"
            }
            Self::UnknownSession { .. } => {
                "use the session number of the order (`connect`, `serve`) that the message belongs to"
            }
            Self::Smoke(_) => {
                "on `connect` an adapter must connect and report the event; on `close` it must close the connection and send `closed`"
            }
            Self::ServerSmoke(_) => {
                "a server adapter must answer requests at its URL with an event stream, send each `emit` on it, and on `close` send `closed`"
            }
            Self::PageGone => "leave the page open and in the foreground until the run is over",
            Self::NoPage(_) => "check that the browser can reach the URL and allows scripts there",
            #[cfg(feature = "page")]
            Self::Browser(error) => error.hint,
            Self::PageLibrary(_) => {
                "the script must set globalThis.ssespec = { name, version, capabilities, connect(request, observer) }; connect() returns an object with close()"
            }
            #[cfg(feature = "command")]
            Self::TestService(_) => {
                "start the service before the run; it must create a stream on POST, report each event, and end the stream on DELETE of its Location: https://github.com/launchdarkly/sse-contract-tests/blob/v2.3.0/docs/service_spec.md"
            }
            Self::Gone => "see the end of the adapter's stderr, shown with this error",
        }
    }

    /// Whether it concerns the session in which it was noticed. Messages for earlier sessions are charged to those.
    pub fn is_of_its_session(&self) -> bool {
        !matches!(self, Self::Haunted)
    }

    /// Whether it only shows that a session cannot be torn down, which may be its client's fault.
    pub fn is_of_teardown(&self) -> bool {
        matches!(self, Self::IgnoredClose(_))
    }

    /// Whether a client that its adapter reports truly can cause it, so that it excuses no failure.
    pub fn may_be_of_client(&self) -> bool {
        self.is_of_teardown() || matches!(self, Self::AfterClosed { .. } | Self::Haunted)
    }

    /// Whether the adapter's process died: a crash that repeats at the same step is a failure of the implementation.
    pub fn is_crash(&self) -> bool {
        matches!(self, Self::Exited { .. } | Self::Panicked(_) | Self::PageGone)
    }
}
