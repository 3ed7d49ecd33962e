//! Payloads whose encoding went wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;

/// Whether it is a JSON string with a JSON object or array in it, as text or in Base64.
pub(super) fn is_json_in_a_string(text: &str) -> bool {
    let is_value = |inner: &str| {
        inner.starts_with(['{', '[']) && serde_json::from_str::<serde_json::Value>(inner).is_ok()
    };
    let is_encoded = |inner: &str| {
        let decoded = STANDARD.decode(inner).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        decoded.is_some_and(|decoded| is_value(&decoded))
    };
    text.starts_with('"')
        && serde_json::from_str::<String>(text).is_ok_and(|inner| is_value(&inner) || is_encoded(&inner))
}

/// Whether its characters, as bytes of Latin-1, are UTF-8 with characters beyond ASCII.
pub(super) fn is_utf8_twice(text: &str) -> bool {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    bytes.is_some_and(|bytes| !bytes.is_ascii() && std::str::from_utf8(&bytes).is_ok())
}

/// How many numbers a list of bytes has at least: a short one may be meant.
const FEWEST_BYTES: usize = 8;

/// Whether it is a list of bytes of text, as Go prints it: `[123 34 97 ..]`.
pub(super) fn is_list_of_bytes(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else { return false };
    let bytes: Option<Vec<u8>> = inner.split(' ').map(|number| number.parse().ok()).collect();
    bytes.is_some_and(|bytes| {
        let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
        bytes.len() >= FEWEST_BYTES && bytes.iter().all(is_text)
    })
}

/// Whether it begins like a JSON object with a member, or a list of them, and is not JSON. Numbers and escapes are not looked
/// into: what a parser makes of them differs.
pub(super) fn is_broken_json(text: &str) -> bool {
    let mut start = text.trim_start_matches('[').trim_start();
    start = start.strip_prefix('{').unwrap_or_default().trim_start();
    let member = start.strip_prefix('"').and_then(|rest| rest.split_once('"'));
    let has_member = member.is_some_and(|(_, rest)| rest.trim_start().starts_with(':'));
    has_member && serde_json::from_str::<IgnoredAny>(text).is_err()
}

/// JSON that is encoded as part of a URL.
pub(super) fn is_percent_encoded_json(text: &str) -> bool {
    let is_start = ["%7B%22", "%7b%22", "%5B%7B%22", "%5b%7b%22", "%5B%22", "%5b%22"]
        .iter()
        .any(|start| text.starts_with(start));
    is_start && text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains(['{', '"'])
}
