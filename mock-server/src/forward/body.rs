//! Reads a body in whatever parts it arrives, and finds its end. See
//! [RFC 9112, section 6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3).

use crate::action::Framing;

/// The longest chunk extension or trailer section, in bytes.
const LINE: usize = 16 * 1024;

/// Reads a body. It keeps no bytes.
#[derive(Debug)]
pub(super) struct BodyReader(State);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The size of a chunk, with the number of its digits.
    Size {
        size: u64,
        digits: usize,
    },
    /// What follows the size in its line.
    Extension {
        size: u64,
        length: usize,
    },
    /// The LF of that line.
    SizeEnd {
        size: u64,
    },
    /// The data of a chunk.
    Chunk(u64),
    /// The CR after it.
    ChunkEnd,
    /// The LF after it.
    ChunkEnded,
    /// A line of the trailers, and how long they all are.
    Trailer {
        line: usize,
        all: usize,
    },
    /// The LF of that line.
    TrailerEnd {
        line: usize,
        all: usize,
    },
    Length(u64),
    UntilEnd,
    Over,
}

impl BodyReader {
    /// Reads a body of this framing.
    pub(super) fn new(framing: Framing) -> Self {
        Self(match framing {
            Framing::Chunked => State::Size { size: 0, digits: 0 },
            Framing::Length(0) => State::Over,
            Framing::Length(length) => State::Length(length),
            Framing::Close => State::UntilEnd,
        })
    }

    /// Whether the body has ended.
    pub(super) fn is_over(&self) -> bool {
        self.0 == State::Over
    }

    /// Whether it is complete if the connection ends now.
    pub(super) fn may_end(&self) -> bool {
        matches!(self.0, State::Over | State::UntilEnd)
    }

    /// Takes the framing at the start of these bytes; returns its length.
    ///
    /// # Errors
    /// If it is malformed.
    pub(super) fn framing(&mut self, bytes: &[u8]) -> Result<usize, &'static str> {
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(self.0, State::Chunk(_) | State::Length(_) | State::UntilEnd | State::Over) {
                return Ok(at);
            }
            self.0 = self.0.after(*byte)?;
        }
        Ok(bytes.len())
    }

    /// How many of these bytes, which begin with data, are data without framing between.
    pub(super) fn data(&self, bytes: &[u8]) -> usize {
        match self.0 {
            State::Chunk(left) | State::Length(left) => {
                usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len())
            }
            State::UntilEnd => bytes.len(),
            _ => 0,
        }
    }

    /// Takes this many bytes of data.
    pub(super) fn take(&mut self, length: usize) {
        match &mut self.0 {
            State::Chunk(left) | State::Length(left) => *left = left.saturating_sub(length as u64),
            _ => {}
        }
        self.0 = match self.0 {
            State::Chunk(0) => State::ChunkEnd,
            State::Length(0) => State::Over,
            state => state,
        };
    }
}

impl State {
    /// The state after a byte of framing.
    fn after(self, byte: u8) -> Result<Self, &'static str> {
        Ok(match (self, byte) {
            (Self::Size { size, digits }, _) if byte.is_ascii_hexdigit() => {
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                let size = size.checked_mul(16).and_then(|size| size.checked_add(digit.into()));
                Self::Size { size: size.ok_or("the size of a chunk is too large")?, digits: digits + 1 }
            }
            (Self::Size { digits: 0, .. }, _) => return Err("expected the size of a chunk"),
            (Self::Size { size, .. }, b';' | b' ' | b'\t') => Self::Extension { size, length: 0 },
            (Self::Size { size, .. } | Self::Extension { size, .. }, b'\r') => Self::SizeEnd { size },
            (Self::Size { .. }, _) => return Err("the size of a chunk is not hexadecimal"),
            (Self::Extension { length: LINE, .. }, _) => return Err("the extension of a chunk is too long"),
            (Self::Extension { size, length }, _) => Self::Extension { size, length: length + 1 },
            (Self::SizeEnd { size: 0 }, b'\n') => Self::Trailer { line: 0, all: 0 },
            (Self::SizeEnd { size }, b'\n') => Self::Chunk(size),
            (Self::ChunkEnd, b'\r') => Self::ChunkEnded,
            (Self::ChunkEnded, b'\n') => Self::Size { size: 0, digits: 0 },
            (Self::Trailer { all: LINE, .. }, _) => return Err("the trailers are too long"),
            (Self::Trailer { line, all }, b'\r') => Self::TrailerEnd { line, all: all + 1 },
            (Self::Trailer { line, all }, _) => Self::Trailer { line: line + 1, all: all + 1 },
            (Self::TrailerEnd { line: 0, .. }, b'\n') => Self::Over,
            (Self::TrailerEnd { all, .. }, b'\n') => Self::Trailer { line: 0, all },
            (Self::ChunkEnd | Self::ChunkEnded, _) => return Err("a chunk does not end where its size says"),
            (Self::SizeEnd { .. } | Self::TrailerEnd { .. }, _) => return Err("expected LF after CR"),
            (Self::Chunk(_) | Self::Length(_) | Self::UntilEnd | Self::Over, _) => self,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data of a body that arrives in these parts, and whether it is over.
    fn read(framing: Framing, parts: &[&[u8]]) -> Result<(Vec<Vec<u8>>, bool), &'static str> {
        let mut reader = BodyReader::new(framing);
        let mut data = Vec::new();
        for part in parts {
            let mut rest = *part;
            while !rest.is_empty() && !reader.is_over() {
                rest = &rest[reader.framing(rest)?..];
                let length = reader.data(rest);
                if length > 0 {
                    data.push(rest[..length].to_vec());
                    reader.take(length);
                }
                rest = &rest[length..];
            }
        }
        Ok((data, reader.is_over()))
    }

    #[test]
    fn chunks_are_data_wherever_they_are_cut() {
        let body = b"3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\nt: 1\r\n\r\n";
        for cut in 0..body.len() {
            let (data, over) = read(Framing::Chunked, &[&body[..cut], &body[cut..]]).expect("a body");
            assert_eq!((data.concat().as_slice(), over), (&b"abc0123456789"[..], true), "{cut}");
        }
        let one = read(Framing::Chunked, &[body]).expect("a body");
        assert_eq!(one.0, [b"abc".to_vec(), b"0123456789".to_vec()]);
    }

    #[test]
    fn a_length_is_counted_and_the_rest_is_not_data() {
        let read = |parts| read(Framing::Length(3), parts).expect("a body");
        assert_eq!(read(&[b"ab", b"cd"]), (vec![b"ab".to_vec(), b"c".to_vec()], true));
        assert_eq!(read(&[b"ab"]), (vec![b"ab".to_vec()], false));
    }

    #[test]
    fn malformed_chunks_are_reported() {
        for body in [
            &b"\r\n"[..],
            b"x\r\n",
            b"3\nabc",
            b"3\r\nabcd\r\n",
            b"3\r\nabc\rx",
            b"10000000000000000\r\n",
            b"3\rabc",
        ] {
            assert!(read(Framing::Chunked, &[body]).is_err(), "{:?}", String::from_utf8_lossy(body));
        }
        let long = [b"1;".to_vec(), vec![b'x'; LINE + 1]].concat();
        assert!(read(Framing::Chunked, &[&long]).is_err());
    }
}
