//! Observed values as reports show them.

use std::time::Duration;

use ssespec::findings;
use ssespec_strict::Finding;
use ssespec_strict::http::Head;

/// A time with one decimal, such as `1.5 s`; a short one in milliseconds.
pub(crate) fn seconds(time: Duration) -> String {
    match time.as_millis() {
        0..50 => format!("{} ms", time.as_millis()),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// The field lines with these names, as received.
pub(crate) fn field_lines(head: &Head, names: &[&str]) -> String {
    let is_named = |name: &[u8]| names.iter().any(|n| name.eq_ignore_ascii_case(n.as_bytes()));
    let lines: Vec<String> = head
        .fields
        .iter()
        .filter(|field| is_named(&field.name))
        .map(|field| String::from_utf8_lossy(&field.line()).into_owned())
        .collect();
    if lines.is_empty() { format!("no {}", names.join(" and no ")) } else { lines.join("\n") }
}

/// A finding, with what its byte is counted in, such as `byte 55 of the stream: invalid UTF-8: ..`.
pub(crate) fn finding(finding: &Finding, counted_in: &str) -> String {
    findings::describe(finding).replacen(':', &format!(" of {counted_in}:"), 1)
}

/// The start of a text.
pub(crate) fn start(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A list of ids, shortened.
pub(crate) fn id_list(ids: &[impl AsRef<str>]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<&str> = ids.iter().take(SHOWN).map(AsRef::as_ref).collect();
    shown.extend((ids.len() > SHOWN).then_some("…"));
    if shown.is_empty() { "(none)".into() } else { shown.join(", ") }
}

/// A number of things, in words.
pub(crate) fn counted(count: usize, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
