//! One request and its response on a connection of its own.
//!
//! The connection is driven by the future that waits for the response or for its body, so dropping that closes it.

use std::error::Error as _;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use ssespec_mock_server::client::{Connection, Offer};

use crate::client::request::Request;
use crate::client::socket::Socket;
use crate::defect::switches::Defects;

/// How long each of the TCP and the TLS handshake may take.
const CONNECTING: Duration = Duration::from_secs(60);

/// Why no response arrived.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// Connecting failed.
    #[error("no connection: {0}")]
    Connect(#[source] std::io::Error),
    /// The request cannot be written.
    #[error("not a request: {0}")]
    Request(#[from] http::Error),
    /// The connection was lost, or the response is not HTTP.
    #[error("no response: {}", describe(.0))]
    Http(#[from] hyper::Error),
}

/// An error of hyper with its source, which often says more.
pub(crate) fn describe(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error} ({source})"),
        None => error.to_string(),
    }
}

/// Whether the connection was reset.
pub(crate) fn is_reset(error: &hyper::Error) -> bool {
    let mut sources = std::iter::successors(error.source(), |source: &&(dyn std::error::Error + 'static)| {
        (*source).source()
    });
    sources.any(|source| {
        let source = source.downcast_ref::<std::io::Error>();
        source.is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
    })
}

/// The head of a final response, and its body.
#[derive(Debug)]
pub(crate) struct Response {
    /// The status.
    pub(crate) status: StatusCode,
    /// The header list.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: ResponseBody,
}

/// A body and its connection.
#[derive(Debug)]
pub(crate) struct ResponseBody {
    incoming: Incoming,
    connection: DrivenConnection,
}

/// One read of a body; `None` at its end. An error means that the body broke off.
pub(crate) type Read = Option<Result<Bytes, hyper::Error>>;

impl ResponseBody {
    /// Waits for the next bytes.
    pub(crate) async fn next(&mut self) -> Read {
        loop {
            let incoming = &mut self.incoming;
            let frame = self.connection.drive(|context| Pin::new(&mut *incoming).poll_frame(context)).await?;
            match frame.map(hyper::body::Frame::into_data) {
                Ok(Ok(bytes)) => return Some(Ok(bytes)),
                // Trailers hold nothing that matters here.
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Sends the request on a new connection and waits for the head of its final response. Interim responses (1xx) are
/// skipped, <https://fetch.spec.whatwg.org/#http-network-fetch>.
pub(crate) async fn exchange(request: &Request, defects: &Defects) -> Result<Response, ExchangeError> {
    let message = request.to_message()?;
    let trust = request.trust().cloned().unwrap_or_default();
    let offer = if request.is_over_http2() { Offer::H2 } else { Offer::Http11 };
    let server = request.url().server();
    let stream =
        Connection::open(&server, &trust, offer, CONNECTING).await.map_err(ExchangeError::Connect)?;
    let socket = TokioIo::new(Socket::new(stream, defects.clone(), request.record()));
    let (response, connection) = if request.is_over_http2() {
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), socket).await?;
        respond(sender.send_request(message), Driver::Http2(Box::pin(connection))).await?
    } else {
        let (mut sender, connection) = http1::handshake(socket).await?;
        respond(sender.send_request(message), Driver::Http1(Box::pin(connection))).await?
    };
    let (head, incoming) = response.into_parts();
    let body = ResponseBody { incoming, connection };
    Ok(Response { status: head.status, headers: head.headers, body })
}

/// Waits for the head of a response on a connection.
async fn respond(
    response: impl Future<Output = Result<http::Response<Incoming>, hyper::Error>>,
    driver: Driver,
) -> Result<(http::Response<Incoming>, DrivenConnection), hyper::Error> {
    let mut response = pin!(response);
    let mut connection = DrivenConnection { driver: Some(driver) };
    let response = connection.drive(|context| response.as_mut().poll(context)).await?;
    Ok((response, connection))
}

/// Sends a request after a delay and ignores the response. Only a client with a defect does this.
pub(crate) fn send_unattended(request: Request, defects: Defects, delay: Duration) {
    tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        // Nobody looks at the response.
        let _ = exchange(&request, &defects).await;
    });
}

type Http1 = http1::Connection<TokioIo<Socket>, Full<Bytes>>;
type Http2 = http2::Connection<TokioIo<Socket>, Full<Bytes>, TokioExecutor>;

/// The future in which hyper reads and writes. Over HTTP/2, a task of its own does, and ends when this is dropped.
#[derive(Debug)]
enum Driver {
    Http1(Pin<Box<Http1>>),
    Http2(Pin<Box<Http2>>),
}

impl Driver {
    /// Reads and writes; returns whether the connection has ended.
    fn has_ended(&mut self, context: &mut Context<'_>) -> bool {
        match self {
            Self::Http1(connection) => connection.as_mut().poll(context).is_ready(),
            Self::Http2(connection) => connection.as_mut().poll(context).is_ready(),
        }
    }
}

/// A connection that is driven while something on it is awaited. Dropping it closes it.
#[derive(Debug)]
struct DrivenConnection {
    /// `None` after its end.
    driver: Option<Driver>,
}

impl DrivenConnection {
    /// Waits for something that arrives on this connection.
    async fn drive<T>(&mut self, mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
        poll_fn(|context| {
            if let Poll::Ready(ready) = poll(context) {
                return Poll::Ready(ready);
            }
            if let Some(driver) = &mut self.driver
                && driver.has_ended(context)
            {
                // Its error, if any, is also given to the response or the body.
                self.driver = None;
            }
            poll(context)
        })
        .await
    }
}
