//! The listeners and the adapter of a lane.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use ssespec_mock_server::wire::{BarrierMode, Listener, WireEvent};
use ssespec_reports::results::Protocol;
use tokio::sync::mpsc;

use super::lane_page::{LanePage, Starts};
use super::launch::Launch;
use super::listening::Listening;
use crate::adapter::fault::Fault;
use crate::adapter::running::Adapter;
use crate::session::place::Place;
use crate::session::stage::Stage;
use crate::session::turn::Turn;

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

/// Opens the listeners of a lane, over HTTP/1.1 without TLS, and starts its adapter.
///
/// # Errors
/// If binding fails or the adapter cannot be started; then nothing is left running.
pub async fn open(address: IpAddr, barrier: BarrierMode, launch: &Launch) -> Result<Stage, NotOpened> {
    open_over(&Listening { address, barrier, protocol: Protocol::Http1, tls: None }, launch).await
}

/// The same over any protocol.
///
/// # Errors
/// As [`open`], or if there is no certificate for TLS.
pub async fn open_over(listening: &Listening, launch: &Launch) -> Result<Stage, NotOpened> {
    let set = set_up(listening, launch, &Starts::default()).await?;
    let adapter = launch.start(&set.lane_page).await;
    let adapter = adapter.map_err(|(fault, stderr)| NotOpened::Adapter(fault, stderr))?;
    Ok(set.with(adapter, launch.numbers()))
}

/// The listeners of a lane, before it has an adapter.
pub(super) struct Listeners {
    base: Place,
    other: Listener,
    wire: mpsc::UnboundedReceiver<WireEvent>,
    /// The page of the lane's listener.
    pub(super) lane_page: LanePage,
    protocol: Protocol,
    ca_file: Option<PathBuf>,
}

/// Opens the listeners of a lane, whose adapters are counted as they start.
///
/// # Errors
/// If binding fails.
pub(super) async fn set_up(
    listening: &Listening,
    launch: &Launch,
    starts: &Starts,
) -> Result<Listeners, NotOpened> {
    let (events, wire) = mpsc::unbounded_channel();
    let (any_port, options) = (listening.any_port(), listening.options(launch.visitor())?);
    #[cfg(feature = "intermediary")]
    let behind = launch.proxy().map(|proxy| Place::Behind(proxy.share(events.clone())));
    #[cfg(not(feature = "intermediary"))]
    let behind = None;
    let base = match behind {
        Some(behind) => behind,
        None => Place::Own(Listener::bind(any_port, options.clone(), events.clone(), 0).await?),
    };
    let other = Listener::bind(any_port, options, events, 1).await?;
    let lane_page = launch.lane_page(base.listener().unwrap_or(&other), starts)?;
    let (protocol, ca_file) = (listening.protocol, listening.ca_file());
    Ok(Listeners { base, other, wire, lane_page, protocol, ca_file })
}

impl Listeners {
    /// The stage with this adapter; `numbers` counts the sessions of all stages.
    pub(super) fn with(self, adapter: Adapter, numbers: Arc<AtomicU64>) -> Stage {
        let Self { base, other, wire, lane_page, protocol, ca_file } = self;
        Stage {
            base,
            other,
            wire,
            protocol,
            ca_file,
            lane_page,
            adapter,
            session: 0,
            numbers,
            turn: Turn::default(),
            late: Vec::new(),
        }
    }
}

/// Closes a lane: nothing of it is left running when this returns.
pub async fn close(stage: Stage) {
    let Stage { base, other, adapter, .. } = stage;
    // First the adapter: a client that connects again to a closed port would count as refused in other lanes.
    adapter.stop(LEAVING).await;
    tokio::join!(base.shutdown(), other.shutdown());
}
