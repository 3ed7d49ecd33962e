//! The data of events: a text, or a repeated pattern.

use ssespec_diagnostics::{Findings, Key, Shape, Table, value};
use ssespec_mock_server::action::Repeat;
use toml::de::DeTable;

use crate::quote::quote;

/// The keys of a repeated pattern.
const KEYS: &[Key] = &[
    Key::required("text", Shape::Text, "The text to repeat."),
    Key::required("times", Shape::Count(1, 1 << 30), "How often."),
];

/// The shape of `data-repeat`.
pub(crate) const REPEATED: Shape = Shape::Table(&Table { what: "`data-repeat`", keys: KEYS });

/// The shape of a header field's value that is a repeated pattern.
pub(crate) const PATTERN: Shape = Shape::Table(&Table { what: "a repeated value", keys: KEYS });

/// Reads a table's `data-repeat`.
pub(crate) fn repeated(table: &DeTable<'_>) -> Option<Repeat> {
    pattern(value::table(value::get(table, "data-repeat")?)?)
}

/// Reads a repeated pattern.
pub(crate) fn pattern(repeat: &DeTable<'_>) -> Option<Repeat> {
    Some(Repeat {
        pattern: value::text_of(repeat, "text")?.into_bytes(),
        times: value::count_of(repeat, "times")?,
        write: None,
    })
}

/// Finds an event whose data is given twice.
pub(crate) fn check_once(event: &DeTable<'_>, findings: &mut Findings) {
    if let Some(both) = value::get(event, "data").and(value::get(event, "data-repeat")) {
        let message = "an event has both `data` and `data-repeat`";
        findings.add_with_hint(both.span(), message, "the data is given twice", "remove one of them");
    }
}

/// A repeated pattern in words.
pub(crate) fn words(repeat: &Repeat) -> String {
    format!("data {}", pattern_words(repeat))
}

/// A number of times in words.
pub(crate) fn times(number: u64) -> String {
    if number == 1 { "once".into() } else { format!("{number} times") }
}

/// A pattern and how often it is repeated.
pub(crate) fn pattern_words(repeat: &Repeat) -> String {
    format!("{} {}", times(repeat.times), quote(&String::from_utf8_lossy(&repeat.pattern)))
}
