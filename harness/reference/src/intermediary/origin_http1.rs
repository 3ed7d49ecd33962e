//! A connection to the origin over HTTP/1.1, for one request.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use ssespec_strict::Limits;
use ssespec_strict::http::{Asked, Http1Reader, Piece};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::intermediary::came::{Break, Came, ResponseHead};
use crate::intermediary::fields::Fields;

/// How many bytes a single read takes.
const READ: usize = 16 * 1024;

/// The connection to the origin, for one request.
#[derive(Debug)]
pub(crate) struct Http1Origin {
    socket: TcpStream,
    reader: Http1Reader,
    came: VecDeque<Came>,
    /// How much of the current chunk is still to come.
    rest_of_chunk: u64,
    is_over: bool,
}

impl Http1Origin {
    /// Connects and sends a request.
    ///
    /// # Errors
    /// If the origin cannot be reached.
    pub(crate) async fn ask(upstream: SocketAddr, method: &str, request: &[u8]) -> io::Result<Self> {
        let mut socket = TcpStream::connect(upstream).await?;
        socket.set_nodelay(true)?;
        // An origin may answer before it has read everything.
        let _ = socket.write_all(request).await;
        let asked = if method == "HEAD" { Asked::Head } else { Asked::Other };
        let limits = Limits { head: 1024 * 1024, ..Limits::default() };
        let reader = Http1Reader::new(asked, limits);
        Ok(Self { socket, reader, came: VecDeque::new(), rest_of_chunk: 0, is_over: false })
    }

    /// Whether it stands inside a chunk.
    pub(crate) fn is_inside_chunk(&self) -> bool {
        self.rest_of_chunk > 0
    }

    /// Waits for what comes next. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Came {
        let mut buffer = vec![0; READ];
        loop {
            if let Some(came) = self.came.pop_front() {
                return came;
            }
            if self.is_over {
                return std::future::pending().await;
            }
            let mut pieces = Vec::new();
            match self.socket.read(&mut buffer).await {
                Ok(0) => {
                    self.is_over = true;
                    self.reader.end(&mut pieces);
                    let is_complete = pieces.contains(&Piece::Complete);
                    self.take(pieces);
                    if !is_complete {
                        self.came.push_back(Came::Broken(Break::Closed));
                    }
                }
                Ok(length) => {
                    self.reader.feed(buffer.get(..length).unwrap_or_default(), Duration::ZERO, &mut pieces);
                    self.take(pieces);
                    if self.reader.is_lost() {
                        self.is_over = true;
                        self.came.push_back(Came::Broken(Break::Closed));
                    }
                }
                Err(_) => {
                    self.is_over = true;
                    self.came.push_back(Came::Broken(Break::Reset));
                }
            }
        }
    }

    fn take(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            match piece {
                Piece::Head(head) => {
                    let fields = head.fields.iter().map(|field| {
                        (String::from_utf8_lossy(&field.name).into_owned(), field.value.clone())
                    });
                    self.came.push_back(Came::Head(Box::new(ResponseHead {
                        status: head.status,
                        reason: head.reason.clone(),
                        fields: Fields(fields.collect()),
                        framing: head.framing,
                    })));
                }
                Piece::Body(bytes) => {
                    self.rest_of_chunk = self.rest_of_chunk.saturating_sub(bytes.len() as u64);
                    self.came.push_back(Came::Content(bytes));
                }
                Piece::Chunk(size) => self.rest_of_chunk = size,
                Piece::Complete => {
                    self.is_over = true;
                    self.came.push_back(Came::Complete);
                }
                // What is wrong and can be read all the same is forwarded.
                Piece::Finding(_) => {}
            }
        }
    }
}
