//! How a case is written in TOML, and reading it.
//!
//! ```toml
//! title = "A CRLF cut between two reads ends one line, not two"
//! requirements = ["whatwg/line-crlf-split-across-reads"]
//! steps = [
//!   { send = "data: a\r" },
//!   { send = "\ndata: b\r\n\r\n" },
//!   { expect-event = { data = "a\nb" } },
//! ]
//! ```

use ssespec_mock_server::document::{
    Diagnostics, Findings, Key, Shape, Source, Table, Value, Verb, parse, schema, value,
};
use ssespec_mock_server::script::{self, ACTIONS};
use toml::de::DeTable;

use crate::Capability;
use crate::case::{
    Case, Connect, EventExpectation, Expectation, Fact, FactSource, FieldExpectation, Moment, Origin, ReadyState,
    RequestExpectation, Step, StepKind,
};

static CASE: Table = Table {
    what: "a case",
    keys: &[
        Key::required("title", Shape::Text, "The claim, as a sentence that a maintainer understands."),
        Key::required("requirements", Shape::List(&Shape::Text), "What it checks, suite/id; the first names it."),
        Key::optional(
            "needs",
            Shape::List(&Shape::Word(Capability::NAMES)),
            "The capabilities without which it is skipped.",
        ),
        Key::optional("why", Shape::Text, "What goes wrong in the field, with the report."),
        Key::optional("counterparts", Shape::List(&Shape::Text), "Tests of other suites that make the same claim."),
        Key::optional("alone", Shape::Flag, "Run it with a fresh adapter and nothing beside it."),
        Key::required("steps", Shape::List(&Shape::Step(STEPS)), "The script, in time order."),
    ],
};

static STEPS: &[&[Verb]] = &[CLIENT, ACTIONS, OBSERVATIONS, RECORD];

static CLIENT: &[Verb] = &[
    Verb::open(
        "connect",
        Shape::Table(&Table {
            what: "`connect`",
            keys: &[
                Key::optional("headers", Shape::Map(&Shape::Text), "Request headers that the client's user adds."),
                Key::optional("last-event-id", Shape::Text, "The last event ID to start from."),
                Key::optional("method", Shape::Text, "The request method."),
                Key::optional("body", Shape::Text, "The request body."),
                Key::optional("with-credentials", Shape::Flag, "Whether other origins get credentials."),
                Key::optional(
                    "close-in",
                    Shape::Word(&["opened", "event", "error"]),
                    "The handler in which the client's user calls close().",
                ),
            ],
        }),
        "The client is told to connect. Implied at the start.",
    ),
    Verb::word("close", "The client is told to close."),
];

static OBSERVATIONS: &[Verb] = &[
    Verb::open("expect-request", Shape::Table(&REQUEST), "A request comes. It is answered with an event stream unless the next step answers it otherwise."),
    Verb::with("expect-no-request", Shape::Duration, "No request comes for this long."),
    Verb::open("expect-disconnect", Shape::Table(&WITHIN), "The client leaves the current connection."),
    Verb::word("expect-opened", "The client shows that the connection is open."),
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
    Verb::with("expect-one-of", Shape::List(&ALTERNATIVE), "One of these, each an observation or several in order."),
];

static RECORD: &[Verb] = &[Verb::with(
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
        ],
    }),
    "Store a fact for the report; cannot fail.",
)];

static ALTERNATIVE: Shape = Shape::Either(&[Shape::List(&Shape::Step(&[OBSERVATIONS])), Shape::Step(&[OBSERVATIONS])]);

const STATES: &[&str] = &["connecting", "open", "closed"];

