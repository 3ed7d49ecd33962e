//! One request and its response.

use std::sync::Arc;

use super::handle::{ConnectionHandle, PeerGone, Written};
use super::order::Order;
use super::output::BATCH;
use super::pusher::Pusher;
use super::request::{Request, Version};
use super::response::{self, Coding, Encoded, Ending, LAST_CHUNK, LAST_CHUNK_LINE, Next};
use crate::action::http2::Control;
use crate::action::{self, BodyKind, Framing, Repeat, Respond};
use crate::wire::budget::Held;
use crate::wire::captured::Captured;
use crate::wire::http2::response::{self as http2, Head, field_lines};

/// What the next write is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WriteState {
    /// No head of a final response was written. Bytes are written unchanged.
    Unopened,
    /// A chunked body.
    Chunked,
    /// A body with a content-length, and the bytes sent so far.
    Length { promised: u64, sent: u64 },
    /// A body that ends with the connection, or raw bytes.
    UntilFin,
    /// A body in the DATA frames of HTTP/2.
    Frames,
    /// The peer requested only the head, so bytes of a body are not written.
    None,
    /// The response is complete, or the connection was dropped.
    Over,
}

/// One request and its response.
///
/// Each method that writes returns when the peer has read the bytes (see the [barrier](crate::wire::Barrier)). If its future
/// is dropped earlier, the write continues in the background, and later writes wait for it, except
/// [`drop_connection`](Self::drop_connection), which interrupts it.
#[derive(Debug)]
pub struct Exchange {
    request: Box<Request>,
    handle: Arc<ConnectionHandle>,
    answered: Written,
    body: WriteState,
    head: HeadState,
    /// Bytes of the next write.
    begun: Vec<u8>,
    offered: Arc<Vec<String>>,
    /// The memory of the request.
    _held: Held,
}

/// How much of the response head was written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum HeadState {
    /// No complete head: nothing, or raw bytes with this end.
    Begun(Vec<u8>),
    /// A complete head.
    Whole,
}

impl HeadState {
    /// Adds raw bytes.
    fn add(&mut self, bytes: &[u8]) {
        let Self::Begun(before) = self else { return };
        before.extend_from_slice(bytes);
        if before.windows(4).any(|end| end == b"\r\n\r\n") || before.windows(2).any(|end| end == b"\n\n") {
            *self = Self::Whole;
        } else {
            before.drain(..before.len().saturating_sub(3));
        }
    }
}

impl Exchange {
    pub(in crate::wire) fn new(
        request: Request,
        handle: Arc<ConnectionHandle>,
        answered: Written,
        held: Held,
        offered: Arc<Vec<String>>,
    ) -> Self {
        Self {
            request: Box::new(request),
            handle,
            answered,
            body: WriteState::Unopened,
            head: HeadState::Begun(Vec::new()),
            begun: Vec::new(),
            offered,
            _held: held,
        }
    }

    /// The request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Whether the request came over TLS.
    pub fn is_encrypted(&self) -> bool {
        self.handle.is_encrypted()
    }

    /// The protocols that the peer offered in the TLS handshake of the connection (ALPN), in its order; none without TLS.
    pub fn offered_protocols(&self) -> &[String] {
        &self.offered
    }

    /// The number of the connection, as in [`WireEvent`](crate::wire::WireEvent).
    pub fn connection(&self) -> u32 {
        self.handle.connection()
    }

    /// The number of the connection that carries it: that of the connection over HTTP/2, of which a stream has another number.
    pub fn carrier(&self) -> u32 {
        self.handle.carrier()
    }

    /// Whether any byte of a response was written. The automatic `100 Continue` does not count.
    pub fn answered(&self) -> bool {
        self.answered.bytes() > 0
    }

    /// How many bytes of the answer were written, to be watched while a write is in progress.
    pub fn written(&self) -> Written {
        self.answered.clone()
    }

    /// The response for those who write to its body from outside the script.
    pub fn pusher(&self) -> Pusher {
        Pusher::new(Arc::clone(&self.handle), self.answered.clone())
    }

    /// Whether a complete response head was written, with any status.
    pub fn has_head(&self) -> bool {
        self.head == HeadState::Whole
    }

    /// Whether the head of the final response is missing.
    pub fn awaits_head(&self) -> bool {
        self.body == WriteState::Unopened
    }

