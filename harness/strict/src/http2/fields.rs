//! Field blocks, <https://www.rfc-editor.org/rfc/rfc9113#section-8.2>. The `loona-hpack` crate decodes them.

use loona_hpack::decoder::Decoder;

/// The size of the dynamic table in bytes: the default, which none of the clients here changes.
const TABLE: usize = 4096;

/// How much is kept of one block, in bytes: small blocks can name large entries again and again.
const MOST: usize = 256 * 1024;

/// What a field costs in addition to its bytes, <https://www.rfc-editor.org/rfc/rfc7541#section-4.1>.
const OVERHEAD: usize = 32;

/// Fields that no message over HTTP/2 has, <https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2>.
const CONNECTION_SPECIFIC: [&[u8]; 5] =
    [b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"];

/// A field. Names of pseudo-header fields begin with a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
}

/// Why HTTP/2 does not allow a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It is about a connection over HTTP/1.1.
    ConnectionSpecific,
    /// Its name has uppercase characters.
    Uppercase,
}

impl Field {
    /// Why HTTP/2 does not allow the field; `None` if it does.
    pub fn malformed(&self) -> Option<Malformed> {
        if CONNECTION_SPECIFIC.iter().any(|name| self.name.eq_ignore_ascii_case(name)) {
            return Some(Malformed::ConnectionSpecific);
        }
        self.name.iter().any(u8::is_ascii_uppercase).then_some(Malformed::Uppercase)
    }
}

/// The decoder of one connection.
pub(crate) struct FieldDecoder(Decoder<'static>);

impl FieldDecoder {
    pub(crate) fn new() -> Self {
        let mut decoder = Decoder::new();
        decoder.set_max_allowed_table_size(TABLE);
        Self(decoder)
    }

    /// The fields of a block; `None` if it is malformed or decodes to too much. The connection cannot go on then.
    pub(crate) fn decode(&mut self, block: &[u8]) -> Option<Vec<Field>> {
        let (mut fields, mut size) = (Vec::new(), 0_usize);
        let decoded = self.0.decode_with_cb(block, |name, value| {
            size += name.len() + value.len() + OVERHEAD;
            if size <= MOST {
                fields.push(Field { name: name.into_owned(), value: value.into_owned() });
            }
        });
        (decoded.is_ok() && size <= MOST).then_some(fields)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Field, FieldDecoder, Malformed};

    fn field(name: &str, value: &str) -> Field {
        Field { name: name.into(), value: value.into() }
    }

    #[test]
    fn examples_of_the_rfc() {
        // Appendix C.4: requests on one connection, with the dynamic table.
        let mut decoder = FieldDecoder::new();
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
    fn malformed_blocks_are_refused() {
        for block in [
            &[0x80][..],
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0xBE],
            &[0x00, 0x05, b'a'],
            &[0x3F, 0xE2, 0x1F],
            &[0x40],
        ] {
            assert_eq!(FieldDecoder::new().decode(block), None, "{block:?}");
        }
    }

    #[test]
    fn a_block_that_decodes_to_too_much_is_refused() {
        // A large entry in the table, and its index again and again.
        let mut block = [&[0x40, 1, b'a', 127, 0xA1, 0x1E][..], &[b'x'; 4000]].concat();
        assert!(FieldDecoder::new().decode(&block).is_some_and(|fields| fields[0].value.len() == 4000));
        block.extend([0xBE; 100]);
        assert_eq!(FieldDecoder::new().decode(&block), None);
    }

    #[test]
    fn malformed_fields() {
        assert_eq!(field("date", "x").malformed(), None);
        assert_eq!(field("connection", "keep-alive").malformed(), Some(Malformed::ConnectionSpecific));
        assert_eq!(field("Upgrade", "h2c").malformed(), Some(Malformed::ConnectionSpecific));
        assert_eq!(field("Date", "x").malformed(), Some(Malformed::Uppercase));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_decoded_or_refused(block in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = FieldDecoder::new().decode(&block);
        }
    }
}
