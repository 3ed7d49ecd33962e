//! Probes a server and reads the results.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ssespec::run::baseline::id_glob;
use ssespec::run::{Baseline, Rerun, Selection};
use ssespec_cases::Corpus;
use ssespec_probe::{
    Content, EmitTrigger, HttpVersion, Length, Options, Probe, ProbeError, Strictness, Target, Trust,
};
use ssespec_reports::results::{CaseResult, Record, Verdict};

/// The requirements. To read all cases takes so long that it is done once: the servers of the tests run in this process, too.
static CORPUS: LazyLock<Arc<Corpus>> =
    LazyLock::new(|| Arc::new(Corpus::embedded().expect("the requirements")));

/// The results of a probe, by check name.
pub(crate) struct ProbeResults(pub(crate) BTreeMap<String, CaseResult>);

/// How a test probes.
pub(crate) struct ProbeSetup<'s> {
    pub(crate) filters: &'s [&'s str],
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) timeout: Duration,
    pub(crate) length: Length,
    pub(crate) trust: Trust,
    pub(crate) emit: Option<EmitTrigger>,
    pub(crate) content: Option<Content>,
}

impl Default for ProbeSetup<'_> {
    fn default() -> Self {
        Self {
            filters: &[],
            headers: Vec::new(),
            timeout: Duration::from_secs(5),
            length: Length::Quick,
            trust: Trust::default(),
            emit: None,
            content: None,
        }
    }
}

/// Probes a server, quickly unless the setup says otherwise.
pub(crate) async fn probe(url: &str, setup: ProbeSetup<'_>) -> ProbeResults {
    attempt(url, setup).await.expect("a server to probe")
}

/// Probes a server, if it can be reached.
pub(crate) async fn attempt(url: &str, setup: ProbeSetup<'_>) -> Result<ProbeResults, ProbeError> {
    let filters = setup
        .filters
        .iter()
        .map(|name| id_glob(&format!("server/probe/{name}")).expect("a pattern").compile_matcher());
    let probe = Probe {
        corpus: Arc::clone(&CORPUS),
        options: Options {
            target: Target::parse(url).expect("a URL"),
            headers: setup.headers,
            content: setup.content,
            paths: BTreeMap::new(),
            emit: setup.emit,
            timeout: setup.timeout,
            length: setup.length,
            limit: None,
            trust: setup.trust,
            version: HttpVersion::default(),
        },
        selection: Selection { filters: filters.collect(), ..Selection::default() },
        name: url.into(),
        url: url.into(),
        baseline: Baseline::default(),
        rerun: Rerun::Probe(url.into()),
        strictness: Strictness::default(),
    };
    let mut results = BTreeMap::new();
    let mut sink = |record| {
        if let Record::Result(result) = record {
            let name = result.case.trim_start_matches("server/probe/").to_owned();
            results.insert(name, *result);
        }
    };
    probe.execute(&mut sink).await?;
    Ok(ProbeResults(results))
}

impl ProbeResults {
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

    /// All problems, in words.
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
