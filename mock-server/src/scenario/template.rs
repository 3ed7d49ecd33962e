//! Text with values that are only known when it is sent: `data: {{counter}}`.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value as Json;

use super::path_pattern::{PathPattern, query};
use crate::wire::Request;

#[cfg(test)]
mod tests;

/// Text with values in double braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Value),
}

/// A value that is only known when a template is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// The number of the repetition.
    Counter,
    /// The number of the route's connection.
    Connection,
    /// The time as in RFC 3339.
    Time,
    /// The time in milliseconds since 1970.
    Milliseconds,
    /// The request's Last-Event-ID.
    LastEventId,
    /// A parameter of the path.
    Path(String),
    /// A parameter of the query.
    Query(String),
    /// A header field of the request.
    Header(String),
    /// What a JSON Pointer points to in the body, as JSON.
    Body(String),
}

/// The values of one request.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// The request.
    pub request: &'a Request,
    /// The path of the route that serves it.
    pub path: &'a PathPattern,
    /// The number of the route's connection, from 1.
    pub connection: usize,
    /// The number of the repetition, from 1.
    pub counter: u64,
}

/// Why a text is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub hint: String,
}

/// The values without an argument.
const WORDS: &[(&str, Value)] = &[
    ("counter", Value::Counter),
    ("connection", Value::Connection),
    ("time", Value::Time),
    ("milliseconds", Value::Milliseconds),
    ("last-event-id", Value::LastEventId),
];

/// The values with an argument, as a hint shows them.
const FORMS: &str = "{{path.NAME}}, {{query.NAME}}, {{header.NAME}} and {{body/POINTER}}";

impl Template {
    /// Reads a text in which `{{name}}` stands for a value, and `{{{{` for two braces. `path` is the pattern of the
    /// route, whose parameters can be used.
    ///
    /// # Errors
    /// If braces are not closed, or enclose something that is not a value.
    pub fn new(text: &str, path: &PathPattern) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("{{") {
            plain.push_str(&rest[..at]);
            rest = &rest[at + 2..];
            if let Some(after) = rest.strip_prefix("{{") {
                plain.push_str("{{");
                rest = after;
                continue;
            }
            let Some((name, after)) = rest.split_once("}}") else {
                return Err(TemplateError {
                    message: "`{{` is not closed".into(),
                    hint: "close it with }}, or write {{{{ for two braces".into(),
                });
            };
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Value(value(name.trim(), path)?));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The text, if it has no values.
    pub fn fixed(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with its values. A parameter or field that the request does not have is empty; a body without what the
    /// pointer names is `null`.
    pub fn render(&self, values: &Values<'_>) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Value(value) => value.render(values),
            })
            .collect()
    }

    /// The text with a letter for each value: how it looks to a check of a script.
    pub(super) fn outline(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Value(_) => "x".into(),
        };
        self.parts.iter().map(part).collect()
    }
}

fn value(name: &str, path: &PathPattern) -> Result<Value, TemplateError> {
    if let Some((_, value)) = WORDS.iter().find(|(word, _)| *word == name) {
        return Ok(value.clone());
    }
    if let Some(pointer) = name.strip_prefix("body").filter(|pointer| pointer.starts_with('/')) {
        return Ok(Value::Body(pointer.to_owned()));
    }
    match name.split_once('.') {
        Some(("path", name)) if path.parameters().iter().any(|known| known == name) => {
            Ok(Value::Path(name.to_owned()))
        }
        Some(("path", name)) => {
            let hint = match path.parameters() {
                [] => format!("write the parameter into the route's path: path = \"/{{{name}}}\""),
                known => format!("the route's path has {{{}}}", known.join("}, {")),
            };
            let message = format!("the route's path `{}` has no parameter {{{name}}}", path.text());
            Err(TemplateError { message, hint })
        }
        Some(("query", name)) if !name.is_empty() => Ok(Value::Query(name.to_owned())),
        Some(("header", name)) if !name.is_empty() => Ok(Value::Header(name.to_owned())),
        _ => {
            let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
            let hint = match ssespec_diagnostics::nearest(name, words.iter().copied()) {
                Some(near) => format!("did you mean {{{{{near}}}}}?"),
                None => format!("the values are {{{{{}}}}}, {FORMS}", words.join("}}, {{")),
            };
            Err(TemplateError { message: format!("`{name}` is not a value for a template"), hint })
        }
    }
}

impl Value {
    fn render(&self, values: &Values<'_>) -> String {
        let header = |name: &str| {
            let value = values.request.header(name).next();
            value.map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
        };
        match self {
            Self::Counter => values.counter.to_string(),
            Self::Connection => values.connection.to_string(),
            Self::Time => humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
            Self::Milliseconds => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                since.as_millis().to_string()
            }
            Self::LastEventId => header("last-event-id"),
            Self::Path(name) => values.path.value(name, &values.request.target).unwrap_or_default(),
            Self::Query(name) => {
                let mut pairs = form_urlencoded::parse(query(&values.request.target).as_bytes());
                pairs
                    .find(|(found, _)| found == name)
                    .map(|(_, value)| value.into_owned())
                    .unwrap_or_default()
            }
            Self::Header(name) => header(name),
            Self::Body(pointer) => {
                let body: Json = serde_json::from_slice(&values.request.body).unwrap_or_default();
                body.pointer(pointer).unwrap_or(&Json::Null).to_string()
            }
        }
    }
}
