//! One request and its response.
//!
//! A connection over HTTP/1.1 is driven by the future that waits for the response or for its body, so dropping that closes
//! it. Over HTTP/2 it ends the stream.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use ssespec_mock_server::client::{Connection, Offer};

use crate::client::http_error::{ExchangeError, HttpError, Read};
use crate::client::http2::{self, Origin};
use crate::client::request::Request;
use crate::client::socket::{CONNECTING, Socket};
use crate::defect::switches::Defects;

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

/// A body, and how it comes.
#[derive(Debug)]
pub(crate) enum ResponseBody {
    /// On a connection of its own.
    Http1 { incoming: Incoming, connection: DrivenConnection },
    /// On a stream.
    Http2(http2::Body),
}

impl ResponseBody {
    /// Waits for the next bytes.
    pub(crate) async fn next(&mut self) -> Read {
        let (incoming, connection) = match self {
            Self::Http1 { incoming, connection } => (incoming, connection),
            Self::Http2(body) => return body.next().await,
        };
        loop {
            let frame = connection.drive(|context| Pin::new(&mut *incoming).poll_frame(context)).await?;
            match frame.map(hyper::body::Frame::into_data) {
                Ok(Ok(bytes)) => return Some(Ok(bytes)),
                // Trailers hold nothing that matters here.
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(error.into())),
            }
        }
    }
}

/// Sends the request on a new connection, or over HTTP/2 on a shared one, and waits for the head of its final response.
/// Interim responses (1xx) are skipped, <https://fetch.spec.whatwg.org/#http-network-fetch>.
pub(crate) async fn exchange(request: &Request, defects: &Defects) -> Result<Response, ExchangeError> {
    let message = request.to_message()?;
    let trust = request.trust().cloned().unwrap_or_default();
    let server = request.url().server();
    if request.is_over_http2() {
        let name = request.url().origin();
        let origin = Origin { name, server, trust, record: request.record(), paused: request.paused() };
        let (head, body) = request.connections().ask(&origin, message, defects).await?;
        let body = ResponseBody::Http2(body);
        return Ok(Response { status: head.status, headers: head.headers, body });
    }
    let stream =
        Connection::open(&server, &trust, Offer::Http11, CONNECTING).await.map_err(ExchangeError::Connect)?;
    let socket = TokioIo::new(Socket::new(stream, defects.clone(), request.record()));
    let (mut sender, connection) = http1::handshake(socket).await.map_err(HttpError::from)?;
    let response = sender.send_request(message.map(Full::new));
    let (response, connection) = respond(response, Box::pin(connection)).await.map_err(HttpError::from)?;
    let (head, incoming) = response.into_parts();
    let body = ResponseBody::Http1 { incoming, connection };
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

/// The future in which hyper reads and writes.
type Driver = Pin<Box<http1::Connection<TokioIo<Socket>, Full<Bytes>>>>;

/// A connection that is driven while something on it is awaited. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct DrivenConnection {
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
                && driver.as_mut().poll(context).is_ready()
            {
                // Its error, if any, is also given to the response or the body.
                self.driver = None;
            }
            poll(context)
        })
        .await
    }
}
