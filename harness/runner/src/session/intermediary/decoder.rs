//! Content codings, decoded as they arrive, <https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1>.

use std::io::Write as _;

use flate2::write::{GzDecoder, ZlibDecoder};

/// A decoder for the content of one response.
#[derive(Debug)]
pub(super) enum Decoder {
    Identity,
    Gzip(GzDecoder<Vec<u8>>),
    Deflate(ZlibDecoder<Vec<u8>>),
    /// Another coding, or bytes that cannot be decoded.
    Undecodable,
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
            [b"gzip" | b"x-gzip"] => Self::Gzip(GzDecoder::new(Vec::new())),
            [b"deflate"] => Self::Deflate(ZlibDecoder::new(Vec::new())),
            _ => Self::Undecodable,
        }
    }

    /// The bytes that can be decoded now.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let decoded = match self {
            Self::Identity => return bytes.to_vec(),
            Self::Undecodable => return Vec::new(),
            Self::Gzip(decoder) => decoder
                .write_all(bytes)
                .and_then(|()| decoder.flush())
                .map(|()| std::mem::take(decoder.get_mut())),
            Self::Deflate(decoder) => decoder
                .write_all(bytes)
                .and_then(|()| decoder.flush())
                .map(|()| std::mem::take(decoder.get_mut())),
        };
        decoded.unwrap_or_else(|_| {
            *self = Self::Undecodable;
            Vec::new()
        })
    }

    /// Whether the content cannot be decoded.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self, Self::Undecodable)
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
}
