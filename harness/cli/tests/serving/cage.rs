//! Runs a beast on two cases: one in which it shows itself, and one that shows whether the lane goes on.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ssespec::adapter::process::Command;
use ssespec::run::{Baseline, Launch, Rerun, Run, RunError, Selection};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::Role;
use ssespec_reports::results::{CaseResult, Record, Verdict};
use tempfile::TempDir;

/// How long a run may take, waiting in vain included.
const SWIFT: Duration = Duration::from_secs(30);

/// The most memory that this process may ever have taken, in KiB: ten gigabytes were sent to it.
const MODEST: u64 = 700 * 1024;

/// What came of a beast.
pub(crate) struct Came {
    pub(crate) roar: CaseResult,
    pub(crate) calm: CaseResult,
}

impl Came {
    /// The first case came to this verdict, with these words in what was observed; the second one passed.
    #[track_caller]
    pub(crate) fn is(&self, verdict: Verdict, words: &str) {
        let observed =
            self.roar.failure.as_ref().map(|failure| failure.observed.as_str()).unwrap_or_default();
        assert_eq!(self.roar.verdict, verdict, "{:?}", self.roar.failure);
        assert!(observed.contains(words), "{observed}");
        assert_eq!(self.calm.verdict, Verdict::Pass, "{:?}", self.calm.failure);
    }
}

fn case(title: &str, keys: &str, steps: &str) -> String {
    format!("title = \"{title}\"\nrequirements = [\"whatwg/abnf-stream\"]\n{keys}steps = [{steps}]\n")
}

fn written(cases: &[(&str, String)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let group = folder.path().join("server/beasts");
    std::fs::create_dir_all(&group).expect("a folder");
    for (name, text) in cases {
        std::fs::write(group.join(format!("{name}.toml")), text).expect("a file");
    }
    folder
}

pub(crate) fn run(beast: &str, keys: &str, steps: &str) -> Result<Came, RunError> {
    let calm = "{ emit = { data = \"calm\" } }, { expect-event = { data = \"calm\" } }";
    let folder = written(&[("1-roar", case("Roar", keys, steps)), ("2-calm", case("Calm", "", calm))]);
    let exe = std::env::current_exe().expect("a path").display().to_string();
    let run = Run {
        corpus: Arc::new(Corpus::load(folder.path()).expect("cases")),
        launch: Launch::Process(
            Role::Server,
            Command { words: vec![exe, "adapter".into(), beast.into()], folder: folder.path().to_owned() },
        ),
        selection: Selection::default(),
        baseline: Baseline::default(),
        patience: Patience { observation: Duration::from_secs(2), request: Duration::from_secs(2) },
        lanes: 1,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        rerun: Rerun::Server("beast".into()),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let began = Instant::now();
    let mut results: Vec<CaseResult> = Vec::new();
    runtime.expect("a runtime").block_on(run.execute(&mut |record| {
        if let Record::Result(result) = record {
            // A later record supersedes an earlier one.
            results.retain(|earlier| earlier.case != result.case);
            results.push(*result);
        }
    }))?;
    assert!(began.elapsed() < SWIFT, "it took {:?}", began.elapsed());
    assert!(peak() < MODEST, "it took {} KiB", peak());
    results.sort_by(|one, other| one.case.cmp(&other.case));
    let [roar, calm] = <[CaseResult; 2]>::try_from(results).expect("two results");
    Ok(Came { roar, calm })
}

/// The most memory that this process has taken, in KiB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
