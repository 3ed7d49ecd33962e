//! What defects make of names and values.

use std::borrow::Cow;

use super::super::client::RECONNECTION_TIME;
use super::super::defect::{Defect, Defects};
use super::field;

/// The names that the standard knows.
const KNOWN: [&str; 4] = ["event", "data", "id", "retry"];

/// A field as a client with a defect reads it.
pub(super) struct Field<'l> {
    pub(super) name: Cow<'l, str>,
    pub(super) value: Cow<'l, str>,
}

impl<'l> Field<'l> {
    pub(super) fn of(line: &'l str, defects: &Defects) -> Self {
        let (name, value) = Self::parts(line, defects);
        Self { name: Self::name(name, defects), value: Self::value(value, defects) }
    }

    /// Name and value, separated by a colon and perhaps a space.
    fn parts(line: &'l str, defects: &Defects) -> (&'l str, &'l str) {
        let has = |defect| defects.has(defect);
        let Some((name, raw)) = line.split_once(':') else {
            let ignored =
                has(Defect::NameAloneIgnored) || (line == "id" && has(Defect::IdWithoutColonIgnored));
            return if ignored { ("", "") } else { (line, "") };
        };
        let (last_name, last_raw) = line.rsplit_once(':').unwrap_or((name, raw));
        if last_raw != raw && has(Defect::LastColonSeparates) {
            return (last_name, last_raw.strip_prefix(' ').unwrap_or(last_raw));
        }
        if raw.starts_with(' ') {
            if has(Defect::SpaceKept) {
                return (name, raw);
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
                let removed = has(Defect::AnyCharacterAfterColonRemoved)
                    || (first == '\t' && has(Defect::TabRemoved))
                    || (first == '\u{A0}' && has(Defect::NoBreakSpaceRemoved));
                if removed {
                    return (name, raw.strip_prefix(first).unwrap_or(raw));
                }
            }
        }
        let (name, value) = field(line);
        match value.split_once(':') {
            Some((value, _)) if has(Defect::SecondColonEndsValue) => (name, value),
            _ => (name, value),
        }
    }

    fn name(name: &'l str, defects: &Defects) -> Cow<'l, str> {
        let has = |defect| defects.has(defect);
        let lowercase = name.to_ascii_lowercase();
        if KNOWN.contains(&lowercase.as_str()) && lowercase != name && has(Defect::NameCaseIgnored) {
            return lowercase.into();
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

    fn value(value: &'l str, defects: &Defects) -> Cow<'l, str> {
        if value.trim_end() != value && defects.has(Defect::TrailingSpaceRemoved) {
            return value.trim_end().into();
        }
        if value.trim() != value && defects.has(Defect::ValueTrimmed) {
            return value.trim().into();
        }
        value.into()
    }
}

/// The data of an event.
pub(super) fn data(data: String, defects: &Defects) -> String {
    if data.contains('\n') {
        let joint = [
            (Defect::DataJoinedWithSpace, " "),
            (Defect::DataJoinedWithNothing, ""),
            (Defect::DataJoinedWithCrlf, "\r\n"),
        ];
        if let Some((_, joint)) = joint.into_iter().find(|(defect, _)| defects.has(*defect)) {
            return data.replace('\n', joint);
        }
    }
    if data.starts_with(['[', '{']) && defects.has(Defect::JsonRewritten) {
        let value: Option<serde_json::Value> = serde_json::from_str(&data).ok();
        return value.map_or(data, |value| value.to_string());
    }
    data
}

/// The digits of a retry, as a client with a defect finds them; what holds none is given as it is. `None` where it is
/// ignored.
pub(super) fn retry(value: &str, defects: &Defects) -> Option<String> {
    let has = |defect| defects.has(defect);
    let own = || Some(value.to_owned());
    if value.is_empty() {
        return own();
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return retry_of_digits(value, defects);
    }
    if has(Defect::InvalidRetryResets) {
        return Some(RECONNECTION_TIME.as_millis().to_string());
    }
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 && has(Defect::RetryPrefix) {
        return value.get(..digits).map(str::to_owned);
    }
    if let Some(digits) = value.strip_prefix('+')
        && has(Defect::RetryWithPlus)
    {
        return Some(digits.to_owned());
    }
    if value.starts_with('-') && has(Defect::RetryWithMinus) {
        return Some("0".into());
    }
    if let Some(digits) = value.strip_prefix("0x") {
        let number = u64::from_str_radix(digits, 16).ok().filter(|_| has(Defect::RetryHexadecimal));
        return number.map(|number| number.to_string()).or_else(own);
    }
    if let Some(number) = value.parse::<f64>().ok().filter(|_| digits > 0)
        && has(Defect::RetryFraction)
    {
        return Some(format!("{number:.0}"));
    }
    if value.trim() != value && has(Defect::RetryTrimmed) {
        return Some(value.trim().to_owned());
    }
    let others: Option<String> = value.chars().map(other_digit).collect();
    if let Some(digits) = others
        && has(Defect::RetryInOtherDigits)
    {
        return Some(digits);
    }
    own()
}

fn retry_of_digits(value: &str, defects: &Defects) -> Option<String> {
    let has = |defect| defects.has(defect);
    let number: u128 = value.parse().unwrap_or(u128::from(u64::MAX));
    if let Some(digits) = value.strip_prefix('0').filter(|digits| !digits.is_empty()) {
        let octal = u64::from_str_radix(digits, 8).ok().filter(|_| has(Defect::RetryOctal));
        return octal.map(|number| number.to_string()).or_else(|| Some(value.to_owned()));
    }
    if number > 0 {
        if number > 100 && has(Defect::RetryIgnored) {
            return Some("100".into());
        }
        if has(Defect::RetryInSeconds) {
            return Some((number * 1000).to_string());
        }
    }
    if number > 5000 && has(Defect::RetryCut) {
        return Some("5000".into());
    }
    if number > i32::MAX as u128 && has(Defect::RetryOverflows) {
        return Some("0".into());
    }
    if number == 0 && has(Defect::RetryZeroIsNever) {
        return Some(u64::MAX.to_string());
    }
    Some(value.to_owned())
}

/// The ASCII digit for a digit of other scripts that the cases use.
fn other_digit(character: char) -> Option<char> {
    let zero = ['0', '\u{660}', '\u{FF10}']
        .into_iter()
        .map(u32::from)
        .find(|zero| (*zero..*zero + 10).contains(&u32::from(character)))?;
    char::from_digit(u32::from(character) - zero, 10)
}
