//! Runs a hostile adapter on a case or two.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ssespec::adapter::process::Command;
use ssespec::adapter::reach::Reach;
use ssespec::delivery::DeliveryKind;
use ssespec::run::{Baseline, Conclusion, Deaths, Launch, Rerun, Run, RunError, Selection};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_diagnostics::Source;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::{CaseResult, Footer, Record, Role};
use tempfile::TempDir;

use crate::liveness::Liveness;

/// A case in which a hostile adapter misbehaves.
pub(crate) const TRIGGER: &str = r#"{ send = "data: trigger\n\n" }, { expect-event = { data = "trigger" } }"#;

/// A case in which it behaves.
const NEXT: &str = r#"{ send = "data: next\n\n" }, { expect-event = { data = "next" } }"#;

/// The maximum duration of a run that does not wait for a hostile adapter.
const LONGEST_RUN: Duration = Duration::from_secs(30);

/// A hostile adapter, and its cases: one in which it misbehaves, and one that shows whether the lane continues.
pub(crate) struct Scenario {
    behavior: &'static str,
    cases: Vec<(&'static str, String)>,
    patience: Patience,
    lanes: usize,
    deaths: Deaths,
    liveness: Liveness,
    /// Cases of the suite that it runs instead.
    suite: &'static [&'static str],
    /// Where it runs.
    folder: TempDir,
}

impl Scenario {
    pub(crate) fn of(behavior: &'static str) -> Self {
        Self {
            behavior,
            cases: vec![("1-trigger", TRIGGER.into()), ("2-next", NEXT.into())],
            patience: Patience { observation: Duration::from_secs(2), request: Duration::from_secs(2) },
            lanes: 1,
            deaths: Deaths::Counted,
            liveness: Liveness::new(),
            suite: &[],
            folder: TempDir::new().unwrap(),
        }
    }

    /// What follows the trigger in its case.
    pub(crate) fn then(mut self, steps: &str) -> Self {
        self.cases[0].1 = format!("{TRIGGER}, {steps}");
        self
    }

    /// The case in which it misbehaves has these steps instead.
    pub(crate) fn playing(mut self, steps: &str) -> Self {
        self.cases[0].1 = steps.to_owned();
        self
    }

    /// Only the case in which it misbehaves.
    pub(crate) fn only_trigger(mut self) -> Self {
        self.cases.truncate(1);
        self
    }

    /// These cases with the same steps, each in its own lane.
    pub(crate) fn in_lanes(mut self, names: &[&'static str], steps: &str) -> Self {
        self.cases = names.iter().map(|name| (*name, steps.to_owned())).collect();
        self.lanes = names.len();
        self
    }

    /// So many cases, of which one after another begins in one lane.
    pub(crate) fn cases(mut self, count: usize) -> Self {
        // The names are used until this process exits.
        let name = |number| -> &'static str { format!("{number:03}-next").leak() };
        self.cases = (0..count).map(|number| (name(number), NEXT.to_owned())).collect();
        self
    }

    /// These cases of the suite.
    pub(crate) fn suite(mut self, ids: &'static [&'static str]) -> Self {
        self.suite = ids;
        self
    }

    /// An adapter may not die.
    pub(crate) fn strict(mut self) -> Self {
        self.deaths = Deaths::NotExpected;
        self
    }

    /// More patience, for hostile adapters that make the harness work.
    pub(crate) fn patience(mut self, patience: Duration) -> Self {
        self.patience = Patience { observation: patience, request: patience };
        self
    }

    pub(crate) fn liveness(&self) -> &Liveness {
        &self.liveness
    }

    /// The command that starts the hostile adapter.
    pub(crate) fn command(&self) -> Command {
        let exe = std::env::current_exe().unwrap().into_os_string().into_string().unwrap();
        let words = [exe, "adapter".into(), self.behavior.into(), self.liveness.address()];
        Command { words: words.into(), folder: self.folder.path().to_owned(), reach: Reach::Loopback }
    }

    /// The run.
    pub(crate) fn run(&self) -> Run {
        Run {
            corpus: Arc::new(if self.suite.is_empty() { corpus(&self.cases) } else { of_suite(self.suite) }),
            launch: Launch::Process(Role::Client, self.command()),
            selection: Selection { deliveries: vec![DeliveryKind::AsWritten], ..Selection::default() },
            baseline: Baseline::default(),
            patience: self.patience,
            lanes: self.lanes,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            barrier: BarrierMode::Auto,
            tls: None,
            deaths: self.deaths,
            rerun: Rerun::Command("hostile".into()),
        }
    }

    /// Runs it to its end; nothing may be left of it then.
    pub(crate) fn play(self) -> Played {
        let run = self.run();
        let began = Instant::now();
        let mut records = Vec::new();
        let runtime = runtime();
        let ended = runtime.block_on(run.execute(&mut |record| records.push(record)));
        let took = began.elapsed();
        let processes = self.liveness.all_gone();
        drop(runtime);
        let limit = LONGEST_RUN + 4 * self.patience.request;
        assert!(took < limit, "{}: the run took {took:?}", self.behavior);
        Played { ended, records, processes, folder: self.folder }
    }
}

