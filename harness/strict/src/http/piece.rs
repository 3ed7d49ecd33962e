//! What the reader of a connection sees.

use crate::finding::Finding;
use crate::http::head::Head;

/// What the reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The head of a response; another follows one with a 1xx status.
    Head(Box<Head>),
    /// Bytes of content.
    Body(Vec<u8>),
    /// A chunk of this size begins; zero is the last.
    Chunk(u64),
    /// The message is complete according to its framing.
    Complete,
    /// Something that is wrong.
    Finding(Finding),
}

/// Appends content, if there is any.
pub(crate) fn push_body(bytes: &[u8], pieces: &mut Vec<Piece>) {
    if !bytes.is_empty() {
        pieces.push(Piece::Body(bytes.to_vec()));
    }
}
