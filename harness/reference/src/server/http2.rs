//! A connection over HTTP/2 without TLS, with prior knowledge, <https://www.rfc-editor.org/rfc/rfc9113>. The `h2` crate
//! speaks the protocol.

use std::collections::HashMap;
use std::future::{pending, poll_fn};
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, SendStream, StreamId};
use http::{HeaderName, HeaderValue, Response as HttpResponse};
use tokio::io::{AsyncReadExt as _, join};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;
use crate::server::head_writer::HeadWriter;
use crate::server::next_write::{NextWrite, next_write};
use crate::server::notice::Departure;
use crate::server::request::{LONGEST, Request};
use crate::server::response::{Content, Response, respond};
use crate::server::stream_queue::{Next, StreamQueue};
use crate::server::topic::Topic;
use crate::server::topics::Topics;

/// The part of the connection preface that looks like the head of a request,
/// <https://www.rfc-editor.org/rfc/rfc9113#section-3.4>.
pub(crate) const PREFACE_HEAD: &[u8] = b"PRI * HTTP/2.0\r\n\r\n";

/// How many streams a connection may have, as `h2` has it and RFC 9113, section 6.5.2, recommends.
const MOST: usize = 100;

/// Serves a connection until its end. These bytes of it have been read already.
pub(crate) async fn serve(stream: TcpStream, read: Vec<u8>, topics: Arc<Topics>) {
    let (rest, write) = stream.into_split();
    let write = HeadWriter::new(write, topics.defects().clone());
    let socket = join(Cursor::new(read).chain(rest), write);
    let mut builder = h2::server::Builder::new();
    builder.max_header_list_size(u32::try_from(LONGEST).unwrap_or(u32::MAX));
    if topics.defects().has(Defect::Http2StreamsLimited) {
        builder.max_concurrent_streams(50);
    }
    // A client that breaks the protocol here has opened no stream.
    let Ok(mut connection) = builder.handshake::<_, Bytes>(socket).await else { return };
    let mut open = HashMap::new();
    let mut writing = JoinSet::new();
    let (mut accepted_before, mut resets) = (0, 0);
    let streams = Arc::new(AtomicUsize::new(0));
    let mut is_closing = false;
    let departure = loop {
        tokio::select! {
            accepted = connection.accept() => match accepted {
                Some(Ok((mut request, mut sender))) => {
                    accepted_before += 1;
                    if accepted_before > 1 && topics.defects().has(Defect::Http2LastEventIdOnce) {
                        request.headers_mut().remove("last-event-id");
                    }
                    if open.len() + resets >= MOST && topics.defects().has(Defect::Http2ResetKeepsItsPlace) {
                        sender.send_reset(Reason::REFUSED_STREAM);
                        continue;
                    }
                    let response = respond(&Request::from_http2(&request), &topics);
                    if let Content::Stream(topic, queue) = &response.content {
                        open.insert(sender.stream_id(), (Arc::clone(topic), Arc::clone(queue)));
                    }
                    writing.spawn(serve_stream(sender, response, topics.defects().clone(), Arc::clone(&streams)));
                }
                Some(Err(_)) => break Departure::Broken,
                None => break Departure::Closed,
            },
            Some(written) = writing.join_next() => if let Ok((stream, departure)) = written {
                open.remove(&stream);
                let is_reset = matches!(departure, Some(Departure::Reset | Departure::ResetAmongOthers));
                resets += usize::from(is_reset);
                if is_reset && topics.defects().has(Defect::Http2ResetEndsConnection) {
                    break Departure::Broken;
                }
            },
            () = topics.closing(), if !is_closing => {
                is_closing = true;
                connection.graceful_shutdown();
            }
        }
    };
    for (topic, queue) in open.into_values() {
        topic.leave(&queue, departure);
    }
}

/// Answers a request. Returns the number of its stream, and how the client left it if it did.
async fn serve_stream(
    sender: SendResponse<Bytes>,
    response: Response,
    defects: Defects,
    streams: Arc<AtomicUsize>,
) -> (StreamId, Option<Departure>) {
    let number = sender.stream_id();
    streams.fetch_add(1, Ordering::Relaxed);
    if let Content::Stream(_, queue) = &response.content
        && defects.has(Defect::HeadHeldBack)
    {
        queue.filled().await;
    }
    let departure = match begin(sender, response, &defects) {
        Begun::Stream(stream) => stream.write(&streams).await,
        Begun::Over(departure) => departure,
    };
    streams.fetch_sub(1, Ordering::Relaxed);
    (number, departure)
}

/// A response whose head was sent.
enum Begun {
    Stream(OpenStream),
    /// It is complete, or the client has left in this way.
    Over(Option<Departure>),
}

