//! What an implementation shows: observations.

use ssespec_cases::client::ReadyState;

use super::event::Event;
use super::page::{Exception, ScriptResult};
use super::server::ServerObservation;

/// An observation that an adapter reports, in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation {
    /// The connection was reported as open.
    Opened {
        /// The state inside the handler, if the API exposes one.
        ready_state: Option<ReadyState>,
    },
    /// An event was dispatched.
    Event(Event),
    /// A comment was reported.
    Comment {
        /// Everything after the colon.
        text: String,
    },
    /// An error was reported.
    Error {
        /// The implementation's message; may be empty.
        message: String,
        /// The state inside the handler, if the API exposes one.
        ready_state: Option<ReadyState>,
    },
    /// The answer to [`Order::State`](super::order::Order::State).
    State(ReadyState),
    /// The answer to [`Order::Refresh`](super::order::Order::Refresh).
    Refreshed,
    /// The answer to [`Order::Run`](super::order::Order::Run) or [`Order::Evaluate`](super::order::Order::Evaluate).
    Script(ScriptResult),
    /// A script called `report()`.
    Report(String),
    /// The client listens for the types of events that it needed; reported only where
    /// [`ListensWhen::Typed`](crate::adapter::identity::ListensWhen::Typed) is.
    Listening,
    /// The constructor threw.
    Exception(Exception),
    /// An observation that only the adapter of a server reports.
    Server(ServerObservation),
    /// The session is over; no message of it may follow.
    Closed,
}
