//! A run: the plan, the lanes that play it in parallel, and the results.
//!
//! - [`settings`]: what a run needs to know; `execute`: executing it; [`error`]: why it could not begin
//! - [`launch`]: how an adapter is started; `lane_page`: the page of a lane's listener
//! - [`plan`]: which cases run in which deliveries, and in which order
//! - [`stage`]: the listeners and the adapter of a lane
//! - `smoke`: whether the adapter itself works
//! - `schedule`: what is played at the same time; `needs`: how patient a first attempt is
//! - `adapters`: which adapter a lane gets; `lane`: sessions one after another
//! - `replay`: playing a trial, and repeating it; [`played`]: its outcome
//! - `verdict`: the result of a session; `ledger`: all results; [`rerun`]: the command that reruns a single case
//! - [`baseline`]: which failures are known
//! - `conclusion`: the footer and the exit status; `processor_time`: how much of it the run took (feature `command`)
//!
//! Data flows one way: plan, lanes, the ledger that orders their messages, and a sink.

mod adapters;
pub mod baseline;
mod conclusion;
pub mod error;
mod execute;
mod lane;
pub(crate) mod lane_page;
pub mod launch;
mod ledger;
mod needs;
pub mod plan;
pub mod played;
#[cfg(feature = "command")]
mod processor_time;
mod replay;
pub mod rerun;
mod schedule;
pub mod settings;
mod smoke;
pub mod stage;
mod verdict;

pub use baseline::Baseline;
pub use conclusion::{Conclusion, conclude, timestamp};
pub use error::RunError;
pub use lane_page::LanePage;
pub use launch::Launch;
pub use plan::{Plan, Selection, Trial};
pub use replay::play_case;
pub use rerun::Rerun;
pub use settings::{Deaths, Run};
pub use verdict::requirement as requirement_record;
