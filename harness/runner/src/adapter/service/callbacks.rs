//! Where test services report: an HTTP server whose paths name the stream and the number of the report.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Incoming as Content;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinSet;

use super::callback::shown;
use super::in_turn::InTurn;
use crate::adapter::fault::Fault;
use crate::adapter::incoming::Incoming;
use crate::adapter::task::Task;
use crate::adapter::unread::Unread;
use crate::protocol::{LINE_LIMIT, Observation};

/// How many connections it may have.
const CONNECTIONS: usize = 1024;

/// How long to wait if the system is out of file descriptors.
const EXHAUSTED: Duration = Duration::from_millis(10);

/// A report, and its share of the memory for unread messages.
type Report = (Observation, Option<OwnedSemaphorePermit>);

/// Where services report. It closes when this is dropped.
#[derive(Debug)]
pub(super) struct Callbacks {
    address: SocketAddr,
    streams: Streams,
    last: AtomicU64,
    _server: Task,
}

/// The streams that report, by their numbers.
type Streams = Arc<Mutex<HashMap<u64, Arc<Reporting>>>>;

/// A stream that reports.
#[derive(Debug)]
struct Reporting {
    session: u64,
    reports: tokio::sync::Mutex<InTurn<Report>>,
}

/// A stream's place among those that report, which it leaves when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    number: u64,
    url: String,
    streams: Streams,
}

impl Place {
    /// The URL at which its service reports.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.streams).remove(&self.number);
    }
}

fn lock(streams: &Streams) -> MutexGuard<'_, HashMap<u64, Arc<Reporting>>> {
    streams.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Callbacks {
    /// Serves at a free port.
    ///
    /// # Errors
    /// If binding fails.
    pub(super) async fn serve(tell: mpsc::UnboundedSender<Incoming>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let streams = Streams::default();
        let server = Server { streams: Arc::clone(&streams), tell, unread: Unread::new() };
        Ok(Self { address, streams, last: AtomicU64::new(0), _server: Task::spawn(accept(listener, server)) })
    }

    /// A place for a stream of a session.
    pub(super) fn place(&self, session: u64) -> Place {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let reporting = Reporting { session, reports: tokio::sync::Mutex::default() };
        lock(&self.streams).insert(number, Arc::new(reporting));
        Place { number, url: format!("http://{}/{number}", self.address), streams: Arc::clone(&self.streams) }
    }
}

async fn accept(listener: TcpListener, server: Server) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                Ok((stream, _)) => _ = connections.spawn(serve(stream, server.clone())),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection for callbacks");
                    tokio::time::sleep(EXHAUSTED).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, server: Server) {
    let service = service_fn(|request| {
        let server = server.clone();
        async move {
            let mut response = Response::new(Empty::<Bytes>::new());
            *response.status_mut() = server.answer(request).await;
            Ok::<_, Infallible>(response)
        }
    });
    // What goes wrong is what the service learns.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// What serves the callbacks of all streams.
#[derive(Debug, Clone)]
struct Server {
    streams: Streams,
    tell: mpsc::UnboundedSender<Incoming>,
    unread: Unread,
}

impl Server {
    async fn answer(&self, request: Request<Content>) -> StatusCode {
        if request.method() != Method::POST {
            return StatusCode::METHOD_NOT_ALLOWED;
        }
        let Some((stream, number)) = named(request.uri().path()) else { return StatusCode::NOT_FOUND };
        // What a stream reports after its end is of no consequence: it may have been on its way.
        let Some(reporting) = lock(&self.streams).get(&stream).cloned() else { return StatusCode::OK };
        match self.take(&reporting, number, request).await {
            Ok(()) => StatusCode::OK,
            Err(problem) => {
                let problem = format!("its callback {number} in session {}: {problem}", reporting.session);
                // The receiver may be gone.
                let _ = self.tell.send(Incoming::Fault(Fault::TestService(problem)));
                StatusCode::BAD_REQUEST
            }
        }
    }

    async fn take(
        &self,
        reporting: &Reporting,
        number: u64,
        request: Request<Content>,
    ) -> Result<(), String> {
        let length =
            request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let share = self.unread.share(length.unwrap_or(LINE_LIMIT)).await;
        let content = Limited::new(request.into_body(), LINE_LIMIT).collect().await;
        let content = content.map_err(|error| error.to_string())?.to_bytes();
        let report = (shown(&content)?, share.and_then(|share| Unread::reduced(share, content.len())));
        // Held while reports are passed on, so that none overtakes.
        let mut reports = reporting.reports.lock().await;
        for (shown, share) in reports.take(number, report, content.len())? {
            let incoming =
                Incoming::Observation { session: reporting.session, shown, at: Instant::now(), share };
            // The receiver may be gone.
            let _ = self.tell.send(incoming);
        }
        Ok(())
    }
}

/// The stream and the number that a path names.
fn named(path: &str) -> Option<(u64, u64)> {
    let (stream, number) = path.strip_prefix('/')?.split_once('/')?;
    Some((stream.parse().ok()?, number.parse().ok()?))
}
