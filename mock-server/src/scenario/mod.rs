//! Scenarios: a script per nth connection for each route, served on their own for curl, a browser or a test.
//!
//! ```toml
//! title = "A drop and a resume"
//!
//! [[route]]
//! path = "/stream"
//!
//! [[route.connection]]
//! steps = [
//!   { send = "retry: 500\nid: 1\ndata: one\n\n" },
//!   { wait = "1s" },
//!   { send = "id: 2\ndata: tw" },
//!   { drop = "reset" },
//! ]
//!
//! [[route.connection]]
//! steps = [{ send = "id: 2\ndata: two\n\n" }]
//! ```
//!
//! - [`route`]: what a scenario contains
//! - [`mod@format`]: reading scenarios
//! - [`server`]: serving them
//! - [`settings`]: limits of a server
//! - [`streams`]: the open streams of a server
//! - [`journal`]: what the server saw and did; [`log`]: reading and awaiting it

pub mod format;
pub mod journal;
pub mod log;
pub mod route;
pub mod server;
pub mod settings;
pub mod streams;

pub use route::{FieldMatch, Route, Scenario};
