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
//!
//! Instead of a command, use `browser = "chromium"` for a browser, or `url = ".."` for a running server.

use std::path::{Path, PathBuf};

use ssespec_cases::Role;
use ssespec_diagnostics::SourceError;
use ssespec_diagnostics::{Diagnostics, Findings, Key, Shape, Source, Table, parse, schema, value};
use ssespec_reports::results::{self, KnownFailure};
use toml::de::DeTable;

use crate::engine::Engine;
use crate::role::recorded;
use crate::run::{Baseline, baseline};

/// The name of the file in an implementation's folder.
pub const FILE: &str = "ssespec.toml";

/// The contents of an implementation's folder.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The folder.
    pub path: PathBuf,
    /// The implementation's name.
    pub name: String,
    /// Whether it is a client or a server.
    pub role: results::Role,
    /// Setup commands, each run in the folder.
    pub setup: Vec<Vec<String>>,
    /// How it is started.
    pub start: Start,
    /// Its known failures.
    pub baseline: Baseline,
}

/// How an implementation is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// With the command of its adapter, run in the folder.
    Command(Vec<String>),
    /// As a browser.
    Browser(Engine),
    /// Not started: a running server, which is probed.
    Service(Service),
}

/// A running server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// The URL of its stream.
    pub url: String,
    /// Header fields of every request.
    pub headers: Vec<(String, String)>,
    /// The content of a POST request that opens the stream: text, or `@` and a file name.
    pub data: Option<String>,
    /// Other paths for single checks, by check name.
    pub paths: Vec<(String, String)>,
    /// A shell command, or a URL to POST to, that makes it emit an event.
    pub emit: Option<String>,
}

/// Why an implementation's folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
        Key::required("role", Shape::Word(&ROLES), "Whether it is a client or a server."),
        Key::optional(
            "setup",
            Shape::List(&Shape::List(&Shape::Text)),
            "Setup commands, run in this folder.",
        ),
        Key::optional(
            "command",
            Shape::List(&Shape::Text),
            "The command that starts the adapter, run in this folder.",
        ),
        Key::optional("browser", Shape::Word(Engine::WORDS), "The browser to start instead of a command."),
        Key::optional("url", Shape::Text, "The URL of the stream of a running server, which is probed."),
        Key::optional("headers", Shape::Map(&Shape::Text), "With a URL: header fields of every request."),
        Key::optional(
            "data",
            Shape::Text,
            "With a URL: open the stream with POST and this content; `@FILE` reads the content from a file.",
        ),
        Key::optional(
            "paths",
            Shape::Map(&Shape::Text),
            "With a URL: paths for single checks, by check name.",
        ),
        Key::optional(
            "emit",
            Shape::Text,
            "With a URL: a shell command, or a URL to POST to, that makes the server emit an event.",
        ),
        Key::optional("known-failure", Shape::List(&Shape::Table(&KNOWN)), "Failures that are known."),
    ],
};

/// The keys that say how the implementation is started, and those that require a URL.
const START_KEYS: [&str; 3] = ["command", "browser", "url"];
const SERVICE_KEYS: [&str; 4] = ["headers", "data", "paths", "emit"];

/// The roles that a folder can have.
const ROLES: [&str; 2] = [Role::Client.word(), Role::Server.word()];

static BASELINE: Table = Table {
    what: "a baseline",
    keys: &[Key::optional("known-failure", Shape::List(&Shape::Table(&KNOWN)), "Failures that are known.")],
};

static KNOWN: Table = Table {
    what: "a known failure",
    keys: &[
        Key::required("case", Shape::Text, "A glob over case ids."),
        Key::required("reason", Shape::Text, "Why the cases fail, in one line."),
        Key::optional("link", Shape::Text, "Where it is reported."),
        Key::optional(
            "flaky",
            Shape::Flag,
            "It fails, or records a different fact, only sometimes: a pass does not contradict it.",
        ),
        Key::renamed("by-chance", "flaky"),
    ],
};

/// The JSON Schema of an `ssespec.toml`, for editors.
pub fn schema() -> serde_json::Value {
    schema::document(&SSESPEC, "An implementation under test")
}

