//! What a server case may hold, described as data.

use ssespec_diagnostics::{Key, Shape, Table, Verb};

use crate::format::shape::{
    ALONE, COUNTERPARTS, FIELDS, MEASURING, NEEDS, RECORD, REPEATED, REQUIREMENTS, TITLE, WHY,
};

/// A server case.
pub(crate) static SERVER_CASE: Table = Table {
    what: "a case",
    keys: &[
        TITLE,
        REQUIREMENTS,
        NEEDS,
        WHY,
        COUNTERPARTS,
        ALONE,
        Key::required("steps", Shape::List(&Shape::Step(STEPS)), "The script, in time order."),
    ],
};

/// All verbs.
pub(crate) static STEPS: &[&[Verb]] = &[ACTIONS, OBSERVATIONS, ALTERNATIVES, RECORD, MEASURING];

const STREAM: Key = Key::optional("stream", Shape::Text, "Which stream; \"a\" where absent.");
const WITHIN: Key = Key::optional("within", Shape::Duration, "How long to wait for it.");

/// The most streams that one step opens.
const STREAMS: u64 = 1000;

static ACTIONS: &[Verb] = &[
    Verb::open(
        "request",
        Shape::Table(&REQUEST),
        "Open a stream. Implied at the start; a 200 with text/event-stream is implied after it.",
    ),
    Verb::with("read", Shape::Text, "Begin to read this stream, which was opened with reading = false."),
    Verb::with(
        "emit",
        Shape::Table(&EMIT),
        "Hand the server an event, a comment or a reconnection time to send. That it is taken is implied, unless the \
         next step says otherwise.",
    ),
    Verb::with("emit-repeat", Shape::Table(&EMIT_REPEAT), "Hand the server the same event so often."),
    Verb::word("end", "The server ends the session's streams in order."),
    Verb::word("stop", "The server answers requests with 204 from now on."),
    Verb::word("shutdown", "The server is shut down gracefully. For a case with alone = true."),
    Verb::with(
        "hang-up",
        Shape::Either(&[
            Shape::Word(HOW),
            Shape::Table(&Table {
                what: "`hang-up`",
                keys: &[Key::required("how", Shape::Word(HOW), "In order, or without a goodbye."), STREAM],
            }),
        ]),
        "Leave a stream: \"fin\" in order, \"reset\" with RST (RST_STREAM in HTTP/2).",
    ),
    Verb::with("wait", Shape::Duration, "Do nothing for this long."),
];

const HOW: &[&str] = &["fin", "reset"];

static REQUEST: Table = Table {
    what: "`request`",
    keys: &[
        Key::optional("method", Shape::Text, "The method; GET where absent."),
        Key::optional("headers", Shape::Map(&Shape::Text), "Header fields to send."),
        Key::optional("last-event-id", Shape::Text, "The value of Last-Event-ID."),
        Key::optional(
            "stream",
            Shape::Text,
            "The name of the stream; \"a\" where absent. An earlier stream of this name must be over.",
        ),
        Key::optional(
            "count",
            Shape::Count(1, STREAMS),
            "How many streams are opened under this name; an expectation must hold on each.",
        ),
        Key::optional(
            "reading",
            Shape::Flag,
            "false: nothing is read until { read = \"..\" }, and the response is awaited then.",
        ),
        Key::optional("http", Shape::Word(&["1.0", "1.1", "2"]), "The version of HTTP; 1.1 where absent."),
    ],
};

const TYPE: Key = Key::optional("type", Shape::Text, "The event's type; not given to the API where absent.");
const ID: Key = Key::optional("id", Shape::Text, "The event's id; not given to the API where absent.");

static EMIT: Table = Table {
    what: "`emit`",
    keys: &[
        Key::optional("data", Shape::Text, "The data of an event."),
        Key::optional("data-repeat", REPEATED, "The data, where it is a repeated pattern."),
        TYPE,
        ID,
        Key::optional("comment", Shape::Text, "A comment, in place of an event."),
        Key::optional(
            "retry",
            Shape::Count(0, u64::MAX),
            "A reconnection time in milliseconds, in place of an event.",
        ),
        Key::optional(
            "retry-text",
            Shape::Text,
            "A text in place of a reconnection time, with data, to an API that takes any value.",
        ),
    ],
};

