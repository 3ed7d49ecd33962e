//! Checking an adapter while it is being written: what works, what it claims and does not do, what it does and does not
//! claim.
//!
//! - [`finding`]: what can be found
//! - `script`: the sessions that are played, each a case; `client`, `server`: those of each role
//! - `play`: playing them
//! - [`unlock`]: how many more cases each capability would let be played
//!
//! A check gives no verdict: where a session does not go as it should, the adapter or its implementation may be the reason.

mod client;
pub mod finding;
mod play;
mod script;
mod server;
pub mod unlock;

pub use finding::{AdapterCheck, Finding, Found, Subject};
pub use play::check;
