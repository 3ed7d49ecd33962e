//! The listeners and the adapter of a lane.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ssespec_mock_server::wire::{BarrierMode, Listener, Options};
use tokio::sync::mpsc;

use super::launch::Launch;
use crate::adapter::fault::Fault;
use crate::session::stage::Stage;

/// How long an adapter may take to exit when its stdin closes.
pub(super) const LEAVING: Duration = Duration::from_millis(500);

/// Why a lane could not be opened.
#[derive(Debug)]
pub enum NotOpened {
    /// Binding failed.
    Listen(io::Error),
    /// The adapter cannot be started; with the end of its stderr.
    Adapter(Fault, String),
}

impl From<io::Error> for NotOpened {
    fn from(error: io::Error) -> Self {
        Self::Listen(error)
    }
}

/// Opens the listeners of a lane and starts its adapter.
///
/// # Errors
/// If binding fails or the adapter cannot be started; then nothing is left running.
pub async fn open(address: IpAddr, barrier: BarrierMode, launch: &Launch) -> Result<Stage, NotOpened> {
    let (events, wire) = mpsc::unbounded_channel();
    let any_port = SocketAddr::new(address, 0);
    let options = Options { barrier, ..Options::default() };
    let base = Listener::bind(any_port, options, events.clone(), 0).await?;
    let other = Listener::bind(any_port, options, events, 1).await?;
    let lane_page = launch.lane_page(&base)?;
    let adapter =
        launch.start(&lane_page).await.map_err(|(fault, stderr)| NotOpened::Adapter(fault, stderr))?;
    Ok(Stage { base, other, wire, lane_page, adapter, session: 0, late: Vec::new() })
}

/// Closes a lane: nothing of it is left running when this returns.
pub async fn close(stage: Stage) {
    let Stage { base, other, adapter, .. } = stage;
    tokio::join!(adapter.stop(LEAVING), base.shutdown(), other.shutdown());
}
