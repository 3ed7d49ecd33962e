//! Running cases and probes, with progress and a results file.

pub(crate) mod cases;
pub(crate) mod outcome;
pub(crate) mod probe;
pub(crate) mod service;
