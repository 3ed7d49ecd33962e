//! A connection from a client over HTTP/1.x, <https://www.rfc-editor.org/rfc/rfc9112>.

use std::io;
use std::sync::Arc;

use ssespec_strict::http::Framing;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use crate::defect::list::IntermediaryDefect as Defect;
use crate::defect::switches::IntermediaryDefects as Defects;
use crate::intermediary::came::ResponseHead;
use crate::intermediary::front::{Departure, Front};
use crate::intermediary::relay::relay;
use crate::intermediary::request::{LONGEST, Parsed, Request, Version};
use crate::intermediary::shared::Shared;

/// Serves a connection until its end.
pub(crate) async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut buffer = Vec::new();
    loop {
        let request = match Request::take(&mut buffer) {
            Parsed::Request(request) => request,
            Parsed::Bad(status) => {
                let answer = format!("HTTP/1.1 {status} \r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                // The client may have left.
                let _ = stream.write_all(answer.as_bytes()).await;
                return;
            }
            Parsed::More => match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => continue,
            },
        };
        let (read, write) = stream.split();
        let mut front = Http1Front {
            read,
            write,
            buffer: &mut buffer,
            request: &request,
            defects: &shared.defects,
            body: Body::None,
            ending: Ending::Closes,
        };
        let relayed = relay(&shared, &request, &mut front).await;
        match front.ending {
            Ending::Persists if relayed.is_ok() => {}
            Ending::Resets => {
                // An HTTP/1.0 client would take FIN for the end of the response.
                let _ = stream.set_zero_linger();
                return;
            }
            Ending::Persists | Ending::Closes => return,
        }
    }
}

/// How the content of a response is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    None,
    Chunked,
    AsItIs,
}

/// What happens to the connection after a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Persists,
    Closes,
    Resets,
}

/// What a client over HTTP/1.x gets its response through.
struct Http1Front<'c> {
    read: ReadHalf<'c>,
    write: WriteHalf<'c>,
    /// What the client sent after the request.
    buffer: &'c mut Vec<u8>,
    request: &'c Request,
    defects: &'c Defects,
    body: Body,
    ending: Ending,
}

impl Http1Front<'_> {
    fn is_bodiless(&self, status: u16) -> bool {
        self.request.method == "HEAD" || matches!(status, 204 | 304)
    }

    /// How the content is delimited: by chunks where its length is not known and the client knows chunks,
    /// <https://www.rfc-editor.org/rfc/rfc9112#section-6.1>.
    fn body(&self, head: &ResponseHead) -> Body {
        let is_old = self.request.version == Version::Http10;
        match head.framing {
            _ if self.is_bodiless(head.status) => Body::None,
            Framing::None | Framing::Length(0) => Body::None,
            Framing::Length(_) if !is_old && self.defects.has(Defect::EndBeforeLength) => Body::Chunked,
            Framing::Length(_) => Body::AsItIs,
            Framing::Chunked | Framing::Close if is_old && !self.defects.has(Defect::ChunksForHttp10) => {
                Body::AsItIs
            }
            Framing::Chunked | Framing::Close => Body::Chunked,
        }
    }

    fn bytes(&self, head: &ResponseHead, body: Body) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {} ", head.status).into_bytes();
        bytes.extend_from_slice(&head.reason);
        bytes.extend_from_slice(b"\r\n");
        let mut fields = head.fields.clone();
        if body == Body::Chunked {
            fields.remove(|name| name.eq_ignore_ascii_case("content-length"));
        }
        fields.write(&mut bytes);
        if body == Body::Chunked {
            bytes.extend_from_slice(b"transfer-encoding: chunked\r\n");
        }
        bytes
    }
}

impl Front for Http1Front<'_> {
    async fn interim(&mut self, head: &ResponseHead) -> io::Result<()> {
        if self.request.version == Version::Http10 {
            return Ok(());
        }
        let mut bytes = self.bytes(head, Body::None);
        bytes.extend_from_slice(b"\r\n");
        self.write.write_all(&bytes).await
    }

    async fn head(&mut self, head: &ResponseHead) -> io::Result<()> {
        self.body = self.body(head);
        let mut bytes = self.bytes(head, self.body);
        let is_delimited = !matches!(head.framing, Framing::Chunked | Framing::Close)
            || self.body != Body::AsItIs
            || self.is_bodiless(head.status);
        if is_delimited && !self.request.is_last() {
            self.ending = Ending::Persists;
        } else {
            bytes.extend_from_slice(b"connection: close\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        self.write.write_all(&bytes).await
    }

    async fn content(&mut self, content: &[u8]) -> io::Result<()> {
        match self.body {
            _ if content.is_empty() => Ok(()),
            Body::None => Ok(()),
            Body::AsItIs => self.write.write_all(content).await,
            Body::Chunked => {
                let mut chunk = format!("{:x}\r\n", content.len()).into_bytes();
                chunk.extend_from_slice(content);
                chunk.extend_from_slice(b"\r\n");
                self.write.write_all(&chunk).await
            }
        }
    }

    async fn end(&mut self) -> io::Result<()> {
        if self.body == Body::Chunked {
            self.write.write_all(b"0\r\n\r\n").await?;
        }
        Ok(())
    }

    fn abort(&mut self) {
        self.ending = match (self.body, self.ending) {
            // Only an error shows that this is not the end.
            (Body::AsItIs, Ending::Closes) => Ending::Resets,
            _ => Ending::Closes,
        };
    }

    async fn departed(&mut self) -> Departure {
        loop {
            match self.read.read_buf(self.buffer).await {
                Ok(0) => return Departure::Fin,
                // What comes now is the next request.
                Ok(_) if self.buffer.len() <= LONGEST => {}
                Ok(_) | Err(_) => return Departure::Reset,
            }
        }
    }
}
