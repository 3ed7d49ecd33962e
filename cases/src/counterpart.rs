//! Counterparts: the tests of other suites, and the cases that make the same claims.
//!
//! One TOML file per suite lists all its tests. A case names those that make its claim; for a test that no case names,
//! the file gives the reason.
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
//! A case names a test by the name of the list's file and the test's own name, `wpt:format-bom.any.js`. A `*` matches
//! any characters: `sse-contract-tests:linefeeds/LF separator/*`.

use std::collections::BTreeMap;
use std::ops::Range;

use ssespec_diagnostics::{Diagnostics, Findings, Key, Shape, Source, Table, nearest, parse, value};

use crate::case::Case;

#[cfg(test)]
mod tests;

/// All tests of another suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The name of the list's file; cases write it before the colon.
    pub name: String,
    /// The name of the suite.
    pub title: String,
    /// Where it is published.
    pub url: String,
    /// The listed revision: a commit or a date.
    pub revision: String,
    /// Its tests, in its own order.
    pub tests: Vec<Test>,
    /// The file.
    pub source: Source,
}

/// One test of another suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its name in its own suite.
    pub name: String,
    /// Its place in the list.
    pub span: Range<usize>,
    /// Why no case makes its claim, and where that is written.
    pub none: Option<(String, Range<usize>)>,
}

static FILE: Table = Table {
    what: "a list of another suite's tests",
    keys: &[
        Key::required("title", Shape::Text, "The name of the suite."),
        Key::required("url", Shape::Text, "Where it is published."),
        Key::required("revision", Shape::Text, "The listed revision: a commit or a date."),
        Key::required("tests", Shape::List(&Shape::Text), "The names of all its tests."),
        Key::optional("none", Shape::Map(&Shape::Text), "Why no case makes the claim of a test."),
    ],
};

/// Reads the list of one suite, under this name.
///
/// # Errors
/// If the format is wrong, if a test is listed twice, or if there is a reason for a test that is not listed.
pub fn read(source: &Source, name: &str) -> Result<List, Diagnostics> {
    let root = parse(source, &FILE)?;
    let mut findings = Findings::default();
    let mut tests: Vec<Test> = Vec::new();
    for entry in value::get(&root, "tests").into_iter().flat_map(value::list) {
        let Some(test) = value::text(entry) else { continue };
        if tests.iter().any(|other| other.name == test) {
            findings.add_with_hint(entry.span(), "a test is listed twice", "listed before", "remove it");
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
                    None => "`tests` lists all of them".to_owned(),
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

/// Why a counterpart is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UnknownCounterpart {
    message: String,
    /// How to fix it.
    pub hint: String,
}

/// The tests that a case names with one counterpart.
///
/// # Errors
/// If it names no list, or no test of its list.
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
            None => format!("the lists are {}; add one with counterparts/<name>.toml", known.join(", ")),
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

/// Whether a name matches a pattern, in which `*` matches any characters and everything else matches itself.
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