/// Begins a response.
fn begin(mut sender: SendResponse<Bytes>, response: Response, defects: &Defects) -> Begun {
    let Some(head) = head(&response) else { return Begun::Over(None) };
    let is_complete = matches!(response.content, Content::None | Content::Text(""));
    let mut sender = match sender.send_response(head, is_complete) {
        Ok(sender) => sender,
        // The client reset the stream already.
        Err(_) => {
            if let Content::Stream(topic, queue) = response.content {
                topic.leave(&queue, Departure::Reset);
            }
            return Begun::Over(Some(Departure::Reset));
        }
    };
    match response.content {
        Content::Stream(topic, queue) => {
            return Begun::Stream(OpenStream { sender, topic, queue, defects: defects.clone() });
        }
        Content::Text(text) if !is_complete => {
            // The client may be gone.
            let _ = sender.send_data(Bytes::from_static(text.as_bytes()), true);
        }
        Content::Text(_) | Content::None => {}
    }
    Begun::Over(None)
}

/// The head of a response; `None` if HTTP cannot express it.
fn head(response: &Response) -> Option<HttpResponse<()>> {
    let mut head = HttpResponse::new(());
    *head.status_mut() = response.status.try_into().ok()?;
    for (name, value) in &response.fields {
        head.headers_mut().append(HeaderName::from_static(name), HeaderValue::try_from(value).ok()?);
    }
    Some(head)
}

/// A stream whose head was sent.
struct OpenStream {
    sender: SendStream<Bytes>,
    topic: Arc<Topic>,
    queue: Arc<StreamQueue>,
    defects: Defects,
}

impl OpenStream {
    /// Writes the stream until it ends or the client resets it. Returns how the client left, if it did. There are this many
    /// streams on the connection.
    async fn write(mut self, streams: &AtomicUsize) -> Option<Departure> {
        let reset_now = || match streams.load(Ordering::Relaxed) {
            0 | 1 => Departure::Reset,
            _ => Departure::ResetAmongOthers,
        };
        loop {
            let next = tokio::select! {
                biased;
                () = reset(&mut self.sender) => return Some(self.leave(reset_now())),
                next = next_write(&self.queue, &self.defects) => next,
            };
            let blocks = match next {
                NextWrite::Queued(Next::Blocks(blocks)) => blocks,
                NextWrite::KeepAlive => vec![Bytes::from_static(b":\n\n")],
                NextWrite::Queued(Next::End) if !self.defects.has(Defect::Http2EndIsReset) => {
                    // The client may be gone.
                    let _ = self.sender.send_data(Bytes::new(), true);
                    return None;
                }
                NextWrite::Queued(Next::End | Next::Drop) => return Some(self.drop_client()),
            };
            for block in blocks {
                let is_sent = tokio::select! {
                    is_sent = send(&mut self.sender, over_http2(block, &self.defects)) => is_sent,
                    () = self.queue.dropped() => return Some(self.drop_client()),
                };
                if !is_sent {
                    reset(&mut self.sender).await;
                    return Some(self.leave(reset_now()));
                }
            }
        }
    }

    fn drop_client(mut self) -> Departure {
        self.sender.send_reset(Reason::INTERNAL_ERROR);
        self.leave(Departure::Broken)
    }

    /// Leaves the topic. Has no effect if the topic ended the stream.
    fn leave(self, how: Departure) -> Departure {
        self.topic.leave(&self.queue, how);
        how
    }
}

/// Waits until the client resets a stream. The end of the connection is noticed elsewhere.
async fn reset(sender: &mut SendStream<Bytes>) {
    if poll_fn(|context| sender.poll_reset(context)).await.is_err() {
        pending().await
    }
}

/// Sends bytes as flow control allows. Returns whether all were sent.
async fn send(sender: &mut SendStream<Bytes>, mut bytes: Bytes) -> bool {
    while !bytes.is_empty() {
        sender.reserve_capacity(bytes.len());
        match poll_fn(|context| sender.poll_capacity(context)).await {
            Some(Ok(capacity)) => {
                let piece = bytes.split_to(capacity.min(bytes.len()));
                if !piece.is_empty() && sender.send_data(piece, false).is_err() {
                    return false;
                }
            }
            Some(Err(_)) | None => return false,
        }
    }
    true
}

/// The bytes of a block: unchanged.
fn over_http2(block: Bytes, defects: &Defects) -> Bytes {
    let has_lines = block.windows(7).any(|part| part == b"\ndata: ");
    let text = String::from_utf8_lossy(&block);
    if has_lines && text.matches("data: ").nth(1).is_some() && defects.has(Defect::Http2LinesJoined) {
        let (first, rest) = text.split_once("data: ").unwrap_or_default();
        return format!("{first}data: {}", rest.replace("\ndata: ", " ")).into();
    }
    let has_id = text.lines().any(|line| line.starts_with("id"));
    if has_id && defects.has(Defect::Http2IdsMissing) {
        let others = text.split_inclusive('\n').filter(|line| !line.starts_with("id"));
        return others.collect::<String>().into();
    }
    block
}
