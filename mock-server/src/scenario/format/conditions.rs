//! Reading what a request must be.

use serde_json::json;
use ssespec_diagnostics::{Findings, Value, value};
use toml::de::DeTable;

use crate::scenario::request_match::{BodyMatch, FieldMatch, RequestMatch};
use crate::script;

/// The methods of [RFC 9110, section 9](https://www.rfc-editor.org/rfc/rfc9110#section-9), and PATCH.
const METHODS: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

const LAST_EVENT_ID: &str = "last-event-id";

/// The conditions in a table: its `headers`, `query`, `last-event-id` and `body`.
pub(super) fn conditions(table: &DeTable<'_>, findings: &mut Findings) -> RequestMatch {
    let fields_of = |key: &str| value::get(table, key).and_then(value::table);
    let mut headers = fields_of("headers").map(fields).unwrap_or_default();
    if let Some(table) = fields_of("headers") {
        script::check_fields(table, "no request can match this", findings);
    }
    if let Some(id) = value::get(table, LAST_EVENT_ID) {
        if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(LAST_EVENT_ID)) {
            let hint = "remove one of them";
            findings.add_with_hint(id.span(), "Last-Event-ID has two conditions", "also in `headers`", hint);
        }
        headers.push((LAST_EVENT_ID.into(), field(id)));
    }
    RequestMatch {
        headers,
        query: fields_of("query").map(fields).unwrap_or_default(),
        body: value::get(table, "body").and_then(|found| body(found, findings)),
    }
}

/// The method in a table, which must be one that a client can send.
pub(super) fn method(table: &DeTable<'_>, findings: &mut Findings) -> Option<String> {
    let found = value::get(table, "method")?;
    let text = value::text(found)?;
    let upper = text.to_ascii_uppercase();
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if text.is_empty() || !text.chars().all(token) {
        let hint = "write one word, such as \"GET\", or remove it: then any method matches";
        findings.add_with_hint(found.span(), "this is not a method", "no request can have it", hint);
    } else if text != upper && METHODS.contains(&upper.as_str()) {
        let hint = format!("write \"{upper}\": methods are case-sensitive");
        findings.add_with_hint(found.span(), "this is not a method", "clients send it in capitals", hint);
    }
    Some(text.to_owned())
}

fn fields(table: &DeTable<'_>) -> Vec<(String, FieldMatch)> {
    table.iter().map(|(name, found)| (name.get_ref().to_string(), field(found))).collect()
}

fn field(found: &Value<'_>) -> FieldMatch {
    match (value::text(found), value::flag(found)) {
        (Some(text), _) => FieldMatch::Is(text.to_owned()),
        (None, Some(true)) => FieldMatch::Present,
        (None, Some(false) | None) => FieldMatch::Absent,
    }
}

fn body(found: &Value<'_>, findings: &mut Findings) -> Option<BodyMatch> {
    if let Some(text) = value::text(found) {
        return Some(BodyMatch::Contains(text.to_owned()));
    }
    let table = value::table(found)?;
    let pointer = value::get(table, "pointer")?;
    let text = value::text(pointer)?.to_owned();
    if !text.is_empty() && !text.starts_with('/') {
        let hint = format!("write \"/{text}\"");
        findings.add_with_hint(
            pointer.span(),
            "a JSON Pointer begins with a slash",
            "expected a leading slash",
            hint,
        );
    }
    let Some(expected) = value::get(table, "is") else { return Some(BodyMatch::Has { pointer: text }) };
    let json = match (value::text(expected), value::flag(expected), value::count(expected)) {
        (Some(text), ..) => json!(text),
        (_, Some(flag), _) => json!(flag),
        (_, _, count) => json!(count?),
    };
    Some(BodyMatch::Is { pointer: text, value: json })
}
