//! Reading values that passed the check. Nothing here reports mistakes: a value of another shape reads as absent.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::words::Words;

#[cfg(test)]
mod tests;

/// A value with its place in the text.
pub type Value<'i> = Spanned<DeValue<'i>>;

/// A table's value of this key, with its place.
pub fn get<'a, 'i>(table: &'a DeTable<'i>, key: &str) -> Option<&'a Value<'i>> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
}

/// A value as a table.
pub fn table<'a, 'i>(value: &'a Value<'i>) -> Option<&'a DeTable<'i>> {
    value.get_ref().as_table()
}

/// The entries of a list; empty if the value is not a list.
pub fn list<'a, 'i>(value: &'a Value<'i>) -> impl Iterator<Item = &'a Value<'i>> {
    value.get_ref().as_array().into_iter().flat_map(|array| array.iter())
}

/// A value as text.
pub fn text<'a>(value: &'a Value<'_>) -> Option<&'a str> {
    value.get_ref().as_str()
}

/// A table's text of this key, owned.
pub fn text_of(table: &DeTable<'_>, key: &str) -> Option<String> {
    get(table, key).and_then(text).map(str::to_owned)
}

/// A table's list of texts of this key; empty if absent.
pub fn texts_of(table: &DeTable<'_>, key: &str) -> Vec<String> {
    get(table, key).into_iter().flat_map(list).filter_map(text).map(str::to_owned).collect()
}

/// A value as one of an enum's words.
pub fn word<W: Words>(value: &Value<'_>) -> Option<W> {
    W::from_word(text(value)?)
}

/// A table's word of this key.
pub fn word_of<W: Words>(table: &DeTable<'_>, key: &str) -> Option<W> {
    get(table, key).and_then(word)
}

/// A table's list of words of this key; empty if absent.
pub fn words_of<W: Words>(table: &DeTable<'_>, key: &str) -> Vec<W> {
    get(table, key).into_iter().flat_map(list).filter_map(word).collect()
}

/// A value as `true` or `false`.
pub fn flag(value: &Value<'_>) -> Option<bool> {
    value.get_ref().as_bool()
}

/// A value as a whole number.
pub fn count(value: &Value<'_>) -> Option<u64> {
    let number = value.get_ref().as_integer()?;
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A table's whole number of this key.
pub fn count_of(table: &DeTable<'_>, key: &str) -> Option<u64> {
    get(table, key).and_then(count)
}

/// The longest duration that a file may name. Adding a few of them to a point in time never overflows.
pub const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The units of durations, in milliseconds each.
const UNITS: &[(&str, u64)] = &[("ms", 1), ("s", 1000), ("min", 60 * 1000)];

/// Parses a duration such as `300ms`, `2s` or `1min`: a whole number and a unit. `None` if it is anything else, or
/// longer than [`LONGEST`].
pub fn parse_duration(words: &str) -> Option<Duration> {
    let (number, unit) = words.split_at(words.find(|c: char| !c.is_ascii_digit())?);
    let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let time = Duration::from_millis(number.parse::<u64>().ok()?.checked_mul(*milliseconds)?);
    (time <= LONGEST).then_some(time)
}

/// A value as a duration.
pub fn duration(value: &Value<'_>) -> Option<Duration> {
    parse_duration(text(value)?)
}

/// A table's duration of this key.
pub fn duration_of(table: &DeTable<'_>, key: &str) -> Option<Duration> {
    get(table, key).and_then(duration)
}

/// A table's flag of this key; `false` if absent.
pub fn flag_of(table: &DeTable<'_>, key: &str) -> bool {
    get(table, key).and_then(flag).unwrap_or_default()
}

/// The bytes that hexadecimal digits stand for; `None` unless they come in pairs.
pub fn hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> =
        digits.chars().filter(|c| !c.is_ascii_whitespace()).map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| u8::try_from(high * 16 + low).ok()).collect()
}

/// A step as its verb, the verb's place, and its argument.
pub fn step<'a, 'i>(value: &'a Value<'i>) -> Option<(&'a str, Range<usize>, Option<&'a Value<'i>>)> {
    match value.get_ref() {
        DeValue::String(word) => Some((word, value.span(), None)),
        DeValue::Table(table) => {
            let (name, argument) = table.iter().next()?;
            Some((name.get_ref(), name.span(), Some(argument)))
        }
        _ => None,
    }
}
