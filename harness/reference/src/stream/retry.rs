//! The number in a `retry` field.

use std::borrow::Cow;
use std::time::Duration;

use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::stream::resumption::DEFAULT_RECONNECTION_TIME;

/// As many days as 31 bits hold.
pub(crate) const AGES: Duration = Duration::from_secs(i32::MAX as u64 * 24 * 60 * 60);

/// The integer in base ten, at most the largest that can be represented. The standard does not say what an empty value
/// means; it is ignored, because it is not an integer.
pub(crate) fn integer(value: &str) -> Option<u64> {
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = value.bytes().map(|byte| u64::from(byte - b'0'));
    Some(digits.fold(0, |integer: u64, digit| integer.saturating_mul(10).saturating_add(digit)))
}

/// The text to read as digits: the value unchanged, even if it contains other characters.
pub(crate) fn digits<'v>(value: &'v str, defects: &Defects) -> Cow<'v, str> {
    let has = |defect| defects.has(defect);
    if value.is_empty() {
        return value.into();
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return read_digits(value, defects);
    }
    if has(Defect::RetryNotChecked) {
        return "0".into();
    }
    if has(Defect::InvalidRetryResets) {
        return DEFAULT_RECONNECTION_TIME.as_millis().to_string().into();
    }
    let length = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if length > 0 && has(Defect::RetryPrefix) {
        return value.get(..length).unwrap_or(value).into();
    }
    if let Some(number) = python_integer(value)
        && has(Defect::RetryReadByPython)
    {
        return number.into();
    }
    if let Some(digits) = value.strip_prefix('+')
        && has(Defect::RetryWithPlus)
    {
        return digits.into();
    }
    if value.starts_with('-') && has(Defect::RetryWithMinus) {
        return "0".into();
    }
    if let Some(digits) = value.strip_prefix("0x") {
        let number = u64::from_str_radix(digits, 16).ok().filter(|_| has(Defect::RetryHexadecimal));
        return number.map_or(value.into(), |number| number.to_string().into());
    }
    if let Some(number) = value.parse::<f64>().ok().filter(|_| length > 0)
        && has(Defect::RetryFraction)
    {
        return format!("{number:.0}").into();
    }
    if value.trim() != value && has(Defect::RetryTrimmed) {
        return value.trim().into();
    }
    let in_other_script: Option<String> = value.chars().map(ascii_digit).collect();
    match in_other_script {
        Some(digits) if has(Defect::RetryInOtherDigits) => digits.into(),
        _ => value.into(),
    }
}

/// The digits of a value that consists of ASCII digits: all of them.
fn read_digits<'v>(value: &'v str, defects: &Defects) -> Cow<'v, str> {
    let has = |defect| defects.has(defect);
    let number: u128 = value.parse().unwrap_or(u128::MAX);
    if has(Defect::RetryNeverUsed) {
        return DEFAULT_RECONNECTION_TIME.as_millis().to_string().into();
    }
    if has(Defect::EveryRetryOctal) {
        let octal = u64::from_str_radix(value, 8).ok();
        return octal.map_or("x".into(), |number| number.to_string().into());
    }
    if let Some(digits) = value.strip_prefix('0').filter(|digits| !digits.is_empty()) {
        let octal = u64::from_str_radix(digits, 8).ok().filter(|_| has(Defect::RetryOctal));
        return octal.map_or(value.into(), |number| number.to_string().into());
    }
    if number > 0 {
        if number > 100 && has(Defect::RetryIgnored) {
            return "100".into();
        }
        if has(Defect::RetryInSeconds) {
            return number.saturating_mul(1000).to_string().into();
        }
    }
    if number > 5000 && has(Defect::RetryCut) {
        return "5000".into();
    }
    if let Ok(low) = u32::try_from(number & u128::from(u32::MAX))
        && u128::from(low) != number
        && has(Defect::RetryWraps)
    {
        return low.to_string().into();
    }
    if number > i32::MAX as u128 && has(Defect::RetryOverflows) {
        return "0".into();
    }
    if has(Defect::RetryWrapsSigned) {
        return timer(value).to_string().into();
    }
    if number == 0 && has(Defect::RetryZeroIsNever) {
        return u64::MAX.to_string().into();
    }
    value.into()
}

/// The delay that a timer of a browser makes of a number: its low 32 bits, signed; a negative or infinite one is no delay,
/// <https://webidl.spec.whatwg.org/#abstract-opdef-converttoint>.
fn timer(digits: &str) -> i32 {
    let number: f64 = digits.parse().unwrap_or(f64::INFINITY);
    let low = number % 4_294_967_296.0;
    // An infinite number has no remainder.
    if low.is_nan() { 0 } else { (low as u32).cast_signed().max(0) }
}

/// The integer that Python's `int()` makes of a text, <https://docs.python.org/3/library/functions.html#int>: white space around it,
/// a sign, underscores between digits, and digits of any script. A negative one is no delay.
fn python_integer(value: &str) -> Option<String> {
    let trimmed = value.trim();
    let (is_negative, digits) = match trimmed.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let digits: Option<String> = digits
        .split('_')
        .map(|group| {
            let digits: Option<String> = group.chars().map(ascii_digit).collect();
            digits.filter(|digits| !digits.is_empty())
        })
        .collect();
    digits.map(|digits| if is_negative { "0".to_owned() } else { digits })
}

/// The ASCII digit for a digit in the scripts that the cases use.
fn ascii_digit(character: char) -> Option<char> {
    let zero = ['0', '\u{660}', '\u{FF10}']
        .into_iter()
        .map(u32::from)
        .find(|zero| (*zero..*zero + 10).contains(&u32::from(character)))?;
    char::from_digit(u32::from(character) - zero, 10)
}
