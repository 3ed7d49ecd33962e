//! From text to lines.

use super::*;

#[test]
fn terminators() {
    assert_eq!(data("data:a\ndata:b\n\n"), ["a\nb"]);
    assert_eq!(data("data:a\rdata:b\r\r"), ["a\nb"]);
    assert_eq!(data("data:a\r\ndata:b\r\n\r\n"), ["a\nb"]);
}

#[test]
fn mixed_terminators() {
    for blank in ["\n\r", "\r\n\r", "\r\r\n", "\n\r\n", "\r\n\n", "\n\n", "\r\r", "\r\n\r\n"] {
        assert_eq!(data(format!("data:a{blank}data:b{blank}")), ["a", "b"], "{blank:?}");
    }
}

#[test]
fn last_carriage_return_is_not_delayed() {
    let mut source = resumption("");
    let (mut interpreter, mut shown) = (Interpreter::new(&source, &Defects::None), Vec::new());
    interpreter.feed(b"data: a\r\r", &mut source, &mut shown);
    assert_eq!(shown.len(), 1);
    interpreter.feed(b"\ndata: b\r", &mut source, &mut shown);
    interpreter.feed(b"\n\r", &mut source, &mut shown);
    assert_eq!(shown.len(), 2);
}

#[test]
fn only_cr_and_lf_terminate() {
    let text = "a\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}b";
    assert_eq!(data(format!("data:{text}\n\n")), [text]);
}

#[test]
fn no_length_limit() {
    // Byte by byte and in one: with work that grows with the line for every piece, this would not end.
    let long = "x".repeat(1 << 20);
    let stream = format!("data: {long}\ndata: {long}\n\n");
    let expected =
        Event { kind: "message".into(), data: format!("{long}\n{long}"), last_event_id: "".into() };
    for size in [1, stream.len()] {
        let shown = interpret(stream.as_bytes().chunks(size), &mut resumption(""));
        assert!(shown == [Shown::Event(expected.clone())]);
    }
}

#[test]
fn many_short_lines() {
    let stream = "data\n".repeat(200_000) + "\n";
    let shown = interpret([stream.as_bytes()], &mut resumption(""));
    let Some(Shown::Event(event)) = shown.first() else { panic!("no event") };
    assert_eq!(event.data.len(), 199_999);
}

#[test]
fn buffers_initialised_per_stream() {
    let mut source = resumption("");
    assert_eq!(interpret([&b"event: ping\ndata: a\nid: 1\n"[..]], &mut source), []);
    let expected = Event { kind: "message".into(), data: "b".into(), last_event_id: "".into() };
    assert_eq!(interpret([&b"data: b\n\n"[..]], &mut source), [Shown::Event(expected)]);
}

#[test]
fn blank_lines_are_harmless() {
    assert_eq!(data("\n\n\r\rdata:a\n\n\n\n\r\n\r\ndata:b\n\n\n"), ["a", "b"]);
}
