//! What adapters of clients are checked for.

use ssespec_cases::Capability;
use ssespec_reports::results::Protocol;

use super::script::AdapterScript as Script;

/// In the order in which an author gets there.
pub(super) const SCRIPTS: &[Script] = &[
    Script::of_everyone(
        "connects, reports an event",
        r#"{ send = "data: a\n\n" }, { expect-event = { data = "a" } }"#,
        "answer `connect` by opening its url with the client, and report each event with its data",
    ),
    Script::of_everyone(
        "a second session",
        r#"{ send = "data: a\n\n" }, { expect-event = { data = "a" } }"#,
        "an adapter lives for many sessions: after `closed`, the next `connect` starts from nothing",
    ),
    Script::of_everyone(
        "the end of a stream",
        r#"{ send = "retry: 20\ndata: a\n\n" }, { expect-event = { data = "a" } }, "end""#,
        "if the client stops at the end of its stream, send `closed`; if it reconnects, claim `reconnect`",
    ),
    Script::of_everyone(
        "a broken stream",
        r#"{ send = "retry: 20\ndata: a\n\n" }, { expect-event = { data = "a" } }, { drop = "reset" }"#,
        "if the client gives up when its connection is lost, send `closed`, whatever it throws",
    ),
    Script::of_everyone(
        "text beyond ASCII",
        r#"{ send = "data: \u00e9\u20ac\U0001f600\n\n" }, { expect-event = { data = "\u00e9\u20ac\U0001f600" } }"#,
        "messages are UTF-8: set the encoding of stdout, or send `dataBase64`",
    ),
    Script::of_report(
        Capability::EventType,
        r#"{ send = "event: ping\ndata: a\n\n" }, { expect-event = { type = "ping", data = "a" } }"#,
        "send the `type` of each event; a client that needs a listener for each finds them in `types`",
    ),
    Script::of_report(
        Capability::EventId,
        r#"{ send = "id: 7\ndata: a\n\n" }, { expect-event = { data = "a", id = "7" } }"#,
        "send the last event ID with each event, as `id`",
    ),
    Script::unchecked(Capability::OwnId),
    Script::of_report(
        Capability::Origin,
        r#"{ send = "data: a\n\n" }, { expect-event = { data = "a", origin = "base" } }"#,
        "send the `origin` of each event: the scheme, host and port of the URL that it came from",
    ),
    Script::of_report(
        Capability::Comments,
        r#"{ send = ": ping\ndata: a\n\n" }, { expect-comment = { text = " ping" } }, { expect-event = { data = "a" } }"#,
        "send `comment` with the text after the colon",
    ),
    Script::of_report(
        Capability::Opened,
        r#""expect-opened", { send = "data: a\n\n" }, { expect-event = { data = "a" } }"#,
        "send `opened` when the client says that the stream is open, before the first event",
    ),
    Script::of_report(
        Capability::Errors,
        r#"{ send = "retry: 20\ndata: a\n\n" }, { expect-event = { data = "a" } }, { drop = "reset" }, "expect-error""#,
        "send `error` when the client reports one, also if it reconnects afterwards",
    ),
    Script::of_claim(
        Capability::State,
        r#"{ send = "data: a\n\n" }, { expect-event = { data = "a" } }, { expect-state = "open" }"#,
        "answer `state` with `state` and the `readyState` of the client: 0, 1 or 2",
    ),
    Script::unchecked(Capability::Requests),
    Script::of_report(
        Capability::Reconnect,
        r#"{ send = "retry: 20\nid: 7\ndata: a\n\n" }, { expect-event = { data = "a" } }, { drop = "reset" }, "expect-request""#,
        "a client that reconnects opens its url again without an order; do not send `closed` before it gives up",
    ),
    Script::of_claim(
        Capability::Close,
        r#"{ send = "data: a\n\n" }, { expect-event = { data = "a" } }, "close", "expect-disconnect""#,
        "answer `close` by calling the close() of the client, then send `closed`",
    ),
    Script::of_claim(
        Capability::Headers,
        r#"{ connect = { headers = { x-check = "1" } } }, { expect-request = { headers = { x-check = "1" } } }"#,
        "pass the `headers` of `connect` to the client",
    ),
    Script::of_claim(
        Capability::RefreshHeaders,
        r#"{ connect = { headers = { x-check = "1" } } }, { expect-request = { headers = { x-check = "1" } } }, { send = "retry: 20\ndata: a\n\n" }, { expect-event = { data = "a" } }, { refresh-headers = { x-check = "2" } }, { drop = "reset" }, { expect-request = { headers = { x-check = "2" } } }"#,
        "on `refresh`, set the headers for later requests, then send `refreshed`",
    )
    .needing(&[Capability::Headers, Capability::Reconnect]),
    Script::of_claim(
        Capability::InitialLastEventId,
        r#"{ connect = { last-event-id = "5" } }, { expect-request = { headers = { last-event-id = "5" } } }"#,
        "pass `lastEventId` of `connect` to the client",
    ),
    Script::of_claim(
        Capability::Methods,
        r#"{ connect = { method = "POST", body = "{}" } }, { expect-request = { method = "POST" } }"#,
        "pass `method` and `body` of `connect` to the client",
    ),
    Script::of_claim(
        Capability::ReadTimeout,
        r#"{ connect = { read-timeout = "300ms" } }, { send = "retry: 20\ndata: a\n\n" }, { expect-event = { data = "a" } }, "expect-request""#,
        "set the read timeout of the client to `readTimeout` milliseconds",
    )
    .needing(&[Capability::Reconnect]),
    Script::unchecked(Capability::Credentials),
    Script::unchecked(Capability::Pause),
    Script::of_claim(
        Capability::Herd,
        r#"{ open-streams = 19 }, "expect-streams""#,
        "run each session on its own; `sessions` in the hello says how many may run at the same time",
    ),
    Script::of_claim(
        Capability::Tls,
        r#"{ send = "data: a\n\n" }, { expect-event = { data = "a" } }"#,
        "let the client trust the certificate in `caFile`",
    )
    .over(Protocol::Http1Tls),
    Script::of_claim(
        Capability::Http2,
        r#"{ send = "data: a\n\n" }, { expect-event = { data = "a" } }"#,
        "with `http2`, the client must speak HTTP/2: over TLS the handshake says so, without TLS it must know it",
    )
    .over(Protocol::Http2),
];
