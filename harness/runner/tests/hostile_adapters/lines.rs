//! What is not of the protocol.

use insta::assert_snapshot;
use ssespec_reports::results::Results;

use crate::Tests;
use crate::scenario::Scenario;

pub(crate) const TESTS: Tests = &[
    ("a-print-statement", a_print_statement),
    ("colours-and-control-characters", colours_and_control_characters),
    ("another-encoding", another_encoding),
    ("half-a-surrogate-pair", half_a_surrogate_pair),
    ("a-million-brackets", a_million_brackets),
    ("two-messages-in-one-line", two_messages_in_one_line),
    ("no-message", no_message),
    ("a-message-that-does-not-exist", a_message_that_does_not_exist),
    ("no-session", no_session),
    ("a-state-that-does-not-exist", a_state_that_does_not_exist),
    ("a-second-hello", a_second_hello),
    ("a-session-that-does-not-exist", a_session_that_does_not_exist),
    ("hostile-text-is-kept-as-it-is", hostile_text_is_kept_as_it_is),
    ("crlf-and-blank-lines-are-fine", crlf_and_blank_lines_are_fine),
];

fn a_print_statement() {
    let played = Scenario::of("print-statement").play();
    assert_snapshot!(played.text(), @"
    1-trigger: error at step 2: the adapter wrote an invalid line: not a JSON object: got an event!
      expected: an adapter that follows the protocol
      hint: stdout is for the protocol, one JSON object per line; write logs to stderr
    2-next: pass
    status 3
    ");
}

fn colours_and_control_characters() {
    let played = Scenario::of("control-characters").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: not a JSON object: \x1B[31mgot an event\x1B[0m \x07\xE2\x80\xAE
      expected: an adapter that follows the protocol
      hint: stdout is for the protocol, one JSON object per line; write logs to stderr
    2-next: pass
    status 3
    "#);
}

fn another_encoding() {
    let played = Scenario::of("latin-1").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: not UTF-8 after 33 bytes: {"session":3,"event":{"data":"caf\xE9"}}
      expected: an adapter that follows the protocol
      hint: each line must be one UTF-8 message, such as {"session":n,"event":{"type":..,"data":..,"id":..}}; omit what the API does not expose
    2-next: pass
    status 3
    "#);
}

fn half_a_surrogate_pair() {
    let played = Scenario::of("lone-surrogate").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: not JSON (unexpected end of hex escape at line 1 column 37): {"session":3,"event":{"data":"\\ud83d"}}
      expected: an adapter that follows the protocol
      hint: each line must be one UTF-8 message, such as {"session":n,"event":{"type":..,"data":..,"id":..}}; omit what the API does not expose
    2-next: pass
    status 3
    "#);
}

fn a_million_brackets() {
    let played = Scenario::of("deep-nesting").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: not a protocol message (invalid type: sequence, expected a string at line 1 column 29): {"session":3,"event":{"data":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[… and 2096983 bytes more
      expected: an adapter that follows the protocol
      hint: each line must be one UTF-8 message, such as {"session":n,"event":{"type":..,"data":..,"id":..}}; omit what the API does not expose
    2-next: pass
    status 3
    "#);
}

fn two_messages_in_one_line() {
    let played = Scenario::of("two-messages-in-a-line").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: more than one message in a line: {"session":3,"opened":{},"event":{"data":"trigger"}}
      expected: an adapter that follows the protocol
      hint: each line must be one UTF-8 message, such as {"session":n,"event":{"type":..,"data":..,"id":..}}; omit what the API does not expose
    2-next: pass
    status 3
    "#);
}

fn no_message() {
    let played = Scenario::of("no-message").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: a line without a message: {"session":3}
      expected: an adapter that follows the protocol
      hint: each line must be one UTF-8 message, such as {"session":n,"event":{"type":..,"data":..,"id":..}}; omit what the API does not expose
    2-next: pass
    status 3
    "#);
}

fn a_message_that_does_not_exist() {
    let played = Scenario::of("unknown-message").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: not a protocol message (unknown field `message`, expected one of `session`, `hello`, `opened`, `event`, `comment`, `error`, `state`, `refreshed`, `closed`, `ran`, `value`, `report`, `exception`, `serving`, `connected`, `disconnected`, `emitted`, `refused`, `stopped` at line 1 column 22): {"session":3,"message":{"data":"trigger"}}
      expected: an adapter that follows the protocol
      hint: each line must be one UTF-8 message, such as {"session":n,"event":{"type":..,"data":..,"id":..}}; omit what the API does not expose
    2-next: pass
    status 3
    "#);
}

fn no_session() {
    let played = Scenario::of("no-session").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: the session's number is missing: {"event":{"data":"trigger"}}
      expected: an adapter that follows the protocol
      hint: each line must be one UTF-8 message, such as {"session":n,"event":{"type":..,"data":..,"id":..}}; omit what the API does not expose
    2-next: pass
    status 3
    "#);
}

fn a_state_that_does_not_exist() {
    let played = Scenario::of("unknown-state").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: no readyState 7: {"session":3,"error":{"readyState":7}}
      expected: an adapter that follows the protocol
      hint: each line must be one UTF-8 message, such as {"session":n,"event":{"type":..,"data":..,"id":..}}; omit what the API does not expose
    2-next: pass
    status 3
    "#);
}

fn a_second_hello() {
    let played = Scenario::of("second-hello").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote an invalid line: a second hello: {"hello":{"protocol":1,"role":"client","name":"hostile","capabilities":["close"]}}
      expected: an adapter that follows the protocol
      hint: the first line on stdout must be {"hello":{"protocol":1,"role":"client" or "server","name":..,"version":..,"capabilities":[..]}}; flush it
    2-next: pass
    status 3
    "#);
}

fn a_session_that_does_not_exist() {
    let played = Scenario::of("unknown-session").play();
    assert_snapshot!(played.text(), @"
    1-trigger: error at step 2: the adapter sent a message for session 99, which was not started
      expected: an adapter that follows the protocol
      hint: use the session number of the order (`connect`, `serve`) that the message belongs to
    2-next: pass
    status 3
    ");
}

fn hostile_text_is_kept_as_it_is() {
    let played = Scenario::of("hostile-text").play();
    assert_snapshot!(played.text().escape_debug(), @r#"1-trigger: fail at step 2: event data \"\\u{1b}[2J\\u{1b}]0;title\\u{7}\\0\\u{202e}trigger\\r\\n\"\n  expected: event data \"trigger\"\n  stderr: \u{1b}[2J\u{7}\u{202e}\n2-next: pass\nstatus 1"#);
    let mut file = Vec::new();
    for record in &played.records {
        serde_json::to_writer(&mut file, record).unwrap();
        file.push(b'\n');
    }
    let read = Results::read("results.jsonl", file.as_slice()).unwrap();
    let trigger = read.results().iter().find(|result| result.title == "1-trigger");
    assert_eq!(trigger, Some(played.result("1-trigger")));
}

fn crlf_and_blank_lines_are_fine() {
    let played = Scenario::of("crlf-and-blank-lines").play();
    assert_snapshot!(played.text(), @"
    1-trigger: pass
    2-next: pass
    status 0
    ");
}
