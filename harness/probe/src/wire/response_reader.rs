//! The bytes of a connection to pieces of a response, over either version of HTTP.

use std::time::Duration;

use ssespec_strict::Limits;
use ssespec_strict::http::{Http1Reader, Piece};

use super::http2_stream::{Failure, Http2Stream};
use super::request::Method;

/// What reads the response on a connection.
#[derive(Debug)]
pub(super) enum ResponseReader {
    Http1(Http1Reader),
    Http2(Box<Http2Stream>),
}

impl ResponseReader {
    /// A reader over HTTP/1.1.
    pub(super) fn http1(method: &Method, limits: Limits) -> Self {
        Self::Http1(Http1Reader::new(method.asked(), limits))
    }

    /// Takes bytes of the connection. Returns what to show for them.
    pub(super) fn feed(&mut self, bytes: &[u8], at: Duration, pieces: &mut Vec<Piece>) -> Vec<u8> {
        match self {
            Self::Http1(reader) => {
                reader.feed(bytes, at, pieces);
                bytes.to_vec()
            }
            Self::Http2(stream) => stream.feed(bytes, at, pieces),
        }
    }

    /// The bytes that must be sent to the server so that it goes on.
    pub(super) fn take_output(&mut self) -> Vec<u8> {
        match self {
            Self::Http1(_) => Vec::new(),
            Self::Http2(stream) => stream.take_output(),
        }
    }

    /// The connection has ended.
    pub(super) fn end(&mut self, pieces: &mut Vec<Piece>) {
        if let Self::Http1(reader) = self {
            reader.end(pieces);
        }
    }

    /// Whether what follows has no meaning.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self, Self::Http1(reader) if reader.is_lost())
    }

    /// Why there will be nothing more of the response, although it is not complete.
    pub(super) fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Http1(_) => None,
            Self::Http2(stream) => stream.failure(),
        }
    }

    /// How many bytes came that are not shown.
    pub(super) fn hidden(&self, shown: u64) -> u64 {
        match self {
            Self::Http1(_) => 0,
            Self::Http2(stream) => stream.length().saturating_sub(shown),
        }
    }

    /// Another request is sent on the connection. Returns whether the reader can read its response.
    pub(super) fn ask_again(&mut self, method: &Method) -> bool {
        match self {
            Self::Http1(reader) => {
                reader.ask_again(method.asked());
                true
            }
            Self::Http2(_) => false,
        }
    }
}
