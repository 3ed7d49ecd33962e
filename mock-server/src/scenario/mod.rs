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
//! - [`route`]: what a scenario contains; [`path_pattern`], [`request_match`]: which requests a route serves
//! - [`step`]: the steps of a script; [`template`]: texts with values
//! - [`mod@format`]: reading scenarios
//! - [`server`], `serving`: serving them; `desk`: where requests arrive; `play`, `writer`, `pace`, `clock`: playing a script; `relay`: passing on an
//!   upstream's response
//! - [`verification`]: whether what was expected has come
//! - [`settings`]: limits of a server; [`control`]: what can be done with it while it runs; [`streams`]: its open streams
//! - [`journal`]: what the server saw and did; [`log`]: reading and awaiting it

mod clock;
pub mod control;
#[cfg(feature = "command")]
pub mod descriptors;
mod desk;
pub mod format;
pub mod journal;
pub mod log;
mod pace;
pub mod path_pattern;
mod play;
mod relay;
pub mod request_match;
pub mod route;
pub mod server;
mod serving;
pub mod settings;
pub mod step;
pub mod streams;
pub mod template;
pub mod verification;
mod writer;

pub use request_match::FieldMatch;
pub use route::{Route, Scenario};
