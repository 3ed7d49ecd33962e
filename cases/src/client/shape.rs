//! The grammar of client cases, described as data.

use ssespec_diagnostics::{Key, Shape, Table, Verb};
use ssespec_mock_server::script::ACTIONS;
use ssespec_mock_server::script::http2::CONTROLS;

use super::step::{AttemptAnswer, ConnectionUse, Moment, Origin, ReadyState, Scope, Trust, Visibility};
use super::streams::STREAMS;
use crate::capability::{Capability, HERD};
use crate::case::Kept;
use crate::grammar::data::REPEATED;
use crate::grammar::fields::FIELDS;
use crate::grammar::role_grammar::RoleGrammar;
use crate::grammar::{alternatives, fact, keys, measure};
use crate::role::Role;

/// The grammar of client cases.
pub(crate) static GRAMMAR: RoleGrammar = RoleGrammar { role: Role::Client, case: &CASE, verbs: STEPS };

static CASE: Table = Table { what: "a case", keys: &keys() };

/// The keys of a client case.
const fn keys() -> [Key; 10] {
    let [title, requirements, needs, why, counterparts, isolated, alone, steps] =
        keys::of(&Shape::Word(&Capability::CLIENT), &STEP);
    let keeps = Key::optional(
        "keeps",
        Shape::List(&Shape::Word(Kept::WORDS)),
        "What the options --framing and --loss of a run do not change in this case, because it is about it.",
    );
    [title, requirements, needs, why, counterparts, isolated, alone, keys::SOAK, keeps, steps]
}

static STEP: Shape = Shape::Step(STEPS);

static STEPS: &[&[Verb]] = &[
    CLIENT,
    ACTIONS,
    CONTROLS,
    OBSERVATIONS,
    ALTERNATIVES,
    RECORD,
    ATTEMPTS,
    HERDS,
    STREAMS,
    measure::VERBS,
];

static CLIENT: &[Verb] = &[
    Verb::open(
        "connect",
        Shape::Table(&Table {
            what: "`connect`",
            keys: &[
                Key::optional(
                    "userinfo",
                    Shape::Text,
                    "The user information before the host in the URL: user:password.",
                ),
                Key::optional(
                    "headers",
                    Shape::Map(&Shape::Text),
                    "Request header fields that the client's user adds.",
                ),
                Key::optional("last-event-id", Shape::Text, "The last event ID to start with."),
                Key::optional("method", Shape::Text, "The request method."),
                Key::optional("body", Shape::Text, "The request body."),
                Key::optional(
                    "with-credentials",
                    Shape::Flag,
                    "Whether to send credentials to other origins.",
                ),
                Key::optional(
                    "close-in",
                    Shape::Word(Moment::WORDS),
                    "The handler in which the client's user calls close().",
                ),
                Key::optional(
                    "url",
                    Shape::Text,
                    "What is passed to the constructor; {base} and {other} are the session's URLs. A request is \
                     implied only if it begins with one of them.",
                ),
                Key::optional(
                    "read-timeout",
                    Shape::Duration,
                    "How long the client may receive nothing before it treats the connection as lost, as its user sets it.",
                ),
                Key::optional(
                    "pause",
                    Shape::Flag,
                    "Whether the client's user takes one event, and no more until it calls close(): its handler does not \
                     return, or it does not ask for the next.",
                ),
                Key::optional(
                    "trust",
                    Shape::Word(Trust::WORDS),
                    "Which certificate the client must trust over TLS: that of the `server`, or only what it trusts by `default`.",
                ),
                Key::optional(
                    "in",
                    Shape::Word(Scope::WORDS),
                    "Where in a browser the EventSource is constructed; the window if absent.",
                ),
            ],
        }),
        "Order the client to connect. Implied at the start.",
    ),
    Verb::word("close", "Order the client to close."),
    Verb::with(
        "refresh-headers",
        Shape::Map(&Shape::Text),
        "The client's user sets these request header fields for later requests, in place of those of the same names.",
    ),
    Verb::with(
        "enter",
        Shape::Word(Scope::WORDS),
        "Begin the session in this scope of a browser without an EventSource; scripts construct their own.",
    ),
    Verb::with(
        "visibility",
        Shape::Word(Visibility::WORDS),
        "The client's page becomes hidden or visible: document.visibilityState changes, and visibilitychange fires.",
    ),
    Verb::with(
        "run",
        Shape::Text,
        "Run JavaScript statements as an async function in the scope of the EventSource `source`, and wait until they are \
         done. `base` and `other` are the session's URLs, `frame` is the iframe, report(text) reports a text.",
    ),
];

