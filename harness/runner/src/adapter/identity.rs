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
    /// When a client listens for the events of a session.
    pub listens: ListensWhen,
}

/// When a client listens for the events of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListensWhen {
    /// Before it connects.
    #[default]
    Connecting,
    /// When it has their types, which it gets while it connects; its adapter reports that.
    Typed,
}
