//! Reading the steps of server cases, which have passed the check of their shape.

use ssespec_diagnostics::{Findings, Value, value};
use ssespec_mock_server::action::{Drop, Repeat};
use ssespec_mock_server::script::check_fields;
use toml::de::DeTable;

use super::{
    DEFAULT_STREAM, Emission, EmittedData, EventExpected, Expected, HangUp, Http, Reading, Request,
    ResponseExpected, Serving,
};
use crate::format::fields;

/// Reads a step; `None` where the verb is none of these or something was found. `expect-one-of` is read by the caller,
/// which reads steps.
pub(crate) fn read(verb: &str, argument: Option<&Value<'_>>, findings: &mut Findings) -> Option<Serving> {
    let table = argument.and_then(value::table);
    Some(match verb {
        "request" => Serving::Request(Box::new(request(table, findings))),
        "read" => Serving::Read(value::text(argument?)?.to_owned()),
        "emit" => Serving::Emit(emission(verb, argument?, findings)?),
        "emit-repeat" => {
            Serving::EmitRepeat(emission(verb, argument?, findings)?, value::count_of(table?, "times")?)
        }
        "end" => Serving::End,
        "stop" => Serving::Stop,
        "shutdown" => Serving::Shutdown,
        "hang-up" => {
            let word = value::text(argument?).map(str::to_owned);
            let how = word.or_else(|| value::text_of(table?, "how"))?;
            let how = if how == "fin" { Drop::Fin } else { Drop::Reset };
            Serving::HangUp(HangUp { how, stream: stream(table) })
        }
        "wait" => Serving::Wait(value::duration(argument?)?),
        _ => Serving::Expect(expected(verb, argument, findings)?),
    })
}

/// The stream that a step names.
fn stream(table: Option<&DeTable<'_>>) -> String {
    table.and_then(|table| value::text_of(table, "stream")).unwrap_or_else(|| DEFAULT_STREAM.into())
}

fn request(table: Option<&DeTable<'_>>, findings: &mut Findings) -> Request {
    let Some(table) = table else { return Request::default() };
    let headers = value::get(table, "headers").and_then(value::table);
    if let Some(headers) = headers {
        check_fields(headers, "no request can have this", findings);
    }
    if let Some(id) = value::get(table, "last-event-id")
        && value::text(id).is_some_and(|id| id.contains(['\r', '\n', '\0']))
    {
        let hint = "no client can send this in a header field";
        findings.add_with_hint(id.span(), "this is no value of Last-Event-ID", "expected one line", hint);
    }
    let text = |found: &Value<'_>| value::text(found).map(str::to_owned);
    Request {
        method: value::text_of(table, "method").unwrap_or_else(|| "GET".into()),
        headers: headers
            .into_iter()
            .flatten()
            .filter_map(|(name, found)| Some((name.get_ref().to_string(), text(found)?)))
            .collect(),
        last_event_id: value::text_of(table, "last-event-id"),
        stream: stream(Some(table)),
        count: value::count_of(table, "count").unwrap_or(1),
        reading: match value::get(table, "reading").and_then(|found| found.get_ref().as_bool()) {
            Some(false) => Reading::OnDemand,
            _ => Reading::AsItComes,
        },
        http: match value::text_of(table, "http").as_deref() {
            Some("1.0") => Http::Http10,
            Some("2") => Http::Http2,
            _ => Http::Http11,
        },
    }
}

/// What is handed over: exactly one thing.
fn emission(verb: &str, argument: &Value<'_>, findings: &mut Findings) -> Option<Emission> {
    let table = value::table(argument)?;
    let things = ["data", "data-repeat", "comment", "retry"];
    let named: Vec<&str> = things.into_iter().filter(|key| value::get(table, key).is_some()).collect();
    let text = |key| value::text_of(table, key);
    let (kind, id) = (text("type"), text("id"));
    let [one] = named[..] else {
        let label = if named.is_empty() { "nothing here".to_owned() } else { named.join(" and ") };
        let hint =
            "write one of data, data-repeat, comment and retry; each other thing is an `emit` of its own";
        let message = format!("`{verb}` hands over exactly one thing");
        findings.add_with_hint(argument.span(), message, label, hint);
        return None;
    };
    if matches!(one, "comment" | "retry") && (kind.is_some() || id.is_some()) {
        let hint = "take them out, or emit an event with data";
        let message = format!("a {one} has neither a type nor an id");
        findings.add_with_hint(argument.span(), message, "they go with data", hint);
        return None;
    }
    Some(match one {
        "comment" => Emission::Comment(text(one)?),
        "retry" => Emission::Retry(value::count_of(table, one)?),
        _ => Emission::Event { kind, data: data(table)?, id, retry: text("retry-text") },
    })
}

/// The data that a table names.
fn data(table: &DeTable<'_>) -> Option<EmittedData> {
    let text = value::text_of(table, "data").map(EmittedData::Text);
    text.or_else(|| {
        let repeat = value::table(value::get(table, "data-repeat")?)?;
        let pattern = value::text_of(repeat, "text")?.into_bytes();
        Some(EmittedData::Repeat(Repeat { pattern, times: value::count_of(repeat, "times")?, write: None }))
    })
}

fn expected(verb: &str, argument: Option<&Value<'_>>, findings: &mut Findings) -> Option<Expected> {
    let table = argument.and_then(value::table);
    let within = table.and_then(|table| value::duration_of(table, "within"));
    let text = |key| table.and_then(|table| value::text_of(table, key));
    Some(match verb {
        "expect-response" => Expected::Response(Box::new(ResponseExpected {
            stream: stream(table),
            status: table
                .and_then(|table| value::count_of(table, "status"))
                .and_then(|status| u16::try_from(status).ok()),
            headers: table.map(fields).unwrap_or_default(),
            within,
        })),
        "expect-event" => {
            if let Some(both) = table.and_then(|t| value::get(t, "data").and(value::get(t, "data-repeat"))) {
                let message = "`data` and `data-repeat` in one event";
                findings.add_with_hint(
                    both.span(),
                    message,
                    "the data is given twice",
                    "take one of them out",
                );
            }
            Expected::Event(Box::new(EventExpected {
                stream: stream(table),
                kind: text("type"),
                data: table.and_then(data),
                id: text("id"),
                times: table.and_then(|table| value::count_of(table, "times")).unwrap_or(1),
                within,
            }))
        }
        "expect-comment" => Expected::Comment { stream: stream(table), text: text("text"), within },
        "expect-retry" => Expected::Retry {
            stream: stream(table),
            milliseconds: value::count(argument?).or_else(|| value::count_of(table?, "milliseconds"))?,
        },
        "expect-end" => Expected::End { stream: stream(table), within },
        "expect-break" => Expected::Break { stream: stream(table), within },
        "expect-emitted" => Expected::Emitted,
        "expect-refused" => Expected::Refused,
        "expect-connected" => Expected::Connected { last_event_id: text("last-event-id") },
        "expect-disconnected" => Expected::Disconnected { within },
        _ => return None,
    })
}
