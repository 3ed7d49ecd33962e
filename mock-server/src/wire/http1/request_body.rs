//! Bodies of requests, see [RFC 9112, section 6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3).

use super::request::{Malformed, Request, RequestLimits};

/// How long the line with a chunk's size may be, with its extensions.
const SIZE_LINE_LIMIT: usize = 4096;

/// Whether a body has ended.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::wire) enum Framed {
    More,
    Complete,
}

/// Reads one body. Nothing is allocated for a length that is only claimed.
#[derive(Debug)]
pub(in crate::wire) struct BodyReader {
    limits: RequestLimits,
    stage: Stage,
}

/// What comes next.
#[derive(Debug)]
enum Stage {
    /// This many bytes, to the end of the body.
    Rest(u64),
    /// The line with the size of a chunk.
    Size,
    /// This many bytes of a chunk.
    Data(u64),
    /// The line ending after a chunk.
    DataEnd,
    /// Trailers, of which this many bytes have arrived.
    Trailers(usize),
}

impl BodyReader {
    /// A reader for the body that the head of `request` announces.
    pub(in crate::wire) fn new(request: &Request, limits: RequestLimits) -> Result<Self, Malformed> {
        let lengths: Vec<&[u8]> = request.header("content-length").collect();
        let codings = request.header("transfer-encoding").collect::<Vec<_>>().join(&b", "[..]);
        let stage = match (lengths.first(), codings.as_slice()) {
            (None, []) => Stage::Rest(0),
            (Some(_), [_, ..]) => return Err(Malformed::TwoFramings),
            (Some(first), []) => {
                let length = number(first).filter(|_| lengths.iter().all(|other| other == first));
                let length =
                    length.ok_or_else(|| Malformed::ContentLength(lossy(&lengths.join(&b", "[..]))))?;
                if length > limits.body {
                    return Err(Malformed::LongBody(limits.body));
                }
                Stage::Rest(length)
            }
            // Clients use no other transfer coding: they cannot know whether the server supports it.
            (None, coding) if coding.eq_ignore_ascii_case(b"chunked") => Stage::Size,
            (None, coding) => return Err(Malformed::TransferEncoding(lossy(coding))),
        };
        Ok(Self { limits, stage })
    }

    /// Whether the body is complete.
    pub(in crate::wire) fn is_complete(&self) -> bool {
        matches!(self.stage, Stage::Rest(0))
    }

    /// Moves the bytes of the body from `buffer` to `body`.
    pub(in crate::wire) fn advance(
        &mut self,
        buffer: &mut Vec<u8>,
        body: &mut Vec<u8>,
    ) -> Result<Framed, Malformed> {
        let mut position = 0;
        let framed = self.read(buffer, &mut position, body);
        buffer.drain(..position);
        framed
    }

    /// Reads from `position` as far as possible, and advances it.
    fn read(&mut self, bytes: &[u8], position: &mut usize, body: &mut Vec<u8>) -> Result<Framed, Malformed> {
        loop {
            let rest = bytes.get(*position..).unwrap_or_default();
            match &mut self.stage {
                Stage::Rest(0) => return Ok(Framed::Complete),
                Stage::Rest(length) | Stage::Data(length) if *length > 0 => {
                    let taken = rest.len().min(usize::try_from(*length).unwrap_or(usize::MAX));
                    if taken == 0 {
                        return Ok(Framed::More);
                    }
                    if (body.len() + taken) as u64 > self.limits.body {
                        return Err(Malformed::LongBody(self.limits.body));
                    }
                    body.extend(rest.iter().take(taken));
                    *position += taken;
                    *length -= taken as u64;
                }
                Stage::Rest(_) | Stage::Data(_) => self.stage = Stage::DataEnd,
                Stage::Size => match chunk_size(rest)? {
                    None => return Ok(Framed::More),
                    Some((taken, size)) => {
                        *position += taken;
                        self.stage = if size == 0 { Stage::Trailers(0) } else { Stage::Data(size) };
                    }
                },
                Stage::DataEnd => match rest {
                    [b'\r', b'\n', ..] => {
                        *position += 2;
                        self.stage = Stage::Size;
                    }
                    [] | [b'\r'] => return Ok(Framed::More),
                    _ => return Err(Malformed::ChunkEnd),
                },
                Stage::Trailers(seen) => {
                    let line = rest.iter().position(|byte| *byte == b'\n').map(|end| end + 1);
                    if *seen + line.unwrap_or(rest.len()) > self.limits.head {
                        return Err(Malformed::LongTrailers(self.limits.head));
                    }
                    let Some(line) = line else { return Ok(Framed::More) };
                    *position += line;
                    *seen += line;
                    if matches!(rest, [b'\n', ..] | [b'\r', b'\n', ..]) {
                        self.stage = Stage::Rest(0);
                    }
                }
            }
        }
    }
}

/// Reads the line with a chunk's size, and returns its length too; `None` if it is incomplete.
fn chunk_size(bytes: &[u8]) -> Result<Option<(usize, u64)>, Malformed> {
    // httparse accepts a line without digits as size 0.
    if bytes.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) {
        return Err(Malformed::ChunkSize);
    }
    match httparse::parse_chunk_size(bytes) {
        Ok(httparse::Status::Complete(found)) => Ok(Some(found)),
        Ok(httparse::Status::Partial) if bytes.len() < SIZE_LINE_LIMIT => Ok(None),
        Ok(httparse::Status::Partial) | Err(_) => Err(Malformed::ChunkSize),
    }
}

/// A number that consists of digits only, `1*DIGIT` in RFC 9110: no sign, no space.
fn number(value: &[u8]) -> Option<u64> {
    let digits = str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

/// For a message.
fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
