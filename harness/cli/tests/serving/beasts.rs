//! What each beast comes to: one clear verdict in bounded time and memory, and the lane goes on.

use ssespec::adapter::fault::Fault;
use ssespec::run::RunError;
use ssespec_reports::results::Verdict::{Error, Fail, Pass};

use crate::Tests;
use crate::cage::{Came, run};

const ROAR: &str = "{ emit = { data = \"roar\" } }, { expect-event = { data = \"roar\" } }";

/// What a beast comes to on the case in which it shows itself.
#[track_caller]
fn on_roar(beast: &str) -> Came {
    run(beast, "", ROAR).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) const TESTS: Tests = &[
    ("sound", || on_roar("sound").is(Pass, "")),
    ("serves_nothing", || on_roar("serves-nothing").is(Error, "did not answer `serve`")),
    ("no_url", || on_roar("no-url").is(Error, "serves at \"here\"")),
    ("nobody_listens", || on_roar("nobody-listens").is(Error, "nobody listens at http://127.0.0.1:")),
    ("silent", || on_roar("silent").is(Error, "did not report `connected`")),
    ("answers_twice", || on_roar("answers-twice").is(Error, "an answer without an order: emitted")),
    ("never_answers", || on_roar("never-answers").is(Fail, "no match within 2s")),
    ("dies", dies),
    ("talks_nonsense", || on_roar("talks-nonsense").is(Error, "an invalid line: not a JSON object")),
    ("is_a_client", || on_roar("is-a-client").is(Error, "what an adapter of its role has not to say")),
    ("closes_never", || on_roar("closes-never").is(Error, "did not answer `close`")),
    ("talks_on", || on_roar("talks-on").is(Error, "a message for a closed session")),
    ("late", || on_roar("late").is(Pass, "")),
    ("wrong_role", wrong_role),
    ("closes", || on_roar("closes").is(Fail, "closed the connection before the message ended")),
    ("garbage", || on_roar("garbage").is(Fail, "no HTTP/1.x response")),
    ("bytes", || on_roar("bytes").is(Fail, "bytes that are not UTF-8")),
    ("twice", || on_roar("twice").is(Fail, "event type \"message\", data \"roar\"")),
    ("cut", cut),
    ("events", events),
    ("line", || on_roar("line").is(Fail, "")),
    ("comments", || on_roar("comments").is(Fail, "")),
    ("lazy", lazy),
    ("reset", reset),
    ("shuts_down_never", shuts_down_never),
];

/// What dies twice at one step has crashed; the beast does so in the first session only, so that the second attempt
/// holds.
fn dies() {
    let came = on_roar("dies");
    came.is(Pass, "");
    assert!(came.roar.reason.is_some_and(|reason| reason.contains("ended by itself: exit status: 7")));
}

/// Whichever is looked at first: the event that is another, or how many there are.
fn events() {
    let came = on_roar("events");
    let observed = came.roar.failure.as_ref().map(|failure| failure.observed.clone()).unwrap_or_default();
    let words = "events, of which 2 were emitted";
    came.is(Fail, if observed.contains(words) { words } else { "data \"roar\"" });
}

fn wrong_role() {
    let Err(RunError::Adapter { fault, .. }) = run("client", "", ROAR) else { panic!("it ran") };
    assert!(matches!(&*fault, Fault::WrongRole { said, .. } if said == "client"), "{fault}");
    assert!(fault.hint().contains("ssespec client"), "{}", fault.hint());
}

fn cut() {
    let steps = format!("{ROAR}, \"end\", \"expect-end\"");
    let came = run("cut", "needs = [\"end\"]\n", &steps).unwrap_or_else(|error| panic!("{error}"));
    came.is(Fail, "the server closed the connection before the message ended");
}

/// A server that holds its head back fails the cases about that, and no other one.
fn lazy() {
    on_roar("lazy").is(Pass, "");
    let steps = "\"request\", { expect-response = { status = 200 } }";
    let came = run("lazy", "", steps).unwrap_or_else(|error| panic!("{error}"));
    came.is(Fail, "no match within 2s");
}

/// Over HTTP/2 a stream that the server resets is broken.
fn reset() {
    let steps = format!("{{ request = {{ http = \"2\" }} }}, {ROAR}");
    let needs = "needs = [\"http2\"]\n";
    let came = run("sound", needs, &steps).unwrap_or_else(|error| panic!("{error}"));
    came.is(Pass, "");
    let came = run("cut", needs, &steps).unwrap_or_else(|error| panic!("{error}"));
    came.is(Fail, "RST_STREAM with code 2");
}

fn shuts_down_never() {
    let keys = "needs = [\"shutdown\"]\nalone = true\n";
    let steps = "{ wait = \"1ms\" }, \"shutdown\", \"expect-end\"";
    let came = run("shuts-down-never", keys, steps).unwrap_or_else(|error| panic!("{error}"));
    came.is(Fail, "neither within 2s");
}
