//! `ssespec client --check` and `ssespec server --check`.

use crate::Tests;
use crate::command::{ssespec, words};

pub(crate) const TESTS: Tests = &[
    ("a_sound_adapter", a_sound_adapter),
    ("what_is_claimed_and_not_done", what_is_claimed_and_not_done),
    ("an_end_that_is_not_reported", an_end_that_is_not_reported),
    ("lines_that_are_no_messages", lines_that_are_no_messages),
    ("no_hello", no_hello),
    ("only_adapters_are_checked", only_adapters_are_checked),
];

fn a_sound_adapter() {
    let printed = ssespec(words("client --check")).adapter(["name=mine", "stderr=listening"]).ends(0);
    printed.shows(&[
        "mine 1 (Rust client)\n",
        "one session at a time",
        "first session\n  client          request     GET /1/\n  implementation  event ",
        "  ✔ connects, reports an event\n",
        "  ✔ the end of a stream\n",
        "  ✔ close\n",
        " cases can be played\n",
        "  reconnect             +",
        "reconnects on its own after losing the connection",
        "the end of its stderr\n  listening\n",
    ]);
    // One screen.
    assert!(printed.stdout.lines().count() < 45, "{}", printed.stdout);
    assert!(!printed.stdout.contains('✘'), "{}", printed.stdout);
}

fn what_is_claimed_and_not_done() {
    let printed =
        ssespec(words("client --check --timeout 300ms")).adapter(["claims=event-type,opened"]).ends(1);
    printed.shows(&[
        "  ✘ event-type                  expected event type \"ping\", data \"a\"\n",
        "if the client does this, send the `type` of each event",
        "  ✘ opened ",
        "  ✔ the end of a stream\n",
    ]);
}

fn an_end_that_is_not_reported() {
    let printed = ssespec(words("client --check --timeout 300ms")).adapter(["forgets-the-end"]).ends(1);
    printed
        .shows(&["  ✘ the end of a stream ", "if the client stops at the end of its stream, send `closed`"]);
}

/// After two such sessions nothing more is tried.
fn lines_that_are_no_messages() {
    let printed = ssespec(words("client --check")).adapter(["prints"]).ends(3);
    printed.shows(&[
        "  ✘ connects, reports an event  the adapter wrote an invalid line: ",
        "stdout is for the protocol, one JSON object per line; write logs to stderr",
        "  · the end of a stream         not checked",
    ]);
}

fn no_hello() {
    ssespec(words("client --check")).adapter(["exit"]).ends(3).says(&["the adapter exited", "help: "]);
}

fn only_adapters_are_checked() {
    ssespec(words("client --check --reference")).ends(2).says(&["--check"]);
    ssespec(words("server --check")).ends(2).says(&["-- <COMMAND>"]);
}
