//! Content codings, decoded as they come, <https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1>.

use std::io::Write as _;

use flate2::write::{GzDecoder, ZlibDecoder};

/// The decoder of one content.
#[derive(Debug)]
pub(super) enum Decoder {
    Identity,
    Gzip(GzDecoder<Vec<u8>>),
    Deflate(ZlibDecoder<Vec<u8>>),
    /// A coding that is not known here, or bytes that are not of it.
    Opaque,
}

impl Decoder {
    /// A decoder for the codings that a Content-Encoding field names.
    pub(super) fn new(codings: &[String]) -> Self {
        let real: Vec<String> = codings.iter().map(|coding| coding.to_ascii_lowercase()).collect();
        match real.iter().map(String::as_str).filter(|coding| *coding != "identity").collect::<Vec<_>>()[..] {
            [] => Self::Identity,
            ["gzip" | "x-gzip"] => Self::Gzip(GzDecoder::new(Vec::new())),
            ["deflate"] => Self::Deflate(ZlibDecoder::new(Vec::new())),
            _ => Self::Opaque,
        }
    }

    /// Whether what comes can be read.
    pub(super) fn is_opaque(&self) -> bool {
        matches!(self, Self::Opaque)
    }

    /// All that these bytes let be read.
    pub(super) fn decode(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        let decoded = match self {
            Self::Identity => return bytes,
            Self::Gzip(gzip) => {
                let done = gzip.write_all(&bytes).and_then(|()| gzip.flush());
                done.map(|()| std::mem::take(gzip.get_mut()))
            }
            Self::Deflate(deflate) => {
                let done = deflate.write_all(&bytes).and_then(|()| deflate.flush());
                done.map(|()| std::mem::take(deflate.get_mut()))
            }
            Self::Opaque => return Vec::new(),
        };
        decoded.unwrap_or_else(|_| {
            *self = Self::Opaque;
            Vec::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::Decoder;

    #[test]
    fn what_was_flushed_can_be_read() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(b"data: a\n\n").unwrap();
        encoder.flush().unwrap();
        let mut decoder = Decoder::new(&["gzip".into()]);
        let mut text = Vec::new();
        for byte in encoder.get_ref() {
            text.extend(decoder.decode(vec![*byte]));
        }
        assert_eq!(text, b"data: a\n\n");
    }

    #[test]
    fn what_is_not_of_the_coding_is_opaque() {
        let mut decoder = Decoder::new(&["GZIP".into()]);
        assert_eq!(decoder.decode(b"data: plain text\n\n".to_vec()), b"");
        assert!(decoder.is_opaque());
        assert!(Decoder::new(&["br".into()]).is_opaque());
        assert!(!Decoder::new(&["identity".into()]).is_opaque());
    }
}
