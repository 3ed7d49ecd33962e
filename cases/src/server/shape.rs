//! The grammar of server cases, described as data.

use ssespec_diagnostics::{Key, Shape, Table, Verb};

use super::step::{ConnectionChoice, Http, Leaving};
use crate::capability::Capability;
use crate::grammar::data::REPEATED;
use crate::grammar::fields::FIELDS;
use crate::grammar::role_grammar::RoleGrammar;
use crate::grammar::{alternatives, fact, keys, measure};
use crate::role::Role;

/// The grammar of server cases.
pub(crate) static GRAMMAR: RoleGrammar = RoleGrammar { role: Role::Server, case: &CASE, verbs: STEPS };

static CASE: Table = Table { what: "a case", keys: &keys::of(&Shape::Word(&Capability::SERVER), &STEP) };

static STEP: Shape = Shape::Step(STEPS);

static STEPS: &[&[Verb]] =
    &[ACTIONS, STREAM_OBSERVATIONS, OBSERVATIONS, ALTERNATIVES, RECORD, measure::VERBS];

ssespec_diagnostics::words! {
    /// The words for the sources of facts.
    pub(crate) enum FactWord {
        /// A header field of the last response.
        Header = "header",
        /// The alternative that was taken.
        Alternative = "alternative",
    }
}

static RECORD: &[Verb] = &[fact::verb(&FACT)];

static FACT: Table = Table {
    what: "`record`",
    keys: &fact::keys(
        FactWord::WORDS,
        "A header field of the last response, or the alternative that the last `expect-one-of` took.",
    ),
};

pub(crate) const STREAM: Key = Key::optional("stream", Shape::Text, "The stream; \"a\" if absent.");
pub(crate) const WITHIN: Key = Key::optional("within", Shape::Duration, "How long to wait for it.");

/// The maximum number of streams that one step opens.
pub(crate) const STREAMS: u64 = 1000;

static ACTIONS: &[Verb] = &[
    Verb::open(
        "request",
        Shape::Table(&REQUEST),
        "Open a stream. Implied at the start; a 200 with text/event-stream is implied after it.",
    ),
    Verb::with("read", Shape::Text, "Start reading this stream, which was opened with reading = false."),
    Verb::with(
        "emit",
        Shape::Table(&EMIT),
        "Order the server to send an event, a comment or a reconnection time. `expect-emitted` is implied unless the next \
         step says otherwise.",
    ),
    Verb::with(
        "emit-early",
        Shape::Table(&EMIT),
        "The same, without waiting until the server reports the streams of the last `request`: it races with their opening.",
    ),
    Verb::with(
        "emit-repeat",
        Shape::Table(&EMIT_REPEAT),
        "Order the server to send the same event several times.",
    ),
    Verb::word("end", "Order the server to end the session's streams cleanly."),
    Verb::word("stop", "Order the server to answer all further requests with 204."),
    Verb::word("shutdown", "Shut the server down gracefully. The case must have isolated = true."),
    HANG_UP,
    Verb::with("wait", Shape::Duration, "Do nothing for this long."),
];

/// The verb `hang-up`.
pub(crate) const HANG_UP: Verb = Verb::with(
    "hang-up",
    Shape::Either(&[
        Shape::Word(Leaving::WORDS),
        Shape::Table(&Table {
            what: "`hang-up`",
            keys: &[Key::required("how", Shape::Word(Leaving::WORDS), "In which way."), STREAM],
        }),
    ]),
    "Leave a stream: \"fin\" cleanly, \"reset\" with RST (RST_STREAM in HTTP/2), \"half-close\" with FIN while the socket is kept \
     and nothing more is read, as by a client that is gone or stuck.",
);

static REQUEST: Table = Table {
    what: "`request`",
    keys: &[
        Key::optional("method", Shape::Text, "The method; GET if absent."),
        Key::optional("headers", Shape::Map(&Shape::Text), "Header fields to send."),
        Key::optional("last-event-id", Shape::Text, "The value of Last-Event-ID."),
        Key::optional(
            "stream",
            Shape::Text,
            "The name of the stream; \"a\" if absent. An earlier stream of this name must be over.",
        ),
        Key::optional(
            "count",
            Shape::Count(1, STREAMS),
            "How many streams are opened under this name; an expectation must hold on each of them.",
        ),
        Key::optional(
            "reading",
            Shape::Flag,
            "false: nothing is read until { read = \"..\" }; only then the response is awaited.",
        ),
        Key::optional("http", Shape::Word(Http::WORDS), "The version of HTTP; 1.1 if absent."),
        Key::optional(
            "connection",
            Shape::Word(ConnectionChoice::WORDS),
            "With http = \"2\": shared opens each stream on the connection that all such streams of the case share; own, the \
             default, on a connection of its own.",
        ),
    ],
};

