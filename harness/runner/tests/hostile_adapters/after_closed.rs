//! What comes after `closed` is charged to the case whose session it belongs to, by a record that supersedes its first.

use insta::assert_snapshot;
use ssespec_reports::results::Verdict;

use crate::Tests;
use crate::scenario::Scenario;

pub(crate) const TESTS: Tests = &[
    ("closed-twice", closed_twice),
    ("closed-twice-in-the-last-session", closed_twice_in_the_last_session),
    ("an-event", an_event),
    ("an-error-of-close", an_error_of_close),
    ("an-error-after-a-teardown", an_error_after_a_teardown),
    ("a-request-after-a-teardown", a_request_after_a_teardown),
    ("a-request-after-close", a_request_after_close),
    ("a-request-after-the-client-was-done", a_request_after_the_client_was_done),
];

fn closed_twice() {
    let played = Scenario::of("closed-twice").play();
    assert_snapshot!(played.text(), @"
    1-trigger: error at step 0: the adapter sent a message for a closed session: closed: the client has stopped
      expected: an adapter that follows the protocol
      hint: send exactly one `closed` per session, as its last message
      late: a message after the end of the session: closed: the client has stopped
    2-next: pass
    status 3
    ");
    let verdicts: Vec<Verdict> = played.results("1-trigger").iter().map(|result| result.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Error]);
}

fn closed_twice_in_the_last_session() {
    let played = Scenario::of("closed-twice").only_trigger().play();
    assert_snapshot!(played.text(), @"
    1-trigger: error at step 0: the adapter sent a message for a closed session: closed: the client has stopped
      expected: an adapter that follows the protocol
      hint: send exactly one `closed` per session, as its last message
      late: a message after the end of the session: closed: the client has stopped
    status 3
    ");
}

fn an_event() {
    let played = Scenario::of("event-after-closed").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: pass
      late: a message after the end of the session: event data "one more thing"
    2-next: pass
    status 0
    "#);
}

/// It is seen in the session itself, whether it comes before or after `closed`.
fn an_error_of_close() {
    for adapter in ["error-after-closed", "error-before-closed"] {
        let played = Scenario::of(adapter).then(r#""close", "expect-disconnect""#).play();
        let results = played.results("1-trigger");
        let verdicts: Vec<Verdict> = results.iter().map(|result| result.verdict).collect();
        assert_eq!(verdicts, [Verdict::Fail], "{adapter}");
        assert!(played.text().contains("nothing after close()"), "{adapter}: {}", played.text());
    }
}

/// Only a case that closes the client says something of what it does then.
fn an_error_after_a_teardown() {
    let played = Scenario::of("error-before-closed").play();
    assert_snapshot!(played.text(), @"
    1-trigger: pass
    2-next: pass
    status 0
    ");
}

fn a_request_after_a_teardown() {
    let played = Scenario::of("late-request").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: pass
      late: a request after the end of the session: GET "/3/", without last-event-id
    2-next: pass
    status 0
    "#);
}

fn a_request_after_close() {
    let played = Scenario::of("late-request").then(r#""close", "expect-disconnect""#).play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: fail at step 0: a request after the end of the session: GET "/3/", without last-event-id
      expected: no request after the client stopped
      late: a request after the end of the session: GET "/3/", without last-event-id
    2-next: pass
    status 1
    "#);
    let verdicts: Vec<Verdict> = played.results("1-trigger").iter().map(|result| result.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Fail]);
}

fn a_request_after_the_client_was_done() {
    let played = Scenario::of("late-request").then(r#""end", "expect-closed""#).play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: fail at step 0: a request after the end of the session: GET "/3/", without last-event-id
      expected: no request after the client stopped
      late: a request after the end of the session: GET "/3/", without last-event-id
    2-next: pass
    status 1
    "#);
    let verdicts: Vec<Verdict> = played.results("1-trigger").iter().map(|result| result.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Fail]);
}
