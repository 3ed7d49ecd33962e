//! A run as text for a terminal: a line for every group of cases on top, what needs attention
//! below, the totals at the very end.

#[cfg(feature = "renderings")]
mod advice;
#[cfg(feature = "renderings")]
mod asides;
mod block;
#[cfg(feature = "renderings")]
mod brief;
#[cfg(feature = "renderings")]
mod detail;
#[cfg(feature = "renderings")]
mod diagnosis;
mod failure;
#[cfg(feature = "renderings")]
mod findings;
#[cfg(feature = "renderings")]
mod identity;
#[cfg(feature = "renderings")]
mod lists;
#[cfg(feature = "renderings")]
mod overview;
mod paint;
#[cfg(feature = "renderings")]
mod probe;
#[cfg(feature = "renderings")]
mod progress;
#[cfg(feature = "renderings")]
mod run;
#[cfg(feature = "renderings")]
mod tally;
#[cfg(feature = "renderings")]
mod timings;
#[cfg(feature = "renderings")]
mod totals;

pub use crate::transcript::Times;
#[cfg(feature = "renderings")]
pub(crate) use diagnosis::heading as causes_heading;
pub use failure::failure;
#[cfg(feature = "renderings")]
pub(crate) use identity::{identity, selection};
#[cfg(feature = "renderings")]
pub use overview::overview;
#[cfg(feature = "renderings")]
pub(crate) use paint::Paint;
pub use paint::{Color, Failures, Style};
#[cfg(feature = "renderings")]
pub(crate) use progress::SHOWN;
#[cfg(feature = "renderings")]
pub use progress::{Progress, case_line, progress_line};
#[cfg(feature = "renderings")]
pub use run::render;
#[cfg(feature = "renderings")]
pub use timings::timings;
#[cfg(feature = "renderings")]
pub(crate) use totals::suite_shares;
