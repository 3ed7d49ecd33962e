//! A stream over HTTP/2, on a connection of its own or on one that streams of its session share.

pub(in crate::session) mod link;

use std::io;

use ssespec_cases::server::{Leaving, Request};
use ssespec_strict::http2::fields::{Field, Malformed};
use ssespec_strict::http2::reader::Piece;
use tokio::sync::mpsc;

use self::link::{Arrival, Link, Opened};
use super::outlet::{self, Control, Left, Outlet};
use super::served_url::Target;
use super::stream_contents::{Content, ResponseHead, Seen};

/// The identifier of SETTINGS_MAX_CONCURRENT_STREAMS, <https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2>.
#[cfg(feature = "intermediary")]
const MAX_CONCURRENT_STREAMS: u16 = 3;

/// A stream whose request was sent.
#[derive(Debug)]
pub(super) struct Http2Stream {
    link: Link,
    arrivals: mpsc::Receiver<Arrival>,
    /// The number of the stream.
    number: u32,
    sharing: Sharing,
    content: Content,
    outlet: Outlet,
    answered: bool,
    over: bool,
    total: u64,
}

/// Whether other streams use the connection of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    Own,
    Shared,
}

impl Http2Stream {
    /// Sends the request on a connection.
    ///
    /// # Errors
    /// If the connection is over, or HTTP/2 does not allow the request.
    pub(super) async fn open(
        (link, sharing): (Link, Sharing),
        target: &Target,
        asked: &Request,
        (content, outlet): (Content, Outlet),
    ) -> io::Result<Self> {
        let head = head(target, asked).map_err(io::Error::other)?;
        let body = asked.body.clone().map(bytes::Bytes::from);
        let Opened { number, arrivals } = link.request(head, body).await?;
        let (answered, over) = (false, false);
        Ok(Self { link, arrivals, number, sharing, content, outlet, answered, over, total: 0 })
    }

    /// Reads until the connection ends or the stream is left.
    pub(super) async fn live(mut self, mut control: Control) {
        let mut ended = false;
        loop {
            let arrival = tokio::select! {
                biased;
                left = control.next() => match left {
                    Some(left) => return self.leave(left, control).await,
                    None => continue,
                },
                arrival = self.arrivals.recv(), if !ended && control.reads() => arrival,
            };
            let mut seen = Vec::new();
            match arrival {
                Some(Arrival::Pieces { bytes, pieces }) => {
                    self.take(&bytes, pieces, &mut seen);
                    ended = seen.iter().any(|seen| matches!(seen, Seen::Broken(_)));
                }
                Some(Arrival::Over(why)) => {
                    ended = true;
                    self.cut(&why, &mut seen);
                }
                None => ended = true,
            }
            if let Some(left) = self.outlet.tell(seen, &mut control).await {
                return self.leave(left, control).await;
            }
        }
    }

    /// Leaves the stream. A reset affects only the stream: a connection of its own stays open until the session ends.
    async fn leave(self, left: Left, mut control: Control) {
        let is_reset = left == Left::HungUp(Leaving::Reset);
        if is_reset || self.sharing == Sharing::Shared {
            self.link.cancel(self.number).await;
        }
        if is_reset && self.sharing == Sharing::Own {
            tokio::spawn(async move {
                while control.next().await.is_none() {}
                drop(self);
            });
        } else {
            self.link.close().await;
        }
    }

    /// The stream broke.
    fn cut(&mut self, why: &str, seen: &mut Vec<Seen>) {
        if !self.over {
            self.over = true;
            seen.push(Seen::Broken(why.into()));
        }
    }

    /// Takes what arrived in a read.
    fn take(&mut self, bytes: &[u8], pieces: Vec<Piece>, seen: &mut Vec<Seen>) {
        self.total += bytes.len() as u64;
        if !bytes.is_empty() {
            seen.extend(self.outlet.bytes(bytes));
        }
        for piece in pieces {
            self.piece(piece, seen);
        }
        let most = self.content.reading().most;
        if self.total > most {
            self.cut(&format!("more than {} MiB arrived", most >> 20), seen);
        }
    }

    fn piece(&mut self, piece: Piece, seen: &mut Vec<Seen>) {
        match piece {
            Piece::GoAway { code } if code != 0 => self.cut(&format!("GOAWAY with code {code}"), seen),
            Piece::Reset { stream, code } if stream == self.number => {
                self.cut(&format!("RST_STREAM with code {code}"), seen);
            }
            Piece::Fields { stream, fields, is_end } if stream == self.number => {
                self.fields(fields, is_end, seen);
            }
            Piece::Data { stream, .. } if stream == self.number && !self.answered => {
                self.cut("a DATA frame before the head", seen);
            }
            Piece::Data { stream, content, is_end } if stream == self.number => {
                let at = self.outlet.elapsed();
                self.content.feed(&content, at, seen);
                self.ends(is_end, seen);
            }
            Piece::Fault(fault) => self.cut(&fault.to_string(), seen),
            #[cfg(feature = "intermediary")]
            Piece::Settings(settings) => {
                let limits = settings.iter().filter(|(identifier, _)| *identifier == MAX_CONCURRENT_STREAMS);
                seen.extend(limits.map(|(_, limit)| Seen::StreamLimit(*limit)));
            }
            #[cfg(not(feature = "intermediary"))]
            Piece::Settings(_) => {}
            Piece::GoAway { .. } | Piece::Reset { .. } | Piece::Fields { .. } | Piece::Data { .. } => {}
        }
    }

    /// A head or trailers arrived.
    fn fields(&mut self, fields: Vec<Field>, is_end: bool, seen: &mut Vec<Seen>) {
        let status = fields.iter().find(|field| field.name == b":status");
        let status = status.and_then(|field| str::from_utf8(&field.value).ok()?.parse::<u16>().ok());
        match status {
            // Another head follows.
            Some(100..200) => return,
            // Trailers.
            None if self.answered => {}
            None => return self.cut("a head without :status", seen),
            Some(status) => {
                self.answered = true;
                self.content.head(ResponseHead { status, fields: named(fields, seen) }, seen);
            }
        }
        self.ends(is_end, seen);
    }

    fn ends(&mut self, is_end: bool, seen: &mut Vec<Seen>) {
        if is_end && !self.over {
            self.over = true;
            self.content.end(seen);
        }
    }
}

/// The fields of a head without pseudo-header fields, and what is wrong with them.
fn named(fields: Vec<Field>, seen: &mut Vec<Seen>) -> Vec<(String, Vec<u8>)> {
    let mut list = Vec::new();
    for field in fields.into_iter().filter(|field| !field.name.starts_with(b":")) {
        let name = String::from_utf8_lossy(&field.name).into_owned();
        seen.extend(field.malformed().map(|malformed| {
            Seen::Violation(match malformed {
                Malformed::ConnectionSpecific => {
                    format!("in HTTP/2, the connection-specific field {name}")
                }
                Malformed::Uppercase => format!("in HTTP/2, the field {name} in uppercase"),
            })
        }));
        list.push((name, field.value));
    }
    list
}

/// The head of the request.
fn head(target: &Target, request: &Request) -> Result<http::Request<()>, http::Error> {
    let mut head = http::Request::builder().method(request.method.as_str()).uri(format!(
        "{}{}",
        target.origin(),
        target.path
    ));
    for (name, value) in outlet::fields(target, request) {
        if !name.eq_ignore_ascii_case("host") {
            head = head.header(name, value);
        }
    }
    head.body(())
}
