//! From blocks to events, and the end of the stream.

use std::sync::Arc;

use super::*;

#[test]
fn empty_data_no_event() {
    assert_eq!(data("id: 1\nevent: x\nretry: 20\nfoo: bar\n\n"), NONE);
}

#[test]
fn strip_one_trailing_line_feed() {
    assert_eq!(data("data:a\ndata:\n\n"), ["a\n"]);
    assert_eq!(data("data:\ndata:\ndata:\n\n"), ["\n\n"]);
}

#[test]
fn resets_data() {
    assert_eq!(data("data:a\n\ndata:b\n\n"), ["a", "b"]);
}

#[test]
fn end_of_file_discards_pending() {
    assert_eq!(data("data:a\n\ndata: x\n"), ["a"]);
    assert_eq!(data("data: x"), NONE);
    assert_eq!(data("data: x\r"), NONE);
    assert_eq!(data("data: x\r\r"), ["x"]);
}

#[test]
fn last_event_id_is_shared_not_copied() {
    let events = events("id: 1\ndata: a\n\ndata: b\n\n");
    assert!(Arc::ptr_eq(&events[0].last_event_id, &events[1].last_event_id));
}
