//! The probe of a server that is already running, as its `ssespec.toml` describes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ssespec::implementation::{FILE, Folder, Service};
use ssespec::run::Rerun;
use ssespec_cases::Corpus;
use ssespec_probe::{
    Content, HttpVersion, Length, Options, Probe, Roots, Strictness, Target, Trust, check_name,
};

use crate::error::CommandError;
use crate::options::execution::RunOptions;
use crate::probe_input::{ProbeInputError, check_field, check_path, emit_trigger};
use crate::shell_quoting::command_line;

/// The probe of a folder's server.
///
/// # Errors
/// If a key of its `ssespec.toml` has a value that a probe cannot use.
pub(crate) fn probe(folder: &Folder, service: &Service, options: &RunOptions) -> Result<Probe, CommandError> {
    let in_key = |key: &'static str, problem: ProbeInputError| {
        let file = folder.path.join(FILE);
        CommandError::ServiceKey { file, key, problem }
    };
    let corpus = Corpus::embedded()?;
    let target = Target::parse(&service.url).map_err(|error| in_key("url", error.into()))?;
    let trust = Trust::new(&Roots::Public)?;
    for (name, value) in &service.headers {
        check_field(name, value).map_err(|error| in_key("headers", error))?;
    }
    for (name, path) in &service.paths {
        check_path(check_name(name), path).map_err(|error| in_key("paths", error))?;
    }
    let emit = service.emit.as_deref().map(|text| emit_trigger(text, &trust)).transpose();
    let content = service.data.as_deref().map(|text| Content::read(text, &folder.path)).transpose();
    let paths = service.paths.iter().map(|(name, path)| (check_name(name).to_owned(), path.clone()));
    let words = [folder.path.display().to_string()].into_iter().chain(options.rerun_options());
    Ok(Probe {
        corpus: Arc::new(corpus),
        options: Options {
            target,
            headers: service.headers.clone(),
            content: content.map_err(|error| in_key("data", error.into()))?,
            paths: paths.collect::<BTreeMap<_, _>>(),
            emit: emit.map_err(|error| in_key("emit", error.into()))?,
            timeout: options.patience().observation,
            length: Length::Full,
            limit: None,
            trust,
            version: HttpVersion::default(),
        },
        selection: options.selection(),
        name: folder.name.clone(),
        url: service.url.clone(),
        baseline: folder.baseline.clone(),
        rerun: Rerun::Folder { folder: folder.path.clone(), words: command_line(words) },
        strictness: Strictness::Usual,
    })
}
