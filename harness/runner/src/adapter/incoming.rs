//! What is heard from an adapter.

use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use super::fault::Fault;
use crate::protocol::Observation;

/// A message of an adapter, or the reason why no more will come.
#[derive(Debug)]
pub enum Incoming {
    /// What the implementation showed.
    Observation {
        /// The session that it belongs to.
        session: u64,
        /// What was shown.
        shown: Observation,
        /// When it was read.
        at: Instant,
        /// Its share of the memory for unread messages, returned when dropped.
        share: Option<OwnedSemaphorePermit>,
    },
    /// The adapter is unusable. Nothing is heard after this.
    Fault(Fault),
}

impl Incoming {
    /// The memory that it takes, in bytes.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Observation { share: Some(share), .. } => share.num_permits(),
            Self::Observation { share: None, .. } | Self::Fault(_) => size_of::<Self>(),
        }
    }
}