    /// Whether the head was written, and the peer expects no body although the script may write one.
    pub fn expects_no_body(&self) -> bool {
        self.body == WriteState::None
    }

    /// Whether FIN ends the body as its framing requires.
    pub fn ends_with_fin(&self) -> bool {
        self.body == WriteState::UntilFin
    }

    /// Whether more can be written: the response is incomplete, and the connection is open.
    pub fn is_open(&self) -> bool {
        self.body != WriteState::Over && self.handle.is_open()
    }

    /// Whether the peer has disconnected.
    pub fn peer_gone(&self) -> bool {
        self.handle.is_peer_gone()
    }

    /// Writes the head of a response in one write, with the body if the response is complete. `expand` maps a
    /// field value in the script to the value to send.
    ///
    /// - The fields are written in the order and case of the script. The field for the framing comes last
    ///   (`transfer-encoding: chunked`, `content-length` or, for [`Framing::Close`], `connection: close`), unless the
    ///   script has it. No other field is added.
    /// - An HTTP/1.0 peer gets [`Framing::Close`] instead of [`Framing::Chunked`]. A HEAD request gets no body.
    /// - After a complete response the connection waits for the next request. It is closed if the request or the
    ///   response says `connection: close`, if the peer cannot know where the body ends, and after 101.
    ///
    /// # Errors
    ///
    /// If the peer has disconnected, or the response is already complete.
    pub async fn respond(
        &mut self,
        respond: &Respond,
        expand: impl Fn(&str) -> String,
    ) -> Result<(), PeerGone> {
        self.flush().await?;
        self.writable()?;
        if self.is_stream() {
            let http2::Encoded { head, content, next } = http2::encode(respond, &self.request, expand);
            return self.begin_stream(head, content, next).await;
        }
        let encoded = response::encode(respond, &self.request, expand);
        self.begin_response(encoded).await
    }

    /// Writes the head of another server's response, whose bytes end with its empty line and which says what follows.
    ///
    /// # Errors
    ///
    /// If the peer has disconnected, or the response is already complete.
    pub async fn pass_on_head(&mut self, bytes: Vec<u8>, body: BodyKind) -> Result<(), PeerGone> {
        self.flush().await?;
        self.writable()?;
        let next = match body {
            BodyKind::Interim => Next::Head,
            BodyKind::Complete if self.request.wants_close() => Next::Nothing(Ending::Close),
            BodyKind::Complete => Next::Nothing(Ending::Reuse),
            BodyKind::Open(framing) => Next::Body(framing),
        };
        if self.is_stream() {
            let Some(head) = Head::from_http1(&bytes) else { return self.require_http1() };
            return self.begin_stream(head, Vec::new(), next).await;
        }
        self.begin_response(Encoded { bytes, next }).await
    }

    async fn begin_response(&mut self, encoded: Encoded) -> Result<(), PeerGone> {
        let (body, ending) = match encoded.next {
            Next::Head => (WriteState::Unopened, None),
            Next::Nothing(ending) => (WriteState::Over, Some(ending)),
            Next::NoBody => (WriteState::None, None),
            Next::Body(Framing::Chunked) => (WriteState::Chunked, None),
            Next::Body(Framing::Close) => (WriteState::UntilFin, None),
            Next::Body(Framing::Length(promised)) => (WriteState::Length { promised, sent: 0 }, None),
        };
        self.body = body;
        self.head = HeadState::Whole;
        if ending.is_none() && self.handle.is_direct() {
            self.handle.report_sent(&encoded.bytes);
            self.handle.write(&encoded.bytes, &self.answered).await?;
        } else {
            let shown = self.handle.shown(&encoded.bytes);
            self.order(encoded.bytes, shown, ending).await?;
        }
        self.answered.set_body(self.pushable());
        Ok(())
    }

    /// Whether it is a stream of HTTP/2.
    fn is_stream(&self) -> bool {
        self.request.version == Version::Http2
    }

    async fn begin_stream(&mut self, head: Head, content: Vec<u8>, next: Next) -> Result<(), PeerGone> {
        let (body, ending) = match next {
            Next::Head => (WriteState::Unopened, None),
            Next::Nothing(ending) => (WriteState::Over, Some(ending)),
            Next::NoBody => (WriteState::None, None),
            Next::Body(_) => (WriteState::Frames, None),
        };
        self.body = body;
        self.head = HeadState::Whole;
        let shown = self.handle.shown(&[head.shown().as_slice(), &content].concat());
        self.handle.order(|done| Order::Head { head, content, shown, ending, done }).await?;
        self.answered.set_body(self.pushable());
        Ok(())
    }

