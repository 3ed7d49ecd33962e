//! From bytes to text.

use super::*;

#[test]
fn always_utf8() {
    assert_eq!(data("data: ok\u{2026}\u{1f600}\n\n"), ["ok\u{2026}\u{1f600}"]);
    assert_eq!(data(b"data: caf\xE9\n\n"), ["caf\u{fffd}"]);
    assert_eq!(data(b"\xFF\xFEd\0a\0t\0a\0:\0a\0\n\0\n\0"), NONE);
}

#[test]
fn byte_order_mark_stripped_once_per_stream() {
    assert_eq!(data("\u{feff}data: 1\n\n"), ["1"]);
    assert_eq!(data("\u{feff}\u{feff}data: 1\n\ndata: 2\n\n"), ["2"]);
    assert_eq!(data("data: 1\n\n\u{feff}data: 2\n\ndata: 3\n\n"), ["1", "3"]);
    assert_eq!(data("\n\u{feff}data: 1\n\n"), NONE);
    assert_eq!(data("\u{feff}: x\n\u{feff}data: 1\n\n"), NONE);
}

#[test]
fn start_of_a_byte_order_mark_not_swallowed() {
    assert_eq!(data(b"\xEF\xBBdata: 1\n\ndata: 2\n\n"), ["2"]);
    assert_eq!(data(b"\xEFdata: 1\n\ndata: 2\n\n"), ["2"]);
}

#[test]
fn invalid_bytes_replaced() {
    assert_eq!(
        data(b"data: \xF0\x9F\x92A\xC0\x80\xED\xA0\x80.\n\n"),
        ["\u{fffd}A\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}."]
    );
}

#[test]
fn invalid_never_swallows_newline() {
    assert_eq!(data(b"data:\xE2\x82\ndata:b\xF0\n\n"), ["\u{fffd}\nb\u{fffd}"]);
    assert_eq!(data(b"data:a\xE2\r\rdata:b\n\n"), ["a\u{fffd}", "b"]);
}

#[test]
fn nul_preserved() {
    assert_eq!(data("data:\0\ndata:\0\n\n"), ["\0\n\0"]);
    assert_eq!(kinds("event:a\0b\ndata:\n\n"), ["a\0b"]);
}
