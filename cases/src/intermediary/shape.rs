//! The grammar of intermediary cases, described as data.

use ssespec_diagnostics::{Key, Shape, Table, Verb};
use ssespec_mock_server::script::ACTIONS;
use ssespec_mock_server::script::http2::CONTROLS;

use crate::capability::Capability;
use crate::client::step::ConnectionUse;
use crate::grammar::data::PATTERN;
use crate::grammar::fields::FIELDS;
use crate::grammar::role_grammar::RoleGrammar;
use crate::grammar::{alternatives, fact, keys};
use crate::role::Role;
use crate::server::shape::{self, STREAM, STREAMS, WITHIN};
use crate::server::step::Http;

/// The grammar of intermediary cases.
pub(crate) static GRAMMAR: RoleGrammar = RoleGrammar { role: Role::Intermediary, case: &CASE, verbs: STEPS };

static CASE: Table = Table { what: "a case", keys: &keys() };

/// The keys of an intermediary case.
const fn keys() -> [Key; 9] {
    let [title, requirements, needs, why, counterparts, isolated, alone, steps] =
        keys::of(&Shape::Word(&Capability::INTERMEDIARY), &STEP);
    [title, requirements, needs, why, counterparts, isolated, alone, keys::SOAK, steps]
}

static STEP: Shape = Shape::Step(STEPS);

static STEPS: &[&[Verb]] =
    &[FRONT, ACTIONS, CONTROLS, ORIGIN, OBSERVATIONS, shape::STREAM_OBSERVATIONS, ALTERNATIVES, RECORD];

ssespec_diagnostics::words! {
    /// The words for the sources of facts.
    pub(crate) enum FactWord {
        /// A header field of the last response in front.
        ResponseHeader = "response-header",
        /// A header field of the last request at the origin.
        RequestHeader = "request-header",
        /// The names of the fields that the request at the origin has in addition to those of the request in front.
        RequestFieldsAdded = "request-fields-added",
        /// The names of the fields of the request in front that the request at the origin lacks.
        RequestFieldsRemoved = "request-fields-removed",
        /// The names of the fields that the response in front has in addition to those of the origin's response.
        ResponseFieldsAdded = "response-fields-added",
        /// The names of the fields of the origin's response that the response in front lacks.
        ResponseFieldsRemoved = "response-fields-removed",
        /// How many streams the intermediary allows on the HTTP/2 connection of the last request in front.
        ConcurrentStreams = "concurrent-streams",
        /// For how long the last response in front was silent before it ended, in steps of 5 seconds.
        SilenceBeforeTheEnd = "silence-before-the-end",
        /// The alternative that was taken.
        Alternative = "alternative",
    }
}

static RECORD: &[Verb] = &[fact::verb(&FACT)];

static FACT: Table = Table {
    what: "`record`",
    keys: &fact::keys(
        FactWord::WORDS,
        "A header field of the last response in front or of the last request at the origin; the names of the fields that the \
             intermediary added to or removed from the last request or response; how many streams it allows on the HTTP/2 \
             connection of the last request; for how long the last response was silent before it ended, in steps of 5 seconds; \
             or the alternative that the last `expect-one-of` took.",
    ),
};

static FRONT: &[Verb] = &[
    Verb::open(
        "request",
        Shape::Table(&Table {
            what: "`request`",
            keys: &[
                Key::optional("method", Shape::Text, "The method; GET if absent."),
                Key::optional("headers", Shape::Map(&Shape::Text), "Header fields to send."),
                Key::optional("last-event-id", Shape::Text, "The value of Last-Event-ID."),
                Key::optional(
                    "last-event-id-repeat",
                    PATTERN,
                    "The value of Last-Event-ID, if it is a repeated pattern.",
                ),
                Key::optional("body", Shape::Text, "The content, sent with its Content-Length."),
                Key::optional(
                    "stream",
                    Shape::Text,
                    "The name of the stream; \"a\" if absent. An earlier stream of this name must be over.",
                ),
                Key::optional(
                    "count",
                    Shape::Count(1, STREAMS),
                    "How many streams are opened under this name; what the origin does, and what is expected, concerns each.",
                ),
                Key::optional("reading", Shape::Flag, "false: nothing is read until { read = \"..\" }."),
                Key::optional(
                    "http",
                    Shape::Word(Http::WORDS),
                    "The version of HTTP in front; 1.1 if absent.",
                ),
            ],
        }),
        "Send a request to the intermediary. Implied at the start; `expect-request` at the origin is implied after it, and that \
         is answered with an event stream, unless the next step says otherwise.",
    ),
    Verb::with("read", Shape::Text, "Start reading this stream, which was opened with reading = false."),
    shape::HANG_UP,
    Verb::with(
        "turn-to",
        Shape::Text,
        "What the origin does from now on concerns the requests of this stream; without it, those of the last `expect-request`.",
    ),
    Verb::word(
        "reload",
        "Run the command that makes the intermediary reload its configuration, and wait for its end.",
    ),
];

