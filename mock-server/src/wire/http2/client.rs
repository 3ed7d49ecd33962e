//! An HTTP/2 client without a socket: the `h2` crate speaks the protocol, and the caller moves and may inspect the bytes.
//!
//! `h2` does not report everything that must be judged (it resets a stream with a malformed head without saying why).
//! So the caller reads the socket, inspects the bytes, and passes them on.

use std::collections::BTreeMap;
use std::future::Future as _;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Buf as _, Bytes, BytesMut};
use h2::client::{Builder, Connection, ResponseFuture, SendRequest};
use h2::{Reason, RecvStream, SendStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The largest window that a stream or a connection can have, in bytes. The client does not limit what servers send:
/// a caller that does not read blocks the socket.
const WINDOW: u32 = 0x7FFF_FFFF;

/// A connection from the client's side.
#[derive(Debug)]
pub struct Client {
    pipe: Arc<Pipe>,
    /// `None` after its end.
    connection: Option<Connection<PipeEnd, Bytes>>,
    error: Option<h2::Error>,
    requests: SendRequest<Bytes>,
    streams: BTreeMap<u32, Stream>,
}

/// A request and its response.
#[derive(Debug)]
struct Stream {
    sender: SendStream<Bytes>,
    receiver: Receiver,
}

#[derive(Debug)]
enum Receiver {
    Head(ResponseFuture),
    Content(RecvStream),
    Over,
}

impl Client {
    /// A client that has the preface and its settings to send.
    ///
    /// # Errors
    /// If `h2` cannot start, which no server can cause.
    pub fn start() -> Result<Self, h2::Error> {
        let pipe = Arc::new(Pipe::default());
        let mut builder = Builder::new();
        builder.enable_push(false).initial_window_size(WINDOW).initial_connection_window_size(WINDOW);
        let handshake = pin!(builder.handshake(PipeEnd(Arc::clone(&pipe))));
        // The pipe takes every byte, so this is done immediately.
        match handshake.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok((requests, connection))) => {
                let connection = Some(connection);
                let mut client = Self { pipe, connection, error: None, requests, streams: BTreeMap::new() };
                client.drive();
                Ok(client)
            }
            Poll::Ready(Err(error)) => Err(error),
            Poll::Pending => Err(Reason::INTERNAL_ERROR.into()),
        }
    }

    /// Sends a request, and returns the number of its stream.
    ///
    /// # Errors
    /// If the connection is over, or HTTP/2 does not allow the request.
    pub fn request(&mut self, head: http::Request<()>, content: Option<Bytes>) -> Result<u32, h2::Error> {
        let (response, mut sender) = self.requests.clone().send_request(head, content.is_none())?;
        if let Some(content) = content {
            sender.send_data(content, true)?;
        }
        let number = sender.stream_id().as_u32();
        self.streams.insert(number, Stream { sender, receiver: Receiver::Head(response) });
        self.drive();
        Ok(number)
    }

    /// Resets a stream with CANCEL.
    pub fn cancel(&mut self, stream: u32) {
        if let Some(stream) = self.streams.get_mut(&stream) {
            stream.sender.send_reset(Reason::CANCEL);
        }
        self.drive();
    }

    /// Takes the bytes that the server sent.
    pub fn receive(&mut self, bytes: &[u8]) {
        if self.connection.is_some() {
            self.pipe.received().extend_from_slice(bytes);
            self.drive();
        }
    }

    /// The bytes to send to the server.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut *self.pipe.sent())
    }

    /// Why the client ended the connection; `None` if it did not, or if the server left without an error.
    pub fn error(&self) -> Option<&h2::Error> {
        self.error.as_ref()
    }

    /// Lets `h2` make progress. Nothing here waits, so no waker is needed.
    fn drive(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        self.poll_connection(&mut context);
        for stream in self.streams.values_mut() {
            stream.receiver.discard(&mut context);
        }
        // Discarding may widen a window.
        self.poll_connection(&mut context);
    }

    fn poll_connection(&mut self, context: &mut Context<'_>) {
        let polled = self.connection.as_mut().map(|connection| Pin::new(connection).poll(context));
        if let Some(Poll::Ready(end)) = polled {
            self.connection = None;
            self.error = end.err();
        }
    }
}

