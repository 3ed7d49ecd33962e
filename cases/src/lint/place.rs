//! Where a key's value is in a case's file.

use std::ops::Range;

use ssespec_diagnostics::value;
use toml::de::DeTable;

use crate::case::Case;

/// The place of the value of a top-level key, or of the nth entry of that value.
pub(super) fn place(case: &Case, key: &str, nth: Option<usize>) -> Range<usize> {
    let document = DeTable::parse(case.source.text()).ok();
    let value = document.as_ref().and_then(|root| value::get(root.get_ref(), key));
    let entry = value.and_then(|value| value::list(value).nth(nth?));
    entry.or(value).map_or(0..0, |found| found.span())
}
