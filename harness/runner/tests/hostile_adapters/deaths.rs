//! Adapters that die.

use insta::assert_snapshot;

use crate::Tests;
use crate::scenario::Scenario;

pub(crate) const TESTS: Tests = &[
    ("at-the-same-step-twice", at_the_same_step_twice),
    ("once", once),
    ("once-where-none-may-die", once_where_none_may_die),
    ("at-another-step-each-time", at_another_step_each_time),
    ("in-the-middle-of-a-line", in_the_middle_of_a_line),
    ("on-close", on_close),
    ("between-two-sessions", between_two_sessions),
    ("and-cannot-be-started-again", and_cannot_be_started_again),
    #[cfg(unix)]
    ("stdout-is-closed", stdout_is_closed),
];

fn at_the_same_step_twice() {
    let played = Scenario::of("always-crashes").play();
    assert_snapshot!(played.text(), @"
    1-trigger: fail at step 2: it crashed twice at this step: the adapter exited: exit status: 101
      expected: the client keeps running
      hint: see the end of the adapter's stderr, shown with this failure
      stderr: thread 'main' panicked: a byte-order mark
    2-next: pass
    status 1
    ");
}

fn once() {
    let played = Scenario::of("crashes-once").play();
    assert_snapshot!(played.text(), @"
    1-trigger: pass
      note: the first attempt ended with: the adapter exited: exit status: 7
    2-next: pass
    status 0, died 1
    ");
}

fn once_where_none_may_die() {
    let played = Scenario::of("crashes-once").strict().play();
    assert!(played.text().ends_with("status 1, died 1"), "{}", played.text());
    let played = Scenario::of("sound").strict().play();
    assert!(played.text().ends_with("status 0"), "{}", played.text());
}

fn at_another_step_each_time() {
    let played = Scenario::of("crashes-elsewhere").play();
    assert_snapshot!(played.text(), @"
    1-trigger: error at step 2: the adapter exited: exit status: 7
      expected: an adapter that follows the protocol
      hint: an adapter runs until stdin closes; catch the implementation's exceptions: a client reports them as `error`, a server answers `refused`
      stderr: out of memory
    2-next: pass
    status 3, died 2
    ");
}

fn in_the_middle_of_a_line() {
    let played = Scenario::of("exits-mid-line").play();
    assert_snapshot!(played.text(), @"
    1-trigger: fail at step 2: it crashed twice at this step: the adapter exited: exit status: 0
      expected: the client keeps running
      hint: see the end of the adapter's stderr, shown with this failure
    2-next: pass
    status 1
    ");
}

fn on_close() {
    let played = Scenario::of("crashes-on-close").play();
    assert_snapshot!(played.text(), @"
    1-trigger: fail at step 0: it crashed twice at this step: the adapter exited: exit status: 134
      expected: the client keeps running
      hint: see the end of the adapter's stderr, shown with this failure
      stderr: double free
    2-next: pass
    status 1
    ");
}

fn between_two_sessions() {
    let played = Scenario::of("exits-between-sessions").play();
    assert_snapshot!(played.text(), @"
    1-trigger: pass
    2-next: pass
      note: the first attempt ended with: the adapter exited: exit status: 0
    status 0, died 1
    ");
}

fn and_cannot_be_started_again() {
    let played = Scenario::of("cannot-restart").play();
    assert_snapshot!(played.text(), @"
    1-trigger: error at step 2: the adapter exited: exit status: 7
      expected: an adapter that follows the protocol
      hint: an adapter runs until stdin closes; catch the implementation's exceptions: a client reports them as `error`, a server answers `refused`
      note: the adapter could not be restarted: the adapter exited: exit status: 1
      stderr: out of memory
    2-next: error
      note: no adapter could be started
    status 3, died 1
    ");
}

#[cfg(unix)]
fn stdout_is_closed() {
    let played = Scenario::of("closes-stdout").play();
    assert_snapshot!(played.text(), @"
    1-trigger: error at step 2: the adapter closed stdout but kept running
      expected: an adapter that follows the protocol
      hint: keep stdout open until stdin closes
      stderr: asleep
    2-next: pass
    status 3
    ");
}