const TYPE: Key = Key::optional("type", Shape::Text, "The event's type; not passed to the API if absent.");
const ID: Key = Key::optional("id", Shape::Text, "The event's id; not passed to the API if absent.");

static EMIT: Table = Table {
    what: "`emit`",
    keys: &[
        Key::optional("data", Shape::Text, "The data of an event."),
        Key::optional("data-repeat", REPEATED, "The data, if it is a repeated pattern."),
        TYPE,
        ID,
        Key::optional("comment", Shape::Text, "A comment, instead of an event."),
        Key::optional(
            "retry",
            Shape::Count(0, u64::MAX),
            "A reconnection time in milliseconds, instead of an event.",
        ),
        Key::optional(
            "retry-text",
            Shape::Text,
            "With data: a text instead of a reconnection time, for an API that accepts any value.",
        ),
    ],
};

static EMIT_REPEAT: Table = Table {
    what: "`emit-repeat`",
    keys: &[
        Key::optional("data", Shape::Text, "The data of each event."),
        Key::optional("data-repeat", REPEATED, "The data, if it is a repeated pattern."),
        TYPE,
        ID,
        Key::required("times", Shape::Count(1, 1 << 20), "How often."),
    ],
};

/// What a stream shows.
pub(crate) static STREAM_OBSERVATIONS: &[Verb] = &[
    Verb::open(
        "expect-response",
        Shape::Table(&Table {
            what: "`expect-response`",
            keys: &[
                Key::optional("status", Shape::Count(100, 599), "The status code."),
                Key::optional(
                    "headers",
                    FIELDS,
                    "A string: one field with that value; a media type without parameters matches any parameters. An \
                     array: a list with these members; for Set-Cookie, these fields in this order. true: present. false: absent.",
                ),
                STREAM,
                WITHIN,
            ],
        }),
        "The head of the response arrives.",
    ),
    Verb::open(
        "expect-event",
        Shape::Table(&Table {
            what: "`expect-event`",
            keys: &[
                Key::optional("type", Shape::Text, "The type that a client dispatches."),
                Key::optional("data", Shape::Text, "The data."),
                Key::optional("data-repeat", REPEATED, "The data, if it is a repeated pattern."),
                Key::optional("id", Shape::Text, "The last event ID that a client exposes with it."),
                STREAM,
                Key::optional("times", Shape::Count(1, 1 << 20), "How many such events arrive in a row."),
                WITHIN,
            ],
        }),
        "An event arrives.",
    ),
    Verb::open(
        "expect-comment",
        Shape::Table(&Table {
            what: "`expect-comment`",
            keys: &[
                Key::optional("text", Shape::Text, "Everything after the colon, except one leading space."),
                STREAM,
                WITHIN,
            ],
        }),
        "A comment arrives. Other comments before it are ignored: a server may send them at any time.",
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
        "The stream sets the reconnection time to this many milliseconds; other values before it are ignored.",
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
];

static OBSERVATIONS: &[Verb] = &[
    Verb::open(
        "expect-disconnect",
        Shape::Table(&Table { what: "`expect-disconnect`", keys: &[STREAM, WITHIN] }),
        "The server closes its side of the connection, after { hang-up = \"half-close\" }.",
    ),
    Verb::word("expect-emitted", "The server accepts the last emission. Implied after `emit`."),
    Verb::word("expect-refused", "The server refuses the last emission."),
    Verb::open(
        "expect-connected",
        Shape::Table(&Table {
            what: "`expect-connected`",
            keys: &[Key::optional("last-event-id", Shape::Text, "The Last-Event-ID that its API reports.")],
        }),
        "The server reports that the stream was opened.",
    ),
    Verb::open(
        "expect-disconnected",
        Shape::Table(&Table { what: "`expect-disconnected`", keys: &[WITHIN] }),
        "The server reports that a client has disconnected.",
    ),
];

/// Separate from the observations, because alternatives do not nest.
static ALTERNATIVES: &[Verb] = &[alternatives::verb(&ALTERNATIVE)];

static ALTERNATIVE: Shape = Shape::Either(&[
    Shape::List(&Shape::Step(&[STREAM_OBSERVATIONS, OBSERVATIONS])),
    Shape::Step(&[STREAM_OBSERVATIONS, OBSERVATIONS]),
]);
