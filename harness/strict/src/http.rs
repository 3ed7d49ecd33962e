//! The messages that a server writes on a connection of HTTP/1.x.
//!
//! <https://www.rfc-editor.org/rfc/rfc9112>
//!
//! Reading goes on after a violation where the rest still has one meaning; where it has none, as after a malformed chunk
//! size, what follows is only counted.
//!
//! - `head`: the lines of a head
//! - `framing`: where a message's content ends

mod framing;
mod head;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use self::framing::Framing;
use self::framing::{Chunks, Progress, framing};
use self::head::HeadReader;
pub use self::head::{FieldLine, Head};
use super::finding::Finder;
use super::{Finding, FindingKind, Limits};

/// What the reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The head of a response; one of status 1xx is followed by another.
    Head(Box<Head>),
    /// Bytes of its content.
    Body(Vec<u8>),
    /// A chunk of this size begins; zero is the last.
    Chunk(u64),
    /// The message is complete, as its framing says.
    Complete,
    /// Something that is wrong.
    Finding(Finding),
}

/// The method of a request, as far as the framing of its answer depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// HEAD: the answer has no content.
    Head,
    /// Any other method.
    Other,
}

/// How far a connection's reader is.
#[derive(Debug, Clone)]
enum State {
    Head(HeadReader),
    /// So many bytes are left.
    Length(u64),
    Chunked(Chunks),
    /// To the end of the connection.
    Close,
    /// The message is complete.
    Done,
    /// What comes has no meaning any more.
    Lost,
}

/// The reader of one connection.
#[derive(Debug, Clone)]
pub struct Reader {
    limits: Limits,
    asked: Asked,
    state: State,
    offset: u64,
    finder: Finder,
}

impl Reader {
    /// A reader for the answer to one request.
    pub fn new(asked: Asked, limits: Limits) -> Self {
        let state = State::Head(HeadReader::new(0, limits.head));
        Self { limits, asked, state, offset: 0, finder: Finder::default() }
    }

    /// Another request was sent on the connection: what follows answers it. Without effect before the message is complete.
    pub fn ask_again(&mut self, asked: Asked) {
        if self.is_complete() {
            self.asked = asked;
            self.state = State::Head(HeadReader::new(self.offset, self.limits.head));
        }
    }

    /// Whether the message is complete, as its framing says.
    pub fn is_complete(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Whether what comes has no meaning any more.
    pub fn is_lost(&self) -> bool {
        matches!(self.state, State::Lost)
    }

    /// Reads the next bytes, which came at `at`, and appends to `pieces` what they show.
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
        match &self.state {
            State::Head(head) if head.is_empty() => {}
            State::Head(_) => self.tell(FindingKind::CutHead, &[], pieces),
            State::Close => pieces.push(Piece::Complete),
            State::Length(_) | State::Chunked(_) => self.tell(FindingKind::Truncated, &[], pieces),
            State::Done | State::Lost => return,
        }
        self.state = State::Done;
    }

    /// Reads some of the bytes; gives how many.
    fn step(&mut self, bytes: &[u8], at: Duration, pieces: &mut Vec<Piece>) -> usize {
        match &mut self.state {
            State::Head(reader) => {
                let progress = reader.feed(bytes, at, &mut self.finder, pieces);
                if let Some(head) = progress.head {
                    self.begin(head, pieces);
                } else if progress.lost {
                    self.state = State::Lost;
                }
                progress.taken
            }
            State::Length(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                push_body(bytes.get(..taken).unwrap_or_default(), pieces);
                *left -= taken as u64;
                if *left == 0 {
                    self.complete(pieces);
                }
                taken
            }
            State::Chunked(chunks) => {
                let (taken, progress) = chunks.feed(bytes, self.offset, &mut self.finder, pieces);
                match progress {
                    Progress::More => {}
                    Progress::Complete => self.complete(pieces),
                    Progress::Lost => self.state = State::Lost,
                }
                taken
            }
            State::Close => {
                push_body(bytes, pieces);
                bytes.len()
            }
            State::Done => {
                self.tell(FindingKind::AfterEnd, bytes, pieces);
                self.state = State::Lost;
                0
            }
            State::Lost => bytes.len(),
        }
    }

    /// A head is complete: what follows it is known.
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
            self.state = State::Head(HeadReader::new(end, self.limits.head));
            return;
        }
        match framing {
            Framing::None | Framing::Length(0) => self.complete(pieces),
            Framing::Length(length) => self.state = State::Length(length),
            Framing::Chunked => self.state = State::Chunked(Chunks::default()),
            Framing::Close => self.state = State::Close,
        }
    }

    fn complete(&mut self, pieces: &mut Vec<Piece>) {
        self.state = State::Done;
        pieces.push(Piece::Complete);
    }

    fn tell(&mut self, kind: FindingKind, bytes: &[u8], pieces: &mut Vec<Piece>) {
        pieces.extend(self.finder.find(kind, self.offset, bytes).map(Piece::Finding));
    }
}

/// Content has come; what comes at once is one piece.
fn push_body(bytes: &[u8], pieces: &mut Vec<Piece>) {
    if !bytes.is_empty() {
        pieces.push(Piece::Body(bytes.to_vec()));
    }
}
