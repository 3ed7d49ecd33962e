//! Accepting connections for the control port and the page.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::answer::{Answer, Refusal};
use super::dispatch::answer;
use super::guard::Peer;
use super::replay::replayed;
use super::served::{PAGE_PATH, Served};
use crate::scenario::control::Control;
use crate::wire::{Diversion, Diverted};

/// How many connections it may have.
const CONNECTIONS: usize = 256;

/// How long the head of a request may take.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait if the system is out of file descriptors.
const EXHAUSTED: Duration = Duration::from_millis(10);

/// A control port, or the page of a mock server. Dropping it closes its connections.
#[derive(Debug)]
pub struct ControlServer {
    address: Option<SocketAddr>,
    task: tokio::task::JoinHandle<()>,
}

impl ControlServer {
    /// Serves the control port at this address (port 0 for any free port). `url` is that of the mock server.
    ///
    /// # Errors
    /// If binding fails.
    pub async fn start(address: SocketAddr, control: Control, url: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = Some(listener.local_addr()?);
        let task = tokio::spawn(accept(listener, served(control, url)));
        Ok(Self { address, task })
    }

    /// Where the page of a mock server gets its connections: the diversion is for the mock server, the rest for
    /// [`serve_page`](Self::serve_page).
    pub fn page() -> (Diversion, mpsc::UnboundedReceiver<Diverted>) {
        let (to, connections) = mpsc::unbounded_channel();
        (Diversion { prefixes: vec![PAGE_PATH.to_owned()], to, streams: None }, connections)
    }

    /// Serves the page, and what it asks for, on connections of the mock server.
    pub fn serve_page(connections: mpsc::UnboundedReceiver<Diverted>, control: Control, url: &str) -> Self {
        Self { address: None, task: tokio::spawn(take(connections, served(control, url))) }
    }

    /// The address on which it listens; absent for a page.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }
}

impl Drop for ControlServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn served(control: Control, url: &str) -> Arc<Served> {
    Arc::new(Served { control, url: url.to_owned(), permits: Semaphore::new(CONNECTIONS) })
}

async fn accept(listener: TcpListener, served: Arc<Served>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(serve(stream, Peer::at(Ok(peer)), Arc::clone(&served)));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection for the control port");
                    tokio::time::sleep(EXHAUSTED).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn take(mut diverted: mpsc::UnboundedReceiver<Diverted>, served: Arc<Served>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            next = diverted.recv() => match next {
                Some(next) => {
                    let peer = Peer::at(next.stream.peer_addr());
                    connections.spawn(serve(replayed(next), peer, Arc::clone(&served)));
                }
                None => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send, peer: Peer, served: Arc<Served>) {
    let permit = served.permits.try_acquire().ok();
    let is_served = permit.is_some();
    let service = service_fn(|request: Request<Incoming>| {
        let served = Arc::clone(&served);
        async move {
            Ok::<_, Infallible>(if is_served { answer(&served, peer, request).await } else { crowded() })
        }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE).keep_alive(is_served);
    // A client that leaves in the middle of a response is no concern of others.
    if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a connection of the control port has failed");
    }
    drop(permit);
}

fn crowded() -> Answer {
    let message = format!("the control port has {CONNECTIONS} open connections, which is its limit");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, message, "close some of them").into()
}
