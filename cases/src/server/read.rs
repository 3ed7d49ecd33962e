//! Reading the steps of server cases.

use ssespec_diagnostics::{Findings, value};
use ssespec_mock_server::script::check_fields;
use toml::de::DeTable;

use super::shape::FactWord;
use super::step::{
    DEFAULT_STREAM, Emission, EmittedData, EventExpected, Expected, HangUp, Reading, Request,
    ResponseExpected, ServerFact, ServerStep,
};
use crate::grammar::fact::{self, Source, SourceWord};
use crate::grammar::read::{Visitor, Written};
use crate::grammar::{data, fields, measure};

/// What to write for an alternative in which nothing is observed.
const INSTEAD_OF_NOTHING: &str = "to expect only that the emission is accepted, write \"expect-emitted\"";

/// Reads a step.
pub(crate) fn step(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) -> Option<ServerStep> {
    let (argument, table) = (written.argument, written.table());
    let findings = &mut visitor.findings;
    Some(match written.verb {
        "request" => ServerStep::Request(Box::new(request(table, findings))),
        "read" => ServerStep::Read(written.text()?),
        "emit" => ServerStep::Emit(emission(written, findings)?),
        "emit-early" => ServerStep::EmitEarly(emission(written, findings)?),
        "emit-repeat" => {
            ServerStep::EmitRepeat(emission(written, findings)?, value::count_of(table?, "times")?)
        }
        "end" => ServerStep::End,
        "stop" => ServerStep::Stop,
        "shutdown" => ServerStep::Shutdown,
        "hang-up" => ServerStep::HangUp(hang_up(written)?),
        "wait" => ServerStep::Wait(value::duration(argument?)?),
        "record" => ServerStep::Record(fact::read::<FactWord>(argument?, findings)?),
        "measure" | "expect-growth" => ServerStep::Measure(measure::read(written.verb, argument, findings)?),
        "expect-one-of" => {
            ServerStep::OneOf(visitor.alternatives(argument?, INSTEAD_OF_NOTHING, expectation)?)
        }
        _ => ServerStep::Expect(expectation(written, visitor)?),
    })
}

/// The stream that a step names.
pub(crate) fn stream(table: Option<&DeTable<'_>>) -> String {
    table.and_then(|table| value::text_of(table, "stream")).unwrap_or_else(|| DEFAULT_STREAM.into())
}

/// Reads how a stream is left.
pub(crate) fn hang_up(written: &Written<'_, '_>) -> Option<HangUp> {
    let how = written.argument.and_then(value::word).or_else(|| written.word_of("how"))?;
    Some(HangUp { how, stream: stream(written.table()) })
}

/// Reads a request.
pub(crate) fn request(table: Option<&DeTable<'_>>, findings: &mut Findings) -> Request {
    let Some(table) = table else { return Request::default() };
    if let Some(headers) = value::get(table, "headers").and_then(value::table) {
        check_fields(headers, "no request can have this", findings);
    }
    if let Some(id) = value::get(table, "last-event-id")
        && value::text(id).is_some_and(|id| id.contains(['\r', '\n', '\0']))
    {
        let hint = "no client can send this in a header field";
        findings.add_with_hint(id.span(), "this is not a valid Last-Event-ID", "expected one line", hint);
    }
    Request {
        method: value::text_of(table, "method").unwrap_or_else(|| "GET".into()),
        headers: fields::values(table),
        last_event_id: value::text_of(table, "last-event-id"),
        body: value::text_of(table, "body"),
        stream: stream(Some(table)),
        count: value::count_of(table, "count").unwrap_or(1),
        reading: match value::get(table, "reading").and_then(value::flag) {
            Some(false) => Reading::OnDemand,
            Some(true) | None => Reading::AsItComes,
        },
        http: value::word_of(table, "http").unwrap_or_default(),
        connection: value::word_of(table, "connection").unwrap_or_default(),
    }
}

/// What to emit: exactly one thing.
fn emission(written: &Written<'_, '_>, findings: &mut Findings) -> Option<Emission> {
    let (argument, verb) = (written.argument?, written.verb);
    let table = value::table(argument)?;
    let things = ["data", "data-repeat", "comment", "retry"];
    let named: Vec<&str> = things.into_iter().filter(|key| value::get(table, key).is_some()).collect();
    let [one] = named[..] else {
        let label = if named.is_empty() { "nothing here".to_owned() } else { named.join(" and ") };
        let hint = "write one of data, data-repeat, comment and retry; use a separate `emit` for each";
        let message = format!("`{verb}` emits exactly one thing");
        findings.add_with_hint(argument.span(), message, label, hint);
        return None;
    };
    let (kind, id) = (value::text_of(table, "type"), value::text_of(table, "id"));
    if matches!(one, "comment" | "retry") && (kind.is_some() || id.is_some()) {
        let hint = "remove them, or emit an event with data";
        let message = format!("a {one} has neither a type nor an id");
        findings.add_with_hint(argument.span(), message, "they belong to data", hint);
        return None;
    }
    if let Some(comment) = value::text_of(table, "comment") {
        return Some(Emission::Comment(comment));
    }
    if let Some(retry) = value::count_of(table, "retry") {
        return Some(Emission::Retry(retry));
    }
    Some(Emission::Event { kind, data: data(table)?, id, retry: value::text_of(table, "retry-text") })
}

/// The data in a table.
fn data(table: &DeTable<'_>) -> Option<EmittedData> {
    let text = value::text_of(table, "data").map(EmittedData::Text);
    text.or_else(|| data::repeated(table).map(EmittedData::Repeat))
}

/// Reads an observation.
pub(crate) fn expectation(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) -> Option<Expected> {
    let table = written.table();
    let within = table.and_then(|table| value::duration_of(table, "within"));
    Some(match written.verb {
        "expect-response" => Expected::Response(Box::new(ResponseExpected {
            stream: stream(table),
            status: table
                .and_then(|table| value::count_of(table, "status"))
                .and_then(|status| u16::try_from(status).ok()),
            headers: table.map(fields::read).unwrap_or_default(),
            within,
        })),
        "expect-event" => {
            if let Some(table) = table {
                data::check_once(table, &mut visitor.findings);
            }
            Expected::Event(Box::new(EventExpected {
                stream: stream(table),
                kind: written.text_of("type"),
                data: table.and_then(data),
                id: written.text_of("id"),
                times: table.and_then(|table| value::count_of(table, "times")).unwrap_or(1),
                within,
            }))
        }
        "expect-comment" => {
            Expected::Comment { stream: stream(table), text: written.text_of("text"), within }
        }
        "expect-retry" => Expected::Retry {
            stream: stream(table),
            milliseconds: value::count(written.argument?)
                .or_else(|| value::count_of(table?, "milliseconds"))?,
        },
        "expect-end" => Expected::End { stream: stream(table), within },
        "expect-break" => Expected::Break { stream: stream(table), within },
        "expect-disconnect" => Expected::Disconnect { stream: stream(table), within },
        "expect-emitted" => Expected::Emitted,
        "expect-refused" => Expected::Refused,
        "expect-connected" => Expected::Connected { last_event_id: written.text_of("last-event-id") },
        "expect-disconnected" => Expected::Disconnected { within },
        _ => return None,
    })
}

impl SourceWord for FactWord {
    type Source = ServerFact;

    fn source(self) -> Source<ServerFact> {
        match self {
            Self::Header => Source::OfHeader(ServerFact::Header),
            Self::Alternative => Source::OfAlternatives(|names| ServerFact::Alternative { names }),
        }
    }
}
