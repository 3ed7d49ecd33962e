//! Content codings, decoded incrementally, <https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1>.

use std::io::Write as _;

use flate2::write::{GzDecoder, ZlibDecoder};

/// A decoder for the content of one response.
#[derive(Debug)]
pub(crate) enum Decoder {
    Identity,
    Gzip(GzDecoder<Vec<u8>>),
    Deflate(ZlibDecoder<Vec<u8>>),
    /// An unsupported coding, or bytes that cannot be decoded.
    Undecodable,
}

impl Decoder {
    /// A decoder for the codings in a Content-Encoding field.
    pub(crate) fn new(codings: &[String]) -> Self {
        let codings: Vec<String> = codings.iter().map(|coding| coding.to_ascii_lowercase()).collect();
        match codings.iter().map(String::as_str).filter(|coding| *coding != "identity").collect::<Vec<_>>()[..]
        {
            [] => Self::Identity,
            ["gzip" | "x-gzip"] => Self::Gzip(GzDecoder::new(Vec::new())),
            ["deflate"] => Self::Deflate(ZlibDecoder::new(Vec::new())),
            _ => Self::Undecodable,
        }
    }

    /// Whether the content cannot be decoded.
    pub(crate) fn is_undecodable(&self) -> bool {
        matches!(self, Self::Undecodable)
    }

    /// Decodes as much as these bytes allow.
    pub(crate) fn decode(&mut self, bytes: Vec<u8>) -> Vec<u8> {
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
            Self::Undecodable => return Vec::new(),
        };
        decoded.unwrap_or_else(|_| {
            *self = Self::Undecodable;
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
    fn flushed_bytes_are_decoded() {
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
    fn bytes_of_another_coding_cannot_be_decoded() {
        let mut decoder = Decoder::new(&["GZIP".into()]);
        assert_eq!(decoder.decode(b"data: plain text\n\n".to_vec()), b"");
        assert!(decoder.is_undecodable());
        assert!(Decoder::new(&["br".into()]).is_undecodable());
        assert!(!Decoder::new(&["identity".into()]).is_undecodable());
    }
}
