//! Cases for clients: the implementation reads a stream, and the harness is the server.
//!
//! - [`step`]: the steps
//! - `shape`: how they are written in TOML
//! - `read`: reading them
//! - [`implied`]: the implied steps, and how a run ends
//! - [`mod@event_types`]: the event types that a script sends
//! - [`words`]: the steps in words
//! - [`streams`]: steps about further streams of the same client
//! - `lint`: mistakes that the format allows
//! - `hidden_windows`: windows in which nothing can be seen, because a client waits that long anyway
//! - `lost_attempts`: attempts that fail on a connection that was used before

pub mod event_types;
#[cfg(feature = "authoring")]
pub(crate) mod hidden_windows;
pub mod implied;
#[cfg(feature = "authoring")]
pub(crate) mod lint;
#[cfg(feature = "authoring")]
pub(crate) mod lost_attempts;
pub(crate) mod read;
pub(crate) mod shape;
pub mod step;
pub mod streams;
pub mod words;

pub use event_types::event_types;
pub use implied::{Ending, ending, expand};
pub use step::{
    AttemptAnswer, Attempts, ClientFact, ClientStep, Connect, ConnectionUse, EventExpectation, Expectation,
    Herd, Moment, Origin, ReadyState, RequestExpectation, Scope, Trust, ValueExpectation, Visibility,
};
pub use streams::Streams;
