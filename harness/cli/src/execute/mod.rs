//! Running cases and probes, with progress and a results file; checking an adapter.

pub(crate) mod adapter_check;
pub(crate) mod cases;
mod not_run;
pub(crate) mod outcome;
pub(crate) mod probe;
pub(crate) mod service;
