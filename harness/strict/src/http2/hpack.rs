//! HPACK, <https://www.rfc-editor.org/rfc/rfc7541>: all of it to decode, the least of it to encode.

use std::collections::VecDeque;

use super::huffman;

/// A field, as bytes.
pub type Field = (Vec<u8>, Vec<u8>);

/// The static table, <https://www.rfc-editor.org/rfc/rfc7541#appendix-A>.
const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

/// What an entry costs beside its bytes.
const OVERHEAD: usize = 32;

/// The size of the dynamic table, which we leave at its default.
const TABLE: usize = 4096;

/// What is decoded of one block at most, in bytes: small blocks can name large entries again and again.
const MOST: usize = 256 * 1024;

/// The decoder of one connection.
#[derive(Debug, Default)]
pub struct Decoder {
    entries: VecDeque<Field>,
    size: usize,
    limit: Option<usize>,
}

impl Decoder {
    /// Decodes a block; none where it is malformed, after which the connection cannot go on.
    pub fn decode(&mut self, block: &[u8]) -> Option<Vec<Field>> {
        let (mut rest, mut fields, mut size) = (block, Vec::new(), 0);
        while let Some(first) = rest.first().copied() {
            let field = if first & 0x80 != 0 {
                let index = integer(&mut rest, 7)?;
                self.entry(index)?
            } else if first & 0xE0 == 0x20 {
                let limit = integer(&mut rest, 5)?;
                self.resize(limit)?;
                continue;
            } else {
                let is_indexed = first & 0x40 != 0;
                let index = integer(&mut rest, if is_indexed { 6 } else { 4 })?;
                let name = if index == 0 { string(&mut rest)? } else { self.entry(index)?.0 };
                let field = (name, string(&mut rest)?);
                if is_indexed {
                    self.add(field.clone());
                }
                field
            };
            size += field.0.len() + field.1.len() + OVERHEAD;
            if size > MOST {
                return None;
            }
            fields.push(field);
        }
        Some(fields)
    }

    fn entry(&self, index: usize) -> Option<Field> {
        let place = index.checked_sub(1)?;
        match STATIC.get(place) {
            Some((name, value)) => Some((name.as_bytes().to_vec(), value.as_bytes().to_vec())),
            None => self.entries.get(place - STATIC.len()).cloned(),
        }
    }

    fn resize(&mut self, limit: usize) -> Option<()> {
        self.limit = Some(limit).filter(|limit| *limit <= TABLE);
        self.evict();
        self.limit.map(|_| ())
    }

    fn add(&mut self, field: Field) {
        self.size += field.0.len() + field.1.len() + OVERHEAD;
        self.entries.push_front(field);
        self.evict();
    }

    fn evict(&mut self) {
        while self.size > self.limit.unwrap_or(TABLE) {
            let Some((name, value)) = self.entries.pop_back() else { break };
            self.size -= name.len() + value.len() + OVERHEAD;
        }
    }
}

/// <https://www.rfc-editor.org/rfc/rfc7541#section-5.1>
fn integer(rest: &mut &[u8], prefix: u32) -> Option<usize> {
    let (first, mut after) = rest.split_first()?;
    let most = (1_usize << prefix) - 1;
    let mut value = usize::from(*first) & most;
    if value == most {
        let mut shift = 0;
        loop {
            let (byte, next) = after.split_first()?;
            after = next;
            value = value.checked_add(usize::from(byte & 0x7F).checked_shl(shift)?)?;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
            if shift > 28 {
                return None;
            }
        }
    }
    *rest = after;
    Some(value)
}

/// <https://www.rfc-editor.org/rfc/rfc7541#section-5.2>
fn string(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let is_coded = rest.first()? & 0x80 != 0;
    let length = integer(rest, 7)?;
    let text = rest.get(..length)?;
    *rest = rest.get(length..)?;
    if is_coded { huffman::decode(text) } else { Some(text.to_vec()) }
}

/// Encodes fields as literals that enter no table.
pub fn encode(fields: &[Field]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            length(&mut block, text.len());
            block.extend_from_slice(text);
        }
    }
    block
}

fn length(block: &mut Vec<u8>, value: usize) {
    let Some(mut left) = value.checked_sub(127) else {
        block.extend(u8::try_from(value));
        return;
    };
    block.push(127);
    while left >= 128 {
        block.push(0x80 | u8::try_from(left & 0x7F).unwrap_or_default());
        left >>= 7;
    }
    block.extend(u8::try_from(left));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Decoder, Field, encode};

    fn field(name: &str, value: &str) -> Field {
        (name.into(), value.into())
    }

    #[test]
    fn examples_of_the_rfc() {
        // Appendix C.4: three requests on one connection, with the dynamic table.
        let mut decoder = Decoder::default();
        let first = [
            0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4,
            0xff,
        ];
        let expected = vec![
            field(":method", "GET"),
            field(":scheme", "http"),
            field(":path", "/"),
            field(":authority", "www.example.com"),
        ];
        assert_eq!(decoder.decode(&first), Some(expected.clone()));
        let second = [0x82, 0x86, 0x84, 0xbe, 0x58, 0x86, 0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf];
        let more = [expected, vec![field("cache-control", "no-cache")]].concat();
        assert_eq!(decoder.decode(&second), Some(more));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for block in [
            &[0x80][..],
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0xBE],
            &[0x00, 0x05, b'a'],
            &[0x3F, 0xE2, 0x1F],
            &[0x40],
        ] {
            assert_eq!(Decoder::default().decode(block), None, "{block:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_encoded_is_decoded(fields in prop::collection::vec(("[a-z]{1,200}", ".{0,300}"), 0..5)) {
            let fields: Vec<Field> = fields.into_iter().map(|(name, value)| (name.into_bytes(), value.into_bytes())).collect();
            prop_assert_eq!(Decoder::default().decode(&encode(&fields)), Some(fields));
        }

        #[test]
        fn any_bytes_are_decoded_or_refused(block in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut decoder = Decoder::default();
            let _ = decoder.decode(&block);
            prop_assert!(decoder.size <= super::TABLE);
        }
    }
}
