//! Probes a server, and looks at the results.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ssespec::run::baseline::id_glob;
use ssespec::run::{Baseline, Rerun, Selection};
use ssespec_cases::Corpus;
use ssespec_probe::content::Content;
use ssespec_probe::emit::Emit;
use ssespec_probe::target::Target;
use ssespec_probe::tls::Trust;
use ssespec_probe::{Length, Options, Probe, ProbeError};
use ssespec_reports::results::{CaseResult, Record, Verdict};

/// What a probe of this server comes to, check by check.
pub(crate) struct Probed(pub(crate) BTreeMap<String, CaseResult>);

/// How a test probes.
pub(crate) struct How<'h> {
    pub(crate) filters: &'h [&'h str],
    pub(crate) timeout: Duration,
    pub(crate) trust: Trust,
    pub(crate) emit: Option<Emit>,
    pub(crate) content: Option<Content>,
}

impl Default for How<'_> {
    fn default() -> Self {
        Self {
            filters: &[],
            timeout: Duration::from_secs(5),
            trust: Trust::default(),
            emit: None,
            content: None,
        }
    }
}

/// Probes quickly.
pub(crate) async fn probe(url: &str, how: How<'_>) -> Probed {
    attempt(url, how).await.expect("a server to probe")
}

/// The same, of what may not be reached.
pub(crate) async fn attempt(url: &str, how: How<'_>) -> Result<Probed, ProbeError> {
    let filters = how
        .filters
        .iter()
        .map(|name| id_glob(&format!("server/probe/{name}")).expect("a pattern").compile_matcher());
    let probe = Probe {
        corpus: Arc::new(Corpus::embedded().expect("the requirements")),
        options: Options {
            target: Target::parse(url).expect("a URL"),
            headers: Vec::new(),
            content: how.content,
            paths: BTreeMap::new(),
            emit: how.emit,
            timeout: how.timeout,
            length: Length::Quick,
            trust: how.trust,
        },
        selection: Selection { filters: filters.collect(), ..Selection::default() },
        name: url.into(),
        url: url.into(),
        baseline: Baseline::default(),
        rerun: Rerun::Server(url.into()),
    };
    let mut results = BTreeMap::new();
    let mut sink = |record| {
        if let Record::Result(result) = record {
            let name = result.case.trim_start_matches("server/probe/").to_owned();
            results.insert(name, *result);
        }
    };
    probe.execute(&mut sink).await?;
    Ok(Probed(results))
}

impl Probed {
    /// The verdict of a check.
    #[track_caller]
    pub(crate) fn verdict(&self, name: &str) -> Verdict {
        self.0.get(name).unwrap_or_else(|| panic!("no check {name}")).verdict
    }

    /// The checks with one of these verdicts.
    pub(crate) fn with(&self, verdicts: &[Verdict]) -> Vec<&str> {
        let all = self.0.iter().filter(|(_, result)| verdicts.contains(&result.verdict));
        all.map(|(name, _)| name.as_str()).collect()
    }

    /// What is wrong, in words.
    pub(crate) fn problems(&self) -> String {
        let wrong = [Verdict::Fail, Verdict::Warn, Verdict::Error];
        let all = self.0.values().filter(|result| wrong.contains(&result.verdict));
        all.map(|result| {
            let observed = result.failure.as_ref().map_or("", |failure| failure.observed.as_str());
            format!("{} {}: {observed} {:?}\n", result.verdict, result.case, result.reason)
        })
        .collect()
    }
}
