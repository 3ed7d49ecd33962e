//! What a scenario file may contain.

use ssespec_diagnostics::{Key, Shape, Table, Verb};

use crate::script::ACTIONS;
use crate::script::http2::CONTROLS as FRAMES;

pub(super) static SCENARIO: Table = Table {
    what: "a scenario",
    keys: &[
        Key::optional("title", Shape::Text, "What it demonstrates."),
        Key::optional(
            "barrier",
            Shape::Flag,
            "Whether a write waits until the client has read the previous one, so that each `send` arrives alone. \
             Default: false.",
        ),
        Key::optional("seed", Shape::Count(0, u64::MAX), "The seed of `jitter`; 0 if absent."),
        Key::required(
            "route",
            Shape::List(&Shape::Table(&ROUTE)),
            "The routes; the first that matches serves.",
        ),
    ],
};

/// What a field must be.
const FIELD: Shape = Shape::Either(&[Shape::Text, Shape::Flag]);

const HEADERS: Key = Key::optional(
    "headers",
    Shape::Map(&FIELD),
    "What header fields must be. A string: this value. true: present. false: absent.",
);
const QUERY: Key = Key::optional(
    "query",
    Shape::Map(&FIELD),
    "What parameters of the query must be, as in `headers`. Values are compared decoded.",
);
const LAST_EVENT_ID: Key =
    Key::optional("last-event-id", FIELD, "What Last-Event-ID must be; short for a field in `headers`.");
const BODY: Key = Key::optional(
    "body",
    Shape::Either(&BODIES),
    "What the body must be. A string: it contains this text. A table: it is JSON with this value.",
);
static BODIES: [Shape; 2] = [Shape::Text, Shape::Table(&BODY_MATCH)];

const METHOD: Key = Key::optional("method", Shape::Text, "The method; any if absent.");

static ROUTE: Table = Table {
    what: "a route",
    keys: &[
        METHOD,
        Key::required(
            "path",
            Shape::Text,
            "The path; `*` stands for any characters, and `{name}` for those up to the next slash.",
        ),
        HEADERS,
        QUERY,
        LAST_EVENT_ID,
        BODY,
        Key::required(
            "connection",
            Shape::List(&Shape::Table(&CONNECTION)),
            "The script of the first connection, of the second, and so on; the last one also serves all later connections.",
        ),
    ],
};

static BODY_MATCH: Table = Table {
    what: "a condition for a JSON body",
    keys: &[
        Key::required("pointer", Shape::Text, "A JSON Pointer (RFC 6901), such as /messages/0/role."),
        Key::optional(
            "is",
            Shape::Either(&[Shape::Text, Shape::Flag, Shape::Count(0, u64::MAX)]),
            "The value that it points to; any if absent.",
        ),
    ],
};

static CONNECTION: Table = Table {
    what: "a connection",
    keys: &[Key::required(
        "steps",
        Shape::List(&Shape::Step(&[ACTIONS, FRAMES, WRITES, CONTROLS])),
        "The script, in time order.",
    )],
};

/// What also writes, and may be repeated.
static WRITES: &[Verb] = &[
    Verb::open(
        "forward",
        Shape::Either(&[Shape::Word(&["head"]), Shape::Table(&FORWARD)]),
        "Forward the request to the server of --forward, and pass its response on as it arrives: to its end, only its \
         \"head\", or a part of its body. The next `forward` continues there. After `respond`, only the body is passed on.",
    ),
    Verb::with(
        "event",
        Shape::Either(&[Shape::Text, Shape::Table(&EVENT)]),
        "Write an event block in one write. A string is the data of an event without type and ID.",
    ),
    Verb::with(
        "file",
        Shape::Text,
        "Write the content of this file to the body. The path is relative to the scenario.",
    ),
    Verb::with("pace", Shape::Table(&PACE), "Limit the rate of all further writes to the body."),
    Verb::with(
        "jitter",
        Shape::Duration,
        "Make each further wait longer by a random time up to this. The scenario's `seed` determines the times.",
    ),
    Verb::with(
        "heartbeat",
        Shape::Either(&[Shape::Duration, Shape::Table(&HEARTBEAT)]),
        "From now on, write a comment whenever nothing was written for this long, also after the last step.",
    ),
];