static REQUEST: Table = Table {
    what: "`expect-request`",
    keys: &[
        Key::optional("method", Shape::Text, "The method."),
        Key::optional("path", Shape::Text, "The path relative to the session's URL; \"\" is that URL itself."),
        Key::optional("origin", Shape::Word(&["base", "other"]), "Which of the session's two origins it reaches."),
        Key::optional(
            "headers",
            Shape::Map(&Shape::Either(&[Shape::Text, Shape::Flag])),
            "A value: one field with that value. true: present. false: absent.",
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
        Key::optional(
            "data-repeat",
            Shape::Table(&Table {
                what: "`data-repeat`",
                keys: &[
                    Key::required("text", Shape::Text, "What is repeated."),
                    Key::required("times", Shape::Count(1, 1 << 30), "How often."),
                ],
            }),
            "The data, where it is a repeated pattern.",
        ),
        Key::optional("id", Shape::Text, "What the DOM calls lastEventId."),
        Key::optional("origin", Shape::Word(&["base", "other"]), "Which of the session's two origins it names."),
        Key::optional("within", Shape::Duration, "How long to wait for it."),
    ],
};

/// The JSON Schema of a case, for editors.
pub fn case_schema() -> serde_json::Value {
    schema::document(&CASE, "A case of ssespec")
}

/// Reads a case.
///
/// # Errors
/// When it is not of the format; every mistake is named with its place and what to do.
pub fn read(source: &Source, id: &str) -> Result<Case, Diagnostics> {
    let root = parse(source, &CASE)?;
    let mut findings = Findings::default();
    let mut reader = Reader { source, findings: &mut findings };
    let steps = reader.steps(value::get(&root, "steps").into_iter().flat_map(value::list));
    let needs = value::texts_of(&root, "needs").iter().filter_map(|name| name.parse().ok()).collect();
    let case = Case {
        id: id.into(),
        title: value::text_of(&root, "title").unwrap_or_default(),
        requirements: value::texts_of(&root, "requirements"),
        needs,
        why: value::text_of(&root, "why"),
        counterparts: value::texts_of(&root, "counterparts"),
        alone: value::flag_of(&root, "alone"),
        steps,
        source: source.clone(),
    };
    findings.or(source, Some(case))
}

/// Reads steps that passed the check of their shape.
struct Reader<'s, 'f> {
    source: &'s Source,
    findings: &'f mut Findings,
}

impl Reader<'_, '_> {
    fn steps<'a, 'i: 'a>(&mut self, list: impl Iterator<Item = &'a Value<'i>>) -> Vec<Step> {
        list.filter_map(|entry| self.step(entry)).collect()
    }

    fn step(&mut self, entry: &Value<'_>) -> Option<Step> {
        let (verb, verb_span, argument) = value::step(entry)?;
        let span = entry.span();
        let table = argument.and_then(value::table);
        let kind = match verb {
            "connect" => StepKind::Connect(Box::new(table.map(connect).unwrap_or_default())),
            "close" => StepKind::Close,
            "record" => StepKind::Record(self.fact(argument?)?),
            _ => match script::read(verb, verb_span, argument, self.findings) {
                Some(action) => StepKind::Wire(action),
                None => StepKind::Expect(self.expectation(verb, argument)?),
            },
        };
        let (line, _) = self.source.position(span.start);
        Some(Step { kind, line, text: self.source.slice(span.clone()).to_owned(), span })
    }

    fn expectation(&mut self, verb: &str, argument: Option<&Value<'_>>) -> Option<Expectation> {
        let table = argument.and_then(value::table);
        let text = |key| table.and_then(|t| value::text_of(t, key));
        Some(match verb {
            "expect-request" => Expectation::Request(Box::new(table.map(request).unwrap_or_default())),
            "expect-no-request" => Expectation::NoRequest(value::duration(argument?)?),
            "expect-disconnect" => {
                Expectation::Disconnect { within: table.and_then(|t| value::duration_of(t, "within")) }
            }
            "expect-opened" => Expectation::Opened,
            "expect-event" => {
                if let Some(both) = table.and_then(|t| value::get(t, "data").and(value::get(t, "data-repeat"))) {
                    let label = "the data is given twice";
                    self.findings.add(both.span(), "`data` and `data-repeat` in one event", label);
                }
                Expectation::Event(Box::new(table.map(event).unwrap_or_default()))
            }
            "expect-comment" => Expectation::Comment { text: text("text") },
            "expect-error" => Expectation::Error { state: text("state").as_deref().and_then(state) },
            "expect-state" => Expectation::State(state(value::text(argument?)?)?),
            "expect-closed" => Expectation::Closed,
            "expect-one-of" => self.one_of(argument?)?,
            _ => return None,
        })
    }

    fn one_of(&mut self, argument: &Value<'_>) -> Option<Expectation> {
        let mut alternatives = Vec::new();
        for entry in value::list(argument) {
            let steps = match entry.get_ref().as_array() {
                Some(sequence) => self.steps(sequence.iter()),
                None => self.steps(std::iter::once(entry)),
            };
            if steps.is_empty() {
                self.findings.add(entry.span(), "an alternative without a step", "expected an observation");
            }
            alternatives.push(steps);
        }
        if alternatives.len() < 2 {
            let label = "expected two or more";
            self.findings.add(argument.span(), "`expect-one-of` needs alternatives", label);
            return None;
        }
        Some(Expectation::OneOf(alternatives))
    }

    fn fact(&mut self, argument: &Value<'_>) -> Option<Fact> {
        let table = value::table(argument)?;
        let header = value::text_of(table, "header");
        let of = match (value::text_of(table, "of")?.as_str(), header) {
            ("delay", None) => FactSource::Delay,
            ("target", None) => FactSource::Target,
            ("alternative", None) => FactSource::Alternative,
            ("header", Some(name)) => FactSource::Header(name),
            _ => {
                let hint = "of = \"header\" goes with header = \"accept\", the others go without";
                let message = "`of` and `header` do not fit";
                self.findings.add_with_hint(argument.span(), message, "not a fact", hint);
                return None;
            }
        };
        Some(Fact { name: value::text_of(table, "fact")?, of })
    }
}

