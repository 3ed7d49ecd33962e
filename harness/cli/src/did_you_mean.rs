//! Names that do not exist, and which one the user may have meant.

use std::collections::BTreeSet;

use globset::GlobMatcher;
use ssespec::run::baseline::id_glob;
use ssespec_diagnostics::nearest;

/// How many names a suggestion lists.
const LISTED: usize = 5;

/// A name or pattern that does not exist, with a hint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnknownName {
    /// No case has this id.
    #[error("no case {id}; {}", hint.as_deref().unwrap_or("`ssespec cases` lists them"))]
    Case {
        /// The id.
        id: String,
        /// What may have been meant.
        hint: Option<String>,
    },
    /// No preset has this name.
    #[error("no preset {name}; {}", hint.as_deref().unwrap_or("`ssespec mock --presets` lists them"))]
    Preset {
        /// The name.
        name: String,
        /// What may have been meant.
        hint: Option<String>,
    },
    /// No check has this name.
    #[error("no check {name}; {}", hint.as_deref().unwrap_or("`ssespec probe --list` lists them"))]
    Check {
        /// The name.
        name: String,
        /// What may have been meant.
        hint: Option<String>,
    },
    /// No id of a case or check matches this pattern.
    #[error("nothing matches '{pattern}'; {}", hint.as_deref().unwrap_or("`ssespec cases` lists all cases, `ssespec probe --list` all checks"))]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What may have been meant.
        hint: Option<String>,
    },
    /// No id of a requirement matches this pattern.
    #[error("nothing matches '{pattern}'; {}", hint.as_deref().unwrap_or("`ssespec requirements` lists all ids"))]
    RequirementPattern {
        /// The pattern.
        pattern: String,
        /// What may have been meant.
        hint: Option<String>,
    },
    /// No suite has this name.
    #[error("no suite {name}; {}the suites are {}", question(meant.as_deref()), suites.join(", "))]
    Suite {
        /// The name.
        name: String,
        /// The suite that may have been meant.
        meant: Option<String>,
        /// All suites.
        suites: Vec<String>,
    },
}

fn question(meant: Option<&str>) -> String {
    meant.map(|meant| format!("did you mean {meant}? ")).unwrap_or_default()
}

impl UnknownName {
    /// An id that no case has.
    pub(crate) fn case<'k>(id: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::Case { id: id.to_owned(), hint: similar(id, &known) }
    }

    /// A name that no preset has.
    pub(crate) fn preset<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::Preset { name: name.to_owned(), hint: similar(name, &known) }
    }

    /// A name that no check has.
    pub(crate) fn check<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::Check { name: name.to_owned(), hint: similar(name, &known) }
    }

    /// A pattern that the id of no case or check matches.
    pub(crate) fn pattern<'k>(pattern: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        Self::Pattern { pattern: pattern.to_owned(), hint: matching(pattern, known) }
    }

    /// A pattern that the id of no requirement matches.
    pub(crate) fn requirement_pattern<'k>(pattern: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        Self::RequirementPattern { pattern: pattern.to_owned(), hint: matching(pattern, known) }
    }

    /// A name that no suite has.
    pub(crate) fn suite<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        let known: BTreeSet<&str> = known.into_iter().collect();
        Self::Suite {
            name: name.to_owned(),
            meant: nearest(name, known.iter().copied()).map(str::to_owned),
            suites: known.into_iter().map(str::to_owned).collect(),
        }
    }
}

fn matching<'k>(pattern: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    wider(pattern, &known).or_else(|| similar_group(pattern, &known)).or_else(|| similar(pattern, &known))
}

/// The id that was misspelled, or the ids that contain the word.
fn similar(id: &str, known: &[&str]) -> Option<String> {
    if let Some(nearest) = nearest(id, known.iter().copied()) {
        return Some(format!("did you mean {nearest}?"));
    }
    let containing: Vec<&str> = known.iter().copied().filter(|known| known.contains(id)).collect();
    let more = containing.len().saturating_sub(LISTED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let listed = &containing[..containing.len().min(LISTED)];
    (!listed.is_empty()).then(|| format!("these contain it: {}{more}", listed.join(", ")))
}

/// The pattern with stars around it, if that matches: a pattern must match the full id.
fn wider(pattern: &str, known: &[&str]) -> Option<String> {
    let trimmed = pattern.trim_matches('*');
    [
        format!("{}/*", trimmed.trim_end_matches('/')),
        format!("*{trimmed}"),
        format!("{trimmed}*"),
        format!("*{trimmed}*"),
    ]
    .into_iter()
    .find(|wider| {
        let matcher: Option<GlobMatcher> = id_glob(wider).ok().map(|glob| glob.compile_matcher());
        matcher.is_some_and(|glob| known.iter().any(|id| glob.is_match(id)))
    })
    .map(|wider| format!("a pattern must match the full id, so try '{wider}'"))
}

/// The group that was misspelled: `client/line/*` for `client/lines/*`.
fn similar_group(pattern: &str, known: &[&str]) -> Option<String> {
    let group = pattern.strip_suffix("/*")?;
    let groups: BTreeSet<&str> = known.iter().filter_map(|id| Some(id.rsplit_once('/')?.0)).collect();
    nearest(group, groups).map(|nearest| format!("did you mean '{nearest}/*'?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 3] = ["client/lines/cr", "client/lines/crlf", "client/close/at-once"];

    fn case(id: &str) -> String {
        UnknownName::case(id, IDS).to_string()
    }

    fn pattern(pattern: &str) -> String {
        UnknownName::pattern(pattern, IDS).to_string()
    }

    #[test]
    fn a_misspelled_id_is_named() {
        assert_eq!(case("client/line/crlf"), "no case client/line/crlf; did you mean client/lines/crlf?");
    }

    #[test]
    fn a_word_of_an_id_is_found() {
        assert_eq!(case("lines"), "no case lines; these contain it: client/lines/cr, client/lines/crlf");
        assert_eq!(case("xyz"), "no case xyz; `ssespec cases` lists them");
    }

    #[test]
    fn a_pattern_that_is_too_narrow_is_widened() {
        for (narrow, wider) in [
            ("lines/*", "'*lines/*'"),
            ("client/lines", "'client/lines/*'"),
            ("at-once", "'*at-once'"),
            ("client/*/at", "'client/*/at*'"),
        ] {
            let message = pattern(narrow);
            let hint = format!("a pattern must match the full id, so try {wider}");
            assert!(message.ends_with(&hint), "{message}");
        }
    }

    #[test]
    fn a_misspelled_group_is_named() {
        assert_eq!(
            pattern("client/lnes/*"),
            "nothing matches 'client/lnes/*'; did you mean 'client/lines/*'?"
        );
        assert_eq!(
            pattern("x*y"),
            "nothing matches 'x*y'; `ssespec cases` lists all cases, `ssespec probe --list` all checks"
        );
    }

    #[test]
    fn suites_are_listed() {
        let message = UnknownName::suite("whatwgg", ["whatwg", "http"]).to_string();
        assert_eq!(message, "no suite whatwgg; did you mean whatwg? the suites are http, whatwg");
    }
}
