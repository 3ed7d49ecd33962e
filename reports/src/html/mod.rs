//! A site of static pages: many implementations side by side, and a page with the evidence of every failure.
//!
//! The site works from a file, offline and without scripts. Its only script filters the tables of the index, and keeps the
//! filter in the URL. Every text passes through [`visible`](crate::visible) and is escaped by the templates.
//!
//! The runs are added one after another, so that only one of them is in memory: a [`Site`] writes the pages of its failures
//! immediately, and keeps what the other pages show of it.
//!
//! - `site`: the site, and the order in which its pages are written
//! - `background`: what the caller knows about cases beyond the results files
//! - `run`, `cases`, `all`: what is kept of the runs and of the cases
//! - `index`, `matrix`, `summary`, `strip`: the first page
//! - `result`, with `source`, `transcript` and `sequence`: one case and one implementation
//! - `case`, `implementation`, `standard`, `facts`: the other pages
//! - `comparison`: two runs compared
//! - `frame`, `outcome`, `prose`: what pages have in common

mod all;
mod background;
mod case;
mod cases;
mod comparison;
mod facts;
mod frame;
mod implementation;
mod index;
mod matrix;
mod outcome;
mod prose;
mod result;
mod run;
mod sequence;
mod site;
mod source;
mod standard;
mod strip;
mod summary;
mod transcript;

pub use background::{Background, CapabilityMeaning, Explain, ExplainedStep};
pub use comparison::comparison;
pub use site::{Site, SiteError, Write};
