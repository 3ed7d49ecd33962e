//! An implementation's folder: `ssespec.toml`, and the setup commands and known failures in it.
//!
//! ```toml
//! name = "eventsource"
//! role = "client"
//! setup = [["npm", "ci"]]
//! command = ["node", "adapter.mjs"]
//!
//! [[known-failure]]
//! case = "client/reconnect/delay-*"
//! reason = "retry is read once per connection"
//! link = "https://github.com/owner/name/issues/1"
//! ```

use std::path::{Path, PathBuf};

use ssespec_mock_server::document::source::SourceError;
use ssespec_mock_server::document::{Diagnostics, Findings, Key, Shape, Source, Table, parse, value};
use ssespec_reports::results::{KnownFailure, Role};
use toml::de::DeTable;

use crate::run::{Baseline, baseline};

/// The name of the file in an implementation's folder.
pub const FILE: &str = "ssespec.toml";

/// What an implementation's folder says.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The folder.
    pub path: PathBuf,
    /// The implementation's name.
    pub name: String,
    /// Whether it is a client or a server.
    pub role: Role,
    /// Commands that make it ready, each run in the folder.
    pub setup: Vec<Vec<String>>,
    /// How it is started.
    pub start: Start,
    /// Its known failures.
    pub baseline: Baseline,
}

/// How an implementation is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// By the command of its adapter, run in the folder.
    Command(Vec<String>),
    /// As a browser: `chromium`, `firefox` or `webkit`.
    Browser(String),
}

/// Why an implementation's folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is no `ssespec.toml`.
    #[error(
        "{0}: there is no {FILE} in this folder; it names the implementation and the command of its adapter"
    )]
    Missing(String),
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] SourceError),
    /// It has mistakes.
    #[error(transparent)]
    Mistakes(#[from] Diagnostics),
}

static SSESPEC: Table = Table {
    what: "an implementation",
    keys: &[
        Key::required("name", Shape::Text, "The implementation's name."),
        Key::required("role", Shape::Word(&["client", "server"]), "What it is."),
        Key::optional(
            "setup",
            Shape::List(&Shape::List(&Shape::Text)),
            "Commands that make it ready, run here.",
        ),
        Key::optional("command", Shape::List(&Shape::Text), "The command that starts the adapter, run here."),
        Key::optional("browser", Shape::Word(&BROWSERS), "The browser that is started instead of a command."),
        Key::optional("known-failure", Shape::List(&Shape::Table(&KNOWN)), "Failures that are known."),
    ],
};

/// The browsers that can be started.
const BROWSERS: [&str; 3] = ["chromium", "firefox", "webkit"];

static BASELINE: Table = Table {
    what: "a baseline",
    keys: &[Key::optional("known-failure", Shape::List(&Shape::Table(&KNOWN)), "Failures that are known.")],
};

static KNOWN: Table = Table {
    what: "a known failure",
    keys: &[
        Key::required("case", Shape::Text, "A glob over case ids."),
        Key::required("reason", Shape::Text, "What is wrong there, in a line."),
        Key::optional("link", Shape::Text, "Where it is reported."),
        Key::optional(
            "by-chance",
            Shape::Flag,
            "It fails, or records a fact, by chance: a pass does not contradict it.",
        ),
    ],
};

impl Folder {
    /// Reads a folder's `ssespec.toml`.
    ///
    /// # Errors
    /// When it is not there or not of the format.
    pub fn read(path: &Path) -> Result<Self, FolderError> {
        let file = path.join(FILE);
        if !file.is_file() {
            return Err(FolderError::Missing(path.display().to_string()));
        }
        let source = Source::read(&file)?;
        let root = parse(&source, &SSESPEC)?;
        let mut findings = Findings::default();
        let start = start(&root, &mut findings);
        let setup = value::get(&root, "setup").into_iter().flat_map(value::list);
        let folder = Self {
            path: path.to_owned(),
            name: value::text_of(&root, "name").unwrap_or_default(),
            role: match value::text_of(&root, "role").as_deref() {
                Some("server") => Role::Server,
                _ => Role::Client,
            },
            setup: setup
                .map(|words| value::list(words).filter_map(value::text).map(str::to_owned).collect())
                .collect(),
            start,
            baseline: known_failures(&root, &mut findings),
        };
        Ok(findings.or(&source, Some(folder))?)
    }
}

