//! An implementation running one case: the script is played, and observations are compared with the case.
//!
//! - [`dispatch`]: playing a case with an implementation of its role
//! - `client`, `server`, `intermediary`: a session of each role
//! - `script`, `progress`: what both have in common while a script is played; `gauge` measures spans of work
//! - [`outcome`], [`late_arrivals`]: the outcome of a session, and what arrived after its end
//! - [`stage`]: where sessions take place, and [`place`] where their URLs are; [`patience`]: how long they wait; [`turn`]: when they count as waiting;
//!   `deadline`: whether something arrived in time
//! - [`transcript`]: the record of a session
//! - `describe`: what was observed, in words

pub(crate) mod client;
mod deadline;
mod describe;
pub mod dispatch;
#[cfg(feature = "measure")]
mod gauge;
#[cfg(not(feature = "measure"))]
#[path = "no_gauge.rs"]
mod gauge;
#[cfg(feature = "intermediary")]
pub mod intermediary;
pub mod late_arrivals;
pub mod outcome;
pub mod patience;
pub mod place;
mod progress;
mod script;
#[cfg(feature = "server")]
pub(crate) mod server;
pub mod stage;
pub mod transcript;
pub mod turn;

pub use dispatch::play;
pub use late_arrivals::{Late, LateKind};
pub use outcome::{EndedBy, Failure, Outcome, Stop};
pub use patience::Patience;
pub use stage::Stage;
