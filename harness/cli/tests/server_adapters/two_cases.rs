//! Runs an adapter on two cases: the first triggers its misbehavior, the second shows whether the lane still works.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ssespec::adapter::process::Command;
use ssespec::run::{Baseline, Deaths, Launch, Rerun, Run, RunError, Selection};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::Role;
use ssespec_reports::results::{CaseResult, Record, Verdict};
use tempfile::TempDir;

/// How long a run may take, including waits that time out.
const LONGEST_RUN: Duration = Duration::from_secs(30);

/// The limit for the peak memory of this process, in KiB. It receives ten gigabytes.
const MEMORY: u64 = 700 * 1024;

/// The results of the two cases.
pub(crate) struct Results {
    pub(crate) first: CaseResult,
    pub(crate) second: CaseResult,
}

impl Results {
    /// Asserts that the first case has this verdict, with these words in its observation, and that the second passed.
    #[track_caller]
    pub(crate) fn are(&self, verdict: Verdict, words: &str) {
        let observed =
            self.first.failure.as_ref().map(|failure| failure.observed.as_str()).unwrap_or_default();
        assert_eq!(self.first.verdict, verdict, "{:?}", self.first.failure);
        assert!(observed.contains(words), "{observed}");
        assert_eq!(self.second.verdict, Verdict::Pass, "{:?}", self.second.failure);
    }
}

fn case(title: &str, keys: &str, steps: &str) -> String {
    format!("title = \"{title}\"\nrequirements = [\"whatwg/abnf-stream\"]\n{keys}steps = [{steps}]\n")
}

fn write(cases: &[(&str, String)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let group = folder.path().join("server/misbehavior");
    std::fs::create_dir_all(&group).expect("a folder");
    for (name, text) in cases {
        std::fs::write(group.join(format!("{name}.toml")), text).expect("a file");
    }
    folder
}

pub(crate) fn run(misbehavior: &str, keys: &str, steps: &str) -> Result<Results, RunError> {
    let second = "{ emit = { data = \"second\" } }, { expect-event = { data = \"second\" } }";
    let folder = write(&[("1-first", case("First", keys, steps)), ("2-second", case("Second", "", second))]);
    let exe = std::env::current_exe().expect("a path").display().to_string();
    let run = Run {
        corpus: Arc::new(Corpus::load(folder.path()).expect("cases")),
        launch: Launch::Process(
            Role::Server,
            Command {
                words: vec![exe, "adapter".into(), misbehavior.into()],
                folder: folder.path().to_owned(),
                reach: ssespec::adapter::reach::Reach::Loopback,
            },
        ),
        selection: Selection::default(),
        baseline: Baseline::default(),
        patience: Patience { observation: Duration::from_secs(2), request: Duration::from_secs(2) },
        lanes: 1,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        tls: None,
        deaths: Deaths::Counted,
        rerun: Rerun::Server("adapter".into()),
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
    assert!(began.elapsed() < LONGEST_RUN, "it took {:?}", began.elapsed());
    assert!(peak() < MEMORY, "it took {} KiB", peak());
    results.sort_by(|one, other| one.case.cmp(&other.case));
    let [first, second] = <[CaseResult; 2]>::try_from(results).expect("two results");
    Ok(Results { first, second })
}

/// The peak memory of this process, in KiB; 0 if the system does not report it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
