//! What adapters of servers are checked for.

use ssespec_cases::Capability;

use super::script::AdapterScript as Script;

/// In the order in which an author gets there.
pub(super) const SCRIPTS: &[Script] = &[
    Script::of_everyone(
        "serves a stream, sends an event",
        r#""request", { emit = { data = "a" } }, { expect-event = { data = "a" } }"#,
        "answer `serve` with `serving` and a URL; send `connected` for each stream; answer `emit` with `emitted`",
    ),
    Script::of_everyone(
        "a second session",
        r#""request", { emit = { data = "a" } }, { expect-event = { data = "a" } }"#,
        "an adapter lives for many sessions: each `serve` gets a URL of its own, and nothing of the session before",
    ),
    Script::of_everyone(
        "text beyond ASCII",
        r#""request", { emit = { data = "\u00e9\u20ac\U0001f600" } }, { expect-event = { data = "\u00e9\u20ac\U0001f600" } }"#,
        "orders are UTF-8: set the encoding of stdin",
    ),
    Script::of_claim(
        Capability::EventType,
        r#""request", { emit = { type = "ping", data = "a" } }, { expect-event = { type = "ping", data = "a" } }"#,
        "pass the `type` of `emit` to the server",
    ),
    Script::of_claim(
        Capability::EventId,
        r#""request", { emit = { data = "a", id = "7" } }, { expect-event = { data = "a", id = "7" } }"#,
        "pass the `id` of `emit` to the server",
    ),
    Script::unchecked(Capability::OwnId),
    Script::of_claim(
        Capability::Comments,
        r#""request", { emit = { comment = "ping" } }, "expect-comment""#,
        "send the `comment` of `emit`, and answer with `emitted`",
    ),
    Script::of_claim(
        Capability::Retry,
        r#""request", { emit = { retry = 1500 } }, { emit = { data = "a" } }, { expect-event = { data = "a" } }"#,
        "send the `retry` of `emit`, and answer with `emitted`",
    ),
    Script::unchecked(Capability::RetryText),
    Script::of_claim(
        Capability::End,
        r#""request", { emit = { data = "a" } }, { expect-event = { data = "a" } }, "end", "expect-end""#,
        "on `end`, end the streams of the session as the server ends them in production",
    ),
    Script::of_claim(
        Capability::Disconnects,
        r#""request", { emit = { data = "a" } }, { expect-event = { data = "a" } }, { hang-up = "fin" }, { expect-disconnected = { within = "5s" } }"#,
        "send `disconnected` when the server notices that a client has left",
    ),
    Script::of_claim(
        Capability::Resume,
        r#"{ request = { stream = "a" } }, { emit = { data = "a", id = "1" } }, { expect-event = { data = "a", stream = "a" } }, { emit = { data = "b", id = "2" } }, { expect-event = { data = "b", stream = "a" } }, { request = { stream = "b", last-event-id = "1" } }, { expect-event = { data = "b", stream = "b" } }"#,
        "keep events of a session, and send those after `Last-Event-ID` again",
    )
    .needing(&[Capability::EventId]),
    Script::of_claim(
        Capability::NoContent,
        r#""request", { hang-up = "fin" }, "stop", "request", { expect-response = { status = 204 } }"#,
        "on `stop`, send `stopped`, and answer further requests with 204",
    ),
    Script::unchecked(Capability::Http2),
    Script::unchecked(Capability::Shutdown),
];
