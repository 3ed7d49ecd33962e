//! Expected and observed values, laid out so that the difference is easy to see.

use similar::{ChangeTag, TextDiff};

use crate::visible;

/// How a pair is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// One below the other, each on its own lines.
    Pair {
        /// The lines of the expected text.
        expected: Vec<String>,
        /// The lines of the observed text.
        observed: Vec<String>,
    },
    /// Line by line, because both have several lines.
    Lines(Vec<DiffLine>),
    /// The surroundings of the first difference, because both are long.
    Window {
        /// The place of the first difference, in characters counted from 1.
        at: usize,
        /// The expected text around it.
        expected: String,
        /// The observed text around it.
        observed: String,
    },
}

/// A line of a comparison line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DiffLine {
    /// In both.
    Same(String),
    /// Expected only.
    Missing(String),
    /// Observed only.
    Extra(String),
    /// This many lines are omitted.
    LeftOut(usize),
}

/// A text of at least this many characters is long.
const LONG: usize = 160;

/// How many characters are shown before and after the first difference.
const BEFORE: usize = 32;
const AFTER: usize = 80;

/// How many equal lines are shown around each difference.
const CONTEXT: usize = 2;

/// How many lines of a comparison are shown.
const SHOWN: usize = 60;

/// The longest text that is compared line by line, in bytes: a longer one would be slow to compare and hard to read.
const COMPARED: usize = 64 * 1024;

/// How much is shown of a text that is not compared.
const TEXT: usize = 800;

/// Compares two texts. Both are untrusted; the result is sanitized and short.
pub(crate) fn compare(expected: &str, observed: &str) -> Comparison {
    let both = |test: fn(&str) -> bool| test(expected) && test(observed);
    let comparable = expected.len().max(observed.len()) <= COMPARED;
    if both(|text| text.trim_end_matches('\n').contains('\n')) && comparable {
        return Comparison::Lines(line_by_line(expected, observed));
    }
    if both(|text| text.chars().nth(LONG).is_some()) && expected != observed {
        return window(expected, observed);
    }
    Comparison::Pair {
        expected: visible::lines(expected, TEXT, SHOWN),
        observed: visible::lines(observed, TEXT, SHOWN),
    }
}

fn line_by_line<'a>(expected: &'a str, observed: &'a str) -> Vec<DiffLine> {
    let lines_of = |text: &'a str| -> Vec<&'a str> { text.trim_end_matches('\n').split('\n').collect() };
    let (old, new) = (lines_of(expected), lines_of(observed));
    let diff = TextDiff::from_slices(&old, &new);
    let mut lines = Vec::new();
    let mut seen = 0;
    for group in diff.grouped_ops(CONTEXT) {
        if let Some(first) = group.first() {
            let start = first.old_range().start;
            if start > seen {
                lines.push(DiffLine::LeftOut(start - seen));
            }
        }
        for op in &group {
            seen = op.old_range().end;
            for change in diff.iter_changes(op) {
                let text = visible::line(change.value(), LONG);
                lines.push(match change.tag() {
                    ChangeTag::Equal => DiffLine::Same(text),
                    ChangeTag::Delete => DiffLine::Missing(text),
                    ChangeTag::Insert => DiffLine::Extra(text),
                });
            }
        }
    }
    let after = diff.old_len().saturating_sub(seen);
    if after > 0 {
        lines.push(DiffLine::LeftOut(after));
    }
    if lines.len() > SHOWN {
        let more = lines.len() - SHOWN;
        lines.truncate(SHOWN);
        lines.push(DiffLine::LeftOut(more));
    }
    lines
}

fn window(expected: &str, observed: &str) -> Comparison {
    let same = expected.chars().zip(observed.chars()).take_while(|(a, b)| a == b).count();
    Comparison::Window { at: same + 1, expected: around(expected, same), observed: around(observed, same) }
}

fn around(text: &str, at: usize) -> String {
    let from = at.saturating_sub(BEFORE);
    let mut rest = text.chars().skip(from);
    let shown: String = rest.by_ref().take(at - from + AFTER).collect();
    let before = if from > 0 { "…" } else { "" };
    let after = if rest.next().is_some() { "…" } else { "" };
    format!("{before}{}{after} ({} bytes in all)", visible::line(&shown, usize::MAX), text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_stand_under_each_other() {
        let shown = compare("event data \"a\"\nor the end", "event data \"\u{1b}\"");
        assert_eq!(
            shown,
            Comparison::Pair {
                expected: vec!["event data \"a\"".into(), "or the end".into()],
                observed: vec!["event data \"\\x1B\"".into()],
            }
        );
    }

    #[test]
    fn texts_of_many_lines_are_compared_line_by_line() {
        let Comparison::Lines(lines) = compare("1\n2\n3\n4\n5\n6", "1\n2\n3\n4\nfive\n6") else {
            panic!("not by line");
        };
        let words = |text: &str| text.to_owned();
        assert_eq!(
            lines,
            [
                DiffLine::LeftOut(2),
                DiffLine::Same(words("3")),
                DiffLine::Same(words("4")),
                DiffLine::Missing(words("5")),
                DiffLine::Extra(words("five")),
                DiffLine::Same(words("6")),
            ]
        );
    }

    #[test]
    fn long_texts_are_shown_where_they_differ() {
        let long = "x".repeat(1_000_000);
        let Comparison::Window { at, expected, observed } =
            compare(&format!("{long}yz"), &format!("{long}q"))
        else {
            panic!("no window");
        };
        assert_eq!(at, 1_000_001);
        assert_eq!(expected, format!("…{}yz (1000002 bytes in all)", "x".repeat(32)));
        assert_eq!(observed, format!("…{}q (1000001 bytes in all)", "x".repeat(32)));
    }
}
