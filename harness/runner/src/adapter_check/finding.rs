//! What a check can find.

use std::time::Duration;

use ssespec_cases::Capability;
use ssespec_reports::results::Row;

use crate::adapter::fault::Fault;
use crate::adapter::identity::Identity;

/// What was found.
#[derive(Debug)]
pub struct AdapterCheck {
    /// What the adapter says of itself.
    pub identity: Identity,
    /// How long it took to say so.
    pub introduced: Duration,
    /// What was checked, in order.
    pub findings: Vec<Finding>,
    /// The first session, as far as it went.
    pub dialog: Vec<Row>,
    /// The end of what it wrote to stderr.
    pub stderr: String,
}

impl AdapterCheck {
    /// Whether nothing has to be changed before a run.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| !finding.outcome.is_a_mistake())
    }

    /// Whether it stopped before everything was checked.
    pub fn is_cut_short(&self) -> bool {
        self.findings.iter().any(|finding| finding.outcome == Found::NotPlayed)
    }
}

/// What was found about one ability of an adapter.
#[derive(Debug)]
pub struct Finding {
    /// A capability, or what every adapter must do, in a few words.
    pub subject: Subject,
    /// The outcome.
    pub outcome: Found,
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// What every adapter must do, in a few words.
    Everyone(&'static str),
    /// What an adapter with this capability does.
    Capability(Capability),
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It works.
    Works,
    /// The session did not go as it should.
    Differs {
        /// What had to be observed.
        expected: String,
        /// What was.
        observed: String,
        /// What its author can do.
        hint: &'static str,
    },
    /// The adapter broke its protocol.
    Broken(Fault),
    /// It works, and is not claimed.
    Unclaimed,
    /// It is claimed, and only the cases can judge it.
    LeftToCases,
    /// The adapter did not work at all before.
    NotPlayed,
}

impl Found {
    /// Whether its author has to change something.
    pub fn is_a_mistake(&self) -> bool {
        matches!(self, Self::Differs { .. } | Self::Broken(_))
    }
}
