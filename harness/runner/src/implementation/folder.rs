//! An implementation's folder.

use std::path::{Path, PathBuf};

use ssespec_cases::Role;
use ssespec_diagnostics::{Findings, Source, parse, schema, value};
use ssespec_reports::results::{self, Protocol};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::FolderError;
use super::known::known_failures;
use super::program::{Program, no_program, programs};
use super::shape::{FILE, SSESPEC, START_KEYS};
use super::versions::commands;
use crate::adapter::service::TestService;
use crate::engine::Engine;
use crate::role::recorded;
use crate::run::Baseline;

#[cfg(test)]
mod tests;

/// The contents of an implementation's folder.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The folder.
    pub path: PathBuf,
    /// The implementation's name.
    pub name: String,
    /// The name of the variant if the folder has variants, or the version if it lists versions.
    pub variant: Option<String>,
    /// Whether it is a client, a server or an intermediary.
    pub role: results::Role,
    /// Setup commands, each run in the folder.
    pub setup: Vec<Vec<String>>,
    /// How it is started.
    pub start: Start,
    /// The protocols over which a client is tested, if it says so.
    pub protocols: Vec<Protocol>,
    /// Its known failures.
    pub baseline: Baseline,
}

/// How an implementation is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// With the command of its adapter, run in the folder.
    Command(Vec<String>),
    /// As a browser.
    Browser {
        /// Which one.
        engine: Engine,
        /// The script in the folder that exposes the library under test, if it is not the browser's own EventSource.
        library: Option<String>,
    },
    /// As a client behind a test service of sse-contract-tests.
    TestService {
        /// Where it is.
        service: TestService,
        /// The command that starts it, run in the folder; it runs already if there is none.
        command: Option<Vec<String>>,
    },
    /// Not started: a running server, which is probed.
    Service(Service),
    /// As a proxy, run in the folder.
    Program(Program),
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

/// The keys that require a URL.
const SERVICE_KEYS: [&str; 4] = ["headers", "data", "paths", "emit"];

/// The JSON Schema of an `ssespec.toml`, for editors.
pub fn schema() -> serde_json::Value {
    schema::document(&SSESPEC, "An implementation under test")
}

impl Folder {
    /// Reads a folder's `ssespec.toml`: its implementation, or one for each variant or version.
    ///
    /// # Errors
    /// If it is missing or malformed.
    pub fn read(path: &Path) -> Result<Vec<Self>, FolderError> {
        let file = path.join(FILE);
        if !file.is_file() {
            return Err(FolderError::Missing(path.display().to_string()));
        }
        let source = Source::read(&file)?;
        let root = parse(&source, &SSESPEC)?;
        let mut findings = Findings::default();
        let role = value::word_of(&root, "role");
        let starts = match role {
            Some(Role::Intermediary) => programs(path, &root, &mut findings)
                .into_iter()
                .map(|(variant, program)| (variant, Start::Program(program)))
                .collect(),
            _ => {
                no_program(&root, &mut findings);
                let start = start(&root, role, &mut findings);
                of_each_version(&root, start, &mut findings)
            }
        };
        let setup = value::get(&root, "setup").into_iter().flat_map(value::list);
        let setup: Vec<Vec<String>> = setup
            .map(|words| value::list(words).filter_map(value::text).map(str::to_owned).collect())
            .collect();
        let known = known_failures(&source, &root, &mut findings);
        let protocols = protocols(&root, role, &mut findings);
        let folders = role.map(|role| {
            let folder = |(variant, start): (Option<String>, Start)| Self {
                path: path.to_owned(),
                name: value::text_of(&root, "name").unwrap_or_default(),
                role: recorded(role),
                setup: setup.clone(),
                start,
                protocols: protocols.clone(),
                baseline: known.of_variant(variant.as_deref()),
                variant,
            };
            starts.into_iter().map(folder).collect()
        });
        Ok(findings.or(&source, folders)?)
    }

    /// The name, with that of the variant or the version: `nginx (recommended)`.
    pub fn title(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{} ({variant})", self.name),
            None => self.name.clone(),
        }
    }

    /// The name, with that of the variant or the version, as the beginning of a file name: `nginx-recommended`.
    pub fn stem(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{}-{variant}", self.name),
            None => self.name.clone(),
        }
    }
}

