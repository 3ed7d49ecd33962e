//! A connection over HTTP/2 without TLS, with prior knowledge, <https://www.rfc-editor.org/rfc/rfc9113>. The `h2` crate
//! speaks the protocol.

use std::collections::HashMap;
use std::future::{pending, poll_fn};
use std::io::Cursor;
use std::sync::Arc;

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

/// Serves a connection until its end. These bytes of it have been read already.
pub(crate) async fn serve(stream: TcpStream, read: Vec<u8>, topics: Arc<Topics>) {
    let (rest, write) = stream.into_split();
    let write = HeadWriter::new(write, topics.defects().clone());
    let socket = join(Cursor::new(read).chain(rest), write);
    let mut builder = h2::server::Builder::new();
    builder.max_header_list_size(u32::try_from(LONGEST).unwrap_or(u32::MAX));
    // A client that breaks the protocol here has opened no stream.
    let Ok(mut connection) = builder.handshake::<_, Bytes>(socket).await else { return };
    let mut open = HashMap::new();
    let mut writing = JoinSet::new();
    let mut is_closing = false;
    let departure = loop {
        tokio::select! {
            accepted = connection.accept() => match accepted {
                Some(Ok((request, sender))) => {
                    let response = respond(&Request::from_http2(&request), &topics);
                    if let Some(stream) = begin(sender, response, topics.defects()) {
                        open.insert(stream.id(), (Arc::clone(&stream.topic), Arc::clone(&stream.queue)));
                        writing.spawn(stream.write());
                    }
                }
                Some(Err(_)) => break Departure::Broken,
                None => break Departure::Closed,
            },
            Some(written) = writing.join_next() => if let Ok(stream) = written {
                open.remove(&stream);
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

/// Begins a response. What follows its head is a stream, or is complete.
fn begin(mut sender: SendResponse<Bytes>, response: Response, defects: &Defects) -> Option<OpenStream> {
    let mut head = HttpResponse::new(());
    *head.status_mut() = response.status.try_into().ok()?;
    for (name, value) in &response.fields {
        head.headers_mut().append(HeaderName::from_static(name), HeaderValue::try_from(value).ok()?);
    }
    let is_complete = matches!(response.content, Content::None | Content::Text(""));
    let mut sender = match sender.send_response(head, is_complete) {
        Ok(sender) => sender,
        // The client reset the stream already.
        Err(_) => {
            if let Content::Stream(topic, queue) = response.content {
                topic.leave(&queue, Departure::Reset);
            }
            return None;
        }
    };
    match response.content {
        Content::Stream(topic, queue) => Some(OpenStream { sender, topic, queue, defects: defects.clone() }),
        Content::Text(text) if !is_complete => {
            // The client may be gone.
            let _ = sender.send_data(Bytes::from_static(text.as_bytes()), true);
            None
        }
        Content::Text(_) | Content::None => None,
    }
}

/// A stream whose head was sent.
struct OpenStream {
    sender: SendStream<Bytes>,
    topic: Arc<Topic>,
    queue: Arc<StreamQueue>,
    defects: Defects,
}

impl OpenStream {
    fn id(&self) -> StreamId {
        self.sender.stream_id()
    }

    /// Writes the stream until it ends or the client resets it, and returns its number.
    async fn write(mut self) -> StreamId {
        loop {
            let next = tokio::select! {
                biased;
                () = reset(&mut self.sender) => return self.leave(Departure::Reset),
                next = next_write(&self.queue, &self.defects) => next,
            };
            let blocks = match next {
                NextWrite::Queued(Next::Blocks(blocks)) => blocks,
                NextWrite::KeepAlive => vec![Bytes::from_static(b":\n\n")],
                NextWrite::Queued(Next::End) if !self.defects.has(Defect::Http2EndIsReset) => {
                    // The client may be gone.
                    let _ = self.sender.send_data(Bytes::new(), true);
                    return self.id();
                }
                NextWrite::Queued(Next::End | Next::Drop) => return self.drop_client(),
            };
            for block in blocks {
                let is_sent = tokio::select! {
                    is_sent = send(&mut self.sender, joined(block, &self.defects)) => is_sent,
                    () = self.queue.dropped() => return self.drop_client(),
                };
                if !is_sent {
                    reset(&mut self.sender).await;
                    return self.leave(Departure::Reset);
                }
            }
        }
    }

    fn drop_client(mut self) -> StreamId {
        self.sender.send_reset(Reason::INTERNAL_ERROR);
        self.leave(Departure::Broken)
    }

    /// Leaves the topic. Has no effect if the topic ended the stream.
    fn leave(self, how: Departure) -> StreamId {
        self.topic.leave(&self.queue, how);
        self.id()
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
fn joined(block: Bytes, defects: &Defects) -> Bytes {
    let has_lines = block.windows(7).any(|part| part == b"\ndata: ");
    let text = String::from_utf8_lossy(&block);
    if has_lines && text.matches("data: ").nth(1).is_some() && defects.has(Defect::Http2LinesJoined) {
        let (first, rest) = text.split_once("data: ").unwrap_or_default();
        return format!("{first}data: {}", rest.replace("\ndata: ", " ")).into();
    }
    block
}
