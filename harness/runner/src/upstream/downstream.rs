//! The connections in front of an intermediary: how certificates are verified, and what the client sends and receives, so that
//! a report can show both sides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ssespec_mock_server::client::Trust;

use crate::session::late_arrivals::session_of;

/// How many bytes of a session are kept.
const KEPT: usize = 256 * 1024;

/// How many bytes of one read or write are kept.
const SHOWN: usize = 4096;

/// Who sent bytes on a connection in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The client.
    Client,
    /// The intermediary.
    Intermediary,
}

/// Bytes on a connection in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) at: Instant,
    pub(crate) side: Side,
    /// The first of them.
    pub(crate) bytes: Vec<u8>,
    /// How many they were.
    pub(crate) length: u64,
}

/// The connections in front: how certificates are verified, and what the client sends and receives, by session. Cheap to
/// clone. By default, no certificate is trusted.
#[derive(Debug, Clone, Default)]
pub struct Downstream {
    recorded: Arc<Mutex<HashMap<u64, Vec<Bytes>>>>,
    trust: Trust,
}

impl Downstream {
    /// Connections to an intermediary whose certificate is verified like this.
    pub fn trusting(trust: Trust) -> Self {
        Self { trust, ..Self::default() }
    }

    /// How certificates are verified.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Records bytes on the connection that was opened for a request with this path, which names the session.
    pub fn record(&self, path: &str, side: Side, bytes: &[u8]) {
        let Some(session) = session_of(path) else { return };
        let mut sessions = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = sessions.entry(session).or_default();
        if kept.iter().map(|one| one.bytes.len()).sum::<usize>() < KEPT {
            let shown = bytes.get(..SHOWN).unwrap_or(bytes).to_vec();
            kept.push(Bytes { at: Instant::now(), side, bytes: shown, length: bytes.len() as u64 });
        }
    }

    /// Takes what was recorded of a session.
    pub(crate) fn take(&self, session: u64) -> Vec<Bytes> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).remove(&session).unwrap_or_default()
    }
}
