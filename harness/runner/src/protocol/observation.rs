//! What an implementation shows.

use ssespec_cases::client::ReadyState;

use super::event::Event;
use super::page::{Exception, ScriptResult};
use super::server::ServerObservation;

/// What an implementation showed, in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// The connection was announced as open.
    Opened {
        /// The state inside the handler, where the API shows one.
        ready_state: Option<ReadyState>,
    },
    /// An event was dispatched.
    Event(Event),
    /// A comment was shown; `text` is all that follows the colon.
    Comment {
        /// All that follows the colon.
        text: String,
    },
    /// An error was reported.
    Error {
        /// The implementation's words; empty where it has none.
        message: String,
        /// The state inside the handler, where the API shows one.
        ready_state: Option<ReadyState>,
    },
    /// The answer to [`Order::State`].
    State(ReadyState),
    /// The answer to [`Order::Run`] or [`Order::Evaluate`].
    Script(ScriptResult),
    /// A script called `report()`.
    Report(String),
    /// The constructor threw.
    Exception(Exception),
    /// What only the adapter of a server reports.
    Server(ServerObservation),
    /// The session is over; nothing of it may follow.
    Closed,
}
