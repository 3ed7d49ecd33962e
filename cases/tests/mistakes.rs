//! The messages for each mistake in a case: `mistakes/` has a file for each, and a snapshot with its messages.

use std::path::PathBuf;

use ssespec_cases::{Case, Corpus, counterpart, format, lint, requirement};
use ssespec_diagnostics::{Diagnostics, Source};

/// The requirements that the files name. They are not those of the suite, so the messages do not change with it.
const REQUIREMENTS: &[(&str, &str)] = &[
    (
        "whatwg",
        r##"
title = "The standard"
url = "https://example.org/standard"

[requirement.line-lf]
level = "must"
binds = ["parser"]
text = "An LF ends a line."
anchor = "#lines"

[requirement.line-cr-last-byte-not-delayed]
level = "should"
binds = ["parser"]
text = "A CR that comes last ends its line at once."
anchor = "#lines"

[requirement.line-two-readings]
level = "must"
binds = ["parser"]
text = "A line is a line."
anchor = "#lines"
disputed = "Some say that it is none."
"##,
    ),
    (
        "resilience",
        r##"
title = "Resilience"

[requirement.oversize-reported]
level = "must"
binds = ["parser"]
text = "A line that is too long is an error."
evidence = ["owner/name#1"]
"##,
    ),
];

/// The tests of another suite that the files name.
const COUNTERPARTS: &str = r#"
title = "Web Platform Tests"
url = "https://example.org/wpt"
revision = "today"
tests = ["format-bom.any.js", "format-newlines.any.js"]
"#;

fn corpus() -> Corpus {
    let mut corpus = Corpus::default();
    for (suite, text) in REQUIREMENTS {
        let list = requirement::read(&Source::new(*suite, text), suite).expect("requirements");
        corpus.requirements.extend(list.into_iter().map(|requirement| (requirement.id.clone(), requirement)));
    }
    let list = counterpart::read(&Source::new("counterparts/wpt.toml", COUNTERPARTS), "wpt").expect("a list");
    corpus.counterparts.insert(list.name.clone(), list);
    corpus
}

/// The names of the files, without their ending.
fn names() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of mistakes")
        .map(|entry| entry.expect("a file").file_name().into_string().expect("a plain name"))
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// The folder of a file: its name may begin with a role, and is that of a client case otherwise.
fn folder(name: &str) -> &'static str {
    match name.split('-').next() {
        Some("server") => "server/lines",
        Some("intermediary") => "intermediary/lines",
        _ => "client/lines",
    }
}

/// Reads and lints a file as a corpus does.
fn read(name: &str, corpus: &Corpus) -> Result<Case, Diagnostics> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/mistakes/{name}.toml"));
    let bytes = std::fs::read(path).expect("a file");
    let source = Source::from_bytes(format!("{}/{name}.toml", folder(name)), bytes)?;
    let case = format::read(&source, &format!("{}/{name}", folder(name)))?;
    match lint::check(std::slice::from_ref(&case), corpus).pop() {
        Some(diagnostics) => Err(diagnostics),
        None => Ok(case),
    }
}

#[test]
fn each_is_told_as_agreed() {
    let corpus = corpus();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("mistakes");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for name in names() {
        let reported = read(&name, &corpus).expect_err(&name);
        settings.bind(|| insta::assert_snapshot!(name.as_str(), reported.to_string()));
    }
}

#[test]
fn each_fits_a_screen_and_is_told_once() {
    let corpus = corpus();
    for name in names() {
        let reported = read(&name, &corpus).expect_err(&name);
        let text = reported.to_string();
        assert!(text.lines().count() <= 60, "{name} takes {} lines", text.lines().count());
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!(widest <= 150, "{name} takes {widest} columns");
        assert!(
            text.contains(&format!("--> {}/{name}.toml:", folder(&name))),
            "{name}: where is it?\n{text}"
        );
        assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "{name} names this machine's folders");
        for pair in reported.list().windows(2) {
            assert_ne!(pair[0].span, pair[1].span, "{name}: told twice\n{text}");
        }
        for finding in reported.list() {
            assert!(finding.span.end <= reported.source().text().len().max(3), "{name}: {finding:?}");
            assert!(!finding.message.is_empty() && !finding.label.is_empty(), "{name}: {finding:?}");
        }
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    let corpus = corpus();
    for name in names() {
        let reported = read(&name, &corpus).expect_err(&name);
        let mut plain = String::new();
        let mut rest = reported.render(true);
        while let Some(at) = rest.find('\u{1b}') {
            plain.push_str(&rest[..at]);
            let end = rest[at..].find('m').expect("the end of a colour");
            rest = rest[at + end + 1..].to_owned();
        }
        plain.push_str(&rest);
        assert_eq!(plain, reported.render(false), "{name}");
    }
}
