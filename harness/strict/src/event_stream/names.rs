//! Misspelled field names. Clients compare names literally, so they silently ignore these fields.

use crate::finding::Known;

/// Names in use for a field that has another name.
const OTHERS: [(&str, Known); 9] = [
    ("datas", Known::Data),
    ("events", Known::Event),
    ("event-type", Known::Event),
    ("eventtype", Known::Event),
    ("ids", Known::Id),
    ("event-id", Known::Id),
    ("last-event-id", Known::Id),
    ("lasteventid", Known::Id),
    ("retries", Known::Retry),
];

/// Which field a name means, if it is not the name of that field.
pub(crate) fn meant(name: &str) -> Option<Known> {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}' || c == '\u{200b}';
    let bare = name.trim_matches(is_odd).to_ascii_lowercase();
    let known = Known::ALL.into_iter().find(|known| known.name() == bare);
    let other = || OTHERS.into_iter().find(|(spelling, _)| *spelling == bare).map(|(_, known)| known);
    known.filter(|known| known.name() != name).or_else(other)
}

/// Which field a line begins with whose colon is missing: `data {}` or `event=ping`.
pub(crate) fn without_colon(line: &str) -> Option<Known> {
    let end = line.find([' ', '\t', '='])?;
    Known::ALL.into_iter().find(|known| line.get(..end) == Some(known.name()))
}

/// Whether somebody may have chosen a name for a field, so it is not text from a payload.
pub(crate) fn is_plausible(name: &str) -> bool {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && name.len() <= 32 && name.chars().all(is_of_a_name)
}

#[cfg(test)]
mod tests {
    use super::{Known, is_plausible, meant, without_colon};

    #[test]
    fn what_is_meant() {
        for (name, known) in [
            ("Data", Known::Data),
            ("data ", Known::Data),
            ("\tdata", Known::Data),
            ("\u{feff}data", Known::Data),
            ("EVENT", Known::Event),
            ("events", Known::Event),
            ("ID", Known::Id),
            ("Last-Event-ID", Known::Id),
            ("Retry\0", Known::Retry),
        ] {
            assert_eq!(meant(name), Some(known), "{name:?}");
        }
        for name in ["data", "event", "id", "retry", "date", "x", "", "version"] {
            assert_eq!(meant(name), None, "{name:?}");
        }
    }

    #[test]
    fn what_lacks_a_colon() {
        assert_eq!(without_colon("data {\"a\": 1}"), Some(Known::Data));
        assert_eq!(without_colon("event=ping"), Some(Known::Event));
        for line in ["data", "database x", "my data: x", ""] {
            assert_eq!(without_colon(line), None, "{line:?}");
        }
    }

    #[test]
    fn what_may_be_a_name() {
        assert!(is_plausible("x-trace_id.1"));
        for name in ["", "  \"a\"", "}", "second line", "<p>", "caf\u{e9}"] {
            assert!(!is_plausible(name), "{name:?}");
        }
    }
}