/// Reads how an implementation is started: exactly one way is given.
fn start(root: &DeTable<'_>, findings: &mut Findings) -> Start {
    let words = value::texts_of(root, "command");
    match (value::get(root, "command"), value::get(root, "browser")) {
        (Some(place), None) if words.is_empty() => {
            findings.add(place.span(), "the command is empty", "expected the program and its arguments");
        }
        (_, Some(place)) if value::get(root, "command").is_some() => {
            let what = "expected either a command or a browser";
            findings.add(place.span(), "the implementation is started twice", what);
        }
        (None, None) => {
            let place = value::get(root, "role").map_or(0..0, |role| role.span());
            let what = "expected `command = [..]`, which starts its adapter, or `browser = \"chromium\"`";
            findings.add(place, "nothing says how the implementation is started", what);
        }
        (None, Some(place)) if value::text_of(root, "role").as_deref() == Some("server") => {
            let what = "expected `command = [..]`, which starts its adapter";
            findings.add(place.span(), "a browser is no server", what);
        }
        _ => {}
    }
    match value::text_of(root, "browser") {
        Some(browser) => Start::Browser(browser),
        None => Start::Command(words),
    }
}

/// Reads a baseline of its own: a file that holds nothing but known failures, or an `ssespec.toml`.
///
/// # Errors
/// When it cannot be read or is not of the format.
pub fn read_baseline(path: &Path) -> Result<Baseline, FolderError> {
    let source = Source::read(path)?;
    let says_more = ["command", "browser"].iter().any(|key| source.text().contains(key));
    let is_folder_file = path.file_name().is_some_and(|name| name == FILE) && says_more;
    let root = parse(&source, if is_folder_file { &SSESPEC } else { &BASELINE })?;
    let mut findings = Findings::default();
    let baseline = known_failures(&root, &mut findings);
    Ok(findings.or(&source, Some(baseline))?)
}

/// The known failures of an `ssespec.toml`, in its order, with the document for their places in it.
///
/// # Errors
/// When it is not of the format.
pub(crate) fn read_known_failures(source: &Source) -> Result<(DeTable<'_>, Vec<KnownFailure>), FolderError> {
    let root = parse(source, &SSESPEC)?;
    let mut findings = Findings::default();
    let known = known_failures(&root, &mut findings).entries().cloned().collect();
    Ok((root, findings.or(source, Some(known))?))
}

fn known_failures(root: &DeTable<'_>, findings: &mut Findings) -> Baseline {
    let mut entries = Vec::new();
    for entry in value::get(root, "known-failure").into_iter().flat_map(value::list) {
        let Some(table) = value::table(entry) else { continue };
        let text = |key| value::text_of(table, key).unwrap_or_default();
        if let Some(place) = value::get(table, "case")
            && let Err(error) = baseline::id_glob(&text("case"))
        {
            findings.add(place.span(), "this is not a pattern", error.kind().to_string());
            continue;
        }
        if let (true, Some(place)) = (text("reason").trim().is_empty(), value::get(table, "reason")) {
            findings.add(place.span(), "the reason is empty", "expected what is wrong there, in a line");
        }
        entries.push(KnownFailure {
            case: text("case"),
            reason: text("reason"),
            link: value::text_of(table, "link"),
            by_chance: value::flag_of(table, "by-chance"),
        });
    }
    // Every pattern was compiled above.
    Baseline::new(entries).unwrap_or_default()
}

#[cfg(test)]
mod tests;
