//! Where sessions take place.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ssespec_mock_server::wire::{Listener, WireEvent};
use ssespec_reports::results::Protocol;
use tokio::sync::mpsc;

use super::late_arrivals::Late;
use super::place::Place;
use super::turn::Turn;
use crate::adapter::processes::Processes;
use crate::adapter::running::Adapter;
use crate::run::lane_page::LanePage;

/// Where sessions take place, one after another: two listeners and an adapter.
pub struct Stage {
    /// Where the session's URL is.
    pub base: Place,
    /// The listener of the second origin.
    pub other: Listener,
    /// What happens on the wire.
    pub wire: mpsc::UnboundedReceiver<WireEvent>,
    /// What both listeners speak.
    pub protocol: Protocol,
    /// The file with the certificate that clients must trust, if that is over TLS.
    pub ca_file: Option<PathBuf>,
    /// The page of the lane's listener.
    pub lane_page: LanePage,
    /// The adapter.
    pub adapter: Adapter,
    /// The number of the last session.
    pub session: u64,
    /// The highest number of all sessions, which stages that share an adapter share.
    pub numbers: Arc<AtomicU64>,
    /// The turn of the session that runs.
    pub turn: Turn,
    /// What came after the end of the session that it belongs to.
    pub late: Vec<Late>,
}

impl Stage {
    /// The processes that are waited for: those of the intermediary, or of the adapter.
    pub(super) fn processes(&self) -> Processes {
        self.base.processes().unwrap_or_else(|| self.adapter.processes())
    }

    /// Begins a session, and returns its number.
    pub(super) fn begin(&mut self) -> u64 {
        self.session = self.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        self.base.begin(self.session);
        self.session
    }
}
