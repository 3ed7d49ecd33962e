//! A connection of HTTP/1.x, <https://www.rfc-editor.org/rfc/rfc9112>.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::Notify;

use super::answer::{Answer, Content, answer};
use super::defect::{Defects, ServerDefect as Defect};
use super::outlet::{Next, Outlet};
use super::pulse::{Beat, beat};
use super::request::{LONGEST, Request, Version};
use super::site::Site;
use super::topic::Left;

/// What a connection of HTTP/2 with prior knowledge begins with,
/// <https://www.rfc-editor.org/rfc/rfc9113#section-3.4>.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How a stream's content is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Chunked,
    Close,
    /// Only of a server with a defect.
    Length,
}

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Persists,
    Closes,
    /// It is cut off without a goodbye.
    Breaks,
}

/// Serves a connection until its end.
pub(super) async fn serve(mut stream: TcpStream, site: Arc<Site>) {
    // Small writes go out at once, or not at all with a socket that is gone.
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    loop {
        let head = tokio::select! {
            head = head(&mut stream, &mut buffer) => head,
            () = site.closing() => None,
        };
        let Some(head) = head else { return };
        if PREFACE.starts_with(&head) {
            return super::http2::serve(stream, buffer, site).await;
        }
        let Some(request) = Request::parse(&head) else {
            // The connection ends whether this arrives or not.
            let _ = stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                .await;
            return;
        };
        match Exchange::new(&mut stream, &mut buffer, &request, &site).run().await {
            Ok(After::Persists) => {}
            Ok(After::Closes) | Err(_) => return,
            Ok(After::Breaks) => {
                // A socket that is gone needs no reset.
                let _ = stream.set_zero_linger();
                return;
            }
        }
    }
}

/// The head of the next request with its blank line, taken from the buffer; none where none comes.
async fn head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(at) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            return Some(buffer.drain(..at + 4).collect());
        }
        if buffer.len() > LONGEST || stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

/// A request and its answer.
struct Exchange<'c> {
    read: ReadHalf<'c>,
    write: WriteHalf<'c>,
    /// What the client has sent already.
    buffer: &'c mut Vec<u8>,
    request: &'c Request,
    site: &'c Site,
}

impl<'c> Exchange<'c> {
    fn new(stream: &'c mut TcpStream, buffer: &'c mut Vec<u8>, request: &'c Request, site: &'c Site) -> Self {
        let (read, write) = stream.split();
        Self { read, write, buffer, request, site }
    }

    fn defects(&self) -> &'c Defects {
        self.site.defects()
    }

    async fn run(mut self) -> io::Result<After> {
        let answer = answer(self.request, self.site, Arc::new(Notify::new()));
        match &answer.content {
            Content::Stream(topic, outlet) => {
                let after = self.stream(&answer, outlet).await;
                // Without effect where the topic has ended the stream itself.
                let how = match &after {
                    Ok(Err(left)) => *left,
                    Ok(Ok(_)) | Err(_) => Left::Broken,
                };
                topic.leave(outlet, how);
                after.map(|after| after.unwrap_or(After::Closes))
            }
            Content::None => {
                let framing = (self.request.method == "HEAD").then(|| self.framing());
                self.write.write_all(&self.head(&answer, framing)).await?;
                Ok(self.after())
            }
            Content::Text(text) => {
                let mut bytes = self.head(&answer, None);
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

    /// HTTP/1.0 knows no chunks, <https://www.rfc-editor.org/rfc/rfc9112#section-6.1>.
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
    fn head(&self, answer: &Answer, framing: Option<Framing>) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, answer.reason());
        for (name, value) in &answer.fields {
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

    /// Writes a stream to its end, or until the client has left.
    async fn stream(&mut self, answer: &Answer, outlet: &Outlet) -> io::Result<Result<After, Left>> {
        let (framing, defects) = (self.framing(), self.defects());
        let mut pending = self.head(answer, Some(framing));
        if !self.defects().has(Defect::HeadHeldBack) {
            self.write.write_all(&std::mem::take(&mut pending)).await?;
        }
        loop {
            let next = tokio::select! {
                biased;
                left = watch(&mut self.read, self.buffer) => return Ok(Err(left)),
                next = beat(outlet, defects) => next,
            };
            match next {
                Beat::Next(Next::Blocks(blocks)) => {
                    blocks.iter().for_each(|block| pending.extend(self.framed(block, framing)));
                }
                Beat::KeepAlive => pending.extend(self.framed(&Bytes::from_static(b":\n\n"), framing)),
                Beat::Next(Next::End) => return self.end(framing, pending).await.map(Ok),
                Beat::Next(Next::GiveUp) => return Ok(Ok(After::Breaks)),
            }
            tokio::select! {
                left = watch(&mut self.read, self.buffer) => return Ok(Err(left)),
                () = outlet.given_up() => return Ok(Ok(After::Breaks)),
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
            watch(&mut self.read, self.buffer).await;
        }
        Ok(if framing == Framing::Chunked { self.after() } else { After::Closes })
    }
}

/// Waits until the client leaves. What it sends meanwhile is its next request.
async fn watch(read: &mut ReadHalf<'_>, buffer: &mut Vec<u8>) -> Left {
    loop {
        match read.read_buf(buffer).await {
            Ok(0) => return Left::Closed,
            Ok(_) if buffer.len() > LONGEST => return Left::Broken,
            Ok(_) => {}
            Err(_) => return Left::Broken,
        }
    }
}
