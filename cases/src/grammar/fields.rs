//! What header fields must be.

use std::time::Duration;

use ssespec_diagnostics::{Shape, Value, value};
use ssespec_mock_server::action::Repeat;
use toml::de::DeTable;

use super::data;
use crate::quote::quote;

/// What a header field must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldExpectation {
    /// Present exactly once, with this value.
    Is(String),
    /// Present exactly once, with this repeated pattern as its value.
    Repeats(Repeat),
    /// Present, once or more often, as a list that contains these members in any order, ignoring their parameters. Set-Cookie
    /// is not a list: exactly these fields, in this order.
    Lists(Vec<String>),
    /// Present.
    Present,
    /// Absent.
    Absent,
}

/// The shape of such expectations, by field name.
pub(crate) const FIELDS: Shape =
    Shape::Map(&Shape::Either(&[Shape::Text, Shape::Flag, Shape::List(&Shape::Text), data::PATTERN]));

/// Reads what a table's `headers` must be.
pub(crate) fn read(table: &DeTable<'_>) -> Vec<(String, FieldExpectation)> {
    let fields = value::get(table, "headers").and_then(value::table);
    let expectation = |found: &Value<'_>| {
        let pattern = value::table(found).and_then(data::pattern);
        match (value::text(found), value::flag(found), pattern) {
            (Some(text), _, _) => FieldExpectation::Is(text.to_owned()),
            (None, Some(true), _) => FieldExpectation::Present,
            (None, Some(false), _) => FieldExpectation::Absent,
            (None, None, Some(repeat)) => FieldExpectation::Repeats(repeat),
            (None, None, None) => FieldExpectation::Lists(
                value::list(found).filter_map(value::text).map(str::to_owned).collect(),
            ),
        }
    };
    let named = fields.into_iter().flatten();
    named.map(|(name, found)| (name.get_ref().to_string(), expectation(found))).collect()
}

/// Reads a table's `headers` as plain values.
pub(crate) fn values(table: &DeTable<'_>) -> Vec<(String, String)> {
    value::get(table, "headers").and_then(value::table).map(plain).unwrap_or_default()
}

/// Reads fields as plain values.
pub(crate) fn plain(fields: &DeTable<'_>) -> Vec<(String, String)> {
    let named = fields.into_iter();
    named
        .filter_map(|(name, text)| Some((name.get_ref().to_string(), value::text(text)?.to_owned())))
        .collect()
}

/// How long something may take if that is not the usual time, in words.
pub(crate) fn within_words(within: Option<Duration>) -> String {
    within.map(|time| format!(", within {}", humantime::format_duration(time))).unwrap_or_default()
}

/// What header fields must be, in words, one by one.
pub(crate) fn words(fields: &[(String, FieldExpectation)]) -> impl Iterator<Item = String> {
    fields.iter().map(|(name, expected)| match expected {
        FieldExpectation::Is(value) => format!("with {name}: {}", quote(value)),
        FieldExpectation::Repeats(repeat) => format!("with {name}: {}", data::pattern_words(repeat)),
        FieldExpectation::Lists(members) => {
            let members: Vec<String> = members.iter().map(|member| quote(member)).collect();
            format!("with {name} listing {}", members.join(" and "))
        }
        FieldExpectation::Present => format!("with {name}"),
        FieldExpectation::Absent => format!("without {name}"),
    })
}