/// How each version that the folder lists is started; without a version if it lists none.
fn of_each_version(
    root: &DeTable<'_>,
    start: Start,
    findings: &mut Findings,
) -> Vec<(Option<String>, Start)> {
    match (value::get(root, "versions"), &start) {
        (None, _) => vec![(None, start)],
        (Some(list), Start::Command(words)) => commands(root, list, words, findings)
            .into_iter()
            .map(|(version, words)| (Some(version), Start::Command(words)))
            .collect(),
        (Some(list), _) => {
            let what = "expected `command = [..]`, which starts the adapter of `{version}`";
            findings.add(list.span(), "only adapters are started in several versions", what);
            vec![(None, start)]
        }
    }
}

/// Reads over which protocols a client is tested.
fn protocols(root: &DeTable<'_>, role: Option<Role>, findings: &mut Findings) -> Vec<Protocol> {
    let Some(list) = value::get(root, "protocols") else { return Vec::new() };
    if role != Some(Role::Client) {
        let what = "remove this key: only cases for clients are played over several protocols";
        findings.add(list.span(), "this is not a client", what);
    }
    let protocols: Vec<Protocol> =
        value::list(list).filter_map(value::text).filter_map(Protocol::from_name).collect();
    if protocols.is_empty() {
        findings.add(list.span(), "a client needs a protocol", "expected at least one, such as \"http1\"");
    }
    protocols
}

/// Reads how an implementation is started: exactly one way is given.
fn start(root: &DeTable<'_>, role: Option<Role>, findings: &mut Findings) -> Start {
    let service = value::get(root, "service");
    // A command may start a test service.
    let keys = START_KEYS.iter().filter(|key| service.is_none() || **key != "command");
    let given: Vec<_> = keys.filter_map(|key| Some((*key, value::get(root, key)?.span()))).collect();
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
        [("service", place)] if role == Some(Role::Server) => {
            let what = "expected `command = [..]`, which starts its adapter";
            findings.add(place.clone(), "only a client has a test service", what);
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
            let what = "expected either a command, a test service, a browser or a URL";
            findings.add(place.clone(), "there is more than one way to start the implementation", what);
        }
    }
    let has_url = value::get(root, "url").is_some();
    for key in SERVICE_KEYS.iter().filter(|_| !has_url) {
        if let Some(place) = value::get(root, key) {
            findings.add(place.span(), "this key needs a URL", "add `url = \"..\"`, or remove this key");
        }
    }
    let library = value::get(root, "page-library");
    if let Some(engine) = value::word_of(root, "browser") {
        return Start::Browser { engine, library: library.and_then(value::text).map(str::to_owned) };
    }
    if let Some(place) = library {
        let what = "add `browser = \"chromium\"`, or remove this key";
        findings.add(place.span(), "this key needs a browser", what);
    }
    if let Some(service) = service {
        return test_service(root, service, findings);
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

/// Reads where a test service is, and how it is started.
fn test_service(root: &DeTable<'_>, url: &Spanned<DeValue<'_>>, findings: &mut Findings) -> Start {
    let command = value::get(root, "command").map(|words| (words.span(), value::texts_of(root, "command")));
    if let Some((place, words)) = &command
        && words.is_empty()
    {
        let what = "expected the program and its arguments; or remove this key, if the service runs already";
        findings.add(place.clone(), "the command is empty", what);
    }
    let name = value::text_of(root, "name");
    match TestService::at(value::text(url).unwrap_or_default(), name.as_deref()) {
        Ok(service) => Start::TestService { service, command: command.map(|(_, words)| words) },
        Err(_) => {
            let what = "expected one like \"http://127.0.0.1:8000\"";
            findings.add(url.span(), "this is not the URL of a test service", what);
            Start::Command(Vec::new())
        }
    }
}

/// The entries of a table of texts.
fn pairs_of(root: &DeTable<'_>, key: &str) -> Vec<(String, String)> {
    let pairs = value::get(root, key).and_then(value::table).into_iter().flatten();
    pairs
        .filter_map(|(name, text)| Some((name.get_ref().to_string(), value::text(text)?.to_owned())))
        .collect()
}
