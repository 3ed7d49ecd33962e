//! A connection from a client over HTTP/2 without TLS, with prior knowledge, <https://www.rfc-editor.org/rfc/rfc9113>. The `h2` crate
//! speaks the protocol.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream, SendStream};
use http::{HeaderName, HeaderValue, Response};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::defect::list::IntermediaryDefect as Defect;
use crate::intermediary::came::ResponseHead;
use crate::intermediary::fields::Fields;
use crate::intermediary::front::{Departure, Front};
use crate::intermediary::relay::relay;
use crate::intermediary::request::{LONGEST, Request, Version};
use crate::intermediary::shared::Shared;

/// The beginning of the connection preface, <https://www.rfc-editor.org/rfc/rfc9113#section-3.4>.
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

/// Whether a connection begins with the preface of HTTP/2.
///
/// # Errors
/// If it ends before that can be said.
pub(crate) async fn is_preface(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0; PREFACE.len()];
    let mut before = 0;
    loop {
        let length = stream.peek(&mut first).await?;
        let came = first.get(..length).unwrap_or_default();
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !PREFACE.starts_with(came) || length == PREFACE.len() {
            return Ok(PREFACE.starts_with(came));
        }
        if length == before {
            // Readable all the time, since nothing is taken.
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        before = length;
    }
}

/// Serves a connection until its end.
pub(crate) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let mut builder = h2::server::Builder::new();
    builder.max_header_list_size(u32::try_from(LONGEST).unwrap_or(u32::MAX));
    // A client that breaks the protocol here has opened no stream.
    let Ok(mut connection) = builder.handshake::<_, Bytes>(stream).await else { return };
    let mut streams = JoinSet::new();
    loop {
        tokio::select! {
            accepted = connection.accept() => match accepted {
                Some(Ok((request, sender))) => {
                    let shared = Arc::clone(&shared);
                    streams.spawn(async move { forward(request, sender, &shared).await });
                }
                Some(Err(_)) | None => return,
            },
            Some(_) = streams.join_next() => {}
        }
    }
}

async fn forward(request: http::Request<RecvStream>, sender: SendResponse<Bytes>, shared: &Shared) {
    let (head, mut body) = request.into_parts();
    let mut content = Vec::new();
    while let Some(Ok(bytes)) = body.data().await {
        // The window is as large as the client may send.
        let _ = body.flow_control().release_capacity(bytes.len());
        content.extend_from_slice(&bytes);
    }
    let mut fields = Fields::default();
    if let Some(authority) = head.uri.authority() {
        fields.0.push(("host".into(), authority.as_str().as_bytes().to_vec()));
    }
    let named =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    fields.0.extend(named);
    let request = Request {
        method: head.method.as_str().to_owned(),
        target: head.uri.path_and_query().map_or_else(|| "/".into(), ToString::to_string),
        version: Version::Http2,
        fields,
        content,
    };
    let mut front = Http2Front { sender: Some(sender), stream: None, is_over: false, shared };
    // A client that left has no use for more.
    let _ = relay(shared, &request, &mut front).await;
    if !front.is_over {
        front.reset();
    }
}

/// What a client over HTTP/2 gets its response through.
struct Http2Front<'s> {
    sender: Option<SendResponse<Bytes>>,
    stream: Option<SendStream<Bytes>>,
    is_over: bool,
    shared: &'s Shared,
}

impl Http2Front<'_> {
    fn reset(&mut self) {
        self.is_over = true;
        if let Some(stream) = &mut self.stream {
            stream.send_reset(Reason::INTERNAL_ERROR);
        }
    }
}

fn broken(error: h2::Error) -> io::Error {
    io::Error::other(error)
}

impl Front for Http2Front<'_> {
    async fn interim(&mut self, _: &ResponseHead) -> io::Result<()> {
        Ok(())
    }

    async fn head(&mut self, head: &ResponseHead) -> io::Result<()> {
        let Some(mut sender) = self.sender.take() else { return Ok(()) };
        let mut response = Response::new(());
        *response.status_mut() = head.status.try_into().map_err(io::Error::other)?;
        for (name, value) in &head.fields.0 {
            let name = HeaderName::try_from(name.as_str()).map_err(io::Error::other)?;
            let value = HeaderValue::from_bytes(value).map_err(io::Error::other)?;
            response.headers_mut().append(name, value);
        }
        self.stream = Some(sender.send_response(response, false).map_err(broken)?);
        Ok(())
    }

    async fn content(&mut self, content: &[u8]) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let mut rest = Bytes::copy_from_slice(content);
        while !rest.is_empty() {
            stream.reserve_capacity(rest.len());
            let Some(capacity) = poll_fn(|context| stream.poll_capacity(context)).await else {
                return Err(io::ErrorKind::BrokenPipe.into());
            };
            let part = rest.split_to(capacity.map_err(broken)?.min(rest.len()));
            stream.send_data(part, false).map_err(broken)?;
        }
        Ok(())
    }

    async fn end(&mut self) -> io::Result<()> {
        self.is_over = true;
        match &mut self.stream {
            Some(stream) => stream.send_data(Bytes::new(), true).map_err(broken),
            None => Ok(()),
        }
    }

    fn abort(&mut self) {
        if self.shared.defects.has(Defect::EndOfBrokenStreamInHttp2)
            && let Some(stream) = &mut self.stream
        {
            self.is_over = true;
            // The client may have left.
            let _ = stream.send_data(Bytes::new(), true);
            return;
        }
        self.reset();
    }

    async fn departed(&mut self) -> Departure {
        let reset = match (&mut self.stream, &mut self.sender) {
            (Some(stream), _) => poll_fn(|context| stream.poll_reset(context)).await,
            (None, Some(sender)) => poll_fn(|context| sender.poll_reset(context)).await,
            (None, None) => return std::future::pending().await,
        };
        // Without a code, the connection is gone.
        if reset.is_ok() { Departure::Stream } else { Departure::Fin }
    }
}
