//! Cases for servers: the implementation sends a stream, and the harness is the client.
//!
//! A session is one topic: the implementation serves a URL, and every stream that is opened there gets every event
//! emitted afterwards.
//!
//! - [`step`]: the steps
//! - `shape`: how they are written in TOML
//! - `read`: reading them
//! - [`implied`]: the implied steps
//! - [`words`]: the steps in words
//! - `lint`: mistakes that the format allows

pub mod implied;
#[cfg(feature = "authoring")]
pub(crate) mod lint;
pub(crate) mod read;
pub(crate) mod shape;
pub mod step;
pub mod words;

pub use implied::expand;
pub use step::{
    ConnectionChoice, DEFAULT_STREAM, Emission, EmittedData, EventExpected, Expected, HangUp, Http, Leaving,
    Reading, Request, ResponseExpected, ServerFact, ServerStep,
};
