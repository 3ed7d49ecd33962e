//! What can be wrong with what a server writes.

use std::collections::BTreeMap;
use std::fmt;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Its offset in bytes: from the start of the connection for HTTP/1.x, from the start of the body for the stream.
    pub offset: u64,
    /// The bytes at that offset; at most the first [`EXCERPT`].
    pub excerpt: Vec<u8>,
}

/// How many bytes of an excerpt are kept.
pub const EXCERPT: usize = 80;

/// How many findings of one kind are reported; more say nothing new.
const OF_ONE_KIND: u32 = 16;

/// A field that clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// `data`
    Data,
    /// `event`
    Event,
    /// `id`
    Id,
    /// `retry`
    Retry,
}

impl Known {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Data, Self::Event, Self::Id, Self::Retry];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Event => "event",
            Self::Id => "id",
            Self::Retry => "retry",
        }
    }
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    // HTTP/1.x, heads: RFC 9112 §2 to §5.
    /// The bytes do not begin like an HTTP/1.x response.
    NotHttp,
    /// The head is longer than the limit.
    HeadTooLong,
    /// The status line is malformed.
    StatusLine,
    /// A line of the head or of the chunked coding ends with LF alone.
    BareLineFeed,
    /// A field line that continues the one before it (obs-fold).
    FoldedField,
    /// White space between a field's name and its colon.
    SpaceBeforeColon,
    /// A field line without a colon.
    FieldWithoutColon,
    /// A field's name is not a token.
    FieldName,
    /// A CR, NUL or another control character within a line of the head.
    ControlInField,
    /// The connection ended within the head.
    CutHead,
    // HTTP/1.x, framing: RFC 9112 §6 to §8.
    /// Both Content-Length and Transfer-Encoding.
    LengthAndTransferEncoding,
    /// A Content-Length that is not a number, or several that differ.
    InvalidLength,
    /// A Transfer-Encoding whose last coding is not `chunked`.
    NotChunkedLast,
    /// Transfer-Encoding in an HTTP/1.0 response.
    TransferEncodingInHttp10,
    /// Content-Length or Transfer-Encoding in a 1xx or 204 response.
    FramingWithoutContent,
    /// A chunk's size is not a hexadecimal number, or is too large.
    ChunkSize,
    /// A chunk's data is not followed by CRLF.
    ChunkEnd,
    /// The connection ended before the message did.
    Truncated,
    /// Bytes that no request asked for after the end of a message; after HEAD or 204, content.
    AfterEnd,
    // The stream: HTML §9.2.5 and §9.2.6.
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// A byte order mark at the start of the stream.
    ByteOrderMark,
    /// A byte order mark at the start of a later line, which disables the field.
    LaterByteOrderMark,
    /// U+0000.
    Nul,
    /// A second kind of line terminator.
    MixedTerminators,
    /// A line longer than the limit.
    LongLine,
    /// A field that clients do not know.
    UnknownField,
    /// A field that clients do not know, and whose name is almost this one.
    NearMiss(Known),
    /// Text after a line break within a payload: not a field, and right after `data`.
    UnsplitPayload,
    /// Markup or JSON at the start of the stream instead of an event stream.
    Document,
    /// An error page, a stack trace or a second response between two blocks of the stream.
    DocumentWithin,
    /// A block with `event` or `id` that dispatches no event, because it has no data.
    BlockWithoutData,
    /// An `id` with U+0000, which clients ignore.
    IdWithNul,
    /// A `retry` that is not made of ASCII digits, which clients ignore.
    RetryNotDigits,
    /// The stream ended within a line.
    UnfinishedLine,
    /// The stream ended before the blank line of its last block.
    UnfinishedBlock,
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::NotHttp => "not an HTTP/1.x response",
            Self::HeadTooLong => "a head longer than the limit",
            Self::StatusLine => "a malformed status line",
            Self::BareLineFeed => "a line of HTTP that ends with LF alone",
            Self::FoldedField => "a folded field line",
            Self::SpaceBeforeColon => "white space before the colon of a field line",
            Self::FieldWithoutColon => "a field line without a colon",
            Self::FieldName => "a field name that is not a token",
            Self::ControlInField => "a control character in the head",
            Self::CutHead => "the connection ended within the head",
            Self::LengthAndTransferEncoding => "both Content-Length and Transfer-Encoding",
            Self::InvalidLength => "an invalid Content-Length",
            Self::NotChunkedLast => "a Transfer-Encoding whose last coding is not chunked",
            Self::TransferEncodingInHttp10 => "Transfer-Encoding in an HTTP/1.0 response",
            Self::FramingWithoutContent => "Content-Length or Transfer-Encoding where there is no content",
            Self::ChunkSize => "a malformed chunk size",
            Self::ChunkEnd => "a chunk without CRLF after its data",
            Self::Truncated => "the connection ended before the message did",
            Self::AfterEnd => "bytes after the end of the message",
            Self::InvalidUtf8 => "bytes that are not UTF-8",
            Self::ByteOrderMark => "a byte order mark at the start",
            Self::LaterByteOrderMark => "a byte order mark at the start of a later line",
            Self::Nul => "U+0000",
            Self::MixedTerminators => "a second kind of line terminator",
            Self::LongLine => "a line longer than the limit",
            Self::UnknownField => "a field that clients do not know",
            Self::NearMiss(known) => {
                return write!(f, "a field that clients do not recognize as {}", known.name());
            }
            Self::UnsplitPayload => "text after a line break within a payload",
            Self::Document => "a document instead of an event stream",
            Self::DocumentWithin => "an error page within the event stream",
            Self::BlockWithoutData => "a block with event or id but without data",
            Self::IdWithNul => "an id with U+0000",
            Self::RetryNotDigits => "a retry that is not all digits",
            Self::UnfinishedLine => "the stream ended within a line",
            Self::UnfinishedBlock => "the stream ended before the blank line of its last block",
        };
        f.write_str(words)
    }
}

/// Reports findings, up to a number of each kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Finder {
    found: BTreeMap<FindingKind, u32>,
}

impl Finder {
    /// A finding, unless enough of its kind were reported.
    pub(crate) fn find(&mut self, kind: FindingKind, offset: u64, bytes: &[u8]) -> Option<Finding> {
        let found = self.found.entry(kind).or_default();
        *found = found.saturating_add(1);
        (*found <= OF_ONE_KIND).then(|| Finding { kind, offset, excerpt: excerpt(bytes) })
    }
}

/// An excerpt of bytes.
pub(crate) fn excerpt(bytes: &[u8]) -> Vec<u8> {
    bytes.get(..EXCERPT).unwrap_or(bytes).to_vec()
}
