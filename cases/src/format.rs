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

pub(crate) mod shape;
#[cfg(test)]
mod tests;

use ssespec_diagnostics::{Diagnostics, Findings, Source, Table, Value, parse, schema, value};
use ssespec_mock_server::script;
use toml::de::DeTable;

use self::shape::{CASE, STEPS};
use crate::case::{
    AttemptAnswer, Attempts, Case, Connect, EventExpectation, Expectation, Fact, FactSource,
    FieldExpectation, Growth, MemoryGrowth, Moment, Origin, ReadyState, RequestExpectation, Scope, Step,
    StepKind, TimeGrowth, ValueExpectation,
};
use crate::serving::{self, Expected, SERVER_CASE, Serving};

/// The JSON Schema of a client case, for editors.
pub fn case_schema() -> serde_json::Value {
    schema::document(&CASE, "A case of ssespec")
}

/// The JSON Schema of a server case, for editors.
pub fn server_case_schema() -> serde_json::Value {
    schema::document(&SERVER_CASE, "A server case of ssespec")
}

/// Reads a case, of the role that its id begins with.
///
/// # Errors
/// When it is not of the format; every mistake is named with its place and what to do.
pub fn read(source: &Source, id: &str) -> Result<Case, Diagnostics> {
    let role = if id.starts_with("server/") { Role::Server } else { Role::Client };
    other_role(source, role)?;
    let root = parse(source, role.shape())?;
    let mut findings = Findings::default();
    let mut reader = Reader { source, role, findings: &mut findings };
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

/// The role that a case's verbs are of. What intermediaries stand between is played as for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Client,
    Server,
}

impl Role {
    fn shape(self) -> &'static Table {
        match self {
            Self::Client => &CASE,
            Self::Server => &SERVER_CASE,
        }
    }

    fn verbs(self) -> impl Iterator<Item = &'static str> {
        let lists = match self {
            Self::Client => STEPS,
            Self::Server => serving::STEPS,
        };
        lists.iter().flat_map(|list| list.iter()).map(|verb| verb.name)
    }
}

/// Finds the steps that only a case of the other role can have: what else is wrong with them would mislead.
fn other_role(source: &Source, role: Role) -> Result<(), Diagnostics> {
    let (other, this, that, folder) = match role {
        Role::Client => (Role::Server, "client", "server", "cases/server"),
        Role::Server => (Role::Client, "server", "client", "cases/client"),
    };
    let mut findings = Findings::default();
    // What cannot be parsed is told by the check of the whole.
    let document = DeTable::parse(source.text()).ok();
    let steps = document.as_ref().and_then(|root| value::get(root.get_ref(), "steps"));
    for (verb, span, _) in steps.into_iter().flat_map(value::list).filter_map(value::step) {
        if other.verbs().any(|name| name == verb) && !role.verbs().any(|name| name == verb) {
            let message = format!("`{verb}` is a step of {that} cases, and this is a {this} case");
            let hint =
                format!("a case's role is the first folder of its id: cases for {that}s are below {folder}");
            findings.add_with_hint(span, message, format!("not a step of {this} cases"), hint);
        }
    }
    findings.or(source, Some(()))
}

