//! How much of each text a report shows. The results file contains all of it.

/// An identifier: a case, a requirement, a suite.
pub(crate) const ID: usize = 160;

/// The name or version of an implementation.
#[cfg(feature = "renderings")]
pub(crate) const NAME: usize = 80;

/// A sentence: a title, a reason, a fact.
pub(crate) const SENTENCE: usize = 300;

/// A paragraph: why a case exists, what a requirement says, a step.
pub(crate) const PARAGRAPH: usize = 1200;

/// A command line. The limit is large, so that the command can be pasted in full.
pub(crate) const COMMAND: usize = 4000;

/// A web address.
pub(crate) const LINK: usize = 500;

/// The end of an adapter's stderr.
pub(crate) const STDERR: usize = 2000;

/// How many lines of an adapter's stderr.
pub(crate) const STDERR_LINES: usize = 20;

/// How many late observations of a case.
pub(crate) const LATE: usize = 10;

/// How many sessions a note names.
#[cfg(feature = "renderings")]
pub(crate) const PLACES: usize = 5;
