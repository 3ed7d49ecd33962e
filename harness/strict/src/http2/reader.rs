//! Frames to pieces of messages.

use std::fmt;

use crate::http2::fields::{Field, FieldDecoder};
use crate::http2::frame::{
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADER, HEADERS, LARGEST, PADDED, PRIORITY,
    RST_STREAM, SETTINGS,
};

/// The longest field block that is read, in bytes.
const LONGEST_BLOCK: usize = 256 * 1024;

/// How much is shown of what came instead of HTTP/2, in bytes.
const SHOWN: usize = 40;

/// Something that a server sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Settings: identifiers and values.
    Settings(Vec<(u16, u32)>),
    /// A complete field block: a head, interim or final, or trailers.
    Fields {
        /// The stream.
        stream: u32,
        /// The fields in their order.
        fields: Vec<Field>,
        /// Whether the stream ends with it.
        is_end: bool,
    },
    /// Content.
    Data {
        /// The stream.
        stream: u32,
        /// The content without its padding.
        content: Vec<u8>,
        /// Whether the stream ends with it.
        is_end: bool,
    },
    /// The server reset a stream.
    Reset {
        /// The stream.
        stream: u32,
        /// The error code.
        code: u32,
    },
    /// The server is about to end the connection.
    GoAway {
        /// The error code; 0 if there is no error.
        code: u32,
    },
    /// The connection is unusable; nothing after this is read.
    Fault(Fault),
}

/// What makes a connection unusable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The first frame is not SETTINGS; the first bytes.
    NotHttp2(Vec<u8>),
    /// The length of a frame.
    TooLong(usize),
    /// The padding of a HEADERS frame is longer than the frame.
    MalformedHeaders,
    /// The padding of a DATA frame is longer than the frame.
    MalformedData,
    /// A CONTINUATION frame does not follow a HEADERS frame, or continues too long a block.
    MisplacedContinuation,
    /// A field block cannot be decoded, or decodes to too much.
    BadCompression,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttp2(start) => {
                write!(f, "the first frame is not SETTINGS: {:?}", String::from_utf8_lossy(start))
            }
            Self::TooLong(length) => write!(f, "a frame of {length} bytes, more than the {LARGEST} allowed"),
            Self::MalformedHeaders => f.write_str("a malformed HEADERS frame"),
            Self::MalformedData => f.write_str("a malformed DATA frame"),
            Self::MisplacedContinuation => f.write_str("a misplaced CONTINUATION frame"),
            Self::BadCompression => f.write_str("a head that HPACK cannot decode"),
        }
    }
}

/// Reads what a server sends on one connection. However that is cut into reads, it sees the same.
pub struct Http2Reader {
    decoder: FieldDecoder,
    buffer: Vec<u8>,
    block: Option<OpenBlock>,
    has_settings: bool,
    is_over: bool,
}

/// A field block that continues.
struct OpenBlock {
    stream: u32,
    is_end: bool,
    bytes: Vec<u8>,
}

/// The header of a frame.
#[derive(Debug, Clone, Copy)]
struct FrameHeader {
    length: usize,
    kind: u8,
    flags: u8,
    stream: u32,
}

impl FrameHeader {
    fn parse([a, b, c, kind, flags, stream @ ..]: [u8; HEADER]) -> Self {
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        Self { length, kind, flags, stream: u32::from_be_bytes(stream) & 0x7FFF_FFFF }
    }

    fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

impl fmt::Debug for Http2Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http2Reader").field("is_over", &self.is_over).finish_non_exhaustive()
    }
}

impl Default for Http2Reader {
    fn default() -> Self {
        Self {
            decoder: FieldDecoder::new(),
            buffer: Vec::new(),
            block: None,
            has_settings: false,
            is_over: false,
        }
    }
}