/// Reads steps that passed the check of their shape.
struct Reader<'s, 'f> {
    source: &'s Source,
    role: Role,
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
        if let ("connect" | "expect-request" | "expect-response", Some(fields)) =
            (verb, table.and_then(|t| value::get(t, "headers")).and_then(value::table))
        {
            script::check_fields(fields, "no request can have this", self.findings);
        }
        let kind = match verb {
            "connect" => StepKind::Connect(Box::new(table.map(connect).unwrap_or_default())),
            "close" => StepKind::Close,
            "enter" => StepKind::Enter(Scope::from_word(value::text(argument?)?)?),
            "run" => StepKind::Run(value::text(argument?)?.to_owned()),
            "record" => StepKind::Record(self.fact(argument?)?),
            "measure" => StepKind::Measure(value::count(argument?)?),
            "expect-growth" => StepKind::Growth(self.growth(argument?)?),
            "expect-one-of" if self.role == Role::Server => {
                StepKind::Serving(Serving::Expect(Expected::OneOf(self.alternatives(argument?)?)))
            }
            _ if self.role == Role::Server => {
                StepKind::Serving(serving::read(verb, argument, self.findings)?)
            }
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
            "expect-attempts" => Expectation::Attempts(Attempts {
                at_most: value::count_of(table?, "at-most")?,
                time: value::duration_of(table?, "for")?,
                answer: match text("answer").as_deref() {
                    Some("ended") => AttemptAnswer::Ended,
                    Some("unavailable") => AttemptAnswer::Unavailable,
                    Some("redirected") => AttemptAnswer::Redirected,
                    _ => AttemptAnswer::Reset,
                },
            }),
            "expect-disconnect" => {
                Expectation::Disconnect { within: table.and_then(|t| value::duration_of(t, "within")) }
            }
            "expect-opened" => Expectation::Opened { state: text("state").as_deref().and_then(state) },
            "expect-event" => {
                if let Some(both) =
                    table.and_then(|t| value::get(t, "data").and(value::get(t, "data-repeat")))
                {
                    let message = "`data` and `data-repeat` in one event";
                    let hint = "take one of them out";
                    self.findings.add_with_hint(both.span(), message, "the data is given twice", hint);
                }
                Expectation::Event(Box::new(table.map(event).unwrap_or_default()))
            }
            "expect-comment" => Expectation::Comment { text: text("text") },
            "expect-error" => Expectation::Error { state: text("state").as_deref().and_then(state) },
            "expect-state" => Expectation::State(state(value::text(argument?)?)?),
            "expect-closed" => Expectation::Closed,
            "expect-report" => Expectation::Report(value::text(argument?)?.to_owned()),
            "expect-value" => Expectation::Value(ValueExpectation { of: text("of")?, is: text("is")? }),
            "expect-exception" => Expectation::Exception(value::text(argument?)?.to_owned()),
            "expect-one-of" => Expectation::OneOf(self.alternatives(argument?)?),
            _ => return None,
        })
    }

    fn alternatives(&mut self, argument: &Value<'_>) -> Option<Vec<Vec<Step>>> {
        let mut alternatives = Vec::new();
        for entry in value::list(argument) {
            let steps = match entry.get_ref().as_array() {
                Some(sequence) if sequence.is_empty() => {
                    let hint = match self.role {
                        Role::Client => "that nothing comes is { expect-no-request = \"300ms\" }",
                        Role::Server => "that something is taken is \"expect-emitted\"",
                    };
                    let message = "an alternative without a step";
                    self.findings.add_with_hint(entry.span(), message, "expected an observation", hint);
                    return None;
                }
                Some(sequence) => self.steps(sequence.iter()),
                None => self.steps(std::iter::once(entry)),
            };
            alternatives.push(steps);
        }
        if alternatives.len() < 2 {
            let hint = "what must come without a choice is a step of its own";
            let message = "`expect-one-of` needs alternatives";
            self.findings.add_with_hint(argument.span(), message, "expected two or more", hint);
            return None;
        }
        Some(alternatives)
    }

    fn growth(&mut self, argument: &Value<'_>) -> Option<Growth> {
        let table = value::table(argument)?;
        let growth = Growth {
            time: value::get(table, "time").map(|_| TimeGrowth::Linear),
            memory: value::get(table, "memory").map(|_| MemoryGrowth::Flat),
        };
        if growth == Growth::default() {
            let hint = "write time = \"linear\", memory = \"flat\" or both";
            let message = "`expect-growth` judges nothing";
            self.findings.add_with_hint(argument.span(), message, "expected time or memory", hint);
            return None;
        }
        Some(growth)
    }

    fn fact(&mut self, argument: &Value<'_>) -> Option<Fact> {
        let table = value::table(argument)?;
        let header = value::text_of(table, "header");
        let names = value::texts_of(table, "as");
        let of = match (value::text_of(table, "of")?.as_str(), header) {
            ("alternative", None) => FactSource::Alternative { names },
            (_, _) if !names.is_empty() => {
                let hint = "write of = \"alternative\" with it, or take it out";
                let message = "`as` names alternatives";
                self.findings.add_with_hint(argument.span(), message, "this records none", hint);
                return None;
            }
            ("delay", None) => FactSource::Delay,
            ("target", None) => FactSource::Target,
            ("header", Some(name)) => FactSource::Header(name),
            _ => {
                let hint = "write of = \"header\" with header = \"accept\", any other `of` without";
                let message = "`of` and `header` do not fit";
                self.findings.add_with_hint(argument.span(), message, "expected both or neither", hint);
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
        userinfo: value::text_of(table, "userinfo"),
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
        url: value::text_of(table, "url"),
        scope: value::text_of(table, "in").and_then(|word| Scope::from_word(&word)).unwrap_or_default(),
    }
}

/// What a table's `headers` must be.
pub(crate) fn fields(table: &DeTable<'_>) -> Vec<(String, FieldExpectation)> {
    let fields = value::get(table, "headers").and_then(value::table);
    let expectation = |found: &Value<'_>| match (value::text(found), found.get_ref().as_bool()) {
        (Some(text), _) => FieldExpectation::Is(text.to_owned()),
        (None, Some(true)) => FieldExpectation::Present,
        (None, Some(false)) => FieldExpectation::Absent,
        (None, None) => {
            FieldExpectation::Lists(value::list(found).filter_map(value::text).map(str::to_owned).collect())
        }
    };
    let named = fields.into_iter().flatten();
    named.map(|(name, found)| (name.get_ref().to_string(), expectation(found))).collect()
}

fn request(table: &DeTable<'_>) -> RequestExpectation {
    RequestExpectation {
        method: value::text_of(table, "method"),
        path: value::text_of(table, "path"),
        origin: value::text_of(table, "origin").map(|word| origin(&word)),
        headers: fields(table),
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
            write: None,
        })
    });
    EventExpectation {
        kind: value::text_of(table, "type"),
        data: value::text_of(table, "data"),
        data_repeat: repeat,
        id: value::text_of(table, "id"),
        origin: value::text_of(table, "origin").map(|word| origin(&word)),
        times: value::count_of(table, "times"),
        within: value::duration_of(table, "within"),
    }
}

fn origin(word: &str) -> Origin {
    if word == "other" { Origin::Other } else { Origin::Base }
}

fn state(word: &str) -> Option<ReadyState> {
    [ReadyState::Connecting, ReadyState::Open, ReadyState::Closed].into_iter().find(|s| s.word() == word)
}
