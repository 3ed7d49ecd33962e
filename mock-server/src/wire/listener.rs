//! A listener: accepts connections, can refuse them for a time, and closes them between sessions.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
#[cfg(feature = "tls")]
use tokio_rustls::rustls::ServerConfig;

use super::barrier::{Barrier, BarrierMode, Boundary};
use super::budget::Budget;
use super::diversion::Diversion;
use super::event::{Detail, Reporter, WireEvent, WireEventKind};
use super::http1::connection::Connection;
use super::http1::order::Order;
use super::http1::request::{Malformed, RequestLimits};
use super::kernel::Kernel;
use super::port::{Port, PortState, RETRY};
use super::registry::Registry;
use super::tls::Identity;
use super::transport::Transport;
use super::versions::Versions;

/// How long connections may take to end after they were aborted.
const ABORTING: Duration = Duration::from_secs(10);

/// How long to wait if the system is out of file descriptors.
const EXHAUSTED: Duration = Duration::from_millis(10);

/// How many connections may be refused simultaneously.
const REFUSED: usize = 256;

/// How a listener behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// How write boundaries are kept.
    pub barrier: BarrierMode,
    /// The maximum size of a request head in bytes, and of what may arrive before an answer.
    pub head_limit: usize,
    /// The maximum size of a request body in bytes.
    pub body_limit: u64,
    /// How many connections may be open simultaneously. Requests on further ones are answered with 503.
    pub connection_limit: usize,
    /// How many bytes the requests that are being read or answered may have together. Further ones are answered with 503.
    pub memory_limit: usize,
    /// What is reported.
    pub detail: Detail,
    /// Which versions of HTTP it speaks.
    pub versions: Versions,
    /// Its certificate, if it is reached over TLS.
    pub tls: Option<Identity>,
}

impl Default for Options {
    /// The defaults: [`BarrierMode::Auto`], 1 MiB, 64 MiB, 1024, 1 GiB, everything, [`Versions::Http1`], without TLS.
    fn default() -> Self {
        Self {
            barrier: BarrierMode::Auto,
            head_limit: 1024 * 1024,
            body_limit: 64 * 1024 * 1024,
            connection_limit: 1024,
            memory_limit: 1024 * 1024 * 1024,
            detail: Detail::Full,
            versions: Versions::Http1,
            tls: None,
        }
    }
}

/// A port that speaks HTTP as scripts specify. Dropping it closes the port and resets its connections.
#[derive(Debug)]
pub struct Listener {
    shared: Arc<Shared>,
    address: SocketAddr,
    barrier: Barrier,
    accepting: JoinHandle<()>,
}

/// State shared with the accepting task.
#[derive(Debug)]
struct Shared {
    port: Mutex<Port>,
    /// Wakes the accepting task to check the port again.
    changed: Notify,
    registry: Arc<Registry>,
    budget: Arc<Budget>,
    options: Options,
    diversion: OnceLock<Diversion>,
    kernel: Option<Arc<Kernel>>,
    #[cfg(feature = "tls")]
    encryption: Option<Arc<ServerConfig>>,
    events: UnboundedSender<WireEvent>,
    origin: u8,
    runtime: Handle,
}

