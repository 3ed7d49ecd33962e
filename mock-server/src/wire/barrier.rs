//! The barrier: a write waits until the peer has read the previous one, so that two writes do not arrive as one.
//!
//! If the kernel can report the state of the peer's own socket (on Linux, with both ends on this machine), the barrier
//! is exact: the peer has received as many bytes as were written, and none of them is unread. Otherwise a pause
//! replaces it, which may be too short on a busy machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::kernel::Kernel;

/// The pause if the kernel cannot be asked.
const PAUSE: Duration = Duration::from_millis(1);
/// How long a write waits for a peer that does not read the previous one.
pub const BARRIER_PATIENCE: Duration = Duration::from_millis(50);
/// How long the kernel is polled without sleeping. A peer that is awake reads within microseconds.
const EAGER: Duration = Duration::from_millis(2);

/// Which barrier a listener should have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BarrierMode {
    /// The kernel if it works, decided for each connection; otherwise the pause.
    #[default]
    Auto,
    /// The kernel; binding fails if it does not work.
    Kernel,
    /// The pause.
    Pause,
    /// None: writes wait for nobody, so several may arrive as one.
    Off,
}

/// Which barrier a listener has for connections from this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barrier {
    /// The kernel is asked whether the peer has read everything.
    Kernel,
    /// A pause of 1 ms after each write.
    Pause,
    /// None.
    Off,
}

impl Barrier {
    /// Its name in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Pause => "pause of 1 ms",
            Self::Off => "off",
        }
    }
}

/// Whether the peer read everything in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Yes,
    No,
}

/// The barrier of one connection.
#[derive(Debug)]
pub(super) enum Boundary {
    Kernel { kernel: Arc<Kernel>, ours: SocketAddr, peer: SocketAddr },
    Pause,
    Off,
}

impl Boundary {
    /// The barrier for a connection that was just accepted. `kernel` belongs to the listener; `mode` is its
    /// configuration.
    pub(super) fn of(
        stream: &TcpStream,
        peer: SocketAddr,
        kernel: Option<&Arc<Kernel>>,
        mode: BarrierMode,
    ) -> Self {
        if mode == BarrierMode::Off {
            return Self::Off;
        }
        let (Some(kernel), Ok(ours)) = (kernel, stream.local_addr()) else { return Self::Pause };
        let boundary = || Self::Kernel { kernel: Arc::clone(kernel), ours, peer };
        match mode {
            BarrierMode::Off => Self::Off,
            BarrierMode::Pause => Self::Pause,
            BarrierMode::Kernel => boundary(),
            BarrierMode::Auto => {
                let local = |address: SocketAddr| address.ip().to_canonical().is_loopback();
                // A port forwarder can make a peer of another network namespace look local: what cannot be found
                // while the connection is new will not be found later.
                let found = || kernel.sees(peer, ours).unwrap_or(false);
                if local(ours) && local(peer) && found() { boundary() } else { Self::Pause }
            }
        }
    }

    /// Whether the kernel is asked, so that waiting takes no longer than the peer's read.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self, Self::Kernel { .. })
    }

    /// Whether writes wait for nobody.
    pub(super) fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }

    /// Waits until the peer has read all of the `written` bytes of this connection, or has left.
    pub(super) async fn settle(&self, written: u64) -> Kept {
        let (kernel, ours, peer) = match self {
            Self::Kernel { kernel, ours, peer } => (kernel, ours, peer),
            Self::Pause => {
                tokio::time::sleep(PAUSE).await;
                return Kept::Yes;
            }
            Self::Off => return Kept::Yes,
        };
        let started = Instant::now();
        let mut agreed = false;
        loop {
            match kernel.is_read(*peer, *ours, written) {
                // The query takes the socket's lock, and so waits for a read in progress, but only after the queue was
                // inspected; and that read may also take bytes that arrive meanwhile. So two answers must agree.
                Ok(true) if agreed => return Kept::Yes,
                Ok(true) => {
                    agreed = true;
                    continue;
                }
                Ok(false) => agreed = false,
                Err(error) => {
                    tracing::warn!(%error, "the kernel no longer says what the peer has read");
                    tokio::time::sleep(PAUSE).await;
                    return Kept::Yes;
                }
            }
            match started.elapsed() {
                waited if waited > BARRIER_PATIENCE => return Kept::No,
                waited if waited > EAGER => tokio::time::sleep(PAUSE).await,
                _ => {
                    // The peer may be a task of this runtime, or a process that waits for this processor.
                    tokio::task::yield_now().await;
                    std::thread::yield_now();
                }
            }
        }
    }
}
