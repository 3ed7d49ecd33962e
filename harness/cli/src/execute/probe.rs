//! Probing a server by its URL.

use std::io::ErrorKind;
use std::path::Path;

use ssespec::run::Rerun;
use ssespec_probe::{BothStreams, Options, Probe, ProbeError, Target, worse_through_a_proxy};
use ssespec_reports::results::{CaseResult, Record};

use crate::error::CommandError;
use crate::execute::outcome::Outcome;
use crate::options::format::Format;
use crate::output;
use crate::recorder::Recorder;

/// Executes a probe with progress. If the server can be reached directly too, what its proxy changes is noted.
///
/// # Errors
/// If no check is selected, the server cannot be reached, or the results file cannot be written.
pub(crate) async fn execute(
    probe: &Probe,
    direct: Option<Target>,
    file: Option<&Path>,
    format: Format,
) -> Result<Outcome, CommandError> {
    let checks = probe.checks();
    if probe.is_empty() {
        return Err(ProbeError::NothingSelected.into());
    }
    let mut recorder = Recorder::new(file, format, checks.len())?;
    let direct = match direct {
        Some(target) => Some(probe_directly(probe, target).await?),
        None => None,
    };
    let mut results = Vec::new();
    let mut take = |mut record: Record| {
        match &mut record {
            Record::Result(result) if direct.is_some() => results.push(CaseResult::clone(result)),
            Record::Footer(footer) => {
                footer.notes.extend(direct.iter().flat_map(|direct| direct.notes(&results)));
            }
            Record::Header(_) | Record::Result(_) => {}
        }
        recorder.take(record);
    };
    let conclusion = probe.execute(&mut take).await;
    let conclusion = conclusion.map_err(|error| {
        // It may be what the proxy does that ends the probe.
        let differences = direct.iter().flat_map(|direct| direct.streams.differences());
        differences.for_each(|difference| output::note(&format!("note: {difference}")));
        not_probed(probe, error)
    })?;
    Ok(Outcome::new(conclusion, recorder.finish("this probe")?, format))
}

fn not_probed(probe: &Probe, error: ProbeError) -> CommandError {
    // Only the TLS handshake fails with this kind of error. Its hint names options of `ssespec probe`.
    let is_handshake =
        matches!(&error, ProbeError::Unreachable { source, .. } if source.kind() == ErrorKind::InvalidData);
    if is_handshake && matches!(probe.rerun, Rerun::Probe(_)) {
        CommandError::Handshake(error)
    } else {
        CommandError::Probe(error)
    }
}

/// What was seen of a server without the proxy in front of it.
struct Direct {
    streams: BothStreams,
    results: Vec<CaseResult>,
}

impl Direct {
    /// What the proxy changes.
    fn notes(&self, proxied: &[CaseResult]) -> Vec<String> {
        let mut notes = self.streams.differences();
        notes.extend(worse_through_a_proxy(&self.results, proxied));
        if notes.is_empty() {
            notes.push("the proxy in front of this server changes nothing that was compared".into());
        }
        notes.push(
            "whether the proxy tells the server that clients have left cannot be seen from outside; `ssespec proxy` tests it".into(),
        );
        notes
    }
}

/// Compares the streams at both URLs, then probes the server directly.
async fn probe_directly(probe: &Probe, target: Target) -> Result<Direct, CommandError> {
    let url = format!("{}{}", target.origin(), target.path);
    let options = Options { target, ..probe.options.clone() };
    let streams = BothStreams::observe(&options, &probe.options).await;
    let direct = Probe { options, url, ..probe.clone() };
    let mut results = Vec::new();
    let mut take = |record| {
        if let Record::Result(result) = record {
            results.push(*result);
        }
    };
    direct.execute(&mut take).await.map_err(|error| not_probed(&direct, error))?;
    Ok(Direct { streams, results })
}
