//! A recording as a scenario that replays it.

use std::time::Duration;

use super::recording::{RecordedEnd, RecordedResponse, RecordedWrite, Recording};
use super::secrets::{Secrets, is_secret};
use super::toml_text::{key, send, string};
use crate::action::Framing;

#[cfg(test)]
mod tests;

/// Header fields that belong to a connection or a moment, or that a framing implies.
const FILTERED: &[&str] = &[
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "date",
    "age",
    "set-cookie",
    "alt-svc",
    "nel",
    "report-to",
    "strict-transport-security",
    "via",
];

/// The implied response.
const IMPLIED: &[(&str, &str)] = &[("content-type", "text/event-stream"), ("cache-control", "no-store")];

/// The scenario that replays a recording: its bytes, its cuts and its times. Secrets are masked.
pub fn scenario_text(recording: &Recording, secrets: &Secrets) -> String {
    let path = recording.target.split('?').next().unwrap_or_default();
    let path = secrets.masked(path);
    let title = format!("A recording of {} {path}", recording.method);
    let mut text = format!(
        "title = {}\n\n[[route]]\nmethod = {}\npath = {}\n",
        string(&title),
        string(&recording.method),
        string(&path)
    );
    for response in &recording.responses {
        text.push_str("\n[[route.connection]]\nsteps = [\n");
        for step in steps(response, secrets) {
            text.push_str(&format!("  {step},\n"));
        }
        text.push_str("]\n");
    }
    text
}

/// The steps that replay a response.
fn steps(response: &RecordedResponse, secrets: &Secrets) -> Vec<String> {
    let mut steps = Vec::new();
    if let Some(id) = &response.last_event_id {
        let id = secrets.masked(id);
        steps.push(format!("{{ expect-request = {{ last-event-id = {} }} }}", string(&id)));
    }
    steps.extend(wait(Duration::ZERO, response.head_at));
    let body = complete_body(response, secrets);
    steps.extend(respond(response, body.as_deref(), secrets));
    if body.is_some() {
        return steps;
    }
    let mut clock = Duration::ZERO;
    for write in masked(response, secrets) {
        steps.extend(wait(clock, write.at));
        clock = clock.max(write.at);
        steps.push(send(&write.bytes, escaped));
    }
    let (at, step) = match response.end {
        RecordedEnd::Open => return steps,
        RecordedEnd::Clean(at) => (at, "\"end\""),
        RecordedEnd::Fin(at) => (at, "{ drop = \"fin\" }"),
        RecordedEnd::Reset(at) => (at, "{ drop = \"reset\" }"),
    };
    steps.extend(wait(clock, at));
    steps.push(step.into());
    steps
}

/// The writes without secrets, also without one that was cut in two.
pub(super) fn masked(response: &RecordedResponse, secrets: &Secrets) -> Vec<RecordedWrite> {
    let mut body = response.body();
    secrets.mask(&mut body);
    let mut rest = body.as_slice();
    let mut writes = Vec::new();
    for write in &response.writes {
        let (bytes, after) = rest.split_at(write.bytes.len());
        rest = after;
        writes.push(RecordedWrite { at: write.at, bytes: bytes.to_vec() });
    }
    writes
}

/// The body of a response that is complete in its head's step: a short text with a known length.
fn complete_body(response: &RecordedResponse, secrets: &Secrets) -> Option<String> {
    let complete = matches!(response.end, RecordedEnd::Clean(_)) && response.writes.len() <= 1;
    if !complete || !matches!(response.framing, Framing::Length(_)) {
        return None;
    }
    let mut body = response.body();
    secrets.mask(&mut body);
    String::from_utf8(body).ok()
}

/// The step of the head, unless it is the implied one.
fn respond(response: &RecordedResponse, body: Option<&str>, secrets: &Secrets) -> Option<String> {
    let fields: Vec<(String, String)> = response
        .headers
        .iter()
        .filter(|(name, _)| !FILTERED.iter().any(|filtered| name.eq_ignore_ascii_case(filtered)))
        .map(|(name, value)| {
            let value = if is_secret(name) { "***".into() } else { secrets.masked(value) };
            (name.clone(), escaped(&value))
        })
        .collect();
    let implied = fields.len() == IMPLIED.len()
        && fields.iter().zip(IMPLIED).all(|((name, value), (implied, of))| name == implied && value == of);
    let mut keys = Vec::new();
    if response.status != 200 {
        keys.push(format!("status = {}", response.status));
        if !response.reason.is_empty() {
            keys.push(format!("reason = {}", string(&response.reason)));
        }
    }
    if !implied || response.status != 200 {
        keys.push(format!("headers = {{ {} }}", headers(&fields)).replace("{  }", "{}"));
    }
    match (body, response.framing) {
        (Some(""), _) if response.status == 204 || response.status == 304 => {}
        (Some(body), _) => keys.push(format!("body = {}", string(&escaped(body)))),
        (None, Framing::Chunked) if response.status == 200 => {}
        (None, Framing::Chunked) => keys.push("framing = \"chunked\"".into()),
        (None, Framing::Close) => keys.push("framing = \"close\"".into()),
        (None, Framing::Length(length)) => keys.push(format!("framing = \"length\", length = {length}")),
    }
    (!keys.is_empty()).then(|| format!("{{ respond = {{ {} }} }}", keys.join(", ")))
}

/// The fields as entries of a table; several of one name become an array.
fn headers(fields: &[(String, String)]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in fields {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    let entry = |name: &&str| {
        let values = fields.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        let values: Vec<String> = values.map(|(_, value)| string(value)).collect();
        match values.as_slice() {
            [one] => format!("{} = {one}", key(name)),
            several => format!("{} = [{}]", key(name), several.join(", ")),
        }
    };
    names.iter().map(entry).collect::<Vec<_>>().join(", ")
}

/// The step that waits from one time to another. Both are rounded, so that errors do not add up.
pub(super) fn wait(from: Duration, to: Duration) -> Option<String> {
    let rounded = |time: Duration| time.as_micros().saturating_add(500) / 1000;
    let time = rounded(to).saturating_sub(rounded(from));
    (time > 0).then(|| format!("{{ wait = \"{time}ms\" }}"))
}

/// A text whose braces stand for themselves in a template.
fn escaped(text: &str) -> String {
    text.replace("{{", "{{{{")
}
