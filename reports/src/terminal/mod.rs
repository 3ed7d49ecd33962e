//! A run as text for a terminal: a line for every group of cases on top, what needs attention
//! below, the totals at the very end.

mod failure;
mod paint;
mod progress;
mod run;
mod tally;
mod totals;

pub use crate::transcript::Times;
pub use failure::failure;
pub(crate) use paint::Paint;
pub use paint::{Color, Style};
pub(crate) use progress::SHOWN;
pub use progress::{Progress, case_line, progress_line};
pub use run::render;
pub(crate) use run::{identity, selection};
pub(crate) use totals::suite_shares;
