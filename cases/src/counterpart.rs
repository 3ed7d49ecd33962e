//! The tests of other suites, and the cases that make the same claims.
//!
//! One TOML file per suite lists all its tests. A case names those that make its claim; a test that no case names has a
//! reason here.
//!
//! ```toml
//! title = "Web Platform Tests, eventsource/"
//! url = "https://github.com/web-platform-tests/wpt/tree/master/eventsource"
//! revision = "18 August 2025"
//! tests = [
//!   "format-bom.any.js",
//!   "eventsource-onmessage-realm.htm",
//! ]
//!
//! [none]
//! "eventsource-onmessage-realm.htm" = "It compares objects of two realms of one window."
//! ```
//!
//! A case names a test by the name of the list's file and its own, `wpt:format-bom.any.js`. A `*` stands for any
//! characters: `sse-contract-tests:linefeeds/LF separator/*`.

use std::collections::BTreeMap;
use std::ops::Range;

use ssespec_diagnostics::{Diagnostics, Findings, Key, Shape, Source, Table, nearest, parse, value};

use crate::Case;

#[cfg(test)]
mod tests;

/// All tests of a foreign suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// What stands before the colon where a case names one of its tests: the name of the list's file.
    pub name: String,
    /// What the suite is called.
    pub title: String,
    /// Where it is published.
    pub url: String,
    /// The state of it that is listed: a commit or a date.
    pub revision: String,
    /// Its tests, in its own order.
    pub tests: Vec<Test>,
    /// The file.
    pub source: Source,
}

/// One test of a foreign suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its name in its own suite.
    pub name: String,
    /// Its place in the list.
    pub span: Range<usize>,
    /// Why no case makes its claim, and the place of that.
    pub none: Option<(String, Range<usize>)>,
}

static FILE: Table = Table {
    what: "a list of another suite's tests",
    keys: &[
        Key::required("title", Shape::Text, "What the suite is called."),
        Key::required("url", Shape::Text, "Where it is published."),
        Key::required("revision", Shape::Text, "The state of it that is listed: a commit or a date."),
        Key::required("tests", Shape::List(&Shape::Text), "All its tests, by their own names."),
        Key::optional("none", Shape::Map(&Shape::Text), "Why no case makes the claim of a test."),
    ],
};

/// Reads the list of one suite, which goes by this name.
///
/// # Errors
/// When it is not of the format, lists a test twice, or gives a reason for one that it does not list.
pub fn read(source: &Source, name: &str) -> Result<List, Diagnostics> {
    let root = parse(source, &FILE)?;
    let mut findings = Findings::default();
    let mut tests: Vec<Test> = Vec::new();
    for entry in value::get(&root, "tests").into_iter().flat_map(value::list) {
        let Some(test) = value::text(entry) else { continue };
        if tests.iter().any(|other| other.name == test) {
            findings.add_with_hint(entry.span(), "a test is listed twice", "listed before", "take it out");
        } else {
            tests.push(Test { name: test.to_owned(), span: entry.span(), none: None });
        }
    }
    let reasons = value::get(&root, "none").and_then(value::table);
    for (test, reason) in reasons.into_iter().flatten() {
        let why = value::text(reason).unwrap_or_default();
        if why.trim().is_empty() {
            let hint = "say why no case makes the claim of this test";
            findings.add_with_hint(reason.span(), "the reason is empty", "expected a sentence", hint);
        }
        match tests.iter_mut().find(|listed| listed.name == *test.get_ref()) {
            Some(listed) => listed.none = Some((why.to_owned(), test.span())),
            None => {
                let hint = match nearest(test.get_ref(), tests.iter().map(|listed| listed.name.as_str())) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => "`tests` lists what there is".to_owned(),
                };
                let message = format!("no test \"{}\" is listed", test.get_ref());
                findings.add_with_hint(test.span(), message, "not among `tests`", hint);
            }
        }
    }
    let list = List {
        name: name.to_owned(),
        title: value::text_of(&root, "title").unwrap_or_default(),
        url: value::text_of(&root, "url").unwrap_or_default(),
        revision: value::text_of(&root, "revision").unwrap_or_default(),
        tests,
        source: source.clone(),
    };
    findings.or(source, Some(list))
}

/// Why a counterpart is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UnknownCounterpart {
    message: String,
    /// What to do.
    pub hint: String,
}

/// The tests that a case names with one counterpart.
///
/// # Errors
/// When it names no list or no test of its list.
pub fn named<'a>(
    counterpart: &str,
    lists: &'a BTreeMap<String, List>,
) -> Result<(&'a List, Vec<&'a Test>), UnknownCounterpart> {
    let unknown = |message: String, hint: String| Err(UnknownCounterpart { message, hint });
    let (name, pattern) = counterpart.split_once(':').unwrap_or((counterpart, ""));
    let Some(list) = lists.get(name) else {
        let known: Vec<&str> = lists.keys().map(String::as_str).collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean \"{near}:\"?"),
            None if known.is_empty() => "counterparts/<name>.toml lists the tests of a suite".to_owned(),
            None => format!("the lists are {}; counterparts/<name>.toml makes another", known.join(", ")),
        };
        return unknown(format!("no list of tests is called \"{name}\""), hint);
    };
    let tests: Vec<&Test> = list.tests.iter().filter(|test| matches(pattern, &test.name)).collect();
    if tests.is_empty() {
        let hint = match nearest(pattern, list.tests.iter().map(|test| test.name.as_str())) {
            Some(near) => format!("did you mean \"{name}:{near}\"?"),
            None => format!("{} lists its tests", list.source.name()),
        };
        return unknown(format!("{} has no test \"{pattern}\"", list.title), hint);
    }
    Ok((list, tests))
}

/// The cases that make the claim of a test.
pub fn cases<'c>(list: &List, test: &Test, among: impl IntoIterator<Item = &'c Case>) -> Vec<&'c Case> {
    let is_named = |counterpart: &String| {
        counterpart
            .split_once(':')
            .is_some_and(|(name, pattern)| name == list.name && matches(pattern, &test.name))
    };
    among.into_iter().filter(|case| case.counterparts.iter().any(is_named)).collect()
}

/// Whether a name matches a pattern, in which a star stands for any characters and all else for itself.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(end)
}