impl Receiver {
    /// Discards the content that arrived.
    fn discard(&mut self, context: &mut Context<'_>) {
        if let Self::Head(response) = self {
            *self = match Pin::new(response).poll(context) {
                Poll::Pending => return,
                Poll::Ready(Ok(response)) => Self::Content(response.into_body()),
                Poll::Ready(Err(_)) => Self::Over,
            };
        }
        let Self::Content(content) = self else { return };
        loop {
            match content.poll_data(context) {
                Poll::Pending => return,
                Poll::Ready(Some(Ok(bytes))) => {
                    // This fails only on a stream that has ended.
                    let _ = content.flow_control().release_capacity(bytes.len());
                }
                Poll::Ready(Some(Err(_)) | None) => {
                    *self = Self::Over;
                    return;
                }
            }
        }
    }
}

/// The bytes between the caller and `h2`.
#[derive(Debug, Default)]
struct Pipe {
    received: Mutex<BytesMut>,
    sent: Mutex<Vec<u8>>,
}

impl Pipe {
    fn received(&self) -> MutexGuard<'_, BytesMut> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sent(&self) -> MutexGuard<'_, Vec<u8>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of the pipe that `h2` uses. It reports no end: the caller knows when the connection ends.
#[derive(Debug)]
struct PipeEnd(Arc<Pipe>);

impl AsyncRead for PipeEnd {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut received = self.0.received();
        if received.is_empty() {
            return Poll::Pending;
        }
        let length = received.len().min(buffer.remaining());
        buffer.put_slice(received.get(..length).unwrap_or_default());
        received.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PipeEnd {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.sent().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::Client;
    use crate::wire::http2::frame::{Frame, literal};

    /// The frames that the client has to send, without the preface.
    fn frames(client: &mut Client) -> Vec<Frame> {
        let mut output = client.take_output();
        if output.starts_with(b"PRI") {
            output.drain(..24);
        }
        std::iter::from_fn(|| Frame::take(&mut output)).collect()
    }

    fn kinds(frames: &[Frame]) -> Vec<(u8, u32)> {
        frames.iter().map(|frame| (frame.kind, frame.stream)).collect()
    }

    fn settings() -> Frame {
        Frame { kind: 4, flags: 0, stream: 0, payload: Vec::new() }
    }

    fn request() -> http::Request<()> {
        http::Request::builder().uri("http://h/events").body(()).unwrap()
    }

    #[test]
    fn a_request_and_its_reset() {
        let mut client = Client::start().unwrap();
        assert_eq!(client.request(request(), None).unwrap(), 1);
        let sent = frames(&mut client);
        assert!(kinds(&sent).contains(&(1, 1)), "{sent:?}");
        let head = Frame { kind: 1, flags: 4, stream: 1, payload: vec![0x88] };
        client.receive(&[settings().to_bytes(), head.to_bytes()].concat());
        assert_eq!(kinds(&frames(&mut client)), [(4, 0)], "an acknowledgment");
        client.cancel(1);
        let reset = Frame { kind: 3, flags: 0, stream: 1, payload: vec![0, 0, 0, 8] };
        assert_eq!(frames(&mut client), [reset]);
    }

    #[test]
    fn a_malformed_head_is_refused() {
        let mut client = Client::start().unwrap();
        client.request(request(), None).unwrap();
        let fields = [vec![0x88], literal(b"connection", b"keep-alive")].concat();
        let head = Frame { kind: 1, flags: 4, stream: 1, payload: fields };
        frames(&mut client);
        client.receive(&[settings().to_bytes(), head.to_bytes()].concat());
        assert!(kinds(&frames(&mut client)).contains(&(3, 1)));
        assert!(client.error().is_none());
    }

    #[test]
    fn nonsense_ends_the_connection() {
        let mut client = Client::start().unwrap();
        client.receive(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        client.receive(b"more");
        assert!(client.error().is_some());
        assert!(client.request(request(), None).is_err());
    }
}
