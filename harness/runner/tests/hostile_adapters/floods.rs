//! Adapters that write without end, or much: a run's memory does not grow with what they write.

use std::time::Duration;

use insta::assert_snapshot;

use crate::Tests;
use crate::measure::{Measured, measured};

pub(crate) const TESTS: Tests = &[
    ("a-line-without-end", a_line_without_end),
    ("events-without-end", events_without_end),
    ("events-without-end-while-nobody-listens", events_without_end_while_nobody_listens),
    ("openings-without-end", openings_without_end),
    ("blank-lines-without-end", blank_lines_without_end),
    ("messages-of-a-past-session-without-end", messages_of_a_past_session_without_end),
    ("a-long-log", a_long_log),
    ("a-long-line-is-allowed", a_long_line_is_allowed),
    ("a-long-event-is-not-repeated-in-the-results", a_long_event_is_not_repeated_in_the_results),
    ("a-line-that-is-too-long", a_line_that_is_too_long),
];

/// The most memory that a run may take which is flooded, in MiB.
const FLOODED: usize = 200;

/// The most memory that a run may take which reads one line as long as is allowed, in MiB: the line, and what is in it.
const LONG_LINE: usize = 300;

/// The largest results file of two cases, in bytes; the requirements take most of it.
const RESULTS: usize = 2 * 1024 * 1024;

/// Patience for hostile adapters that are not waited for, but make the harness work.
const WORKING: Duration = Duration::from_secs(60);

fn check(measured: &Measured, limit: usize) {
    assert!(measured.size < RESULTS, "{} bytes of results", measured.size);
    match measured.peak {
        Some(peak) => assert!(peak < limit, "{peak} MiB of memory"),
        None => assert_ne!(std::env::consts::OS, "linux", "the memory is not known"),
    }
}

fn a_line_without_end() {
    let measured = measured("endless-line", WORKING, "");
    assert_snapshot!(measured.text, @"
    1-trigger: error at step 2: the adapter wrote more than 64 MiB without a newline
      expected: an adapter that follows the protocol
      hint: end each message with a newline and flush it
    2-next: pass
    status 3
    ");
    check(&measured, FLOODED);
}

fn events_without_end() {
    let measured = measured("endless-events", WORKING, "");
    assert_snapshot!(measured.text, @r#"
    1-trigger: error at step 0: the adapter reported much more than the case sent: over 80 MiB in one session
      expected: an adapter that follows the protocol
      hint: report each observation once, and only what the implementation exposes
      note: before: expected no more events, then the sentinel event "ssespec-sentinel-3"; observed event data "trigger"
    2-next: pass
    status 3
    "#);
    check(&measured, FLOODED);
}

fn events_without_end_while_nobody_listens() {
    let measured = measured("endless-events", WORKING, r#"{ wait = "4s" }"#);
    assert_snapshot!(measured.text, @r#"
    1-trigger: error at step 0: the adapter reported much more than the case sent: over 80 MiB in one session
      expected: an adapter that follows the protocol
      hint: report each observation once, and only what the implementation exposes
      note: before: expected no more events, then the sentinel event "ssespec-sentinel-3"; observed event data "trigger"
    2-next: pass
    status 3
    "#);
    check(&measured, FLOODED);
}

fn openings_without_end() {
    let measured = measured("endless-openings", WORKING, "");
    assert_snapshot!(measured.text, @"
    1-trigger: error at step 2: the adapter reported much more than the case sent: over 80 MiB in one session
      expected: an adapter that follows the protocol
      hint: report each observation once, and only what the implementation exposes
    2-next: pass
    status 3
    ");
    check(&measured, FLOODED);
}

fn blank_lines_without_end() {
    let measured = measured("endless-blanks", Duration::from_secs(2), "");
    assert_snapshot!(measured.text, @r#"
    1-trigger: fail at step 2: nothing within 2s
      expected: event data "trigger"
      note: afterwards: the adapter did not answer `close` with `closed` within 2s
    2-next: pass
    status 1
    "#);
    check(&measured, FLOODED);
}

fn messages_of_a_past_session_without_end() {
    let measured = measured("endless-late-events", WORKING, "");
    assert_snapshot!(measured.text, @r#"
    1-trigger: pass
      late: a message after the end of the session: event data "boo"
      late: a message after the end of the session: event data "boo"
      late: a message after the end of the session: event data "boo"
      late: a message after the end of the session: event data "boo"
      late: a message after the end of the session: event data "boo"
      late: a message after the end of the session: event data "boo"
      late: a message after the end of the session: event data "boo"
      late: a message after the end of the session: event data "boo"
      late: a message after the end of the session: event data "boo"
      late: a message after the end of the session: event data "boo"
    2-next: pass
      note: the first attempt ended with: the adapter kept sending messages for closed sessions
    status 0
    "#);
    check(&measured, FLOODED);
}

fn a_long_log() {
    let measured = measured("long-log", WORKING, "");
    assert_snapshot!(measured.text, @"
    1-trigger: pass
    2-next: pass
    status 0
    ");
    check(&measured, FLOODED);
}

fn a_long_line_is_allowed() {
    let measured = measured("padded-line", WORKING, "");
    assert_snapshot!(measured.text, @"
    1-trigger: pass
    2-next: pass
    status 0
    ");
    check(&measured, LONG_LINE);
}

fn a_long_event_is_not_repeated_in_the_results() {
    let measured = measured("long-event", WORKING, "");
    assert_snapshot!(measured.text, @r#"
    1-trigger: fail at step 2: event data "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"… (66060288 bytes)
      expected: event data "trigger"
    2-next: pass
    status 1
    "#);
    check(&measured, LONG_LINE);
}

fn a_line_that_is_too_long() {
    let measured = measured("too-long-line", WORKING, "");
    assert_snapshot!(measured.text, @"
    1-trigger: error at step 2: the adapter wrote more than 64 MiB without a newline
      expected: an adapter that follows the protocol
      hint: end each message with a newline and flush it
    2-next: pass
    status 3
    ");
    check(&measured, FLOODED);
}