static OBSERVATIONS: &[Verb] = &[
    Verb::open(
        "expect-request",
        Shape::Table(&REQUEST),
        "A request arrives, with a head of at most 1 MiB. It is answered with an event stream unless the next step answers it \
             differently.",
    ),
    Verb::with("expect-no-request", Shape::Duration, "No request arrives for this long."),
    Verb::open("expect-disconnect", Shape::Table(&WITHIN), "The client leaves the current connection."),
    Verb::open(
        "expect-opened",
        Shape::Table(&Table {
            what: "`expect-opened`",
            keys: &[Key::optional(
                "state",
                Shape::Word(ReadyState::WORDS),
                "The ready state inside the handler.",
            )],
        }),
        "The client reports that the connection is open.",
    ),
    Verb::open("expect-event", Shape::Table(&EVENT), "The client reports an event."),
    Verb::open(
        "expect-comment",
        Shape::Table(&Table {
            what: "`expect-comment`",
            keys: &[Key::optional("text", Shape::Text, "Everything after the colon.")],
        }),
        "The client reports a comment.",
    ),
    Verb::open(
        "expect-error",
        Shape::Table(&Table {
            what: "`expect-error`",
            keys: &[Key::optional(
                "state",
                Shape::Word(ReadyState::WORDS),
                "The ready state inside the handler.",
            )],
        }),
        "The client reports an error.",
    ),
    Verb::with(
        "expect-state",
        Shape::Word(ReadyState::WORDS),
        "The client, asked for its ready state, answers this.",
    ),
    Verb::word("expect-ping-ack", "Over HTTP/2, the client answers the PING that was sent before."),
    Verb::word("expect-closed", "The client stops reconnecting."),
    Verb::with("expect-report", Shape::Text, "A script calls report() with this text."),
    Verb::with(
        "expect-value",
        Shape::Table(&Table {
            what: "`expect-value`",
            keys: &[
                Key::required(
                    "of",
                    Shape::Text,
                    "A JavaScript expression, evaluated as in `run`; it is awaited.",
                ),
                Key::required(
                    "is",
                    Shape::Text,
                    "Its value as a string; \"throws TypeError\" if it throws a TypeError.",
                ),
            ],
        }),
        "A JavaScript expression has this value.",
    ),
    Verb::with("expect-exception", Shape::Text, "The constructor throws an exception of this name."),
];

/// Separate from the observations, because alternatives do not nest.
static ALTERNATIVES: &[Verb] = &[alternatives::verb(&ALTERNATIVE)];

ssespec_diagnostics::words! {
    /// The words for the sources of facts.
    pub(crate) enum FactWord {
        /// The delay of the last request.
        Delay = "delay",
        /// Whether the delays of the requests differ.
        Spread = "spread",
        /// Whether the streams of the last herd came back together.
        Herd = "herd",
        /// How the client left the last stream.
        Departure = "departure",
        /// How many streams were open at the same time.
        Streams = "streams",
        /// The protocols that the client offered in the TLS handshake.
        Alpn = "alpn",
        /// The target of the last request.
        Target = "target",
        /// A header field of the last request.
        Header = "header",
        /// The number of attempts.
        Attempts = "attempts",
        /// The alternative that was taken.
        Alternative = "alternative",
    }
}

static RECORD: &[Verb] = &[fact::verb(&FACT)];

