//! The verdict for each misbehavior: one clear verdict in bounded time and memory, and the next case still runs.

use ssespec::adapter::fault::Fault;
use ssespec::protocol::HelloRole;
use ssespec::run::RunError;
use ssespec_reports::results::Verdict::{Error, Fail, Pass};

use crate::Tests;
use crate::two_cases::{Results, run};

const STEPS: &str = "{ emit = { data = \"trigger\" } }, { expect-event = { data = \"trigger\" } }";

/// The results with a case that triggers the misbehavior by emitting an event.
#[track_caller]
fn on_emit(misbehavior: &str) -> Results {
    run(misbehavior, "", STEPS).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) const TESTS: Tests = &[
    ("sound", || on_emit("sound").are(Pass, "")),
    ("serves_nothing", || on_emit("serves-nothing").are(Error, "did not answer `serve`")),
    ("no_url", || on_emit("no-url").are(Error, "serves at \"here\"")),
    ("nobody_listens", || on_emit("nobody-listens").are(Error, "cannot connect to http://127.0.0.1:")),
    ("serves_elsewhere", || on_emit("serves-elsewhere").are(Error, "not on this machine; --allow-remote")),
    ("silent", || on_emit("silent").are(Error, "did not report `connected`")),
    ("answers_twice", || on_emit("answers-twice").are(Error, "an answer without an order: emitted")),
    ("never_answers", || on_emit("never-answers").are(Fail, "no match within 2s")),
    ("dies", dies),
    ("talks_nonsense", || on_emit("talks-nonsense").are(Error, "an invalid line: not a JSON object")),
    ("is_a_client", || on_emit("is-a-client").are(Error, "a message that its role does not send")),
    ("closes_never", closes_never),
    ("talks_on", || on_emit("talks-on").are(Error, "a message for a closed session")),
    ("late", || on_emit("late").are(Pass, "")),
    ("wrong_role", wrong_role),
    ("closes", || on_emit("closes").are(Fail, "closed the connection before the message ended")),
    ("garbage", || on_emit("garbage").are(Fail, "not an HTTP/1.x response")),
    ("bytes", || on_emit("bytes").are(Fail, "bytes that are not UTF-8")),
    ("twice", || on_emit("twice").are(Fail, "event type \"message\", data \"trigger\"")),
    ("cut", cut),
    ("events", events),
    ("line", || on_emit("line").are(Fail, "")),
    ("comments", || on_emit("comments").are(Fail, "")),
    ("lazy", lazy),
    ("reset", reset),
    ("shuts_down_never", shuts_down_never),
];

/// An adapter that dies twice at the same step has crashed. This one dies in the first session only, so the second
/// attempt passes.
fn dies() {
    let results = on_emit("dies");
    results.are(Pass, "");
    assert!(results.first.reason.is_some_and(|reason| reason.contains("the adapter exited: exit status: 7")));
}

/// What the script shows is the verdict; the adapter is restarted.
fn closes_never() {
    let results = on_emit("closes-never");
    results.are(Pass, "");
    assert!(results.first.reason.is_some_and(|reason| reason.contains("did not answer `close`")));
}

/// Depending on which is noticed first, the wrong event or the number of events is reported: of this case's event
/// alone, or also of the one that is emitted after its steps.
fn events() {
    let results = on_emit("events");
    let observed = results.first.failure.as_ref().map(|failure| failure.observed.clone()).unwrap_or_default();
    let counted = ["events, of which 1 were emitted", "events, of which 2 were emitted"];
    results
        .are(Fail, counted.into_iter().find(|words| observed.contains(words)).unwrap_or("data \"trigger\""));
}

fn wrong_role() {
    let Err(RunError::Adapter { fault, .. }) = run("client", "", STEPS) else { panic!("it ran") };
    assert!(matches!(&*fault, Fault::WrongRole { said: HelloRole::Client, .. }), "{fault}");
    assert!(fault.hint().contains("ssespec client"), "{}", fault.hint());
}

fn cut() {
    let steps = format!("{STEPS}, \"end\", \"expect-end\"");
    let results = run("cut", "needs = [\"end\"]\n", &steps).unwrap_or_else(|error| panic!("{error}"));
    results.are(Fail, "the server closed the connection before the message ended");
}

/// A server that delays the head of its response fails only the cases about that.
fn lazy() {
    on_emit("lazy").are(Pass, "");
    let steps = "\"request\", { expect-response = { status = 200 } }";
    let results = run("lazy", "", steps).unwrap_or_else(|error| panic!("{error}"));
    results.are(Fail, "no match within 2s");
}

/// Over HTTP/2, the server resets the stream.
fn reset() {
    let steps = format!("{{ request = {{ http = \"2\" }} }}, {STEPS}");
    let needs = "needs = [\"http2\"]\n";
    let results = run("sound", needs, &steps).unwrap_or_else(|error| panic!("{error}"));
    results.are(Pass, "");
    let results = run("cut", needs, &steps).unwrap_or_else(|error| panic!("{error}"));
    results.are(Fail, "RST_STREAM with code 2");
}

fn shuts_down_never() {
    let keys = "needs = [\"shutdown\"]\nisolated = true\n";
    let steps = "{ wait = \"1ms\" }, \"shutdown\", \"expect-end\"";
    let results = run("shuts-down-never", keys, steps).unwrap_or_else(|error| panic!("{error}"));
    results.are(Fail, "neither within 2s");
}
