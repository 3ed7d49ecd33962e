//! A request over HTTP/1.x and its response, <https://www.rfc-editor.org/rfc/rfc9112>.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;
use crate::server::next_write::{NextWrite, next_write};
use crate::server::notice::Departure;
use crate::server::request::{LONGEST, Request, Version};
use crate::server::response::{Content, Response, respond};
use crate::server::stream_queue::{Next, StreamQueue};
use crate::server::topics::Topics;

/// How a stream's content is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Chunked,
    Close,
    /// Only a server with a defect delimits a stream like this.
    Length,
}

/// What happens to the connection after a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Persists,
    Closes,
    /// It is reset.
    Breaks,
}

/// A request and its response.
pub(crate) struct Exchange<'c> {
    read: ReadHalf<'c>,
    write: WriteHalf<'c>,
    /// What the client sent after the request.
    buffer: &'c mut Vec<u8>,
    request: &'c Request,
    topics: &'c Topics,
}

impl<'c> Exchange<'c> {
    pub(crate) fn new(
        stream: &'c mut TcpStream,
        buffer: &'c mut Vec<u8>,
        request: &'c Request,
        topics: &'c Topics,
    ) -> Self {
        let (read, write) = stream.split();
        Self { read, write, buffer, request, topics }
    }

    fn defects(&self) -> &'c Defects {
        self.topics.defects()
    }

    /// Answers the request, and returns what happens to the connection.
    ///
    /// # Errors
    /// If the connection breaks.
    pub(crate) async fn run(mut self) -> io::Result<After> {
        let response = respond(self.request, self.topics);
        match &response.content {
            Content::Stream(topic, queue) => {
                let after = self.stream(&response, queue).await;
                // This has no effect if the topic ended the stream itself.
                let how = match &after {
                    Ok(Err(departure)) => *departure,
                    Ok(Ok(_)) | Err(_) => Departure::Broken,
                };
                topic.leave(queue, how);
                after.map(|after| after.unwrap_or(After::Closes))
            }
            Content::None => {
                let framing = (self.request.method == "HEAD").then(|| self.framing());
                self.write.write_all(&self.head(&response, framing)).await?;
                Ok(self.after())
            }
            Content::Text(text) => {
                let mut bytes = self.head(&response, None);
                let length = format!("content-length: {}\r\n\r\n{text}", text.len());
                bytes.truncate(bytes.len() - 2);
                bytes.extend_from_slice(length.as_bytes());
                self.write.write_all(&bytes).await?;
                Ok(self.after())
            }
        }
    }

    fn after(&self) -> After {
        if self.request.is_last() { After::Closes } else { After::Persists }
    }

    /// HTTP/1.0 has no chunks, <https://www.rfc-editor.org/rfc/rfc9112#section-6.1>.
    fn framing(&self) -> Framing {
        if self.request.version == Version::Http10 && !self.defects().has(Defect::ChunksInHttp10) {
            Framing::Close
        } else if self.defects().has(Defect::LengthOfStream) {
            Framing::Length
        } else {
            Framing::Chunked
        }
    }

    /// The head of a response with its blank line.
    fn head(&self, response: &Response, framing: Option<Framing>) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, response.reason());
        for (name, value) in &response.fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match framing {
            Some(Framing::Chunked) if self.defects().has(Defect::ChunkedIsNotLast) => {
                head.push_str("transfer-encoding: chunked, identity\r\n");
            }
            Some(Framing::Chunked) => head.push_str("transfer-encoding: chunked\r\n"),
            Some(Framing::Length) => head.push_str("content-length: 10485760\r\n"),
            Some(Framing::Close) | None => {}
        }
        if framing == Some(Framing::Chunked) && self.defects().has(Defect::LengthAndChunks) {
            head.push_str("content-length: 10485760\r\n");
        }
        if self.request.is_last() || framing == Some(Framing::Close) {
            head.push_str("connection: close\r\n");
        }
        head.push_str("\r\n");
        if self.defects().has(Defect::HeadEndsWithLineFeeds) {
            head = head.replace("\r\n", "\n");
        }
        head.into_bytes()
    }

    /// Writes a stream until it ends or the client leaves.
    async fn stream(
        &mut self,
        response: &Response,
        queue: &StreamQueue,
    ) -> io::Result<Result<After, Departure>> {
        let (framing, defects) = (self.framing(), self.defects());
        let mut pending = self.head(response, Some(framing));
        if !self.defects().has(Defect::HeadHeldBack) {
            self.write.write_all(&std::mem::take(&mut pending)).await?;
        }
        let mut is_half_closed = false;
        loop {
            let next = tokio::select! {
                biased;
                departure = wait_for_departure(&mut self.read, self.buffer), if !is_half_closed => {
                    if departure == Departure::Closed && self.defects().has(Defect::HalfClosedKept) {
                        is_half_closed = true;
                        continue;
                    }
                    return Ok(Err(departure));
                }
                next = next_write(queue, defects) => next,
            };
            match next {
                NextWrite::Queued(Next::Blocks(blocks)) => {
                    blocks.iter().for_each(|block| pending.extend(self.framed(block, framing)));
                }
                NextWrite::KeepAlive => pending.extend(self.framed(&Bytes::from_static(b":\n\n"), framing)),
                NextWrite::Queued(Next::End) => return self.end(framing, pending).await.map(Ok),
                NextWrite::Queued(Next::Drop) => return Ok(Ok(After::Breaks)),
            }
            tokio::select! {
                departure = wait_for_departure(&mut self.read, self.buffer), if !is_half_closed => {
                    return Ok(Err(departure));
                }
                () = queue.dropped() => return Ok(Ok(After::Breaks)),
                written = self.write.write_all(&pending) => written?,
            }
            pending.clear();
        }
    }

    /// A block in its framing.
    fn framed(&self, block: &Bytes, framing: Framing) -> Vec<u8> {
        if framing != Framing::Chunked {
            return block.to_vec();
        }
        let is_ascii = block.is_ascii();
        let length = if !is_ascii && self.defects().has(Defect::ChunksInCharacters) {
            String::from_utf8_lossy(block).chars().count()
        } else {
            block.len()
        };
        let mut chunk = format!("{length:x}\r\n").into_bytes();
        chunk.extend_from_slice(block);
        chunk.extend_from_slice(b"\r\n");
        chunk
    }

    async fn end(&mut self, framing: Framing, mut pending: Vec<u8>) -> io::Result<After> {
        if framing == Framing::Chunked && self.defects().has(Defect::EndWithoutLastChunk) {
            self.write.write_all(&pending).await?;
            return Ok(After::Closes);
        }
        if framing == Framing::Chunked {
            pending.extend_from_slice(b"0\r\n\r\n");
        }
        self.write.write_all(&pending).await?;
        if framing == Framing::Close && self.defects().has(Defect::Http10KeptOpen) {
            wait_for_departure(&mut self.read, self.buffer).await;
        }
        Ok(if framing == Framing::Chunked { self.after() } else { After::Closes })
    }
}

/// Waits until the client leaves. What it sends in the meantime is its next request.
async fn wait_for_departure(read: &mut ReadHalf<'_>, buffer: &mut Vec<u8>) -> Departure {
    loop {
        match read.read_buf(buffer).await {
            Ok(0) => return Departure::Closed,
            Ok(_) if buffer.len() > LONGEST => return Departure::Broken,
            Ok(_) => {}
            Err(_) => return Departure::Broken,
        }
    }
}
