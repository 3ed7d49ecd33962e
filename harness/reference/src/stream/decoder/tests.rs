use super::{Decoder, Defects};

/// Decodes the pieces with one decoder.
fn decode(pieces: &[&[u8]]) -> String {
    let (mut decoder, mut text) = (Decoder::new(Defects::None), String::new());
    for piece in pieces {
        decoder.decode(piece, &mut text);
    }
    text
}

#[test]
fn text_of_every_length_of_code_point() {
    assert_eq!(
        decode(&["a\u{e9}\u{2026}\u{1f600}\u{10ffff}\0".as_bytes()]),
        "a\u{e9}\u{2026}\u{1f600}\u{10ffff}\0"
    );
}

#[test]
fn code_points_cut_anywhere() {
    let text = "a\u{e9}b\u{2026}c\u{1f600}d\u{feff}";
    for first in 0..=text.len() {
        for second in first..=text.len() {
            let bytes = text.as_bytes();
            let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
            assert_eq!(decode(&pieces), text, "cut at {first} and {second}");
        }
    }
}

#[test]
fn byte_order_mark_is_skipped_once() {
    assert_eq!(decode(&[b"\xEF\xBB\xBFa"]), "a");
    assert_eq!(decode(&[b"\xEF\xBB\xBF\xEF\xBB\xBFa"]), "\u{feff}a");
    assert_eq!(decode(&[b"a\xEF\xBB\xBF"]), "a\u{feff}");
    assert_eq!(decode(&[b""]), "");
}

#[test]
fn byte_order_mark_in_pieces() {
    assert_eq!(decode(&[b"\xEF", b"", b"\xBB", b"\xBF", b"a"]), "a");
    assert_eq!(decode(&[b"\xEF\xBB", b"\xBFa"]), "a");
    assert_eq!(decode(&[b"", b"\xEF\xBB\xBF", b"\xEF\xBB\xBFa"]), "\u{feff}a");
}

#[test]
fn start_of_a_byte_order_mark_is_not_swallowed() {
    assert_eq!(decode(&[b"\xEF", b"\xBB", b"a"]), "\u{fffd}a");
    assert_eq!(decode(&[b"\xEF", b"a"]), "\u{fffd}a");
    assert_eq!(decode(&[b"\xEF\xBB", b"\xBE"]), "\u{fefe}");
    assert_eq!(decode(&[b"\xEF\xBB", b"\xEF\xBB\xBF"]), "\u{fffd}\u{feff}");
}

#[test]
fn replacement_counts_of_the_encoding_standard() {
    for (bytes, text) in [
        (&b"\xF0\x9F\x92A"[..], "\u{fffd}A"),
        (b"\xC0\x80", "\u{fffd}\u{fffd}"),
        (b"\xED\xA0\x80", "\u{fffd}\u{fffd}\u{fffd}"),
        (b"\xE2\x82\n", "\u{fffd}\n"),
        (b"\xE0\x80\x80", "\u{fffd}\u{fffd}\u{fffd}"),
        (b"\xF0\x80\x80\x80", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
        (b"\xF4\x90\x80\x80", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
        (b"\xF5\xFF", "\u{fffd}\u{fffd}"),
        (b"\x80\xBF", "\u{fffd}\u{fffd}"),
        (b"\xC3\xC3\xA9", "\u{fffd}\u{e9}"),
        (b"\xFE\xFFa", "\u{fffd}\u{fffd}a"),
    ] {
        assert_eq!(decode(&[bytes]), text, "{bytes:x?}");
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(decode(&single), text, "{bytes:x?} byte by byte");
    }
}

#[test]
fn every_sequence_of_two_and_three_bytes_as_the_standard_library() {
    // The library replaces maximal subparts as well. Its decoder is another one.
    let interesting =
        [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBB, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xED];
    let interesting = [&interesting[..], &[0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF]].concat();
    for a in 0..=0xFF {
        for &b in &interesting {
            for &c in &interesting {
                let bytes = [b' ', a, b, c, b'.'];
                assert_eq!(decode(&[&bytes]), String::from_utf8_lossy(&bytes), "{bytes:x?}");
            }
        }
    }
}
