use super::*;

fn types(bytes: &[u8]) -> Vec<String> {
    named_types([bytes])
}

#[test]
fn types_are_named_by_event_fields() {
    assert_eq!(types(b"event: a\nevent:b\r\nevent:  c\revent: d"), ["a", "b", " c", "d"]);
    assert_eq!(types("event: \u{e9}\u{1f980}\n".as_bytes()), ["\u{e9}\u{1f980}"]);
}

#[test]
fn what_names_no_type_is_left_out() {
    assert_eq!(
        types(b"event\nevent:\nevent: \n event: a\nEvent: b\ndata: event: c\n:event: d\nid: e\n"),
        [""; 0]
    );
    assert_eq!(types(b""), [""; 0]);
}

#[test]
fn each_is_named_once_and_in_order() {
    assert_eq!(named_types([&b"event: b\nevent: a\n"[..], b"event: b\nevent: c\n"]), ["b", "a", "c"]);
}

#[test]
fn streams_do_not_run_into_each_other() {
    assert_eq!(named_types([&b"data: a"[..], b"event: b\n"]), ["b"]);
}

#[test]
fn a_byte_order_mark_hides_no_type() {
    assert_eq!(types(b"\xef\xbb\xbfevent: a\n"), ["a"]);
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    assert_eq!(types(b"event: a\xff\n"), ["a\u{fffd}"]);
}