fn connect(table: &DeTable<'_>) -> Connect {
    let fields = value::get(table, "headers").and_then(value::table);
    let headers = fields.into_iter().flatten();
    Connect {
        headers: headers
            .filter_map(|(name, text)| Some((name.get_ref().to_string(), value::text(text)?.to_owned())))
            .collect(),
        last_event_id: value::text_of(table, "last-event-id").unwrap_or_default(),
        method: value::text_of(table, "method"),
        body: value::text_of(table, "body").unwrap_or_default(),
        with_credentials: value::flag_of(table, "with-credentials"),
        close_in: value::text_of(table, "close-in").map(|word| match word.as_str() {
            "opened" => Moment::Opened,
            "event" => Moment::Event,
            _ => Moment::Error,
        }),
    }
}

fn request(table: &DeTable<'_>) -> RequestExpectation {
    let fields = value::get(table, "headers").and_then(value::table);
    let expectation = |found: &Value<'_>| match (value::text(found), found.get_ref().as_bool()) {
        (Some(text), _) => FieldExpectation::Is(text.to_owned()),
        (None, Some(true)) => FieldExpectation::Present,
        (None, _) => FieldExpectation::Absent,
    };
    RequestExpectation {
        method: value::text_of(table, "method"),
        path: value::text_of(table, "path"),
        origin: value::text_of(table, "origin").map(|word| origin(&word)),
        headers: fields
            .into_iter()
            .flatten()
            .map(|(name, found)| (name.get_ref().to_string(), expectation(found)))
            .collect(),
        body: value::text_of(table, "body"),
        after: value::duration_of(table, "after"),
        within: value::duration_of(table, "within"),
    }
}

fn event(table: &DeTable<'_>) -> EventExpectation {
    let repeat = value::get(table, "data-repeat").and_then(value::table).and_then(|repeat| {
        Some(ssespec_mock_server::action::Repeat {
            pattern: value::text_of(repeat, "text")?.into_bytes(),
            times: value::count_of(repeat, "times")?,
            write: 1,
        })
    });
    EventExpectation {
        kind: value::text_of(table, "type"),
        data: value::text_of(table, "data"),
        data_repeat: repeat,
        id: value::text_of(table, "id"),
        origin: value::text_of(table, "origin").map(|word| origin(&word)),
        within: value::duration_of(table, "within"),
    }
}

fn origin(word: &str) -> Origin {
    if word == "other" { Origin::Other } else { Origin::Base }
}

fn state(word: &str) -> Option<ReadyState> {
    [ReadyState::Connecting, ReadyState::Open, ReadyState::Closed].into_iter().find(|s| s.word() == word)
}
