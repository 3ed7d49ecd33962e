//! Observations of the server, each made once no matter how many checks need it.
//!
//! - [`observations`]: all observations, and a check's view of them
//! - [`once`]: values that are computed once per key
//! - [`long`]: the stream, observed for the whole probe
//! - [`resumption`]: a stream that is closed and resumed

pub(crate) mod long;
pub(crate) mod observations;
pub(crate) mod once;
pub(crate) mod resumption;
