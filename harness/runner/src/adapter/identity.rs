//! The identity of an implementation.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use ssespec_cases::Capability;
use ssespec_reports::results::Role;

use super::fault::Fault;
use crate::protocol::{Hello, HelloRole, PROTOCOL};

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

impl Identity {
    /// Checks a hello.
    ///
    /// # Errors
    /// The adapter speaks another protocol, has another role, or names an unknown capability.
    pub fn from_hello(hello: Hello, role: Role) -> Result<Self, Fault> {
        if hello.protocol != PROTOCOL {
            return Err(Fault::WrongProtocol { said: hello.protocol });
        }
        let is_wanted = match &hello.role {
            HelloRole::Client => role == Role::Client,
            HelloRole::Server => role == Role::Server,
            HelloRole::Other(_) => false,
        };
        if !is_wanted {
            return Err(Fault::WrongRole { said: hello.role, wanted: role });
        }
        let mut capabilities = BTreeSet::new();
        for name in &hello.capabilities {
            capabilities.insert(name.parse().map_err(Fault::UnknownCapability)?);
        }
        let own_events = hello.own_events.into_iter().collect();
        Ok(Self {
            name: hello.name,
            version: hello.version,
            language: hello.language,
            capabilities,
            own_events,
            sessions: hello.sessions,
        })
    }
}