impl Http2Reader {
    /// Takes the next bytes, and appends to `pieces` what they complete.
    pub fn feed(&mut self, bytes: &[u8], pieces: &mut Vec<Piece>) {
        if self.is_over {
            return;
        }
        self.buffer.extend_from_slice(bytes);
        loop {
            match self.next_frame() {
                Ok(None) => return,
                Ok(Some(piece)) => pieces.extend(piece),
                Err(fault) => {
                    self.is_over = true;
                    self.buffer.clear();
                    return pieces.push(Piece::Fault(fault));
                }
            }
        }
    }

    /// What was received of an incomplete frame.
    pub fn unread(&self) -> &[u8] {
        &self.buffer
    }

    /// Takes the next frame, if it is complete, and what it completes, if anything.
    fn next_frame(&mut self) -> Result<Option<Option<Piece>>, Fault> {
        let Some(header) = self.buffer.first_chunk::<HEADER>().copied().map(FrameHeader::parse) else {
            return Ok(None);
        };
        if !self.has_settings && (header.kind != SETTINGS || header.stream != 0) {
            let start = self.buffer.get(..SHOWN).unwrap_or(&self.buffer);
            return Err(Fault::NotHttp2(start.to_vec()));
        }
        if header.length > LARGEST {
            return Err(Fault::TooLong(header.length));
        }
        let end = HEADER + header.length;
        let Some(payload) = self.buffer.get(HEADER..end).map(<[u8]>::to_vec) else { return Ok(None) };
        self.buffer.drain(..end);
        self.has_settings = true;
        self.frame(header, &payload).map(Some)
    }

    fn frame(&mut self, header: FrameHeader, payload: &[u8]) -> Result<Option<Piece>, Fault> {
        let stream = header.stream;
        Ok(match header.kind {
            SETTINGS if !header.has(ACK) => Some(Piece::Settings(settings(payload))),
            RST_STREAM => Some(Piece::Reset { stream, code: number(payload, 0) }),
            GOAWAY => Some(Piece::GoAway { code: number(payload, 4) }),
            DATA => {
                let content = unpadded(header, payload).ok_or(Fault::MalformedData)?.to_vec();
                Some(Piece::Data { stream, content, is_end: header.has(END_STREAM) })
            }
            HEADERS => {
                let fields = unpadded(header, payload).ok_or(Fault::MalformedHeaders)?;
                let fields = if header.has(PRIORITY) { fields.get(5..).unwrap_or_default() } else { fields };
                let is_end = header.has(END_STREAM);
                self.block = Some(OpenBlock { stream, is_end, bytes: fields.to_vec() });
                self.end_block(header)?
            }
            CONTINUATION => {
                match &mut self.block {
                    Some(block) if block.stream == stream && block.bytes.len() < LONGEST_BLOCK => {
                        block.bytes.extend_from_slice(payload);
                    }
                    _ => return Err(Fault::MisplacedContinuation),
                }
                self.end_block(header)?
            }
            _ => None,
        })
    }

    /// Decodes the open block, if this frame is its last.
    fn end_block(&mut self, header: FrameHeader) -> Result<Option<Piece>, Fault> {
        if !header.has(END_HEADERS) {
            return Ok(None);
        }
        let Some(OpenBlock { stream, is_end, bytes }) = self.block.take() else { return Ok(None) };
        let fields = self.decoder.decode(&bytes).ok_or(Fault::BadCompression)?;
        Ok(Some(Piece::Fields { stream, fields, is_end }))
    }
}

/// Identifiers and values, <https://www.rfc-editor.org/rfc/rfc9113#section-6.5.1>.
fn settings(payload: &[u8]) -> Vec<(u16, u32)> {
    let (entries, _) = payload.as_chunks::<6>();
    let entry = |[a, b, value @ ..]: [u8; 6]| (u16::from_be_bytes([a, b]), u32::from_be_bytes(value));
    entries.iter().copied().map(entry).collect()
}