/// What only a script itself has.
static CONTROLS: &[Verb] = &[
    Verb::with("repeat", Shape::Table(&REPEAT), "Perform steps several times."),
    Verb::with(
        "resume",
        Shape::Table(&RESUME),
        "Write the events of a list that come after the request's Last-Event-ID; all if it has none or an unknown one.",
    ),
    Verb::open(
        "expect-request",
        Shape::Table(&EXPECT_REQUEST),
        "As the first step: require something of the request that this script answers. Later: wait for the next request \
         to this route, which this script then answers.",
    ),
    Verb::open("expect-disconnect", Shape::Table(&EXPECT_DISCONNECT), "Wait for the client to disconnect."),
    Verb::with(
        "expect-no-request",
        Shape::Duration,
        "Require that no request to this route's path arrives for this long, counted from the end of the response.",
    ),
];

static FORWARD: Table = Table {
    what: "`forward`",
    keys: &[
        Key::optional(
            "events",
            Shape::Count(1, u64::MAX),
            "Up to the end of this many further events, as the HTML standard counts them: blocks with data.",
        ),
        Key::optional("bytes", Shape::Count(1, u64::MAX), "This many further bytes of the body."),
    ],
};

static PACE: Table = Table {
    what: "`pace`",
    keys: &[
        Key::optional(
            "bytes-per-second",
            Shape::Count(1, 1 << 40),
            "Split writes, and spread the pieces over time.",
        ),
        Key::optional(
            "events-per-second",
            Shape::Count(1, 1_000_000),
            "Write each event block separately, at this rate.",
        ),
    ],
};

static HEARTBEAT: Table = Table {
    what: "`heartbeat`",
    keys: &[
        Key::required("every", Shape::Duration, "How long nothing was written."),
        Key::optional("text", Shape::Text, "What to write; \":\\n\\n\" if absent."),
    ],
};

static REPEAT: Table = Table {
    what: "`repeat`",
    keys: &[
        Key::optional("times", Shape::Count(1, u64::MAX), "How often; without end if absent."),
        Key::optional("every", Shape::Duration, "The time from one repetition to the next; none if absent."),
        Key::required(
            "steps",
            Shape::List(&Shape::Step(&[ACTIONS, FRAMES, WRITES])),
            "The steps; {{counter}} in a text is the number of the repetition.",
        ),
    ],
};

static RESUME: Table = Table {
    what: "`resume`",
    keys: &[
        Key::required(
            "events",
            Shape::List(&Shape::Either(&[Shape::Text, Shape::Table(&LISTED_EVENT)])),
            "The events. A string is the data of an event whose ID is its number in the list, from 1.",
        ),
        Key::optional("every", Shape::Duration, "The time from one event to the next; none if absent."),
        Key::optional(
            "limit",
            Shape::Count(1, u64::MAX),
            "How many events to write at most; then the next step follows.",
        ),
    ],
};

const EVENT_TYPE: Key = Key::optional("event", Shape::Text, "Its type; `message` if absent.");
const EVENT_DATA: Key =
    Key::optional("data", Shape::Text, "Its data; empty if absent. Each line becomes a `data` field.");

static LISTED_EVENT: Table = Table {
    what: "an event",
    keys: &[
        Key::optional("id", Shape::Text, "Its ID; its number in the list if absent."),
        EVENT_TYPE,
        EVENT_DATA,
    ],
};

static EVENT: Table = Table {
    what: "an event",
    keys: &[
        Key::optional("id", Shape::Text, "Its ID; no `id` field if absent."),
        EVENT_TYPE,
        EVENT_DATA,
        Key::optional("retry", Shape::Count(0, u64::MAX), "The reconnection time in milliseconds."),
    ],
};

static EXPECT_REQUEST: Table = Table {
    what: "`expect-request`",
    keys: &[
        METHOD,
        HEADERS,
        QUERY,
        LAST_EVENT_ID,
        BODY,
        Key::optional(
            "after",
            Shape::Duration,
            "The earliest time after the end of the previous response; only lower bounds are checked.",
        ),
        Key::optional("within", Shape::Duration, "How long to wait for it; 15s if absent."),
    ],
};

static EXPECT_DISCONNECT: Table = Table {
    what: "`expect-disconnect`",
    keys: &[Key::optional("within", Shape::Duration, "How long to wait for it; 5s if absent.")],
};
