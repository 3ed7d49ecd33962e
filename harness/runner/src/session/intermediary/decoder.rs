//! Content codings, decoded as they arrive, <https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1>.

use std::io::{self, Write as _};

use flate2::write::{GzDecoder, ZlibDecoder};

/// A decoder for the content of one response.
#[derive(Debug)]
pub(super) enum Decoder {
    Identity,
    Gzip(Gzip),
    Deflate(ZlibDecoder<Vec<u8>>),
    /// The content is malformed, or in another coding.
    Lost,
}

impl Decoder {
    /// A decoder for the values of the fields Content-Encoding.
    pub(super) fn new<'v>(values: impl Iterator<Item = &'v [u8]>) -> Self {
        let list = values.flat_map(|value| value.split(|byte| *byte == b','));
        let codings: Vec<Vec<u8>> = list.map(|one| one.trim_ascii().to_ascii_lowercase()).collect();
        let codings: Vec<&[u8]> =
            codings.iter().map(Vec::as_slice).filter(|one| *one != b"identity").collect();
        match codings[..] {
            [] => Self::Identity,
            [b"gzip" | b"x-gzip"] => Self::Gzip(Gzip::new()),
            [b"deflate"] => Self::Deflate(ZlibDecoder::new(Vec::new())),
            _ => Self::Lost,
        }
    }

    /// The bytes that can be decoded now.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let decoded = match self {
            Self::Identity => return bytes.to_vec(),
            Self::Lost => return Vec::new(),
            Self::Gzip(gzip) => gzip.feed(bytes),
            Self::Deflate(decoder) => decoder
                .write_all(bytes)
                .and_then(|()| decoder.flush())
                .map(|()| std::mem::take(decoder.get_mut())),
        };
        decoded.unwrap_or_else(|_| {
            *self = Self::Lost;
            Vec::new()
        })
    }

    /// Whether the content cannot be decoded.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self, Self::Lost)
    }

    /// How many members of gzip have begun.
    pub(super) fn members(&self) -> u64 {
        if let Self::Gzip(gzip) = self { gzip.members } else { 0 }
    }
}

/// The first byte of a member.
const MAGIC: u8 = 0x1f;

/// A decoder for members of gzip, one after the other, <https://www.rfc-editor.org/rfc/rfc1952#section-2.2>.
#[derive(Debug)]
pub(super) struct Gzip {
    member: GzDecoder<Vec<u8>>,
    /// How many members have begun.
    members: u64,
}

impl Gzip {
    fn new() -> Self {
        Self { member: GzDecoder::new(Vec::new()), members: 0 }
    }

    fn feed(&mut self, mut bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut decoded = Vec::new();
        let mut has_begun = self.members > 0;
        while !bytes.is_empty() {
            self.members = self.members.max(1);
            // The decoder waits for a whole header before it judges it.
            if !has_begun && bytes.first() != Some(&MAGIC) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            // Nothing is taken after the end of a member.
            match self.member.write(bytes)? {
                0 if has_begun => {
                    decoded.append(self.member.get_mut());
                    (self.member, has_begun) = (GzDecoder::new(Vec::new()), false);
                    self.members += 1;
                }
                0 => return Err(io::ErrorKind::InvalidData.into()),
                length => {
                    has_begun = true;
                    bytes = bytes.get(length..).unwrap_or_default();
                }
            }
        }
        self.member.flush()?;
        decoded.append(self.member.get_mut());
        Ok(decoded)
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn what_was_flushed_can_be_decoded() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(b"data: a\n\n").unwrap();
        encoder.flush().unwrap();
        let mut decoder = Decoder::new([b"GZip".as_slice()].into_iter());
        let coded = std::mem::take(encoder.get_mut());
        assert_eq!(decoder.feed(&coded), b"data: a\n\n");
        encoder.write_all(b"data: b\n\n").unwrap();
        assert_eq!(decoder.feed(&std::mem::take(encoder.get_mut())), b"");
        assert!(!decoder.is_lost());
        assert_eq!(Decoder::new([b"identity".as_slice()].into_iter()).feed(b"a"), b"a");
        assert!(Decoder::new([b"br".as_slice()].into_iter()).is_lost());
    }

    #[test]
    fn all_members_are_read_however_they_are_cut() {
        let member = |text: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        };
        let coded = [member(b"data: a\n\n"), member(b""), member(b"data: b\n\n")].concat();
        for size in 1..=coded.len() {
            let mut decoder = Decoder::new([b"gzip".as_slice()].into_iter());
            let decoded: Vec<u8> = coded.chunks(size).flat_map(|piece| decoder.feed(piece)).collect();
            assert_eq!(decoded, b"data: a\n\ndata: b\n\n", "in pieces of {size}");
            assert_eq!((decoder.members(), decoder.is_lost()), (3, false));
        }
        let mut decoder = Decoder::new([b"gzip".as_slice()].into_iter());
        decoder.feed(&[member(b"data: a\n\n"), b"data: b\n\n".to_vec()].concat());
        assert!(decoder.is_lost());
    }
}
