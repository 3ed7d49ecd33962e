//! What a request must be, for a route to serve it or for a script that expects it.

use bstr::ByteSlice;
use serde_json::Value;

use super::path_pattern::query;
use crate::wire::Request;

#[cfg(test)]
mod tests;

/// What a request must be. The default matches every request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestMatch {
    /// What header fields must be, by name.
    pub headers: Vec<(String, FieldMatch)>,
    /// What the parameters of the query must be, by name.
    pub query: Vec<(String, FieldMatch)>,
    /// What the body must be.
    pub body: Option<BodyMatch>,
}

/// What a header field or a parameter of the query must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldMatch {
    /// Present, with this value.
    Is(String),
    /// Present.
    Present,
    /// Absent.
    Absent,
}

/// What a body must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyMatch {
    /// It contains this text.
    Contains(String),
    /// It is JSON in which this [JSON Pointer](https://www.rfc-editor.org/rfc/rfc6901) points to something.
    Has {
        /// The pointer, such as `/messages/0/role`.
        pointer: String,
    },
    /// It is JSON in which this pointer points to this value.
    Is {
        /// The pointer.
        pointer: String,
        /// The value.
        value: Value,
    },
}

impl RequestMatch {
    /// Whether a request is as it must be.
    pub fn matches(&self, request: &Request) -> bool {
        self.mismatches(request).is_empty()
    }

    /// What is wrong with a request: for each condition that does not hold, what was expected and what came.
    pub fn mismatches(&self, request: &Request) -> Vec<String> {
        let header = |name: &str| {
            let values = request.header(name).map(|value| String::from_utf8_lossy(value).into_owned());
            values.collect::<Vec<_>>()
        };
        let parameter = |name: &str| {
            let pairs = form_urlencoded::parse(query(&request.target).as_bytes());
            pairs.filter(|(found, _)| found == name).map(|(_, value)| value.into_owned()).collect::<Vec<_>>()
        };
        let headers = self.headers.iter().filter_map(|(name, field)| {
            field.mismatch(&header(name)).map(|problem| format!("{}: {problem}", name.to_ascii_lowercase()))
        });
        let parameters = self.query.iter().filter_map(|(name, field)| {
            field.mismatch(&parameter(name)).map(|problem| format!("query {name}: {problem}"))
        });
        let body = self.body.as_ref().and_then(|body| body.mismatch(&request.body));
        headers.chain(parameters).chain(body.map(|problem| format!("body: {problem}"))).collect()
    }

    /// The conditions in words, each with a leading comma: `, last-event-id "1"`.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for (name, field) in &self.headers {
            words.push_str(&format!(", {}{}", name.to_ascii_lowercase(), field.words()));
        }
        for (name, field) in &self.query {
            words.push_str(&format!(", query {name}{}", field.words()));
        }
        match &self.body {
            Some(BodyMatch::Contains(text)) => words.push_str(&format!(", a body with {text:?}")),
            Some(BodyMatch::Has { pointer }) => words.push_str(&format!(", a body with {pointer}")),
            Some(BodyMatch::Is { pointer, value }) => {
                words.push_str(&format!(", a body with {pointer} {value}"));
            }
            None => {}
        }
        words
    }
}

impl FieldMatch {
    fn mismatch(&self, found: &[String]) -> Option<String> {
        let came = || match found {
            [] => "absent".to_owned(),
            [one] => format!("{:?}", shortened(one)),
            several => format!("{:?}", several.iter().map(|value| shortened(value)).collect::<Vec<_>>()),
        };
        match self {
            Self::Is(value) if found.contains(value) => None,
            Self::Is(value) => Some(format!("expected {value:?}, was {}", came())),
            Self::Present if found.is_empty() => Some("expected any value, was absent".into()),
            Self::Absent if !found.is_empty() => Some(format!("expected none, was {}", came())),
            Self::Present | Self::Absent => None,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Is(value) => format!(" {value:?}"),
            Self::Present => " present".into(),
            Self::Absent => " absent".into(),
        }
    }
}

impl BodyMatch {
    fn mismatch(&self, body: &[u8]) -> Option<String> {
        let json = || serde_json::from_slice::<Value>(body).map_err(|error| format!("not JSON: {error}"));
        match self {
            Self::Contains(text) if contains(body, text.as_bytes()) => None,
            Self::Contains(text) => Some(format!("expected {text:?} in it, was {:?}", shown(body))),
            Self::Has { pointer } => match json() {
                Ok(json) if json.pointer(pointer).is_some() => None,
                Ok(_) => Some(format!("expected {pointer}, which is absent")),
                Err(problem) => Some(problem),
            },
            Self::Is { pointer, value } => match json() {
                Ok(json) => match json.pointer(pointer) {
                    Some(found) if found == value => None,
                    Some(found) => Some(format!(
                        "expected {pointer} to be {value}, was {}",
                        shortened(&found.to_string())
                    )),
                    None => Some(format!("expected {pointer} to be {value}, was absent")),
                },
                Err(problem) => Some(problem),
            },
        }
    }
}

/// How much of a value is shown, in characters.
const SHOWN: usize = 200;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn shown(body: &[u8]) -> String {
    // A character has at most four bytes.
    shortened(&String::from_utf8_lossy(&body[..body.len().min(4 * SHOWN + 4)]))
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    body.contains_str(text)
}
