//! How an intermediary's folder says it is started: the command, its templates, and their variants.

use std::path::{Path, PathBuf};

use ssespec_diagnostics::{Findings, value};
use toml::de::DeTable;

use super::placeholder::{Placeholder, unknown};

/// How an intermediary is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The program and its arguments, with placeholders. It runs in the foreground.
    pub command: Vec<String>,
    /// The folder with the templates of its configuration, in the implementation's folder.
    pub templates: Option<String>,
    /// The command of the shell that makes it reload its configuration, with placeholders.
    pub reload: Option<String>,
    /// The version that it must have.
    pub version: Option<String>,
    /// The command that prints its version; empty if that is not checked.
    pub version_command: Vec<String>,
}

/// The keys of a folder that only intermediaries have.
const KEYS: [&str; 5] = ["templates", "reload", "version", "version-command", "variants"];

/// Reads the programs of an intermediary's folder: one for each variant, or one without a name.
pub(super) fn programs(
    folder: &Path,
    root: &DeTable<'_>,
    findings: &mut Findings,
) -> Vec<(Option<String>, Program)> {
    for key in ["browser", "url"] {
        if let Some(place) = value::get(root, key) {
            let what = "expected `command = [..]`, which starts the proxy";
            findings.add(place.span(), "an intermediary is started with a command", what);
        }
    }
    if let Some(place) = value::get(root, "versions") {
        let what = "expected `version = \"..\"`, and a folder for each version";
        findings.add(place.span(), "an intermediary has one version", what);
    }
    if let (Some(place), None) = (value::get(root, "version-command"), value::get(root, "version")) {
        findings.add(place.span(), "this key needs a version", "add `version = \"..\"`, which it must print");
    }
    let Some(variants) = value::get(root, "variants") else {
        let place = value::get(root, "role").map_or(0..0, |role| role.span());
        return vec![(None, program(folder, (root, root), place, findings))];
    };
    let table = value::table(variants).into_iter().flatten();
    let named: Vec<_> = table
        .filter_map(|(name, variant)| {
            let text = name.get_ref().to_string();
            if !is_word(&text) {
                let what = "expected a name of lowercase letters, digits and hyphens";
                findings.add(name.span(), "this is not the name of a variant", what);
            }
            let own = value::table(variant)?;
            Some((Some(text), program(folder, (root, own), name.span(), findings)))
        })
        .collect();
    if named.is_empty() {
        findings.add(variants.span(), "there is no variant", "add `[variants.NAME]`, or remove this key");
    }
    named
}

/// Names of variants are parts of file names.
fn is_word(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.chars().all(is_allowed)
}

/// Adds a finding for each key that only intermediaries have.
pub(super) fn no_program(root: &DeTable<'_>, findings: &mut Findings) {
    for key in KEYS {
        if let Some(place) = value::get(root, key) {
            findings.add(
                place.span(),
                "this key needs an intermediary",
                "expected `role = \"intermediary\"`",
            );
        }
    }
}

/// Reads a program. A variant's own keys come before those of the folder.
fn program(
    folder: &Path,
    (root, own): (&DeTable<'_>, &DeTable<'_>),
    place: std::ops::Range<usize>,
    findings: &mut Findings,
) -> Program {
    let key = |key: &str| value::get(own, key).or_else(|| value::get(root, key));
    let command = key("command");
    match command {
        None => {
            let what = "expected `command = [..]`, which starts the proxy in the foreground";
            findings.add(place.clone(), "nothing says how to start the proxy", what);
        }
        Some(command) if value::list(command).next().is_none() => {
            findings.add(command.span(), "the command is empty", "expected the program and its arguments");
        }
        Some(_) => {}
    }
    let reload = key("reload");
    for word in command.into_iter().flat_map(value::list).chain(reload) {
        if let Some(unknown) = value::text(word).and_then(unknown) {
            let what = format!("expected one of {}", Placeholder::list());
            findings.add(word.span(), format!("unknown placeholder `{unknown}`"), what);
        }
    }
    let words = command.into_iter().flat_map(value::list);
    let words: Vec<String> = words.map(|word| value::text(word).unwrap_or_default().to_owned()).collect();
    let mut texts = words.clone();
    let templates = key("templates");
    if let Some(templates) = templates {
        let path = folder.join(value::text(templates).unwrap_or_default());
        if path.is_dir() {
            texts.extend(files(&path).iter().filter_map(|file| std::fs::read_to_string(file).ok()));
        } else {
            let what = "expected a folder with files, in the folder of this ssespec.toml";
            findings.add(templates.span(), "there is no such folder", what);
        }
    }
    // Without a place where it is, each would start a proxy that cannot be reached, or that forwards elsewhere.
    let ways = [
        ("where to listen", [Placeholder::Listen, Placeholder::Port]),
        ("where to forward to", [Placeholder::Upstream, Placeholder::UpstreamPort]),
    ];
    for (what, placeholders) in ways {
        if command.is_some() && !placeholders.iter().any(|one| texts.iter().any(|text| one.is_in(text))) {
            let [first, second] = placeholders.map(|one| one.written());
            findings.add(
                templates.or(command).map_or(place.clone(), |value| value.span()),
                format!("nothing tells the proxy {what}"),
                format!("expected `{first}` or `{second}` in the command or in a template"),
            );
        }
    }
    Program {
        command: words,
        templates: templates.and_then(value::text).map(str::to_owned),
        reload: reload.and_then(value::text).map(str::to_owned),
        version: value::text_of(root, "version"),
        version_command: value::texts_of(root, "version-command"),
    }
}

/// The files in a folder and the folders in it, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[cfg(test)]
mod tests;
