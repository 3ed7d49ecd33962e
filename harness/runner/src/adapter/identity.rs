//! The identity of an implementation.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use ssespec_cases::Capability;

/// The identity of an implementation, as its adapter states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its language.
    pub language: String,
    /// What its API can reach.
    pub capabilities: BTreeSet<Capability>,
    /// The types of events that a server sends on its own.
    pub own_events: BTreeSet<String>,
    /// How many sessions its adapter can run at the same time.
    pub sessions: NonZeroUsize,
}
