//! The name and the value of a field.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>

use std::borrow::Cow;

use crate::defect::list::Defect;
use crate::defect::switches::Defects;

/// The names that the standard defines.
const KNOWN: [&str; 4] = ["event", "data", "id", "retry"];

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'l> {
    pub(crate) name: Cow<'l, str>,
    pub(crate) value: Cow<'l, str>,
}

impl<'l> Field<'l> {
    /// The field on a line that is neither empty nor a comment.
    pub(crate) fn parse(line: &'l str, defects: &Defects) -> Self {
        let (name, value) = split(line, defects);
        Self { name: read_name(name, defects), value: read_value(value, defects) }
    }
}

/// "Collect the characters on the line before the first U+003A COLON character (:), and let field be that string.
/// Collect the characters on the line after the first U+003A COLON character (:), and let value be that string. If value
/// starts with a U+0020 SPACE character, remove it from value." A line without a colon is a name, "and the empty string
/// as the field value".
fn split<'l>(line: &'l str, defects: &Defects) -> (&'l str, &'l str) {
    let has = |defect| defects.has(defect);
    let Some((name, raw)) = line.split_once(':') else {
        let is_ignored =
            has(Defect::NameAloneIgnored) || (line == "id" && has(Defect::IdWithoutColonIgnored));
        return if is_ignored { ("", "") } else { (line, "") };
    };
    let (last_name, last_raw) = line.rsplit_once(':').unwrap_or((name, raw));
    if last_raw != raw && has(Defect::LastColonSeparates) {
        return (last_name, strip_one_space(last_raw));
    }
    if raw.starts_with(' ') {
        let is_kept = match name {
            "data" => has(Defect::SpaceKeptInData),
            "event" => has(Defect::SpaceKeptInType),
            "id" => has(Defect::SpaceKeptInId),
            _ => false,
        };
        if is_kept || has(Defect::SpaceKept) {
            return (name, raw);
        }
        if raw.starts_with("  ") && has(Defect::AllSpacesRemoved) {
            return (name, raw.trim_start_matches(' '));
        }
        if let Some(value) = raw.strip_prefix("  ")
            && has(Defect::TwoSpacesRemoved)
        {
            return (name, value);
        }
    } else {
        if has(Defect::SpaceAfterColonRequired) {
            return ("", "");
        }
        if let Some(first) = raw.chars().next() {
            let is_removed_here = match name {
                "data" => has(Defect::FirstCharacterOfDataRemoved),
                "event" => has(Defect::FirstCharacterOfTypeRemoved),
                "id" => has(Defect::FirstCharacterOfIdRemoved),
                _ => false,
            };
            let is_removed = is_removed_here
                || has(Defect::AnyCharacterAfterColonRemoved)
                || (first == '\t' && has(Defect::TabRemoved))
                || (first == '\u{A0}' && has(Defect::NoBreakSpaceRemoved));
            if is_removed {
                return (name, raw.strip_prefix(first).unwrap_or(raw));
            }
        }
    }
    let value = strip_one_space(raw);
    match value.split_once(':') {
        Some((before, _)) if has(Defect::SecondColonEndsValue) => (name, before),
        _ => (name, value),
    }
}

fn strip_one_space(value: &str) -> &str {
    value.strip_prefix(' ').unwrap_or(value)
}

/// The name to compare: "Field names must be compared literally, with no case folding performed."
fn read_name<'l>(name: &'l str, defects: &Defects) -> Cow<'l, str> {
    let has = |defect| defects.has(defect);
    let is_other_case = |known: &&str| name.eq_ignore_ascii_case(known) && name != *known;
    if let Some(known) = KNOWN.into_iter().find(|known| is_other_case(known))
        && has(Defect::NameCaseIgnored)
    {
        return known.into();
    }
    if name.trim() != name && has(Defect::NameTrimmed) {
        return name.trim().into();
    }
    if let Some((before, _)) = name.split_once('\0') {
        if has(Defect::NulInNameOverlooked) {
            return name.replace('\0', "").into();
        }
        if has(Defect::NameEndsAtNul) {
            return before.into();
        }
    }
    let begins = KNOWN.into_iter().find(|known| name.starts_with(known) && name != *known);
    match begins {
        Some(known) if has(Defect::NamePrefixEnough) => known.into(),
        _ => name.into(),
    }
}

/// The value as it is: nothing but one leading space is removed.
fn read_value<'l>(value: &'l str, defects: &Defects) -> Cow<'l, str> {
    if value.trim_end() != value && defects.has(Defect::TrailingSpaceRemoved) {
        return value.trim_end().into();
    }
    if value.trim_start() != value && defects.has(Defect::LeadingSpaceRemoved) {
        return value.trim_start().into();
    }
    if value.trim() != value && defects.has(Defect::ValueTrimmed) {
        return value.trim().into();
    }
    value.into()
}
