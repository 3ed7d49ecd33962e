//! What may have been meant by a name that does not exist.

use std::collections::BTreeSet;

use globset::GlobMatcher;
use ssespec::run::baseline::id_glob;
use ssespec_diagnostics::nearest;

/// How many names a suggestion lists.
const LISTED: usize = 5;

/// What to say about an id that does not exist.
pub(super) fn no_such_case<'k>(id: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match near(id, &known) {
        Some(hint) => format!("no case {id}; {hint}"),
        None => format!("no case {id}; `ssespec cases` lists them"),
    }
}

/// What to say about a check that does not exist.
pub(super) fn no_such_check<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match near(name, &known) {
        Some(hint) => format!("no check {name}; {hint}"),
        None => format!("no check {name}; `ssespec server --list` lists them"),
    }
}

/// What to say about a pattern that no id matches.
pub(super) fn no_match<'k>(pattern: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    no_match_among(pattern, known, "`ssespec cases` lists what there is")
}

/// What to say about a pattern that the id of no requirement matches.
pub(super) fn no_requirement<'k>(pattern: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    no_match_among(pattern, known, "`ssespec requirements` lists what there is")
}

fn no_match_among<'k>(pattern: &str, known: impl IntoIterator<Item = &'k str>, lister: &str) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let hint =
        wider(pattern, &known).or_else(|| near_group(pattern, &known)).or_else(|| near(pattern, &known));
    format!("nothing matches '{pattern}'; {}", hint.as_deref().unwrap_or(lister))
}

/// What to say about a suite that does not exist.
pub(super) fn no_such_suite<'k>(suite: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: BTreeSet<&str> = known.into_iter().collect();
    let meant = nearest(suite, known.iter().copied()).map(|near| format!("did you mean {near}? "));
    let list: Vec<&str> = known.into_iter().collect();
    format!("no suite {suite}; {}the suites are {}", meant.unwrap_or_default(), list.join(", "))
}

/// The id that was misspelt, or those that hold the word.
fn near(id: &str, known: &[&str]) -> Option<String> {
    if let Some(near) = nearest(id, known.iter().copied()) {
        return Some(format!("did you mean {near}?"));
    }
    let holding: Vec<&str> = known.iter().copied().filter(|known| known.contains(id)).collect();
    let more = holding.len().saturating_sub(LISTED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let listed = &holding[..holding.len().min(LISTED)];
    (!listed.is_empty()).then(|| format!("these hold the word: {}{more}", listed.join(", ")))
}

/// The pattern between stars, if that matches: a pattern is for a whole id.
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
    .map(|wider| format!("a pattern is for the whole id, so try '{wider}'"))
}

/// The group that was misspelt: `client/line/*` for `client/lines/*`.
fn near_group(pattern: &str, known: &[&str]) -> Option<String> {
    let group = pattern.strip_suffix("/*")?;
    let groups: BTreeSet<&str> = known.iter().filter_map(|id| Some(id.rsplit_once('/')?.0)).collect();
    nearest(group, groups).map(|near| format!("did you mean '{near}/*'?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 3] = ["client/lines/cr", "client/lines/crlf", "client/close/at-once"];

    #[test]
    fn a_misspelt_id_is_named() {
        assert_eq!(
            no_such_case("client/line/crlf", IDS),
            "no case client/line/crlf; did you mean client/lines/crlf?"
        );
    }

    #[test]
    fn a_word_of_an_id_is_found() {
        let expected = "no case lines; these hold the word: client/lines/cr, client/lines/crlf";
        assert_eq!(no_such_case("lines", IDS), expected);
        assert_eq!(no_such_case("xyz", IDS), "no case xyz; `ssespec cases` lists them");
    }

    #[test]
    fn a_pattern_that_is_too_narrow_is_widened() {
        for (pattern, wider) in [
            ("lines/*", "'*lines/*'"),
            ("client/lines", "'client/lines/*'"),
            ("at-once", "'*at-once'"),
            ("client/*/at", "'client/*/at*'"),
        ] {
            let said = no_match(pattern, IDS);
            assert!(said.ends_with(&format!("a pattern is for the whole id, so try {wider}")), "{said}");
        }
    }

    #[test]
    fn a_misspelt_group_is_named() {
        assert_eq!(
            no_match("client/lnes/*", IDS),
            "nothing matches 'client/lnes/*'; did you mean 'client/lines/*'?"
        );
        assert_eq!(no_match("x*y", IDS), "nothing matches 'x*y'; `ssespec cases` lists what there is");
    }

    #[test]
    fn suites_are_listed() {
        let said = no_such_suite("whatwgg", ["whatwg", "http"]);
        assert_eq!(said, "no suite whatwgg; did you mean whatwg? the suites are http, whatwg");
    }
}