impl Folder {
    /// Reads a folder's `ssespec.toml`.
    ///
    /// # Errors
    /// If it is missing or malformed.
    pub fn read(path: &Path) -> Result<Self, FolderError> {
        let file = path.join(FILE);
        if !file.is_file() {
            return Err(FolderError::Missing(path.display().to_string()));
        }
        let source = Source::read(&file)?;
        let root = parse(&source, &SSESPEC)?;
        let mut findings = Findings::default();
        let role = value::word_of(&root, "role");
        let start = start(&root, role, &mut findings);
        let setup = value::get(&root, "setup").into_iter().flat_map(value::list);
        let folder = role.map(|role| Self {
            path: path.to_owned(),
            name: value::text_of(&root, "name").unwrap_or_default(),
            role: recorded(role),
            setup: setup
                .map(|words| value::list(words).filter_map(value::text).map(str::to_owned).collect())
                .collect(),
            start,
            baseline: known_failures(&root, &mut findings),
        });
        Ok(findings.or(&source, folder)?)
    }
}

/// Reads how an implementation is started: exactly one way is given.
fn start(root: &DeTable<'_>, role: Option<Role>, findings: &mut Findings) -> Start {
    let given: Vec<_> =
        START_KEYS.iter().filter_map(|key| Some((*key, value::get(root, key)?.span()))).collect();
    match given.as_slice() {
        [] => {
            let place = value::get(root, "role").map_or(0..0, |role| role.span());
            let what = "expected `command = [..]`, which starts its adapter, `browser = \"chromium\"`, or `url = \"..\"` of a \
                        running server";
            findings.add(place, "nothing says how to start the implementation", what);
        }
        [("browser", place)] if role == Some(Role::Server) => {
            let what = "expected `command = [..]`, which starts its adapter";
            findings.add(place.clone(), "a browser is not a server", what);
        }
        [("url", place)] if role == Some(Role::Client) => {
            findings.add(place.clone(), "only a server has a URL", "expected `role = \"server\"`");
        }
        [("command", place)] if value::texts_of(root, "command").is_empty() => {
            findings.add(place.clone(), "the command is empty", "expected the program and its arguments");
        }
        [("url", place)] => {
            let url = value::text_of(root, "url").unwrap_or_default();
            if !url.starts_with("http://") && !url.starts_with("https://") {
                let what = "expected one like \"http://127.0.0.1:8080/events\"";
                findings.add(place.clone(), "this is not the URL of a stream", what);
            }
        }
        [_] => {}
        [_, (_, place), ..] => {
            let what = "expected either a command, a browser or a URL";
            findings.add(place.clone(), "there is more than one way to start the implementation", what);
        }
    }
    let has_url = value::get(root, "url").is_some();
    for key in SERVICE_KEYS.iter().filter(|_| !has_url) {
        if let Some(place) = value::get(root, key) {
            findings.add(place.span(), "this key needs a URL", "add `url = \"..\"`, or remove this key");
        }
    }
    if let Some(engine) = value::word_of(root, "browser") {
        return Start::Browser(engine);
    }
    match value::text_of(root, "url") {
        Some(url) => Start::Service(Service {
            url,
            headers: pairs_of(root, "headers"),
            data: value::text_of(root, "data"),
            paths: pairs_of(root, "paths"),
            emit: value::text_of(root, "emit"),
        }),
        None => Start::Command(value::texts_of(root, "command")),
    }
}

/// The entries of a table of texts.
fn pairs_of(root: &DeTable<'_>, key: &str) -> Vec<(String, String)> {
    let pairs = value::get(root, key).and_then(value::table).into_iter().flatten();
    pairs
        .filter_map(|(name, text)| Some((name.get_ref().to_string(), value::text(text)?.to_owned())))
        .collect()
}

/// Reads a baseline: a file that contains only known failures, or an `ssespec.toml`.
///
/// # Errors
/// If it cannot be read or is malformed.
pub fn read_baseline(path: &Path) -> Result<Baseline, FolderError> {
    let source = Source::read(path)?;
    let begins =
        |line: &str, key: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let says_more = source.text().lines().any(|line| START_KEYS.iter().any(|key| begins(line, key)));
    let is_folder_file = path.file_name().is_some_and(|name| name == FILE) && says_more;
    let root = parse(&source, if is_folder_file { &SSESPEC } else { &BASELINE })?;
    let mut findings = Findings::default();
    let baseline = known_failures(&root, &mut findings);
    Ok(findings.or(&source, Some(baseline))?)
}

/// The known failures of an `ssespec.toml` in file order, and the document, which has their positions.
///
/// # Errors
/// If it is malformed.
#[cfg(feature = "command")]
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
            findings.add(place.span(), "the reason is empty", "expected why the cases fail, in one line");
        }
        entries.push(KnownFailure {
            case: text("case"),
            reason: text("reason"),
            link: value::text_of(table, "link"),
            flaky: value::flag_of(table, "flaky"),
        });
    }
    // Every pattern has been compiled above.
    Baseline::new(entries).unwrap_or_default()
}

#[cfg(test)]
mod tests;
