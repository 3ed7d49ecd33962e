//! What a case may hold, described as data.

use ssespec_diagnostics::{Key, Shape, Table, Verb};
use ssespec_mock_server::script::ACTIONS;

use crate::Capability;
use crate::case::Scope;

/// A case.
pub(super) static CASE: Table = Table {
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

pub(crate) const TITLE: Key =
    Key::required("title", Shape::Text, "The claim, as a sentence that a maintainer understands.");
pub(crate) const REQUIREMENTS: Key =
    Key::required("requirements", Shape::List(&Shape::Text), "What it checks, suite/id; the first names it.");
pub(crate) const NEEDS: Key = Key::optional(
    "needs",
    Shape::List(&Shape::Word(Capability::NAMES)),
    "The capabilities without which it is skipped.",
);
pub(crate) const WHY: Key =
    Key::optional("why", Shape::Text, "What goes wrong in the field, with the report.");
pub(crate) const COUNTERPARTS: Key = Key::optional(
    "counterparts",
    Shape::List(&Shape::Text),
    "Tests of other suites that make the same claim.",
);
pub(crate) const ALONE: Key =
    Key::optional("alone", Shape::Flag, "Run it with a fresh adapter and nothing beside it.");

pub(crate) static STEPS: &[&[Verb]] =
    &[CLIENT, ACTIONS, OBSERVATIONS, ALTERNATIVES, RECORD, ATTEMPTS, MEASURING];

static CLIENT: &[Verb] = &[
    Verb::open(
        "connect",
        Shape::Table(&Table {
            what: "`connect`",
            keys: &[
                Key::optional(
                    "userinfo",
                    Shape::Text,
                    "What stands before the host in the URL: user:password.",
                ),
                Key::optional(
                    "headers",
                    Shape::Map(&Shape::Text),
                    "Request headers that the client's user adds.",
                ),
                Key::optional("last-event-id", Shape::Text, "The last event ID to start from."),
                Key::optional("method", Shape::Text, "The request method."),
                Key::optional("body", Shape::Text, "The request body."),
                Key::optional("with-credentials", Shape::Flag, "Whether other origins get credentials."),
                Key::optional(
                    "close-in",
                    Shape::Word(&["opened", "event", "error"]),
                    "The handler in which the client's user calls close().",
                ),
                Key::optional(
                    "url",
                    Shape::Text,
                    "What is passed to the constructor; {base} and {other} are the session's URLs. A request is \
                     implied only where it begins with one of them.",
                ),
                Key::optional(
                    "in",
                    Shape::Word(Scope::WORDS),
                    "Where in a browser the EventSource is constructed; in the window where this is left out.",
                ),
            ],
        }),
        "The client is told to connect. Implied at the start.",
    ),
    Verb::word("close", "The client is told to close."),
    Verb::with(
        "enter",
        Shape::Word(Scope::WORDS),
        "The session begins in this scope of a browser without an EventSource; scripts construct their own.",
    ),
    Verb::with(
        "run",
        Shape::Text,
        "Statements of JavaScript run, as an async function, where the EventSource `source` is; done before the next \
         step. `base` and `other` are the session's URLs, `frame` is the iframe, report(text) tells something.",
    ),
];

static OBSERVATIONS: &[Verb] = &[
    Verb::open(
        "expect-request",
        Shape::Table(&REQUEST),
        "A request comes. It is answered with an event stream unless the next step answers it otherwise.",
    ),
    Verb::with("expect-no-request", Shape::Duration, "No request comes for this long."),
    Verb::open("expect-disconnect", Shape::Table(&WITHIN), "The client leaves the current connection."),
    Verb::open(
        "expect-opened",
        Shape::Table(&Table {
            what: "`expect-opened`",
            keys: &[Key::optional("state", Shape::Word(STATES), "The ready state inside the handler.")],
        }),
        "The client shows that the connection is open.",
    ),
    Verb::open("expect-event", Shape::Table(&EVENT), "The client shows an event."),
    Verb::open(
        "expect-comment",
        Shape::Table(&Table {
            what: "`expect-comment`",
            keys: &[Key::optional("text", Shape::Text, "All that follows the colon.")],
        }),
        "The client shows a comment.",
    ),
    Verb::open(
        "expect-error",
        Shape::Table(&Table {
            what: "`expect-error`",
            keys: &[Key::optional("state", Shape::Word(STATES), "The ready state inside the handler.")],
        }),
        "The client shows an error.",
    ),
    Verb::with("expect-state", Shape::Word(STATES), "The client, asked for its ready state, answers this."),
    Verb::word("expect-closed", "The client is done for good."),
    Verb::with("expect-report", Shape::Text, "A script calls report() with this text."),
    Verb::with(
        "expect-value",
        Shape::Table(&Table {
            what: "`expect-value`",
            keys: &[
                Key::required(
                    "of",
                    Shape::Text,
                    "An expression of JavaScript, evaluated as `run` does; it is awaited.",
                ),
                Key::required(
                    "is",
                    Shape::Text,
                    "Its value as a string; \"throws TypeError\" where it throws that.",
                ),
            ],
        }),
        "An expression of JavaScript has this value.",
    ),
    Verb::with("expect-exception", Shape::Text, "The constructor throws an exception of this name."),
];

/// Apart from the observations, since an alternative holds no alternatives.
static ALTERNATIVES: &[Verb] = &[Verb::with(
    "expect-one-of",
    Shape::List(&ALTERNATIVE),
    "One of these, each an observation or an array of several in order.",
)];

pub(crate) static RECORD: &[Verb] = &[Verb::with(
    "record",
    Shape::Table(&Table {
        what: "`record`",
        keys: &[
            Key::required("fact", Shape::Text, "What it is called in the report."),
            Key::required(
                "of",
                Shape::Word(&["delay", "target", "header", "alternative"]),
                "The last request's delay, target or header, or the alternative of the last expect-one-of.",
            ),
            Key::optional("header", Shape::Text, "Which header, with of = \"header\"."),
            Key::optional(
                "as",
                Shape::List(&Shape::Text),
                "What each alternative is called in the report, in their order, with of = \"alternative\".",
            ),
        ],
    }),
    "Store a fact for the report; cannot fail.",
)];

static ATTEMPTS: &[Verb] = &[Verb::with(
    "expect-attempts",
    Shape::Table(&Table {
        what: "`expect-attempts`",
        keys: &[
            Key::required(
                "at-most",
                Shape::Count(0, 1 << 20),
                "The most attempts: requests, and connections that the port refuses.",
            ),
            Key::required("for", Shape::Duration, "The time in which they are counted."),
            Key::optional(
                "answer",
                Shape::Word(&["ended", "reset", "unavailable", "redirected"]),
                "What each request gets: a stream that ends at once, a reset (where absent), 503, or a redirect to \
                     the session's URL.",
            ),
        ],
    }),
    "The client does not try to connect more often than this.",
)];

pub(crate) static MEASURING: &[Verb] = &[
    Verb::with(
        "measure",
        Shape::Count(1, 1 << 20),
        "From here on a span of work of this relative amount runs; it ends at the next `measure` or `expect-growth`.",
    ),
    Verb::with(
        "expect-growth",
        Shape::Table(&Table {
            what: "`expect-growth`",
            keys: &[
                Key::optional(
                    "time",
                    Shape::Word(&["linear"]),
                    "\"linear\": a unit of work takes about as long in every span as in the first.",
                ),
                Key::optional(
                    "memory",
                    Shape::Word(&["flat"]),
                    "\"flat\": the peak of resident memory does not grow from the first span to the others.",
                ),
            ],
        }),
        "Judges the spans of work before it. For a case with alone = true.",
    ),
];

static ALTERNATIVE: Shape =
    Shape::Either(&[Shape::List(&Shape::Step(&[OBSERVATIONS])), Shape::Step(&[OBSERVATIONS])]);

/// What header fields must be.
pub(crate) const FIELDS: Shape =
    Shape::Map(&Shape::Either(&[Shape::Text, Shape::Flag, Shape::List(&Shape::Text)]));

/// A repeated pattern.
pub(crate) const REPEATED: Shape = Shape::Table(&Table {
    what: "`data-repeat`",
    keys: &[
        Key::required("text", Shape::Text, "What is repeated."),
        Key::required("times", Shape::Count(1, 1 << 30), "How often."),
    ],
});

const STATES: &[&str] = &["connecting", "open", "closed"];

static REQUEST: Table = Table {
    what: "`expect-request`",
    keys: &[
        Key::optional("method", Shape::Text, "The method."),
        Key::optional(
            "path",
            Shape::Text,
            "The path relative to the session's URL; \"\" is that URL itself.",
        ),
        Key::optional(
            "origin",
            Shape::Word(&["base", "other"]),
            "Which of the session's two origins it reaches.",
        ),
        Key::optional(
            "headers",
            FIELDS,
            "A value: one field with that value. An array: a list that holds these. true: present. false: absent.",
        ),
        Key::optional("body", Shape::Text, "The body."),
        Key::optional("after", Shape::Duration, "The least time since our last ending write."),
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
        Key::optional("data-repeat", REPEATED, "The data, where it is a repeated pattern."),
        Key::optional("id", Shape::Text, "What the DOM calls lastEventId."),
        Key::optional(
            "origin",
            Shape::Word(&["base", "other"]),
            "Which of the session's two origins it names.",
        ),
        Key::optional("times", Shape::Count(1, 1 << 20), "How many such events come, one after another."),
        Key::optional("within", Shape::Duration, "How long to wait for it."),
    ],
};
