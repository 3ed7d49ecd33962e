//! Content codings, decoded as they arrive, <https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1>.

use std::fmt;
use std::io::{self, Write as _};

use flate2::write::{GzDecoder, ZlibDecoder};

/// Why content cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// It is in another coding than the decoders know, or malformed.
    Undecodable,
    /// A second member of gzip follows. RFC 1952 allows that, but Chromium, curl and httpx read the first one only.
    SecondMember,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Undecodable => "content in a coding that was not asked for, or that cannot be decoded",
            Self::SecondMember => "a second member of gzip, which browsers do not read",
        })
    }
}

/// A decoder for the content of one response.
#[derive(Debug)]
pub(super) enum Decoder {
    Identity,
    Gzip(GzDecoder<Vec<u8>>),
    Deflate(ZlibDecoder<Vec<u8>>),
    /// It cannot be decoded.
    Lost(Loss),
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
            _ => Self::Lost(Loss::Undecodable),
        }
    }

    /// The bytes that can be decoded now.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let decoded = match self {
            Self::Identity => return bytes.to_vec(),
            Self::Lost(_) => return Vec::new(),
            Self::Gzip(decoder) => decoder
                .write_all(bytes)
                .and_then(|()| decoder.flush())
                .map(|()| std::mem::take(decoder.get_mut())),
            Self::Deflate(decoder) => decoder
                .write_all(bytes)
                .and_then(|()| decoder.flush())
                .map(|()| std::mem::take(decoder.get_mut())),
        };
        decoded.unwrap_or_else(|error| {
            // The decoder takes nothing more after the end of a member.
            let is_after_a_member = matches!(self, Self::Gzip(_)) && error.kind() == io::ErrorKind::WriteZero;
            *self = Self::Lost(if is_after_a_member { Loss::SecondMember } else { Loss::Undecodable });
            Vec::new()
        })
    }

    /// Why the content cannot be decoded, if it cannot.
    pub(super) fn loss(&self) -> Option<Loss> {
        match self {
            Self::Lost(loss) => Some(*loss),
            Self::Identity | Self::Gzip(_) | Self::Deflate(_) => None,
        }
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
        assert_eq!(decoder.loss(), None);
        assert_eq!(Decoder::new([b"identity".as_slice()].into_iter()).feed(b"a"), b"a");
        assert_eq!(Decoder::new([b"br".as_slice()].into_iter()).loss(), Some(Loss::Undecodable));
    }

    #[test]
    fn events_after_the_first_member_are_lost() {
        let member = |text: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        };
        let mut decoder = Decoder::new([b"gzip".as_slice()].into_iter());
        assert_eq!(decoder.feed(&member(b"data: a\n\n")), b"data: a\n\n");
        assert_eq!(decoder.loss(), None);
        decoder.feed(&member(b"data: b\n\n"));
        assert_eq!(decoder.loss(), Some(Loss::SecondMember));
        let mut decoder = Decoder::new([b"gzip".as_slice()].into_iter());
        decoder.feed(b"data: a\n\ndata: b\n\n");
        assert_eq!(decoder.loss(), Some(Loss::Undecodable));
    }
}
