//! A run: the plan, the lanes that play it in parallel, and the results.
//!
//! - [`settings`]: what a run needs to know; [`error`]: why it could not begin
//! - [`launch`]: how an adapter is started; `lane_page`: the page of a lane's listener
//! - [`plan`]: which cases run in which deliveries, and in which order; `waits`: how long each is expected to wait
//! - [`listening`]: over which protocol the listeners of a lane listen; `over_http2`: which cases need HTTP/1.1
//! - [`open_stage`]: the listeners and the adapter of a lane
//! - `smoke`: whether the adapter itself works
//! - `replay`: playing a trial, and repeating it; [`played`]: its outcome
//! - `variation`: what a run varies of a case
//! - `verdict`: the result of a session; [`rerun`]: the command that reruns a single case
//! - [`baseline`]: which failures are known; `same_facts`: whether deliveries of a case agree
//! - `one_case`: a case with a function of this process, as `cargo test` plays it
//!
//! With the feature `command`, a run of many cases:
//!
//! - `execute`: executing it; `shards`: which cases each part of a split run has
//! - `over_page`: which cases a page of a browser cannot show
//! - `over_service`: which cases a test service cannot show
//! - `transport`: what it has to know about how its adapters are started; `page_launch`: how pages are opened
//! - `schedule`: what is played at the same time; `setting`: what a trial needs around it; `needs`: how patient a first
//!   attempt is
//! - `lanes`: opened when they are needed; `lane`: sessions one after another; `adapters`: which adapter a lane gets; `doubt`: playing a trial with an adapter
//!   that others use
//! - `proposals`: options that would let a client with one fundamental mistake be judged on the rest
//! - `ledger`: all results; `conclusion`: the footer and the exit status; `processor_time`: how much of it the run took
//!
//! With the feature `intermediary`:
//!
//! - `through`: which cases for clients are played through it; `directly`: what failed, played without it
//!
//! Data flows one way: plan, lanes, the ledger that orders their messages, and a sink.

#[cfg(feature = "command")]
mod adapters;
pub mod baseline;
#[cfg(feature = "command")]
mod conclusion;
#[cfg(feature = "intermediary")]
mod directly;
#[cfg(feature = "command")]
mod doubt;
pub mod error;
#[cfg(feature = "command")]
mod execute;
#[cfg(feature = "command")]
mod lane;
pub(crate) mod lane_page;
#[cfg(feature = "command")]
mod lanes;
pub mod launch;
#[cfg(feature = "command")]
mod ledger;
pub mod listening;
#[cfg(feature = "command")]
mod needs;
mod one_case;
pub mod open_stage;
mod over_http2;
#[cfg(feature = "command")]
mod over_page;
#[cfg(feature = "command")]
mod over_service;
#[cfg(feature = "page")]
pub mod page_launch;
pub mod plan;
pub mod played;
#[cfg(feature = "command")]
mod processor_time;
#[cfg(feature = "command")]
mod proposals;
mod protocol_needs;
mod replay;
pub mod rerun;
mod same_facts;
#[cfg(feature = "command")]
mod schedule;
pub mod second_pass;
#[cfg(feature = "command")]
mod setting;
pub mod settings;
#[cfg(feature = "command")]
mod shards;
mod smoke;
mod through;
#[cfg(feature = "command")]
mod transport;
mod variation;
mod verdict;
mod waits;

pub use baseline::Baseline;
#[cfg(feature = "command")]
pub use conclusion::{Conclusion, conclude, timestamp};
pub use error::RunError;
pub use lane_page::LanePage;
pub use launch::Launch;
pub use listening::Tls;
#[cfg(feature = "command")]
pub use plan::Until;
pub use plan::{Plan, Selection, Trial};
pub use replay::play_case;
pub use rerun::Rerun;
pub use settings::{Deaths, Run};
pub use verdict::requirement as requirement_record;
