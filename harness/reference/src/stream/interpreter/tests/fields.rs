//! From lines to fields.

use super::*;

#[test]
fn comments_are_ignored() {
    assert_eq!(data(":\n:data:x\n: \0\n::\n\n"), NONE);
    assert_eq!(data("data:a\n:b\ndata:c\n:\n\n"), ["a\nc"]);
    assert_eq!(kinds("event:a\n:event:b\ndata\n\n"), ["a"]);
}

#[test]
fn comments_are_shown() {
    assert_eq!(comments(":\n: a:b \n:: \n\n"), ["", " a:b ", ": "]);
    assert_eq!(comments(": unfinished"), NONE);
}

#[test]
fn comments_and_events_in_order() {
    let event = Event { kind: "message".into(), data: "a".into(), last_event_id: "".into() };
    let shown = interpret([&b":1\ndata:a\n:2\n\n:3\n"[..]], &mut resumption(""));
    let comment = |text: &str| Shown::Comment(text.into());
    assert_eq!(shown, [comment("1"), comment("2"), Shown::Event(event), comment("3")]);
}

#[test]
fn split_at_first_colon() {
    assert_eq!(data("data:a:b\n\n"), ["a:b"]);
    assert_eq!(data("data::\n\n"), [":"]);
    assert_eq!(data("data: :\n\n"), [":"]);
}

#[test]
fn one_leading_space_stripped() {
    assert_eq!(data("data:  x\n\n"), [" x"]);
    assert_eq!(data("data: x\n\n"), ["x"]);
    assert_eq!(data("data:x\n\n"), ["x"]);
    assert_eq!(data("data: \n\n"), [""]);
    assert_eq!(data("data:\tx\ndata:\u{a0}x\n\n"), ["\tx\n\u{a0}x"]);
    assert_eq!(data("data:x  \n\n"), ["x  "]);
    assert_eq!(kinds("event:  a \ndata\n\n"), [" a "]);
}

#[test]
fn no_colon_is_an_empty_value() {
    assert_eq!(data("data\n\n"), [""]);
    assert_eq!(data("data\ndata\n\n"), ["\n"]);
    assert_eq!(data("data:\n\n"), [""]);
}

#[test]
fn unknown_names_are_ignored() {
    let unknown = [
        "Data:x",
        "DATA",
        " data:x",
        "data :x",
        "data\0:x",
        "\0data:x",
        "dat:x",
        "dataa:x",
        "\u{feff}data:x",
        "data\u{a0}:x",
        "x",
        "x:y",
        "\tdata:x",
        "d\u{e0}ta:x",
        "da\u{200b}ta:x",
    ];
    for line in unknown {
        assert_eq!(data(format!("\n{line}\n\n")), NONE, "{line:?}");
        assert_eq!(data(format!("data:a\n{line}\ndata:b\n\n")), ["a\nb"], "{line:?}");
    }
    assert_eq!(kinds("EVENT:x\ndata\n\n"), ["message"]);
    assert_eq!(ids("ID:x\nId:y\ndata\n\n"), [""]);
    assert_eq!(retry("Retry: 20\n\n"), None);
}

#[test]
fn order_is_free() {
    let expected = Event { kind: "x".into(), data: "a\nb".into(), last_event_id: "1".into() };
    for stream in ["data:a\nevent:x\nid:1\ndata:b\n\n", "id:1\ndata:a\ndata:b\nevent:x\n\n"] {
        assert_eq!(events(stream), std::slice::from_ref(&expected));
    }
}

#[test]
fn event_sets_type() {
    assert_eq!(kinds("event: add\ndata: a\n\n"), ["add"]);
    assert_eq!(kinds("event: a\nevent: b\ndata\n\n"), ["b"]);
    for line in ["event:", "event: ", "event"] {
        assert_eq!(kinds(format!("{line}\ndata\n\n")), ["message"]);
        assert_eq!(kinds(format!("event: foo\n{line}\ndata\n\n")), ["message"]);
    }
    assert_eq!(kinds("event: open\ndata\n\nevent: error\ndata\n\n"), ["open", "error"]);
}

#[test]
fn event_type_reset() {
    assert_eq!(kinds("event: foo\ndata: a\n\ndata: b\n\n"), ["foo", "message"]);
    assert_eq!(kinds("event: foo\n\ndata: b\n\n"), ["message"]);
}