static ORIGIN: &[Verb] = &[
    Verb::with(
        "send-part",
        Shape::Text,
        "Write the beginning of a chunk, with this text, and not its end. Where the intermediary asks with HTTP/1.0, which has \
         no chunks, the case is not judged.",
    ),
    Verb::with(
        "flood",
        PATTERN,
        "Write a pattern many times to a stream that is not read, until all is written or the writes come to a standstill.",
    ),
    Verb::with(
        "expect-stall",
        PATTERN,
        "The same, and the writes come to a standstill before all is written.",
    ),
];

static OBSERVATIONS: &[Verb] = &[
    Verb::open(
        "expect-request",
        Shape::Table(&REQUEST),
        "A request reaches the origin. It is answered with an event stream unless the next step answers it differently.",
    ),
    Verb::with("expect-no-request", Shape::Duration, "No request reaches the origin for this long."),
    Verb::open(
        "expect-left",
        Shape::Table(&Table { what: "`expect-left`", keys: &[WITHIN] }),
        "The intermediary ends the connection to the origin of the current stream, or resets the stream.",
    ),
    Verb::with(
        "expect-no-clean-end",
        Shape::Either(&[
            Shape::Duration,
            Shape::Table(&Table {
                what: "`expect-no-clean-end`",
                keys: &[Key::required("for", Shape::Duration, "For how long."), STREAM],
            }),
        ]),
        "The response does not end cleanly at the client for this long. It may break off, stay open, or be a 5xx.",
    ),
    Verb::open(
        "expect-nothing-added",
        Shape::Table(&Table { what: "`expect-nothing-added`", keys: &[STREAM] }),
        "The content that has arrived so far is the beginning of what the origin has sent, or that of a 5xx.",
    ),
    Verb::open(
        "expect-passed",
        Shape::Table(&Table {
            what: "`expect-passed`",
            keys: &[
                STREAM,
                WITHIN,
                Key::optional(
                    "median",
                    Shape::Duration,
                    "The most that the median of the delays may be, from a write of the origin to its arrival, over the writes \
                     since the last `expect-passed`.",
                ),
                Key::optional(
                    "members",
                    Shape::Count(1, STREAMS),
                    "The most members of gzip that the content may consist of.",
                ),
            ],
        }),
        "Every byte of content that the origin has sent on the stream has arrived unchanged, and nothing else. Content codings \
         are decoded first.",
    ),
];

/// The keys of `expect-request`: those of client cases that concern what an intermediary forwards.
static REQUEST: Table = Table {
    what: "`expect-request`",
    keys: &[
        Key::optional("method", Shape::Text, "The method."),
        Key::optional("http", Shape::Word(Http::WORDS), "The version of HTTP; not compared if absent."),
        Key::optional(
            "headers",
            FIELDS,
            "A string: one field with that value. { text, times }: one field with this text that many times in a row. An \
             array: a list with these members. true: present. false: absent.",
        ),
        Key::optional("body", Shape::Text, "The content."),
        Key::optional(
            "connection",
            Shape::Word(ConnectionUse::WORDS),
            "Whether it comes on the connection of the request that was expected before it or on another one.",
        ),
        WITHIN,
        STREAM,
        Key::optional(
            "times",
            Shape::Count(1, STREAMS),
            "How many such requests come, one for each of the stream's name; 1 if absent.",
        ),
    ],
};

/// Separate from the observations, because alternatives do not nest.
static ALTERNATIVES: &[Verb] = &[alternatives::verb(&ALTERNATIVE)];

static ALTERNATIVE: Shape = Shape::Either(&[
    Shape::List(&Shape::Step(&[OBSERVATIONS, shape::STREAM_OBSERVATIONS])),
    Shape::Step(&[OBSERVATIONS, shape::STREAM_OBSERVATIONS]),
]);
