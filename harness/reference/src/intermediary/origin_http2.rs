//! A request to the origin over HTTP/2 without TLS, <https://www.rfc-editor.org/rfc/rfc9113>. The `h2` crate speaks the
//! protocol.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use h2::client::{Builder, ResponseFuture, SendRequest};
use h2::{Reason, RecvStream};
use http::{HeaderName, HeaderValue, response};
use ssespec_strict::http::Framing;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::defect::list::IntermediaryDefect as Defect;
use crate::defect::switches::IntermediaryDefects as Defects;
use crate::intermediary::came::{Break, Came, ResponseHead};
use crate::intermediary::fields::Fields;
use crate::intermediary::request::Request;

/// How often an intermediary with a defect looks for GOAWAY.
const LOOK: Duration = Duration::from_millis(20);

/// The window of the connection: a stream that is not read must not hold up the others.
const WINDOW: u32 = 0x7FFF_FFFF;

/// How many streams are remembered after they were reset.
const RESET: usize = 1024;

/// The connection for all requests.
#[derive(Debug)]
pub(crate) struct Connection {
    address: SocketAddr,
    requests: Mutex<Option<SendRequest<Bytes>>>,
}

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self { address, requests: Mutex::default() }
    }

    /// The connection, or another one if it has ended.
    ///
    /// # Errors
    /// If the origin cannot be reached.
    pub(crate) async fn get(&self, defects: &Defects) -> io::Result<SendRequest<Bytes>> {
        let mut kept = self.requests.lock().await;
        if let Some(requests) = &*kept
            && defects.has(Defect::ConnectionKeptAfterGoAway)
        {
            return Ok(requests.clone());
        }
        if let Some(requests) = kept.take()
            && let Ok(requests) = requests.ready().await
        {
            return Ok(kept.insert(requests).clone());
        }
        let socket = TcpStream::connect(self.address).await?;
        socket.set_nodelay(true)?;
        let mut builder = Builder::new();
        builder.enable_push(false).initial_connection_window_size(WINDOW);
        // Whatever is still on its way for streams that were reset must not end the connection, however much it is.
        builder.max_concurrent_reset_streams(RESET).max_local_error_reset_streams(None);
        let (requests, connection) = builder.handshake(socket).await.map_err(io::Error::other)?;
        tokio::spawn(async move {
            // Each stream learns of it.
            let _ = connection.await;
        });
        Ok(kept.insert(requests.ready().await.map_err(io::Error::other)?).clone())
    }
}

/// A request, and its response. Dropping it resets the stream unless the response is complete.
#[derive(Debug)]
pub(crate) struct Http2Origin {
    response: Response,
    /// The connection whose GOAWAY ends the response. Only an intermediary with a defect looks at it.
    ended_by_goaway: Option<SendRequest<Bytes>>,
}

/// What is awaited of a response.
#[derive(Debug)]
enum Response {
    Head(ResponseFuture),
    Content(RecvStream),
    Over,
}

impl Http2Origin {
    /// Sends a request.
    ///
    /// # Errors
    /// If HTTP/2 does not allow the request, or the connection is over.
    pub(crate) fn ask(
        mut requests: SendRequest<Bytes>,
        request: &Request,
        defects: &Defects,
    ) -> io::Result<Self> {
        let (fields, content) = request.forwarded_parts(defects);
        let authority = fields.values("host").next().map(String::from_utf8_lossy).unwrap_or_default();
        let mut head = http::Request::builder()
            .method(request.method.as_str())
            .uri(format!("http://{authority}{}", request.target))
            .body(())
            .map_err(io::Error::other)?;
        for (name, value) in fields.0.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("host")) {
            let name = HeaderName::try_from(name.as_str()).map_err(io::Error::other)?;
            head.headers_mut().append(name, HeaderValue::from_bytes(value).map_err(io::Error::other)?);
        }
        let (response, mut body) =
            requests.send_request(head, content.is_empty()).map_err(io::Error::other)?;
        if !content.is_empty() {
            body.send_data(Bytes::copy_from_slice(content), true).map_err(io::Error::other)?;
        }
        let ended_by_goaway = defects.has(Defect::GoAwayEndsStreams).then_some(requests);
        Ok(Self { response: Response::Head(response), ended_by_goaway })
    }

    /// Waits for what comes next. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Came {
        tokio::select! {
            biased;
            came = self.response.next() => came,
            () = went_away(self.ended_by_goaway.as_ref()) => {
                self.ended_by_goaway = None;
                self.response = Response::Over;
                Came::Broken(Break::Closed)
            }
        }
    }
}

impl Response {
    /// Waits for what comes next. Dropping the future loses nothing.
    async fn next(&mut self) -> Came {
        let came = match self {
            Self::Head(response) => match response.await {
                Ok(response) => {
                    let (head, content) = response.into_parts();
                    *self = Self::Content(content);
                    return Came::Head(Box::new(read(&head)));
                }
                Err(error) => broken(&error),
            },
            Self::Content(content) => match content.data().await {
                Some(Ok(bytes)) => {
                    // This fails only on a stream that has ended.
                    let _ = content.flow_control().release_capacity(bytes.len());
                    return Came::Content(bytes.to_vec());
                }
                Some(Err(error)) => broken(&error),
                None => Came::Complete,
            },
            Self::Over => return std::future::pending().await,
        };
        *self = Self::Over;
        came
    }
}

fn broken(error: &h2::Error) -> Came {
    Came::Broken(match error.reason() {
        _ if !error.is_reset() => Break::Closed,
        Some(Reason::NO_ERROR) => Break::ResetWithNoError,
        _ => Break::Reset,
    })
}

/// Waits until the origin has sent GOAWAY, or the connection is over.
async fn went_away(requests: Option<&SendRequest<Bytes>>) {
    let Some(requests) = requests else { return std::future::pending().await };
    while requests.clone().ready().await.is_ok() {
        tokio::time::sleep(LOOK).await;
    }
}

/// A head. What HTTP/2 delimits itself is in chunks over HTTP/1.1.
fn read(head: &response::Parts) -> ResponseHead {
    let named = head.headers.iter();
    let fields =
        Fields(named.map(|(name, value)| (name.as_str().into(), value.as_bytes().to_vec())).collect());
    let length = fields.values("content-length").next();
    let length = length.and_then(|value| str::from_utf8(value).ok()?.parse().ok());
    let framing = match (head.status.as_u16(), length) {
        (204 | 304, _) => Framing::None,
        (_, Some(length)) => Framing::Length(length),
        (_, None) => Framing::Chunked,
    };
    let reason = head.status.canonical_reason().unwrap_or_default().into();
    ResponseHead { status: head.status.as_u16(), reason, fields, framing }
}