/// The number in four bytes; 0 if they are missing.
fn number(payload: &[u8], at: usize) -> u32 {
    let bytes = payload.get(at..).and_then(|rest| rest.first_chunk::<4>());
    bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// A payload without its padding, <https://www.rfc-editor.org/rfc/rfc9113#section-6.1>; `None` if that is too long.
fn unpadded(header: FrameHeader, payload: &[u8]) -> Option<&[u8]> {
    if !header.has(PADDED) {
        return Some(payload);
    }
    let (padding, rest) = payload.split_first()?;
    rest.get(..rest.len().checked_sub(usize::from(*padding))?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Fault, Http2Reader, Piece};
    use crate::http2::fields::Field;
    use crate::http2::frame::{
        CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PRIORITY, RST_STREAM, SETTINGS,
    };

    fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).expect("a short payload");
        [&[0, 0, length, kind, flags, 0, 0, 0, stream][..], payload].concat()
    }

    fn read(bytes: &[u8]) -> Vec<Piece> {
        let (mut reader, mut pieces) = (Http2Reader::default(), Vec::new());
        reader.feed(bytes, &mut pieces);
        pieces
    }

    fn status() -> Vec<Field> {
        vec![Field { name: b":status".to_vec(), value: b"200".to_vec() }]
    }

    #[test]
    fn a_connection() {
        let bytes = [
            frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100]),
            frame(HEADERS, PADDED | PRIORITY, 1, &[2, 0, 0, 0, 0, 0, 0x88, 0, 0]),
            frame(CONTINUATION, END_HEADERS, 1, &[]),
            frame(DATA, PADDED | END_STREAM, 1, &[1, b'x', 0]),
            frame(RST_STREAM, 0, 3, &[0, 0, 0, 8]),
            frame(GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 2]),
        ]
        .concat();
        let expected = [
            Piece::Settings(vec![(3, 100)]),
            Piece::Fields { stream: 1, fields: status(), is_end: false },
            Piece::Data { stream: 1, content: b"x".to_vec(), is_end: true },
            Piece::Reset { stream: 3, code: 8 },
            Piece::GoAway { code: 2 },
        ];
        assert_eq!(read(&bytes), expected);
        let (mut reader, mut pieces) = (Http2Reader::default(), Vec::new());
        bytes.iter().for_each(|byte| reader.feed(&[*byte], &mut pieces));
        assert_eq!(pieces, expected);
    }

    #[test]
    fn faults() {
        let settings = || frame(SETTINGS, 0, 0, &[]);
        let fault = |bytes: Vec<u8>| match read(&bytes).pop() {
            Some(Piece::Fault(fault)) => fault,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault(b"HTTP/1.1 200".to_vec()), Fault::NotHttp2(b"HTTP/1.1 200".to_vec()));
        assert_eq!(fault([settings(), vec![1, 0, 0, 0, 0, 0, 0, 0, 1]].concat()), Fault::TooLong(65_536));
        let after = |bytes: Vec<u8>| fault([settings(), bytes].concat());
        assert_eq!(after(frame(DATA, PADDED, 1, &[9])), Fault::MalformedData);
        assert_eq!(after(frame(HEADERS, PADDED, 1, &[])), Fault::MalformedHeaders);
        assert_eq!(after(frame(CONTINUATION, END_HEADERS, 1, &[])), Fault::MisplacedContinuation);
        assert_eq!(after(frame(HEADERS, END_HEADERS, 1, &[0x80])), Fault::BadCompression);
    }

    #[test]
    fn nothing_is_read_after_a_fault() {
        let (mut reader, mut pieces) = (Http2Reader::default(), Vec::new());
        reader.feed(b"HTTP/1.1 200 OK\r\n\r\n", &mut pieces);
        reader.feed(&frame(SETTINGS, 0, 0, &[]), &mut pieces);
        assert_eq!(pieces.len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            read(&bytes);
            read(&[frame(SETTINGS, 0, 0, &[]), bytes].concat());
        }
    }
}
