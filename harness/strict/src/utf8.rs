//! Whether bytes from several reads are UTF-8, and where they are not.
//!
//! <https://www.unicode.org/versions/latest/core-spec/chapter-3/#G7404>, table of well-formed sequences: neither overlong
//! forms nor surrogates, and nothing beyond U+10FFFF.

/// The longest sequence.
const LONGEST: usize = 4;

/// The validator of one stream. It keeps the bytes of one unfinished sequence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Utf8 {
    offset: u64,
    pending: [u8; LONGEST],
    have: usize,
    need: usize,
    lower: u8,
    upper: u8,
}

impl Utf8 {
    /// Validates the next bytes; each malformed sequence is passed to `bad`, with its offset and its bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8], bad: &mut dyn FnMut(u64, &[u8])) {
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            if self.have == 0 {
                let ascii = rest.iter().take_while(|byte| byte.is_ascii()).count();
                if ascii > 0 {
                    self.offset += ascii as u64;
                    rest = rest.get(ascii..).unwrap_or_default();
                    continue;
                }
                self.lead(*first, bad);
                rest = after;
            } else if (self.lower..=self.upper).contains(first) {
                self.continuation(*first);
                rest = after;
            } else {
                // The byte is read again, as the first of another sequence.
                self.give_up(bad);
            }
        }
    }

    /// The end of the stream: an unfinished sequence is malformed.
    pub(crate) fn end(&mut self, bad: &mut dyn FnMut(u64, &[u8])) {
        if self.have > 0 {
            self.give_up(bad);
        }
    }

    fn lead(&mut self, byte: u8, bad: &mut dyn FnMut(u64, &[u8])) {
        (self.lower, self.upper) = match byte {
            0xE0 => (0xA0, 0xBF),
            0xED => (0x80, 0x9F),
            0xF0 => (0x90, 0xBF),
            0xF4 => (0x80, 0x8F),
            _ => (0x80, 0xBF),
        };
        self.need = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => {
                bad(self.offset, &[byte]);
                self.offset += 1;
                return;
            }
        };
        self.keep(byte);
    }

    fn continuation(&mut self, byte: u8) {
        (self.lower, self.upper) = (0x80, 0xBF);
        self.keep(byte);
        if self.have == self.need {
            self.offset += self.have as u64;
            self.have = 0;
        }
    }

    fn keep(&mut self, byte: u8) {
        if let Some(place) = self.pending.get_mut(self.have) {
            *place = byte;
        }
        self.have += 1;
    }

    fn give_up(&mut self, bad: &mut dyn FnMut(u64, &[u8])) {
        bad(self.offset, self.pending.get(..self.have).unwrap_or_default());
        self.offset += self.have as u64;
        self.have = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Utf8;

    fn bad(pieces: &[&[u8]]) -> Vec<(u64, Vec<u8>)> {
        let (mut utf8, mut found) = (Utf8::default(), Vec::new());
        let mut note = |offset: u64, bytes: &[u8]| found.push((offset, bytes.to_vec()));
        for piece in pieces {
            utf8.feed(piece, &mut note);
        }
        utf8.end(&mut note);
        found
    }

    /// What the standard library says, one sequence after another.
    fn expected(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let mut offset = 0;
        let mut found = Vec::new();
        for chunk in bytes.utf8_chunks() {
            offset += chunk.valid().len() as u64;
            if !chunk.invalid().is_empty() {
                found.push((offset, chunk.invalid().to_vec()));
                offset += chunk.invalid().len() as u64;
            }
        }
        found
    }

    #[test]
    fn examples() {
        assert_eq!(bad(&["a\u{e9}\u{2026}\u{1f600}".as_bytes()]), []);
        assert_eq!(bad(&[b"ab\xFFc"]), [(2, vec![0xFF])]);
        assert_eq!(
            bad(&[b"\xF0\x9F", b"\x92", b"\xF0\x9F"]),
            [(0, vec![0xF0, 0x9F, 0x92]), (3, vec![0xF0, 0x9F])]
        );
        assert_eq!(bad(&[b"\xED\xA0\x80"]), [(0, vec![0xED]), (1, vec![0xA0]), (2, vec![0x80])]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn as_the_standard_library(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0xC0..=0xF5u8, 0x80..=0xBFu8], 0..40),
            at in any::<prop::sample::Index>(),
        ) {
            let at = at.index(bytes.len() + 1);
            prop_assert_eq!(bad(&[&bytes[..at], &bytes[at..]]), expected(&bytes));
            prop_assert_eq!(bad(&bytes.chunks(1).collect::<Vec<_>>()), expected(&bytes));
        }
    }
}
