//! The control port of a mock server: an HTTP interface for tests in any language, and a page for people.
//!
//! [`mock-server/openapi.json`](https://github.com/ssespec/ssespec/blob/main/mock-server/openapi.json) describes it.
//!
//! - [`service`]: accepting connections; `guard`: which requests of browsers are refused
//! - `served`: what is served
//! - `dispatch`: which request does what; `streams`, `journal`, `scenario`, `verify`: what they do
//! - `answer`: responses; `input`: reading requests
//! - `replay`: connections of the mock server whose request is for the page

mod answer;
mod dispatch;
mod guard;
mod input;
mod journal;
mod replay;
mod scenario;
mod served;
pub mod service;
mod streams;
mod verify;

pub use served::{OPENAPI, PAGE_PATH};
pub use service::ControlServer;