static EMIT_REPEAT: Table = Table {
    what: "`emit-repeat`",
    keys: &[
        Key::optional("data", Shape::Text, "The data of each event."),
        Key::optional("data-repeat", REPEATED, "The data, where it is a repeated pattern."),
        TYPE,
        ID,
        Key::required("times", Shape::Count(1, 1 << 20), "How often."),
    ],
};

static OBSERVATIONS: &[Verb] = &[
    Verb::open(
        "expect-response",
        Shape::Table(&Table {
            what: "`expect-response`",
            keys: &[
                Key::optional("status", Shape::Count(100, 599), "The status code."),
                Key::optional(
                    "headers",
                    FIELDS,
                    "A value: one field with that value; a media type without parameters is compared without them. An \
                     array: a list that holds these. true: present. false: absent.",
                ),
                STREAM,
                WITHIN,
            ],
        }),
        "The head of the response comes.",
    ),
    Verb::open(
        "expect-event",
        Shape::Table(&Table {
            what: "`expect-event`",
            keys: &[
                Key::optional("type", Shape::Text, "The type that a client dispatches."),
                Key::optional("data", Shape::Text, "The data."),
                Key::optional("data-repeat", REPEATED, "The data, where it is a repeated pattern."),
                Key::optional("id", Shape::Text, "The last event ID that a client shows with it."),
                STREAM,
                Key::optional(
                    "times",
                    Shape::Count(1, 1 << 20),
                    "How many such events come, one after another.",
                ),
                WITHIN,
            ],
        }),
        "An event comes.",
    ),
    Verb::open(
        "expect-comment",
        Shape::Table(&Table {
            what: "`expect-comment`",
            keys: &[
                Key::optional("text", Shape::Text, "All that follows the colon, but for one space there."),
                STREAM,
                WITHIN,
            ],
        }),
        "A comment comes; others before it, which a server may send at any time, are passed over.",
    ),
    Verb::with(
        "expect-retry",
        Shape::Either(&[
            Shape::Count(0, u64::MAX),
            Shape::Table(&Table {
                what: "`expect-retry`",
                keys: &[
                    Key::required("milliseconds", Shape::Count(0, u64::MAX), "The reconnection time."),
                    STREAM,
                ],
            }),
        ]),
        "The stream sets the reconnection time to so many milliseconds; others before it are passed over.",
    ),
    Verb::open(
        "expect-end",
        Shape::Table(&Table { what: "`expect-end`", keys: &[STREAM, WITHIN] }),
        "The body ends cleanly.",
    ),
    Verb::open(
        "expect-break",
        Shape::Table(&Table { what: "`expect-break`", keys: &[STREAM, WITHIN] }),
        "The connection breaks, or ends before the body does.",
    ),
    Verb::word("expect-emitted", "The server takes what it was handed last. Implied after `emit`."),
    Verb::word("expect-refused", "The server does not take what it was handed last."),
    Verb::open(
        "expect-connected",
        Shape::Table(&Table {
            what: "`expect-connected`",
            keys: &[Key::optional("last-event-id", Shape::Text, "The Last-Event-ID that its API shows.")],
        }),
        "The server shows that the stream was opened.",
    ),
    Verb::open(
        "expect-disconnected",
        Shape::Table(&Table { what: "`expect-disconnected`", keys: &[WITHIN] }),
        "The server shows that a client has left.",
    ),
];

/// Apart from the observations, since an alternative holds no alternatives.
static ALTERNATIVES: &[Verb] = &[Verb::with(
    "expect-one-of",
    Shape::List(&ALTERNATIVE),
    "One of these, each an observation or an array of several in order.",
)];

static ALTERNATIVE: Shape =
    Shape::Either(&[Shape::List(&Shape::Step(&[OBSERVATIONS])), Shape::Step(&[OBSERVATIONS])]);
