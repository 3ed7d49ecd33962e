//! Adapters that stop in the middle.

use insta::assert_snapshot;

use crate::Tests;
use crate::scenario::Scenario;

pub(crate) const TESTS: Tests = &[
    ("half-a-line", half_a_line),
    ("in-the-middle-of-a-case", in_the_middle_of_a_case),
    ("orders-are-not-read", orders_are_not_read),
    ("close-is-ignored", close_is_ignored),
    ("refresh-is-not-answered", refresh_is_not_answered),
    ("a-shared-adapter-closes-late", a_shared_adapter_closes_late),
    ("a-blocked-shared-adapter", a_blocked_shared_adapter),
];

fn half_a_line() {
    let played = Scenario::of("half-a-line").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 2: the adapter wrote 20 bytes without a newline
      expected: an adapter that follows the protocol
      hint: end each message with a newline and flush it
      note: before: expected event data "trigger"; observed nothing within 2s
    2-next: pass
    status 3
    "#);
}

fn in_the_middle_of_a_case() {
    let played = Scenario::of("never-reports").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: fail at step 2: nothing within 2s
      expected: event data "trigger"
      note: afterwards: the adapter did not answer `close` with `closed` within 2s
    2-next: pass
    status 1
    "#);
}

fn orders_are_not_read() {
    let played = Scenario::of("ignores-connect").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: fail at step 0: nothing within 2s
      expected: a request
      note: afterwards: the adapter did not answer `close` with `closed` within 2s
    2-next: pass
    status 1
    "#);
}

fn refresh_is_not_answered() {
    let played = Scenario::of("sound").then("{ refresh-headers = { a = \"1\" } }").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: error at step 3: the adapter did not answer `refresh` with `refreshed` within 2s
      expected: an adapter that follows the protocol
      hint: answer {"session":n,"refresh":{"headers":{..}}} with {"session":n,"refreshed":{}}, or remove "refresh-headers" from the hello's capabilities
    2-next: pass
    status 3
    "#);
}

fn close_is_ignored() {
    let played = Scenario::of("ignores-close").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: pass
      note: afterwards: the adapter did not answer `close` with `closed` within 2s
    2-next: pass
    status 0
    "#);
}

/// The late `closed` is its answer to `close`, not a second one.
fn a_shared_adapter_closes_late() {
    let played = Scenario::of("closes-late-and-shares").only_trigger().play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: pass
      note: afterwards: the adapter did not answer `close` with `closed` within 2s
    status 0
    "#);
}

/// Every 50 ms at most one session begins to wait, and after a second of silence no more of them begin in it.
fn a_blocked_shared_adapter() {
    let played = Scenario::of("blocks-and-shares").cases(60).play();
    let files = std::fs::read_dir(played.folder.path()).unwrap();
    let begun =
        files.filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with("begun-"));
    let begun = begun.count();
    assert!((1..=30).contains(&begun), "{begun} sessions began in the blocked adapter");
    let text = played.text();
    assert_eq!(text.matches(": pass").count(), 60, "{text}");
}
