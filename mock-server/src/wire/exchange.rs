//! One request and our answer to it.

use std::sync::Arc;

use super::captured::Captured;
use super::handle::{Answered, ConnectionHandle, PeerGone};
use super::order::Order;
use super::request::Request;
use super::response::{self, Coding, Ending, LAST_CHUNK, Next};
use crate::action::{self, Framing, Repeat, Respond};

/// What a write would be part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    /// There was no head of a final response. Bytes are written as they are.
    Unopened,
    /// A chunked body.
    Chunked,
    /// A body of a promised length, of which so much was sent.
    Length { promised: u64, sent: u64 },
    /// A body that ends with the connection, or no HTTP at all.
    UntilFin,
    /// The peer wanted the head alone, so bytes of a body are not written.
    None,
    /// The response is complete, or the connection was dropped.
    Over,
}

/// One request and our answer to it.
///
/// Each method that writes returns when the peer has read what was written (see the [barrier](super::Barrier)). When
/// its future is dropped before, the write goes on in the background, and what is ordered later waits for it, except
/// [`drop_connection`](Self::drop_connection), which cuts it short.
#[derive(Debug)]
pub struct Exchange {
    request: Box<Request>,
    handle: Arc<ConnectionHandle>,
    answered: Arc<Answered>,
    body: Body,
    head: Head,
}

/// How much of the head of a response was ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Head {
    /// None, or raw bytes that end like this and hold no whole head.
    Begun(Vec<u8>),
    /// All of it.
    Whole,
}

impl Head {
    /// Raw bytes are written.
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
    pub(super) fn new(request: Request, handle: Arc<ConnectionHandle>, answered: Arc<Answered>) -> Self {
        Self {
            request: Box::new(request),
            handle,
            answered,
            body: Body::Unopened,
            head: Head::Begun(Vec::new()),
        }
    }

    /// The request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The number of the connection, as in [`WireEvent`](super::WireEvent).
    pub fn connection(&self) -> u32 {
        self.handle.connection
    }

    /// Whether any byte of an answer was written. Our own `100 Continue` is none.
    pub fn answered(&self) -> bool {
        self.answered.is_set()
    }

    /// Whether a whole head of a response was written, of whatever status.
    pub fn has_head(&self) -> bool {
        self.head == Head::Whole
    }

    /// Whether something can be written: the response is not complete, and nobody has closed the connection.
    pub fn is_open(&self) -> bool {
        self.body != Body::Over && !self.handle.is_closed()
    }

    /// Whether the peer has left the connection.
    pub fn peer_gone(&self) -> bool {
        self.handle.peer_gone()
    }

    /// Writes the head of a response in one write, with the body if the response is complete. `expand` gives the
    /// value of a field for the text in the script.
    ///
    /// - The fields are written in the order and case of the script. The one that tells the framing comes last
    ///   (`transfer-encoding: chunked`, `content-length` or, for [`Framing::Close`], `connection: close`), unless the
    ///   script has it. There is no other.
    /// - An HTTP/1.0 peer gets [`Framing::Close`] for [`Framing::Chunked`]. A peer that asked with HEAD gets no body.
    /// - After a complete response the connection waits for the next request. It is closed where the request or the
    ///   response says `connection: close`, where the peer cannot tell where the body ends, and after 101.
    ///
    /// # Errors
    ///
    /// The peer has left, or the response is complete already.
    pub async fn respond(
        &mut self,
        respond: &Respond,
        expand: impl Fn(&str) -> String,
    ) -> Result<(), PeerGone> {
        self.writable()?;
        let encoded = response::encode(respond, &self.request, expand);
        let (body, ending) = match encoded.next {
            Next::Head => (Body::Unopened, None),
            Next::Nothing(ending) => (Body::Over, Some(ending)),
            Next::NoBody => (Body::None, None),
            Next::Body(Framing::Chunked) => (Body::Chunked, None),
            Next::Body(Framing::Close) => (Body::UntilFin, None),
            Next::Body(Framing::Length(promised)) => (Body::Length { promised, sent: 0 }, None),
        };
        self.body = body;
        self.head = Head::Whole;
        let shown = Captured::of(&encoded.bytes);
        self.write(encoded.bytes, Some(shown), ending).await
    }

