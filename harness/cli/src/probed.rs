//! Probes of servers by their URLs: what is asked for is checked, and the probe executed.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use globset::GlobMatcher;
use ssespec::implementation::{FILE, Folder, Service};
use ssespec::run::{Conclusion, Rerun};
use ssespec_cases::Corpus;
use ssespec_probe::{
    Check, Content, EmitTrigger, Length, Options, Probe, ProbeError, Roots, Target, Trust, all_checks,
    check_name,
};
use ssespec_reports::results::Results;

use super::Status;
use super::arguments::{Format, HowToRun};
use super::output;
use super::recorder::Recorder;
use super::run::{say_why, usage};
use super::{shell, suggest};

/// Checks a header field.
pub(super) fn check_field(name: &str, value: &str) -> Result<(), String> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(is_token) {
        return Err(format!("{name:?} is no name of a field"));
    }
    if value.contains(['\r', '\n', '\0']) {
        return Err("a value has no line breaks".into());
    }
    Ok(())
}

/// Checks another path for a check.
pub(super) fn check_path(name: &str, path: &str) -> Result<(), String> {
    let names: Vec<&str> = all_checks().iter().map(|check| check.name).collect();
    if !names.contains(&name) {
        return Err(suggest::no_such_check(name, names));
    }
    if !path.starts_with('/') || path.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("a path begins with / and has no spaces".into());
    }
    Ok(())
}

/// What makes a server emit: a command, or a URL.
pub(super) fn emit(text: &str, trust: &Trust) -> Result<EmitTrigger, String> {
    if text.starts_with("http://") || text.starts_with("https://") {
        let target = Target::parse(text).map_err(|error| error.to_string())?;
        return Ok(EmitTrigger::Url(Box::new(target), trust.clone()));
    }
    Ok(EmitTrigger::Command(text.to_owned()))
}

/// Checks that suites and patterns are about checks.
pub(super) fn check_selection(suites: &[String], filters: &[GlobMatcher]) -> Result<(), String> {
    let all = all_checks();
    let known = || all.iter().filter_map(|check| Some(check.requirement.split_once('/')?.0));
    if let Some(suite) = suites.iter().find(|suite| !known().any(|known| known == *suite)) {
        return Err(suggest::no_such_suite(suite, known()));
    }
    let ids: Vec<String> = all.iter().map(Check::id).collect();
    if let Some(filter) = filters.iter().find(|filter| !ids.iter().any(|id| filter.is_match(id))) {
        return Err(suggest::no_match(filter.glob().glob(), ids.iter().map(String::as_str)));
    }
    Ok(())
}

/// The probe of a folder's server.
pub(super) fn of_folder(folder: &Folder, service: &Service, how: &HowToRun) -> Result<Probe, String> {
    let place = |what: &str, error: String| format!("{}: {what}: {error}", folder.path.join(FILE).display());
    let corpus = Corpus::embedded().map_err(|error| error.to_string())?;
    let target = Target::parse(&service.url).map_err(|error| place("url", error.to_string()))?;
    let trust = Trust::new(&Roots::Public).map_err(|error| error.to_string())?;
    for (name, value) in &service.headers {
        check_field(name, value).map_err(|error| place("headers", error))?;
    }
    for (name, path) in &service.paths {
        check_path(check_name(name), path).map_err(|error| place("paths", error))?;
    }
    let emit = service.emit.as_deref().map(|text| emit(text, &trust)).transpose();
    let content = service.data.as_deref().map(|text| Content::read(text, &folder.path)).transpose();
    let mut words = vec![folder.path.display().to_string()];
    words.extend(how.rerun_options());
    let paths = service.paths.iter().map(|(name, path)| (check_name(name).to_owned(), path.clone()));
    Ok(Probe {
        corpus: Arc::new(corpus),
        options: Options {
            target,
            headers: service.headers.clone(),
            content: content.map_err(|error| place("data", error.to_string()))?,
            paths: paths.collect::<BTreeMap<_, _>>(),
            emit: emit.map_err(|error| place("emit", error))?,
            timeout: how.patience().observation,
            length: Length::Full,
            trust,
        },
        selection: how.selection.selection(),
        name: folder.name.clone(),
        url: service.url.clone(),
        baseline: folder.baseline.clone(),
        rerun: Rerun::Folder {
            folder: folder.path.clone(),
            words: shell::words(words.iter().map(String::as_str)),
        },
    })
}

/// Executes a probe, and gives back its results.
pub(super) async fn execute(probe: &Probe, file: Option<&Path>, format: Format) -> (Status, Option<Results>) {
    let checks = probe.checks();
    if checks.is_empty() {
        return (usage(&ProbeError::NothingSelected.to_string()), None);
    }
    let mut recorder = match Recorder::new(file, format, checks.len()) {
        Ok(recorder) => recorder,
        Err(error) => return (usage(&error), None),
    };
    let status = match probe.execute(&mut |record| recorder.take(record)).await {
        Ok(Conclusion::AsExpected) => Status::Fine,
        Ok(Conclusion::NotAsExpected) => Status::NotConforming,
        Ok(Conclusion::Error) => Status::NotRun,
        Err(error @ (ProbeError::Unreachable { .. } | ProbeError::Redirects { .. })) => {
            output::error(&error.to_string());
            // The text of a handshake that fails names neither.
            let is_handshake = matches!(&error, ProbeError::Unreachable { source, .. } if source.kind() == ErrorKind::InvalidData);
            if is_handshake && matches!(probe.rerun, Rerun::Server(_)) {
                output::note(
                    "help: --ca FILE trusts the certificates of a PEM file, --insecure trusts every one; is this a server of HTTPS?",
                );
            }
            return (Status::NotRun, None);
        }
        Err(error @ ProbeError::NothingSelected) => return (usage(&error.to_string()), None),
    };
    match recorder.finish("this probe") {
        Ok(results) => {
            if format != Format::Terminal && status != Status::Fine {
                say_why(&results);
            }
            (status, Some(results))
        }
        Err(error) => (usage(&error), None),
    }
}
