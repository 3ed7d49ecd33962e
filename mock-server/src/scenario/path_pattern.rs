//! The path of a route: `/users/{id}/events`, `/files/*`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use regex::{Captures, Regex};

#[cfg(test)]
mod tests;

/// A path in which `*` stands for any characters and `{name}` for the characters up to the next slash.
#[derive(Debug, Clone)]
pub struct PathPattern {
    text: String,
    parameters: Vec<String>,
    /// `None` matches everything.
    regex: Option<Regex>,
}

/// The longest pattern, in bytes.
const LONGEST: usize = 4096;

/// Why a text is not a path pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A parameter occurs twice.
    #[error("the parameter {{{0}}} occurs twice")]
    Repeated(String),
    /// The pattern is too long.
    #[error("the pattern is too long, at most {LONGEST} bytes are possible")]
    Long,
}

/// A part of a pattern.
enum Part<'a> {
    Text(&'a str),
    Any,
    Parameter(&'a str),
}

impl PathPattern {
    /// Compiles a pattern. Braces that do not enclose a name (letters, digits, `_` and `-`) stand for themselves.
    ///
    /// # Errors
    /// If a parameter occurs twice, or the pattern is too long.
    pub fn new(text: &str) -> Result<Self, PathError> {
        if text.len() > LONGEST {
            return Err(PathError::Long);
        }
        let mut regex = String::from("(?s)^");
        let mut parameters: Vec<String> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (part, length) = first(rest);
            rest = &rest[length..];
            match part {
                Part::Text(text) => regex.push_str(&regex::escape(text)),
                Part::Any => regex.push_str(".*"),
                Part::Parameter(name) if parameters.iter().any(|known| known == name) => {
                    return Err(PathError::Repeated(name.to_owned()));
                }
                Part::Parameter(name) => {
                    parameters.push(name.to_owned());
                    regex.push_str("([^/]+)");
                }
            }
        }
        regex.push('$');
        let regex = Regex::new(&regex).map_err(|_| PathError::Long)?;
        Ok(Self { text: text.to_owned(), parameters, regex: Some(regex) })
    }

    /// The pattern `*`.
    pub(super) fn any() -> Self {
        Self { text: "*".into(), parameters: Vec::new(), regex: None }
    }

    /// The pattern as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of its parameters, in order.
    pub fn parameters(&self) -> &[String] {
        &self.parameters
    }

    /// Whether it matches the path of a request target, as sent or percent-decoded. A query is not part of the path.
    pub fn matches(&self, target: &str) -> bool {
        let path = path(target);
        self.regex.as_ref().is_none_or(|regex| regex.is_match(path) || regex.is_match(&decoded(path)))
    }

    /// The value of a parameter in a request target, percent-decoded; `None` if there is no such parameter, or the
    /// pattern does not match.
    pub fn value(&self, parameter: &str, target: &str) -> Option<String> {
        let number = self.parameters.iter().position(|name| name == parameter)?;
        let (regex, path) = (self.regex.as_ref()?, path(target));
        let value = |captures: &Captures<'_>| Some(captures.get(number + 1)?.as_str().to_owned());
        match regex.captures(path) {
            Some(captures) => Some(decoded(&value(&captures)?).into_owned()),
            None => value(&regex.captures(&decoded(path))?),
        }
    }
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// The path of a request target; of the absolute form, with which clients address proxies, too.
pub(super) fn path(target: &str) -> &str {
    let without_query = target.split('?').next().unwrap_or_default();
    match without_query.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => rest.find('/').map_or("/", |start| &rest[start..]),
        _ => without_query,
    }
}

/// The query of a request target; empty if there is none.
pub(crate) fn query(target: &str) -> &str {
    target.split_once('?').map_or("", |(_, query)| query)
}

/// The first part of a pattern that is not empty, and its length.
fn first(text: &str) -> (Part<'_>, usize) {
    if text.starts_with('*') {
        return (Part::Any, 1);
    }
    if let Some(name) = parameter(text) {
        return (Part::Parameter(name), name.len() + 2);
    }
    let mut end = text.chars().next().map_or(0, char::len_utf8);
    while end < text.len() && !text[end..].starts_with(['*', '{']) {
        end += text[end..].chars().next().map_or(1, char::len_utf8);
    }
    (Part::Text(&text[..end]), end)
}

/// The name of the parameter with which a text begins.
fn parameter(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}