impl Listener {
    /// Listens at `address` (port 0 for any free port) and reports on `events` what happens, with the number `origin`.
    /// Must be called in a tokio runtime, which runs the connections.
    ///
    /// # Errors
    ///
    /// If binding fails, or if [`BarrierMode::Kernel`] is required and does not work here.
    pub async fn bind(
        address: SocketAddr,
        options: Options,
        events: UnboundedSender<WireEvent>,
        origin: u8,
    ) -> io::Result<Self> {
        let port = Port::open(address)?;
        let address = port.address();
        let kernel = match options.barrier {
            BarrierMode::Pause | BarrierMode::Off => None,
            BarrierMode::Kernel => Some(Kernel::open(address)?),
            BarrierMode::Auto => Kernel::open(address)
                .inspect_err(|error| tracing::debug!(%error, "write boundaries are kept with pauses"))
                .ok(),
        };
        let shared = Arc::new(Shared {
            port: Mutex::new(port),
            changed: Notify::new(),
            registry: Registry::new(options.connection_limit),
            budget: Budget::new(options.memory_limit),
            #[cfg(feature = "tls")]
            encryption: options.tls.as_ref().map(|identity| identity.offering(options.versions)),
            options,
            diversion: OnceLock::new(),
            kernel: kernel.map(Arc::new),
            events,
            origin,
            runtime: Handle::current(),
        });
        let barrier = match shared.options.barrier {
            BarrierMode::Off => Barrier::Off,
            _ if shared.kernel.is_some() => Barrier::Kernel,
            _ => Barrier::Pause,
        };
        let accepting = tokio::spawn(accept(Arc::clone(&shared)));
        Ok(Self { shared, address, barrier, accepting })
    }

    /// The address on which it listens, with the chosen port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of its root, without a trailing slash: `http://127.0.0.1:4001`, `http://[::1]:4001`; with
    /// `https` over TLS.
    pub fn url(&self) -> String {
        let host = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let scheme = if self.shared.options.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", SocketAddr::new(host, self.address.port()))
    }

    /// From now on, passes connections whose request is below the diverted path to its handler. Call it once; a second
    /// diversion is ignored.
    pub fn divert(&self, diversion: Diversion) {
        let _ = self.shared.diversion.set(diversion);
    }

    /// How it keeps the boundaries between writes to peers on this machine.
    pub fn barrier(&self) -> Barrier {
        self.barrier
    }

    /// Refuses connections for this long, and then accepts them again at the same port. When this returns, the port no
    /// longer listens. Open connections stay open; those over HTTP/2 refuse new streams meanwhile. If it is already refusing,
    /// the later end applies.
    pub fn refuse_for(&self, time: Duration) {
        let mut port = self.shared.port();
        // They were established before.
        self.shared.adopt_waiting(&port);
        port.refuse(time);
        drop(port);
        self.shared.registry.refuse_streams(time);
        self.shared.changed.notify_one();
    }

    /// Stops refusing connections immediately. When this returns, the port listens again.
    pub async fn refuse_no_more(&self) {
        self.shared.registry.refuse_no_more();
        while !self.shared.port().refuse_no_more() {
            tokio::time::sleep(RETRY).await;
        }
        self.shared.changed.notify_one();
    }

    /// How many streams of HTTP/2 it has refused.
    pub fn refused_streams(&self) -> u64 {
        self.shared.registry.refused_streams()
    }

    /// Ends a session: closes every connection with FIN, waits until each peer has left, and after `patience` resets the
    /// rest. When this returns, no earlier connection is open; new ones are accepted all the time.
    pub async fn close_connections(&self, patience: Duration) {
        let connections = {
            let port = self.shared.port();
            self.shared.adopt_waiting(&port);
            self.shared.registry.open()
        };
        self.close_these(&connections, patience).await;
    }

    /// The same for the connections with these numbers, where others are used by other sessions.
    pub async fn close_these(&self, connections: &[u32], patience: Duration) {
        let registry = &self.shared.registry;
        registry.order(connections, || Order::Leave);
        if tokio::time::timeout(patience, registry.all_gone(connections)).await.is_err() {
            registry.order(connections, || Order::Abort);
            registry.all_gone(connections).await;
        }
    }

    /// Closes the port and resets all connections. When this returns, all its tasks and sockets are gone.
    pub async fn shutdown(mut self) {
        self.close_down().await;
        // The task stops on its own; an error would be a panic, which is not propagated.
        let _ = (&mut self.accepting).await;
    }