/// A runtime as that of the command.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The cases and requirements of the suite.
fn embedded() -> &'static Corpus {
    static EMBEDDED: OnceLock<Corpus> = OnceLock::new();
    EMBEDDED.get_or_init(|| Corpus::embedded().unwrap())
}

/// These cases of the suite.
fn of_suite(ids: &[&str]) -> Corpus {
    let case = |id: &&str| ((*id).to_owned(), embedded().cases[*id].clone());
    Corpus { cases: ids.iter().map(case).collect(), ..embedded().clone() }
}

/// These cases, with the requirements of the suite.
fn corpus(cases: &[(&str, String)]) -> Corpus {
    let requirements = embedded().requirements.clone();
    let read = cases.iter().map(|(name, steps)| {
        let needs = if steps.contains("\"close\"") { "needs = [\"close\"]\n" } else { "" };
        let text =
            format!("title = \"{name}\"\nrequirements = [\"whatwg/line-lf\"]\n{needs}steps = [{steps}]\n");
        let id = format!("client/hostile/{name}");
        (id.clone(), ssespec_cases::format::read(&Source::new(*name, text), &id).unwrap())
    });
    Corpus { cases: read.collect(), requirements, ..Corpus::default() }
}

/// What came of a hostile adapter.
pub(crate) struct Played {
    pub(crate) ended: Result<Conclusion, RunError>,
    pub(crate) records: Vec<Record>,
    /// The processes that were started, by their names.
    pub(crate) processes: Vec<String>,
    /// Where they ran.
    pub(crate) folder: TempDir,
}

impl Played {
    /// All results of a case, in the order in which they came.
    pub(crate) fn results(&self, name: &str) -> Vec<&CaseResult> {
        let of_case = |result: &&CaseResult| result.title == name;
        self.records.iter().filter_map(result).filter(of_case).collect()
    }

    /// The result that counts.
    pub(crate) fn result(&self, name: &str) -> &CaseResult {
        self.results(name).into_iter().max_by_key(|result| result.sequence).unwrap()
    }

    /// The result that counts of a case of the suite.
    pub(crate) fn of_case(&self, id: &str) -> &CaseResult {
        let results = self.records.iter().filter_map(result).filter(|result| result.case == id);
        results.max_by_key(|result| result.sequence).unwrap()
    }

    fn footer(&self) -> Option<&Footer> {
        self.records.iter().find_map(|record| match record {
            Record::Footer(footer) => Some(&**footer),
            _ => None,
        })
    }

    /// How many bytes the results file has.
    pub(crate) fn size(&self) -> usize {
        self.records.iter().map(|record| serde_json::to_string(record).unwrap().len()).sum()
    }

    /// What its author gets to read.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let conclusion = match &self.ended {
            Ok(conclusion) => conclusion,
            Err(RunError::Adapter { fault, stderr }) => {
                let stderr =
                    if stderr.is_empty() { String::new() } else { format!("\n  stderr: {}", stderr.trim()) };
                return tidy(&format!("not run: {fault}\n  hint: {}{stderr}", fault.hint()));
            }
            Err(other) => return format!("not run: {other}"),
        };
        let names: BTreeSet<&str> =
            self.records.iter().filter_map(result).map(|r| r.title.as_str()).collect();
        for name in names {
            describe(&mut text, name, self.result(name));
        }
        let footer = self.footer().unwrap();
        assert_eq!(footer.exit_status, conclusion.exit_status());
        write!(text, "status {}", footer.exit_status).unwrap();
        let died = footer.adapters.unwrap().died;
        if died > 0 {
            write!(text, ", died {died}").unwrap();
        }
        tidy(&text)
    }
}

fn result(record: &Record) -> Option<&CaseResult> {
    match record {
        Record::Result(result) => Some(result),
        _ => None,
    }
}

fn describe(text: &mut String, name: &str, result: &CaseResult) {
    write!(text, "{name}: {}", result.verdict).unwrap();
    let observed = result.failure.as_ref().map(|failure| failure.observed.as_str());
    if let Some(failure) = &result.failure {
        writeln!(text, " at step {}: {}", failure.step, failure.observed).unwrap();
        writeln!(text, "  expected: {}", failure.expected).unwrap();
        if let Some(hint) = &failure.hint {
            writeln!(text, "  hint: {hint}").unwrap();
        }
    } else {
        text.push('\n');
    }
    for note in result.reason.iter().filter(|reason| Some(reason.as_str()) != observed) {
        writeln!(text, "  note: {note}").unwrap();
    }
    for late in &result.late {
        writeln!(text, "  late: {late}").unwrap();
    }
    if let Some(stderr) = &result.stderr {
        writeln!(text, "  stderr: {}", stderr.trim()).unwrap();
    }
}

/// Without what differs between systems.
fn tidy(text: &str) -> String {
    text.replace("exit code: ", "exit status: ")
}
