//! One request and its response on a connection of its own.
//!
//! The connection is driven by whoever waits for the response or for its body, so that dropping these closes it.

use std::error::Error as _;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::defect::Defects;
use super::request::Request;
use super::wire::Wire;

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    /// There is no connection.
    #[error("no connection: {0}")]
    Connect(#[source] std::io::Error),
    /// The request cannot be written.
    #[error("not a request: {0}")]
    Request(#[from] http::Error),
    /// The connection was lost, or what came is not HTTP.
    #[error("no response: {}", words(.0))]
    Http(#[from] hyper::Error),
}

/// An error of hyper's with what it came from, which is often all that it says.
pub(super) fn words(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error} ({source})"),
        None => error.to_string(),
    }
}

/// The head of a final response, and its body to come.
#[derive(Debug)]
pub(super) struct Response {
    /// The status.
    pub(super) status: StatusCode,
    /// The header list.
    pub(super) headers: HeaderMap,
    /// The body.
    pub(super) body: Body,
}

/// A body and the connection that it comes on.
#[derive(Debug)]
pub(super) struct Body {
    incoming: Incoming,
    connection: Connection,
}

/// What comes of a body at once; `None` at its end. An error is a body that broke off.
pub(super) type Read = Option<Result<Bytes, hyper::Error>>;

impl Body {
    /// Waits for the next bytes.
    pub(super) async fn next(&mut self) -> Read {
        loop {
            let incoming = &mut self.incoming;
            let frame = self.connection.drive(|context| Pin::new(&mut *incoming).poll_frame(context)).await?;
            match frame.map(hyper::body::Frame::into_data) {
                Ok(Ok(bytes)) => return Some(Ok(bytes)),
                // Trailers; nothing here is in them.
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Sends the request on a new connection and waits for the head of its final response. Interim responses (1xx) are
/// skipped, <https://fetch.spec.whatwg.org/#http-network-fetch>.
pub(super) async fn exchange(request: &Request, defects: &Defects) -> Result<Response, ExchangeError> {
    let message = request.to_message()?;
    let stream = TcpStream::connect(request.url().address()).await.map_err(ExchangeError::Connect)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(Wire::new(stream, defects.clone()))).await?;
    let mut response = pin!(sender.send_request(message));
    let mut connection = Connection { driven: Some(Box::pin(connection)) };
    let response = connection.drive(|context| response.as_mut().poll(context)).await?;
    let (head, incoming) = response.into_parts();
    let body = Body { incoming, connection };
    Ok(Response { status: head.status, headers: head.headers, body })
}

/// What hyper makes of a connection: a future that reads and writes.
type Driven = http1::Connection<TokioIo<Wire>, Full<Bytes>>;

/// A connection that is driven while somebody waits for something on it. Dropped, it is closed.
#[derive(Debug)]
struct Connection {
    /// `None` when it is over.
    driven: Option<Pin<Box<Driven>>>,
}

impl Connection {
    /// Waits for something that comes by way of this connection.
    async fn drive<T>(&mut self, mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
        poll_fn(|context| {
            if let Poll::Ready(ready) = poll(context) {
                return Poll::Ready(ready);
            }
            if let Some(driven) = &mut self.driven
                && driven.as_mut().poll(context).is_ready()
            {
                // Its error, if any, is also given to the response or the body.
                self.driven = None;
            }
            poll(context)
        })
        .await
    }
}
