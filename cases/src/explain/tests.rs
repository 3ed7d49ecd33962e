use super::*;
use crate::sample::{case_with, corpus};

#[test]
fn all_that_a_case_says_is_told() {
    let keys = "needs = [\"reconnect\", \"errors\"]\nwhy = \"It went wrong.\"\ncounterparts = [\"wpt:a.js\", \"ld:b\"]";
    let steps = "{ send = \"retry: 20\\ndata: a\\n\\n\" }, \"end\", \"expect-error\"";
    let expected = "\
client/group/case
A line ends

Why: It went wrong.

Requirements
  a/must (must)
    The text of must.
    https://example.org/#must

It needs a client that
  reconnects on its own after losing the connection (reconnect)
  reports errors (errors)

Counterparts: wpt:a.js, ld:b

Steps
  implied  The client connects.
  implied  Expected next: a request.
  implied  The server answers 200 with an event stream.
        1  The server sends \"retry: 20\\ndata: a\\n\\n\".
        2  The server ends the body.
        3  Expected next: an error.
  implied  Either the client has stopped, or it reconnects and the next event is the sentinel.

File: client/group/case.toml
";
    assert_eq!(explain(&case_with(keys, steps), &corpus()), expected);
}

#[test]
fn what_a_case_does_not_say_is_left_out() {
    let text = explain(&case_with("", ""), &corpus());
    for word in ["Why", "needs", "Counterparts"] {
        assert!(!text.contains(word), "{text}");
    }
}

#[test]
fn disputed_and_unknown_requirements_are_named() {
    let mut case = case_with("", "");
    case.requirements = vec!["a/disputed".to_owned(), "a/unheard-of".to_owned()];
    let text = explain(&case, &corpus());
    assert!(text.contains("  a/disputed (must, disputed)\n") && text.contains("  a/unheard-of\n"), "{text}");
}

#[test]
fn the_end_of_the_run_is_told() {
    let end = |steps| explain(&case_with("", steps), &corpus());
    assert!(end("").contains(
        "  implied  If the stream is open, one more event is sent, the sentinel, which must be the next event;"
    ));
    assert!(end("\"expect-closed\"").contains("  implied  The client is torn down; no further events"));
}

#[test]
fn every_key_of_a_step_is_told() {
    let steps = "{ respond = { status = 200, reason = \"Fine\", framing = \"chunked\" } }, \
                 { send-repeat = { text = \"a\", times = 9, write = 3 } }, \
                 { expect-event = { data = \"x\", within = \"3s\" } }, \
                 { expect-one-of = [[{ expect-disconnect = { within = \"2s\" } }], [\"expect-closed\"]] }, \
                 { record = { fact = \"f\", of = \"alternative\", as = [\"leaves\", \"stops\"] } }";
    let text = explain(&case_with("", steps), &corpus());
    for words in [
        "answers 200 \"Fine\" with an event stream, in chunks.",
        "sends \"a\", 9 times, 3 bytes per write.",
        "Expected next: event data \"x\", within 3s.",
        "one of: the client leaves the connection, within 2s; or closed",
        "the alternative that happened, called \"leaves\" or \"stops\".",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_case_without_requirements_says_so() {
    let mut case = case_with("", "");
    case.requirements.clear();
    assert!(explain(&case, &corpus()).contains("Requirements\n  none: a must of the suite own\n"));
}