    /// Writes bytes of the body: one write, which is one chunk where the body is chunked (size line, data and line
    /// end together). No bytes are no write. Before any response the bytes are written as they are.
    ///
    /// # Errors
    ///
    /// The peer has left, or the response is complete already.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), PeerGone> {
        self.writable()?;
        if self.body == Body::None || bytes.is_empty() {
            return Ok(());
        }
        self.head.add(bytes);
        let mut coded = Vec::new();
        response::code(&mut coded, self.coding(), bytes);
        self.count(bytes.len() as u64);
        self.write(coded, Some(Captured::of(bytes)), None).await
    }

    /// Writes a pattern many times, without holding more than one write (at most 16 MiB) in memory. It waits for the
    /// peer only at its end.
    ///
    /// # Errors
    ///
    /// The peer has left, or the response is complete already.
    pub async fn send_repeat(&mut self, repeat: &Repeat) -> Result<(), PeerGone> {
        self.writable()?;
        if self.body == Body::None || repeat.total() == 0 {
            return Ok(());
        }
        let (repeat, coding) = (repeat.clone(), self.coding());
        self.count(repeat.total());
        self.handle.order(|done| Order::Repeat { repeat, coding, done }).await
    }

    /// Ends the response as its framing says: the last chunk where it is chunked, nothing where the promised length
    /// was sent, else FIN. On the same conditions as in [`respond`](Self::respond) the connection then waits for the
    /// next request. Does nothing where the response is complete already.
    ///
    /// # Errors
    ///
    /// The peer has left.
    pub async fn end(&mut self) -> Result<(), PeerGone> {
        let reuse = if self.request.wants_close() { Ending::Close } else { Ending::Reuse };
        let (bytes, ending) = match self.body {
            Body::Over => return Ok(()),
            Body::Chunked => (LAST_CHUNK.to_vec(), reuse),
            Body::None => (Vec::new(), reuse),
            Body::Length { promised, sent } if promised == sent => (Vec::new(), reuse),
            Body::Length { .. } | Body::Unopened | Body::UntilFin => (Vec::new(), Ending::Close),
        };
        self.body = Body::Over;
        self.write(bytes, None, Some(ending)).await
    }

    /// Ends the connection, also where the response is complete, and cuts short a write that is under way. FIN is
    /// followed by reading until the peer leaves, so that bytes it sent meanwhile do not make it RST. Returns when
    /// FIN or RST is sent. Does nothing where the connection has ended.
    pub async fn drop_connection(&mut self, how: action::Drop) {
        self.body = Body::Over;
        // It is an end either way.
        let _ = self.handle.order(|done| Order::Drop { how, done }).await;
    }

    /// Writes bytes instead of a response. What is sent after them is written as it is, and the end is FIN.
    ///
    /// # Errors
    ///
    /// The peer has left, or the response is complete already.
    pub async fn raw(&mut self, bytes: &[u8]) -> Result<(), PeerGone> {
        self.writable()?;
        self.body = Body::UntilFin;
        if bytes.is_empty() {
            return Ok(());
        }
        self.head.add(bytes);
        self.write(bytes.to_vec(), Some(Captured::of(bytes)), None).await
    }

    fn writable(&self) -> Result<(), PeerGone> {
        if self.is_open() { Ok(()) } else { Err(PeerGone) }
    }

    fn coding(&self) -> Coding {
        if self.body == Body::Chunked { Coding::Chunked } else { Coding::Identity }
    }

    fn count(&mut self, length: u64) {
        if let Body::Length { sent, .. } = &mut self.body {
            *sent = sent.saturating_add(length);
        }
    }

    async fn write(
        &self,
        bytes: Vec<u8>,
        shown: Option<Captured>,
        ending: Option<Ending>,
    ) -> Result<(), PeerGone> {
        self.handle.order(|done| Order::Write { bytes, shown, ending, done }).await
    }
}
