//! The `id` field and the last event ID.

use super::*;

#[test]
fn initially_empty() {
    assert_eq!(ids("data: a\n\n"), [""]);
}

#[test]
fn sets_buffer() {
    assert_eq!(ids("id: 42\ndata: a\n\n"), ["42"]);
    assert_eq!(ids("id:  a  b \ndata: a\n\n"), [" a  b "]);
    assert_eq!(ids("id: \u{2026}:\u{feff}\ndata: a\n\n"), ["\u{2026}:\u{feff}"]);
}

#[test]
fn null_ignored() {
    for value in ["\0", "\0x", "x\0", "x\0y", " \0"] {
        let stream = format!("id: 1\ndata: a\n\nid: {value}\ndata: b\n\n");
        assert_eq!(ids(&stream), ["1", "1"]);
        assert_eq!(id_after(&stream, ""), "1");
    }
}

#[test]
fn empty_and_without_colon_reset() {
    for line in ["id:", "id: ", "id"] {
        assert_eq!(ids(format!("id: 1\ndata: a\n\n{line}\ndata: b\n\ndata: c\n\n")), ["1", "", ""]);
        assert_eq!(id_after(format!("{line}\n\n"), "1"), "");
    }
}

#[test]
fn last_wins() {
    assert_eq!(ids("id: 1\nid: 2\ndata: a\nid: 3\n\n"), ["3"]);
    assert_eq!(ids("id: 1\nid: 2\0\ndata: a\n\n"), ["1"]);
}

#[test]
fn committed_at_dispatch_with_and_without_data() {
    assert_eq!(id_after("id: 7\n", ""), "");
    assert_eq!(id_after("id: 7\n\n", ""), "7");
    assert_eq!(id_after("id: 7\ndata: a\n\n", ""), "7");
    assert_eq!(data("id: 7\n\n"), NONE);
}

#[test]
fn incomplete_block_not_committed() {
    assert_eq!(id_after("id: 1\ndata: a\n\nid: 8\ndata: b\n", ""), "1");
    assert_eq!(id_after("id: 1\ndata: a\n\nid: 8\ndata: b", ""), "1");
}

#[test]
fn persist_across_events() {
    assert_eq!(ids("id: 1\ndata: a\n\ndata: b\n\n:\n\nevent: x\n\ndata: c\n\n"), ["1", "1", "1"]);
    assert_eq!(ids("id: 1\ndata: a\n\nid: 2\n\ndata: b\n\n"), ["1", "2"]);
}

#[test]
fn persist_across_streams() {
    let (events, after) = events_after("data: a\n\n", "1");
    assert_eq!(&*events[0].last_event_id, "1");
    assert_eq!(&*after.last_event_id, "1");
    // An empty line without anything else, as after a comment that keeps the connection alive.
    assert_eq!(id_after(": ping\n\n", "1"), "1");
    assert_eq!(id_after("\n", "1"), "1");
    assert_eq!(id_after("", "1"), "1");
}

#[test]
fn snapshot_at_dispatch() {
    assert_eq!(ids("id: 1\ndata: a\n\ndata: b\nid: 2\n\nid: 3\n\n"), ["1", "2"]);
}