static FACT: Table = Table {
    what: "`record`",
    keys: &fact::keys(
        FactWord::WORDS,
        "The delay, target or header field of the last request, whether the delays of all requests differ (spread), whether the streams of a herd came back together (herd), how the client left the stream that it left last (departure), how many streams the last `try-streams` found open (streams), the protocols that the client offered in the TLS handshake of the last request's connection (alpn), the number of attempts that the last `expect-attempts` \
             counted, or the alternative that the last `expect-one-of` took.",
    ),
};

static ATTEMPTS: &[Verb] = &[Verb::with(
    "expect-attempts",
    Shape::Table(&Table {
        what: "`expect-attempts`",
        keys: &[
            Key::required(
                "at-most",
                Shape::Count(0, 1 << 20),
                "The maximum number of attempts: requests, and connections that the port refuses.",
            ),
            Key::required(
                "for",
                Shape::Duration,
                "The time during which they are counted. Where requests are answered, only the client's own delays count: \
                     each from the end of an answer to the next request.",
            ),
            Key::optional(
                "answer",
                Shape::Word(AttemptAnswer::WORDS),
                "How each request is answered: a stream that ends immediately, a reset (the default), 503, or a redirect \
                     to the session's URL.",
            ),
        ],
    }),
    "The client tries to connect at most this often.",
)];

static HERDS: &[Verb] = &[Verb::with(
    "expect-herd",
    Shape::Table(&Table {
        what: "`expect-herd`",
        keys: &[
            Key::required(
                "streams",
                Shape::Count(2, HERD as u64),
                "How many streams the client has open, with that of the session; the others are opened now.",
            ),
            Key::required("losses", Shape::Count(1, 10), "How often all of them are lost together."),
            Key::optional(
                "after",
                Shape::Duration,
                "How long most of them must wait after the last loss before they connect again.",
            ),
            Key::required("within", Shape::Duration, "How long all of them may take to be open again."),
        ],
    }),
    "The client opens many streams, loses all of them at the same time, and opens each again exactly once.",
)];

static ALTERNATIVE: Shape =
    Shape::Either(&[Shape::List(&Shape::Step(&[OBSERVATIONS])), Shape::Step(&[OBSERVATIONS])]);

static REQUEST: Table = Table {
    what: "`expect-request`",
    keys: &[
        Key::optional("method", Shape::Text, "The method."),
        Key::optional(
            "path",
            Shape::Text,
            "The path relative to the session's URL; \"\" is that URL itself.",
        ),
        Key::optional("origin", Shape::Word(Origin::WORDS), "Which of the session's two origins it reaches."),
        Key::optional(
            "headers",
            FIELDS,
            "A string: one field with that value. { text, times }: one field with this text that many times in a row. An \
                 array: a list with these members. true: present. false: absent.",
        ),
        Key::optional("body", Shape::Text, "The body."),
        Key::optional(
            "connection",
            Shape::Word(ConnectionUse::WORDS),
            "Whether it comes on the connection of the request before it or on another one.",
        ),
        Key::optional(
            "alpn",
            Shape::Text,
            "A protocol that the client offers in the TLS handshake of its connection (ALPN), such as h2.",
        ),
        Key::optional(
            "after",
            Shape::Duration,
            "The minimum time since the beginning of the harness's last ending write.",
        ),
        Key::optional("within", Shape::Duration, "How long to wait for it."),
    ],
};

static WITHIN: Table = Table {
    what: "`expect-disconnect`",
    keys: &[Key::optional("within", Shape::Duration, "How long to wait for it.")],
};

static EVENT: Table = Table {
    what: "`expect-event`",
    keys: &[
        Key::optional("type", Shape::Text, "The event type."),
        Key::optional("data", Shape::Text, "The data."),
        Key::optional("data-repeat", REPEATED, "The data, if it is a repeated pattern."),
        Key::optional("id", Shape::Text, "The last event ID (lastEventId in the DOM)."),
        Key::optional("origin", Shape::Word(Origin::WORDS), "Which of the session's two origins it has."),
        Key::optional("times", Shape::Count(1, 1 << 20), "How many such events are reported in a row."),
        Key::optional("within", Shape::Duration, "How long to wait for it."),
    ],
};
