//! What goes wrong before the first case: the run does not begin, and says why once instead of three hundred times.

use std::time::Duration;

use insta::assert_snapshot;
use ssespec::adapter::process::Command;
use ssespec::adapter::reach::Reach;

use crate::Tests;
use crate::scenario::{Scenario, runtime};

pub(crate) const TESTS: Tests = &[
    ("sound", sound),
    ("no-hello", no_hello),
    ("late-hello", late_hello),
    ("hello-without-a-line-end", hello_without_a_line_end),
    ("prints-before-hello", prints_before_hello),
    ("speaks-before-hello", speaks_before_hello),
    ("dies-at-once", dies_at_once),
    ("no-such-program", no_such_program),
    ("another-role", another_role),
    ("another-protocol", another_protocol),
    ("misspelt-capability", misspelt_capability),
    ("hello-without-a-name", hello_without_a_name),
    ("orders-are-not-read", orders_are_not_read),
    ("close-is-ignored", close_is_ignored),
    ("closed-twice", closed_twice),
    ("one-session-only", one_session_only),
];

/// What the harness says of a hostile adapter that it gives this long to introduce itself.
fn introduced(behavior: &'static str, patience: Duration) -> String {
    let scenario = Scenario::of(behavior);
    let command = scenario.command();
    let text = runtime().block_on(async {
        match command.start(patience).await {
            Ok(adapter) => {
                let name = adapter.identity().name.clone();
                adapter.stop(Duration::ZERO).await;
                format!("welcome, {name}")
            }
            Err((fault, _)) => format!("{fault}\n  hint: {}", fault.hint()),
        }
    });
    assert_eq!(scenario.liveness().all_gone(), [behavior]);
    text
}

fn sound() {
    let played = Scenario::of("sound").play();
    assert_snapshot!(played.text(), @"
    1-trigger: pass
    2-next: pass
    status 0
    ");
    assert_eq!(played.processes, ["sound"]);
}

fn no_hello() {
    assert_snapshot!(introduced("no-hello", Duration::from_secs(1)), @r#"
    the adapter did not send its hello within 1s
      hint: the first line on stdout must be {"hello":{"protocol":1,"role":"client" or "server","name":..,"version":..,"capabilities":[..]}}; flush it
    "#);
}

fn late_hello() {
    assert_snapshot!(introduced("late-hello", Duration::from_secs(20)), @"welcome, hostile");
}

fn hello_without_a_line_end() {
    assert_snapshot!(introduced("hello-without-newline", Duration::from_secs(1)), @"
    the adapter wrote 82 bytes without a newline
      hint: end each message with a newline and flush it
    ");
}

fn prints_before_hello() {
    let played = Scenario::of("prints-before-hello").play();
    assert_snapshot!(played.text(), @"
    not run: the adapter wrote an invalid line: not a JSON object: Listening on port 3000
      hint: stdout is for the protocol, one JSON object per line; write logs to stderr
    ");
}

fn speaks_before_hello() {
    let played = Scenario::of("event-before-hello").play();
    assert_snapshot!(played.text(), @r#"
    not run: the adapter's first line is not a hello
      hint: the first line on stdout must be {"hello":{"protocol":1,"role":"client" or "server","name":..,"version":..,"capabilities":[..]}}; flush it
    "#);
}

fn dies_at_once() {
    let played = Scenario::of("exits-at-start").play();
    assert_snapshot!(played.text(), @"
    not run: the adapter exited: exit status: 1
      hint: an adapter runs until stdin closes; catch the implementation's exceptions: a client reports them as `error`, a server answers `refused`
      stderr: Error: Cannot find module 'eventsource'
    ");
}

fn no_such_program() {
    let command = Command {
        words: vec!["no-such-program".into(), "--flag".into()],
        folder: std::env::temp_dir(),
        reach: Reach::Loopback,
    };
    let (fault, _) = runtime().block_on(command.start(Duration::from_secs(20))).unwrap_err();
    // The rest is the operating system's.
    assert!(
        fault.to_string().starts_with("the adapter could not be started: `no-such-program --flag`: "),
        "{fault}"
    );
    assert_snapshot!(fault.hint(), @"check the command; `ssespec run --setup` runs the setup commands of ssespec.toml first");
}

fn another_role() {
    let played = Scenario::of("wrong-role").play();
    assert_snapshot!(played.text(), @r#"
    not run: the adapter's role is "server", but a client is under test
      hint: send "role":"client" in the hello; to test a server, use `ssespec server`, or role = "server" in ssespec.toml
    "#);
}

fn another_protocol() {
    let played = Scenario::of("wrong-protocol").play();
    assert_snapshot!(played.text(), @r#"
    not run: the adapter speaks protocol 2; this harness speaks 1
      hint: send "protocol":1 in the hello, or use a matching version of ssespec
    "#);
}

fn misspelt_capability() {
    let played = Scenario::of("misspelled-capability").play();
    assert_snapshot!(played.text(), @r#"
    not run: the adapter's hello: unknown capability "reconect", did you mean "reconnect"?
      hint: correct the name or remove it from the hello
    "#);
}

fn hello_without_a_name() {
    let played = Scenario::of("hello-without-name").play();
    assert_snapshot!(played.text(), @r#"
    not run: the adapter wrote an invalid line: not a protocol message (missing field `name` at line 1 column 39): {"hello":{"protocol":1,"role":"client"}}
      hint: the first line on stdout must be {"hello":{"protocol":1,"role":"client" or "server","name":..,"version":..,"capabilities":[..]}}; flush it
    "#);
}

fn orders_are_not_read() {
    let played = Scenario::of("never-reads").play();
    assert_snapshot!(played.text(), @r#"
    not run: the adapter failed the smoke check: in session 1 of 2: expected a request; observed nothing within 2s
      hint: on `connect` an adapter must connect and report the event; on `close` it must close the connection and send `closed`
    "#);
}

fn close_is_ignored() {
    let played = Scenario::of("never-closes").play();
    assert_snapshot!(played.text(), @r#"
    1-trigger: pass
      note: afterwards: the adapter did not answer `close` with `closed` within 500ms
    2-next: pass
      note: afterwards: the adapter did not answer `close` with `closed` within 500ms
    status 0
    "#);
}

fn closed_twice() {
    let played = Scenario::of("closes-twice").play();
    assert_snapshot!(played.text(), @"
    1-trigger: error at step 0: the adapter sent a message for a closed session: closed: the client has stopped
      expected: an adapter that follows the protocol
      hint: send exactly one `closed` per session, as its last message
      late: a message after the end of the session: closed: the client has stopped
    2-next: error at step 0: the adapter sent a message for a closed session: closed: the client has stopped
      expected: an adapter that follows the protocol
      hint: send exactly one `closed` per session, as its last message
      late: a message after the end of the session: closed: the client has stopped
    status 3
    ");
}

fn one_session_only() {
    let played = Scenario::of("exits-after-close").play();
    assert_snapshot!(played.text(), @"
    not run: the adapter exited: exit status: 0
      hint: an adapter runs until stdin closes; catch the implementation's exceptions: a client reports them as `error`, a server answers `refused`
    ");
}
