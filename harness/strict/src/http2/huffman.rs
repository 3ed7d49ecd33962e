//! The Huffman code of HPACK, <https://www.rfc-editor.org/rfc/rfc7541#appendix-B>.
//!
//! The code is canonical (§5.2), so that the lengths of its codes are all there is to know.

/// The length of each symbol's code in bits; the last is that of the end of the string.
#[rustfmt::skip]
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
];

/// The longest code in bits.
const LONGEST: u8 = 30;

/// Decodes a string; none where it is malformed.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<u8>> {
    let codes = codes();
    let (mut text, mut code, mut length) = (Vec::new(), 0_u32, 0_u8);
    for byte in bytes {
        for bit in (0..8).rev() {
            code = (code << 1) | u32::from((byte >> bit) & 1);
            length += 1;
            let of_length = codes.iter().find(|row| row.length == length);
            let symbol = of_length.and_then(|row| {
                let place = usize::try_from(code.checked_sub(row.first)?).ok()?;
                row.symbols.get(place).copied()
            });
            match symbol {
                Some(symbol) => {
                    // The end of the string is never spelled.
                    text.push(u8::try_from(symbol).ok()?);
                    (code, length) = (0, 0);
                }
                None if length >= LONGEST => return None,
                None => {}
            }
        }
    }
    // The padding is less than a byte, all ones.
    (length < 8 && code == (1 << length) - 1).then_some(text)
}

/// The codes of one length: they are consecutive.
struct Row {
    length: u8,
    first: u32,
    symbols: Vec<u16>,
}

fn codes() -> Vec<Row> {
    let mut next = 0_u32;
    let mut rows = Vec::new();
    for length in 1..=LONGEST {
        next <<= 1;
        let symbols: Vec<u16> =
            (0..).zip(LENGTHS).filter(|(_, of)| *of == length).map(|(symbol, _)| symbol).collect();
        if !symbols.is_empty() {
            let first = next;
            next += u32::try_from(symbols.len()).unwrap_or_default();
            rows.push(Row { length, first, symbols });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn examples_of_the_rfc() {
        for (bytes, text) in [
            (
                &[0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff][..],
                "www.example.com",
            ),
            (&[0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf], "no-cache"),
            (&[0x64, 0x02], "302"),
            (&[0xae, 0xc3, 0x77, 0x1a, 0x4b], "private"),
            (&[], ""),
        ] {
            assert_eq!(decode(bytes).as_deref(), Some(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_malformed_is_refused() {
        assert_eq!(decode(&[0x64]), None);
        assert_eq!(decode(&[0xff, 0xff, 0xff, 0xff]), None);
    }
}
