//! Who ran, and what was selected, in words.

use crate::{limits, results::Header, visible};

/// `eventsource 5.1.5 (JavaScript client)`; a server that is probed by its URL may say less.
pub(crate) fn identity(header: &Header) -> String {
    let implementation = &header.implementation;
    let role = implementation.role.as_str();
    let what = words([&implementation.language, role]);
    format!("{} ({what})", words([&implementation.name, &implementation.version]))
}

/// The nonempty words, sanitized.
fn words(words: [&str; 2]) -> String {
    let shown = words.map(|word| visible::line(word.trim(), limits::NAME));
    shown.join(" ").trim().to_owned()
}

/// That a run is not one of the standard suite; `None` if it is.
pub(crate) fn departure(header: &Header) -> Option<String> {
    let options = header.selection.variation.options()?;
    Some(format!(
        "NOT THE STANDARD SUITE: {options} changed what the server sent; no known failure is judged stale"
    ))
}

/// The selection in words, sanitized.
pub(crate) fn selection(header: &Header) -> String {
    let selection = &header.selection;
    let list = |name: &str, values: &[String]| {
        let values: Vec<String> = values.iter().map(|value| visible::line(value, limits::ID)).collect();
        (!values.is_empty()).then(|| format!("{name} {}", values.join(" ")))
    };
    let levels: Vec<String> = selection.levels.iter().map(|level| level.to_string()).collect();
    let parts: Vec<String> = [
        list("suites", &selection.suites),
        list("levels", &levels),
        list("deliveries", &selection.deliveries),
        list("protocols", &selection.protocols),
        list("filtered by", &selection.filters),
        selection.shard.map(|shard| format!("shard {shard}")),
        selection.variation.options(),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { "everything".to_owned() } else { parts.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_missing_leave_no_gap() {
        assert_eq!(words(["nginx", ""]), "nginx");
        assert_eq!(words(["", "server"]), "server");
        assert_eq!(words(["a\u{1b}", "b"]), "a\\x1B b");
    }
}
