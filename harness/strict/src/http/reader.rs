//! The reader of a connection.

use std::time::Duration;

use crate::finding::{Finder, FindingKind};
use crate::http::chunks::{Chunks, Progress};
use crate::http::content::framing;
use crate::http::framing::{Asked, Framing};
use crate::http::head::Head;
use crate::http::head_reader::HeadReader;
use crate::http::piece::{Piece, push_body};
use crate::limits::Limits;

/// What the reader expects next.
#[derive(Debug, Clone)]
enum Expecting {
    Head(HeadReader),
    /// This many bytes of content.
    Length(u64),
    Chunked(Chunks),
    /// Content up to the end of the connection.
    Close,
    /// Nothing: the message is complete.
    Done,
    /// Nothing: the rest has no defined meaning.
    Lost,
}

/// The reader of one connection.
#[derive(Debug, Clone)]
pub struct Http1Reader {
    limits: Limits,
    asked: Asked,
    expecting: Expecting,
    offset: u64,
    finder: Finder,
}

impl Http1Reader {
    /// A reader for the response to one request.
    pub fn new(asked: Asked, limits: Limits) -> Self {
        let expecting = Expecting::Head(HeadReader::new(0, limits.head));
        Self { limits, asked, expecting, offset: 0, finder: Finder::default() }
    }

    /// Another request was sent on the connection; its response follows. Has no effect before the message is complete.
    pub fn ask_again(&mut self, asked: Asked) {
        if self.is_complete() {
            self.asked = asked;
            self.expecting = Expecting::Head(HeadReader::new(self.offset, self.limits.head));
        }
    }

    /// Whether the message is complete according to its framing.
    pub fn is_complete(&self) -> bool {
        matches!(self.expecting, Expecting::Done)
    }

    /// Whether the rest has no defined meaning.
    pub fn is_lost(&self) -> bool {
        matches!(self.expecting, Expecting::Lost)
    }

    /// Reads the next bytes, received at `at`, and appends to `pieces` what they complete.
    pub fn feed(&mut self, bytes: &[u8], at: Duration, pieces: &mut Vec<Piece>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = self.step(rest, at, pieces);
            self.offset += taken as u64;
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    /// The end of the connection.
    pub fn end(&mut self, pieces: &mut Vec<Piece>) {
        match &self.expecting {
            Expecting::Head(head) if head.is_empty() => {}
            Expecting::Head(_) => self.tell(FindingKind::CutHead, &[], pieces),
            Expecting::Close => pieces.push(Piece::Complete),
            Expecting::Length(_) | Expecting::Chunked(_) => self.tell(FindingKind::Truncated, &[], pieces),
            Expecting::Done | Expecting::Lost => return,
        }
        self.expecting = Expecting::Done;
    }

    /// Reads some of the bytes, and returns how many.
    fn step(&mut self, bytes: &[u8], at: Duration, pieces: &mut Vec<Piece>) -> usize {
        match &mut self.expecting {
            Expecting::Head(reader) => {
                let progress = reader.feed(bytes, at, &mut self.finder, pieces);
                if let Some(head) = progress.head {
                    self.begin(head, pieces);
                } else if progress.lost {
                    self.expecting = Expecting::Lost;
                }
                progress.taken
            }
            Expecting::Length(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                push_body(bytes.get(..taken).unwrap_or_default(), pieces);
                *left -= taken as u64;
                if *left == 0 {
                    self.complete(pieces);
                }
                taken
            }
            Expecting::Chunked(chunks) => {
                let (taken, progress) = chunks.feed(bytes, self.offset, &mut self.finder, pieces);
                match progress {
                    Progress::More => {}
                    Progress::Complete => self.complete(pieces),
                    Progress::Lost => self.expecting = Expecting::Lost,
                }
                taken
            }
            Expecting::Close => {
                push_body(bytes, pieces);
                bytes.len()
            }
            Expecting::Done => {
                self.tell(FindingKind::AfterEnd, bytes, pieces);
                self.expecting = Expecting::Lost;
                0
            }
            Expecting::Lost => bytes.len(),
        }
    }

    /// A head is complete, and says what follows it.
    fn begin(&mut self, head: Head, pieces: &mut Vec<Piece>) {
        let mut wrong = Vec::new();
        let framing = framing(&head, self.asked, &mut wrong);
        let end = head.offset + head.length;
        let is_interim = (100..200).contains(&head.status) && head.status != 101;
        for (kind, field) in wrong {
            pieces.extend(self.finder.find(kind, field.offset, &field.line()).map(Piece::Finding));
        }
        pieces.push(Piece::Head(Box::new(Head { framing, ..head })));
        if is_interim {
            self.expecting = Expecting::Head(HeadReader::new(end, self.limits.head));
            return;
        }
        match framing {
            Framing::None | Framing::Length(0) => self.complete(pieces),
            Framing::Length(length) => self.expecting = Expecting::Length(length),
            Framing::Chunked => self.expecting = Expecting::Chunked(Chunks::default()),
            Framing::Close => self.expecting = Expecting::Close,
        }
    }

    fn complete(&mut self, pieces: &mut Vec<Piece>) {
        self.expecting = Expecting::Done;
        pieces.push(Piece::Complete);
    }

    fn tell(&mut self, kind: FindingKind, bytes: &[u8], pieces: &mut Vec<Piece>) {
        pieces.extend(self.finder.find(kind, self.offset, bytes).map(Piece::Finding));
    }
}