    /// Resets a stream whose script goes on with what HTTP/2 does not have,
    /// <https://www.rfc-editor.org/rfc/rfc9113#section-7>.
    fn require_http1(&mut self) -> Result<(), PeerGone> {
        self.body = WriteState::Over;
        self.answered.set_body(None);
        self.handle.give(Order::RequireHttp1)
    }

    /// Writes bytes of the body in one write, which is one chunk if the body is chunked (size line, data and line ending
    /// together). Empty bytes are not written. Before any response the bytes are written unchanged.
    ///
    /// # Errors
    ///
    /// If the peer has disconnected, or the response is already complete.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), PeerGone> {
        self.writable()?;
        if self.body == WriteState::None || bytes.is_empty() {
            return Ok(());
        }
        if self.is_stream() && self.body == WriteState::Unopened {
            return self.require_http1();
        }
        if self.handle.is_direct() {
            self.begin(bytes);
            return self.flush().await;
        }
        self.head.add(bytes);
        let mut coded = Vec::new();
        response::code(&mut coded, self.coding(), bytes);
        self.count(bytes.len() as u64);
        let shown = self.handle.shown(bytes);
        self.order(coded, shown, None).await
    }

    /// Like [`send`](Self::send), if another `send` follows immediately: without a [barrier](crate::wire::BarrierMode) both
    /// may become one write, though never one chunk.
    ///
    /// # Errors
    ///
    /// If the peer has disconnected, or the response is already complete.
    pub async fn send_more(&mut self, bytes: &[u8]) -> Result<(), PeerGone> {
        if !self.handle.is_direct() {
            return self.send(bytes).await;
        }
        self.writable()?;
        if self.body != WriteState::None && !bytes.is_empty() {
            self.begin(bytes);
        }
        if self.begun.len() < BATCH { Ok(()) } else { self.flush().await }
    }

    /// Writes what [`send_more`](Self::send_more) has kept. Every other method that writes does so too.
    ///
    /// # Errors
    ///
    /// If the peer has disconnected.
    pub async fn flush(&mut self) -> Result<(), PeerGone> {
        if self.begun.is_empty() {
            return Ok(());
        }
        // Not kept: a stream that is silent now may be silent for long.
        let begun = std::mem::take(&mut self.begun);
        self.handle.write(&begun, &self.answered).await
    }

    /// Adds bytes of the body to the next write.
    fn begin(&mut self, bytes: &[u8]) {
        self.handle.report_sent(bytes);
        self.head.add(bytes);
        let coding = self.coding();
        if !self.begun.is_empty() && self.begun.capacity() < BATCH {
            // Where two writes become one, more probably follow.
            self.begun.reserve(BATCH);
        }
        response::append(&mut self.begun, coding, bytes);
        self.count(bytes.len() as u64);
    }

    /// Writes a pattern many times, with at most one write (up to 16 MiB) in memory. It waits for the peer only at the
    /// end.
    ///
    /// # Errors
    ///
    /// If the peer has disconnected, or the response is already complete.
    pub async fn send_repeat(&mut self, repeat: &Repeat) -> Result<(), PeerGone> {
        self.flush().await?;
        self.writable()?;
        if self.body == WriteState::None || repeat.total() == 0 {
            return Ok(());
        }
        let (repeat, coding) = (repeat.clone(), self.coding());
        self.count(repeat.total());
        self.handle.order(|done| Order::Repeat { repeat, coding, done }).await
    }

    /// Ends the response as its framing requires: with the last chunk, with nothing if the content-length was reached, or
    /// with FIN. Under the same conditions as in [`respond`](Self::respond) the connection then waits for the next
    /// request. Does nothing if the response is already complete.
    ///
    /// # Errors
    ///
    /// If the peer has disconnected.
    pub async fn end(&mut self) -> Result<(), PeerGone> {
        self.flush().await?;
        let reuse = if self.request.wants_close() { Ending::Close } else { Ending::Reuse };
        let (bytes, ending) = match self.body {
            WriteState::Over => return Ok(()),
            WriteState::Chunked => (LAST_CHUNK.to_vec(), reuse),
            WriteState::None | WriteState::Frames => (Vec::new(), reuse),
            WriteState::Length { promised, sent } if promised == sent => (Vec::new(), reuse),
            WriteState::Unopened if self.is_stream() => return self.require_http1(),
            WriteState::Length { .. } | WriteState::Unopened | WriteState::UntilFin => {
                (Vec::new(), Ending::Close)
            }
        };
        self.body = WriteState::Over;
        self.answered.set_body(None);
        self.order(bytes, None, Some(ending)).await
    }

    /// Ends the response with these fields, if it is chunked or a stream of HTTP/2; otherwise as [`end`](Self::end).
    ///
    /// # Errors
    ///
    /// If the peer has disconnected.
    pub async fn trailers(&mut self, fields: &[(String, String)]) -> Result<(), PeerGone> {
        self.flush().await?;
        if !matches!(self.body, WriteState::Chunked | WriteState::Frames) {
            return self.end().await;
        }
        let is_stream = self.is_stream();
        self.body = WriteState::Over;
        self.answered.set_body(None);
        let fields: Vec<(String, Vec<u8>)> =
            fields.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect();
        let lines = field_lines(fields.iter());
        let shown = self.handle.shown(&lines);
        if is_stream {
            return self.handle.order(|done| Order::Trailers { fields, shown, done }).await;
        }
        let ending = if self.request.wants_close() { Ending::Close } else { Ending::Reuse };
        self.order([LAST_CHUNK_LINE, &lines].concat(), shown, Some(ending)).await
    }

    /// Writes a frame about the connection of a stream of HTTP/2. Over HTTP/1.1 this does nothing.
    ///
    /// # Errors
    ///
    /// If the peer has disconnected, or the response is already complete.
    pub async fn control(&mut self, control: Control) -> Result<(), PeerGone> {
        if !self.is_stream() {
            return Ok(());
        }
        self.writable()?;
        self.handle.order(|done| Order::Control { control, done }).await
    }

    /// Ends the connection, even after a complete response, and interrupts a write in progress. After FIN, reads until the
    /// peer disconnects, so that bytes sent meanwhile do not cause RST. Returns when FIN or RST is sent. Does nothing if
    /// the connection has already ended.
    pub async fn drop_connection(&mut self, how: action::Drop) {
        // The connection ends either way.
        let _ = self.flush().await;
        self.body = WriteState::Over;
        self.answered.set_body(None);
        // The connection ends either way.
        let _ = self.handle.order(|done| Order::Drop { how, done }).await;
    }

    /// Writes bytes instead of a response. Later bytes are written unchanged, and the end is FIN. A stream of HTTP/2 is reset
    /// with HTTP_1_1_REQUIRED instead.
    ///
    /// # Errors
    ///
    /// If the peer has disconnected, or the response is already complete.
    pub async fn raw(&mut self, bytes: &[u8]) -> Result<(), PeerGone> {
        self.flush().await?;
        self.writable()?;
        if self.is_stream() {
            return self.require_http1();
        }
        self.body = WriteState::UntilFin;
        if bytes.is_empty() {
            return Ok(());
        }
        self.head.add(bytes);
        let shown = self.handle.shown(bytes);
        self.order(bytes.to_vec(), shown, None).await?;
        self.answered.set_body(self.pushable());
        Ok(())
    }

    /// How bytes from outside the script are coded, if the body can take them.
    fn pushable(&self) -> Option<Coding> {
        match self.body {
            WriteState::Chunked => Some(Coding::Chunked),
            WriteState::UntilFin | WriteState::Frames => Some(Coding::Identity),
            WriteState::Unopened | WriteState::Length { .. } | WriteState::None | WriteState::Over => None,
        }
    }

    fn writable(&self) -> Result<(), PeerGone> {
        if self.is_open() { Ok(()) } else { Err(PeerGone) }
    }

    fn coding(&self) -> Coding {
        if self.body == WriteState::Chunked { Coding::Chunked } else { Coding::Identity }
    }

    fn count(&mut self, length: u64) {
        if let WriteState::Length { sent, .. } = &mut self.body {
            *sent = sent.saturating_add(length);
        }
    }

    async fn order(
        &self,
        bytes: Vec<u8>,
        shown: Option<Captured>,
        ending: Option<Ending>,
    ) -> Result<(), PeerGone> {
        self.handle.order(|done| Order::Write { bytes, shown, ending, pushed: 0, done }).await
    }
}
