//! The origin behind an intermediary: one listener for all sessions, at the address to which the intermediary forwards.
//!
//! The path of a request identifies its session, since an intermediary uses one connection for the requests of many.
//!
//! - [`proxy`]: an intermediary that is running
//! - [`front`]: where clients reach it
//! - [`reload`]: how it is made to reload its configuration
//! - [`listener`]: the listener
//! - `routes`: which session an event of the wire belongs to
//! - [`share`]: one lane's share of the listener
//! - [`downstream`]: what the client in front sends and receives, for the report

pub mod downstream;
pub mod front;
pub mod listener;
pub mod proxy;
pub mod reload;
mod routes;
pub mod share;

pub use downstream::{Downstream, Side};
pub use front::Front;
pub use listener::Upstream;
pub use proxy::Proxy;
pub use reload::{Reload, ReloadError};
pub use share::Share;
