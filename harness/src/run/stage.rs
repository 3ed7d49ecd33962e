//! The listeners and the adapter of a lane.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ssespec_mock_server::wire::{BarrierMode, Listener, Options};
use tokio::sync::mpsc;

use crate::adapter::Adapter;
use crate::session::Stage;

/// How long an adapter may take to leave by itself when its stdin ends.
pub(super) const LEAVING: Duration = Duration::from_millis(500);

/// Opens the listeners of a lane beside an adapter.
///
/// # Errors
/// When no port can be had; the adapter is ended then.
pub async fn open(address: IpAddr, barrier: BarrierMode, adapter: Adapter) -> io::Result<Stage> {
    let (events, wire) = mpsc::unbounded_channel();
    let any_port = SocketAddr::new(address, 0);
    let options = Options { barrier, ..Options::default() };
    let base = Listener::bind(any_port, options, events.clone(), 0).await?;
    let other = Listener::bind(any_port, options, events, 1).await?;
    Ok(Stage { base, other, wire, adapter, session: 0, late: Vec::new() })
}

/// Closes a lane: nothing of it is left when this returns.
pub async fn close(stage: Stage) {
    let Stage { base, other, adapter, .. } = stage;
    tokio::join!(adapter.stop(LEAVING), base.shutdown(), other.shutdown());
}
