//! Versions of an implementation that its folder lists: each is run and reported on its own.

use std::collections::BTreeSet;

use ssespec_diagnostics::{Findings, value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The placeholder in the command of the adapter.
const VERSION: &str = "{version}";

/// The versions in a list, each with the command that starts its adapter.
pub(super) fn commands(
    root: &DeTable<'_>,
    list: &Spanned<DeValue<'_>>,
    words: &[String],
    findings: &mut Findings,
) -> Vec<(String, Vec<String>)> {
    if !words.iter().any(|word| word.contains(VERSION)) {
        let place = value::get(root, "command").map_or(list.span(), |command| command.span());
        let what = "expected `{version}` in the command, where the version belongs";
        findings.add(place, "nothing tells the adapter its version", what);
    }
    let mut versions = BTreeSet::new();
    let mut commands = Vec::new();
    for place in value::list(list) {
        let version = value::text(place).unwrap_or_default();
        if !is_part_of_a_file_name(version) {
            let what = "expected letters, digits, dots, hyphens and plus signs, such as \"2.0.2\"";
            findings.add(place.span(), "this is not a version", what);
        } else if !versions.insert(version) {
            findings.add(place.span(), "this version is listed twice", "remove one");
        }
        let filled = words.iter().map(|word| word.replace(VERSION, version)).collect();
        commands.push((version.to_owned(), filled));
    }
    if commands.is_empty() {
        findings.add(list.span(), "no version is listed", "list some, or remove this key");
    }
    commands
}

/// Names of reports and results have the version in them.
fn is_part_of_a_file_name(version: &str) -> bool {
    version.starts_with(|c: char| c.is_ascii_alphanumeric())
        && version.chars().all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c))
}