    /// Like [`shutdown`](Self::shutdown), for a listener that others share. The task that accepts connections may still
    /// be about to end.
    pub async fn close_down(&self) {
        let connections = self.shared.registry.open();
        self.stop();
        // They are aborted, so they end soon. One that does not must not hold up whoever shuts the listener down.
        let _ = tokio::time::timeout(ABORTING, self.shared.registry.all_gone(&connections)).await;
    }

    /// Closes the port and resets all connections, without waiting for their tasks. When this returns, the port refuses
    /// connections.
    pub fn close(&self) {
        self.stop();
    }

    fn stop(&self) {
        self.shared.port().state = PortState::Closed;
        self.shared.registry.stop();
        self.shared.changed.notify_one();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The accepting task.
async fn accept(shared: Arc<Shared>) {
    loop {
        let refusing = match &shared.port().state {
            PortState::Closed => return,
            PortState::Listening(_) => None,
            PortState::Refusing { until, .. } => Some(*until),
        };
        // Those that are refused need room too. The others wait in the system's backlog.
        let room = shared.options.connection_limit.saturating_add(REFUSED);
        let full = shared.registry.len() >= room;
        tokio::select! {
            biased;
            () = shared.changed.notified() => {}
            () = shared.registry.fewer_than(room), if full => {}
            accepted = poll_fn(|context| shared.poll_accept(context)), if !full => if let Err(error) = accepted {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(EXHAUSTED).await;
            },
            () = sleep_until(refusing) => shared.port().reopen(),
        }
    }
}

async fn sleep_until(time: Option<std::time::Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

impl Shared {
    fn port(&self) -> MutexGuard<'_, Port> {
        self.port.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Accepts a connection and starts its task while the port is locked, so that every accepted connection is in the
    /// registry.
    fn poll_accept(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let port = self.port();
        let PortState::Listening(listener) = &port.state else { return Poll::Pending };
        match ready!(listener.poll_accept(context)) {
            Ok((stream, peer)) => self.adopt(stream, peer),
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => return Poll::Ready(Err(error)),
        }
        Poll::Ready(Ok(()))
    }

    /// Accepts the connections that are waiting in the system's backlog.
    fn adopt_waiting(&self, port: &Port) {
        let _runtime = self.runtime.enter();
        while let Some((stream, peer)) = port.take_waiting() {
            let adopted = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
            match adopted {
                Ok(stream) => self.adopt(stream, peer),
                Err(error) => tracing::warn!(%error, "cannot take a connection"),
            }
        }
    }

    fn transport(&self, stream: TcpStream) -> Transport {
        #[cfg(feature = "tls")]
        if let Some(config) = &self.encryption {
            return Transport::over_tls(stream, Arc::clone(config));
        }
        Transport::new(stream)
    }

    fn adopt(&self, stream: TcpStream, peer: SocketAddr) {
        let Some((entry, orders, sender)) = self.registry.enter() else { return };
        let reporter = Reporter {
            events: self.events.clone(),
            origin: self.origin,
            connection: entry.connection,
            carrier: entry.connection,
            detail: self.options.detail,
            is_encrypted: self.options.tls.is_some(),
        };
        reporter.tell(WireEventKind::Accepted { peer });
        let crowd = entry.crowd();
        // Without this, the system may delay a small write until the previous one is acknowledged.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let limits = RequestLimits { head: self.options.head_limit, body: self.options.body_limit };
        let boundary = Boundary::of(&stream, peer, self.kernel.as_ref(), self.options.barrier);
        let limits = (limits, Arc::clone(&self.budget));
        let connection =
            Connection::new(self.transport(stream), reporter, limits, boundary, (entry, orders), sender)
                .diverted_by(self.diversion.get().cloned())
                .speaking(self.options.versions);
        match crowd {
            Some(limit) => self.runtime.spawn(connection.turn_away(Malformed::Crowded(limit))),
            None => self.runtime.spawn(connection.run()),
        };
    }
}
