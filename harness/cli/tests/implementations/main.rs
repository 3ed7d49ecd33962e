//! The real implementations of `ci/implementations`: each run must be as its baseline says, and its report as accepted
//! in `reports/snapshots`; the matrix of all of them must be current.
//!
//! An implementation that is not set up is left out and says so, unless `SSESPEC_ALL_IMPLEMENTATIONS` is set: then it
//! is set up first. `SSESPEC_IMPLEMENTATIONS` names those that run, if not all do; the matrix is left out then.
//!
//! - [`accepted`]: the accepted reports name the versions that are pinned
//! - [`handful`]: the implementations that `ci/test` runs
//! - [`pins`]: the versions that manifests and lock files pin

mod accepted;
#[path = "../choice/mod.rs"]
mod choice;
mod handful;
mod pins;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ssespec::implementation::{Folder, Start};
use ssespec::program::version;
use ssespec::setup;
use ssespec_browser as browser;
use ssespec_reports::results::{Results, Role, Verdict};
use ssespec_reports::{markdown, snapshot};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The site of all of them, which `ci/site` makes.
const SITE: &str = "https://ssespec.github.io/ssespec";

/// The page that is generated from the results of all of them.
const MATRIX: &str = "reports/COMPATIBILITY.md";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folders = match folders() {
        Ok(folders) => folders,
        // A folder that cannot be read is a test that fails.
        Err(message) => {
            let trial = Trial::test("folders", move || Err(Failed::from(message)));
            return libtest_mimic::run(&arguments, vec![trial]).exit_code();
        }
    };
    // The servers first: a client between them would wait for one, and the next one for it.
    let (servers, clients): (Vec<_>, Vec<_>) = folders.iter().cloned().partition(|f| f.role == Role::Server);
    let mut trials: Vec<Trial> = [servers, clients.clone()]
        .concat()
        .into_iter()
        .map(|folder| {
            Trial::ignorable_test(format!("implementation/{}", folder.stem()), move || check(&folder))
        })
        .collect();
    if choice::none_may_be_left_out() && !arguments.list && arguments.filter.is_none() {
        // While the servers run, which mostly wait; what comes of it shows when the client's turn comes.
        std::thread::spawn(move || clients.iter().filter(is_chosen).for_each(|folder| drop(set_up(folder))));
    }
    for folder in folders.clone() {
        trials.push(Trial::test(format!("version/{}", folder.stem()), move || Ok(accepted::check(&folder)?)));
    }
    let of_handful = folders.clone();
    trials.push(Trial::test("versions_that_differ", || Ok(accepted::check_itself()?)));
    trials.push(Trial::test("handful", move || Ok(handful::check(&of_handful)?)));
    trials.push(Trial::ignorable_test("matrix", move || check_matrix(&folders)));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_chosen(folder: &&Folder) -> bool {
    not_chosen(folder).is_none()
}

/// Why an implementation does not run at all. It is chosen with its folder, or alone.
fn not_chosen(folder: &Folder) -> Option<String> {
    choice::not_chosen(&folder_name(folder)).and_then(|_| choice::not_chosen(&folder.stem()))
}

/// The text of a file of this repository.
fn text(path: &str) -> Result<String, String> {
    std::fs::read_to_string(Path::new(REPOSITORY).join(path)).map_err(|error| format!("{path}: {error}"))
}

/// The name of its folder.
fn folder_name(folder: &Folder) -> String {
    folder.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn folders() -> Result<Vec<Folder>, String> {
    let root = Path::new(REPOSITORY).join("ci/implementations");
    let entries = std::fs::read_dir(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut paths: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|p| p.is_dir()).collect();
    paths.sort();
    let read = |path: &PathBuf| Folder::read(path).map_err(|error| error.to_string());
    Ok(paths.iter().map(read).collect::<Result<Vec<_>, _>>()?.concat())
}

/// Clients run one after another: they are timed against the clock, and share two cores. Servers, which mostly wait, run
/// side by side.
static CLOCK: RwLock<()> = RwLock::new(());

/// A value that is computed once for each implementation, or once for each folder.
struct Once<T>(Mutex<BTreeMap<String, Arc<OnceLock<T>>>>, fn(&Folder) -> String);

impl<T: Clone> Once<T> {
    const fn new(key: fn(&Folder) -> String) -> Self {
        Self(Mutex::new(BTreeMap::new()), key)
    }

    fn key(&self, folder: &Folder) -> String {
        (self.1)(folder)
    }

    fn get(&self, folder: &Folder, make: impl FnOnce() -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let made = Arc::clone(all.entry(self.key(folder)).or_default());
        drop(all);
        made.get_or_init(make).clone()
    }
}

/// A run, or why it was not as its baseline says.
type Came = Result<Run, String>;

/// The outcome of an implementation.
#[derive(Clone)]
enum Run {
    /// The results of a run that was as its baseline says.
    Done(Box<Results>),
    /// It is left out, for this reason.
    LeftOut(String),
}

/// Runs an implementation, once for all trials.
fn run(folder: &Folder) -> Came {
    static RUNS: Once<Came> = Once::new(Folder::stem);
    RUNS.get(folder, || {
        if let Some(reason) = lacks(folder) {
            return Ok(Run::LeftOut(reason));
        }
        set_up(folder)?;
        let _place = match folder.role {
            Role::Server => (Some(CLOCK.read().unwrap_or_else(PoisonError::into_inner)), None),
            _ => (None, Some(CLOCK.write().unwrap_or_else(PoisonError::into_inner))),
        };
        run_now(folder)
    })
}

/// Why an implementation is left out.
fn lacks(folder: &Folder) -> Option<String> {
    let not_chosen = not_chosen(folder);
    if not_chosen.is_some() || choice::none_may_be_left_out() {
        return not_chosen;
    }
    if let Start::Browser { engine, .. } = &folder.start
        && let Err(missing) = browser::find(*engine)
    {
        return Some(format!("{missing}; {}", missing.hint()));
    }
    let how = format!("not set up: `ssespec run --setup ci/implementations/{}` does it", folder_name(folder));
    if !setup::is_done(folder) {
        return Some(how);
    }
    match &folder.start {
        Start::Program(program) => version::check(&folder.path, program).err().map(|error| error.to_string()),
        _ => None,
    }
}

/// Sets an implementation up, once.
fn set_up(folder: &Folder) -> Result<(), String> {
    static DONE: Once<Result<(), String>> = Once::new(folder_name);
    DONE.get(folder, || {
        if setup::is_done(folder) {
            return Ok(());
        }
        let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
        runtime.block_on(setup::run(folder)).map_err(|error| error.to_string())
    })
}

fn run_now(folder: &Folder) -> Came {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("results");
    std::fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
    let file = directory.join(format!("{}.jsonl", folder.stem()));
    let output = Command::new(env!("CARGO_BIN_EXE_ssespec"))
        .current_dir(REPOSITORY)
        .arg("run")
        .arg(format!("ci/implementations/{}", folder_name(folder)))
        .args(folder.variant.iter().flat_map(|variant| ["--variant", variant]))
        .arg("--output")
        .arg(&file)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        let news = Results::open(&file).map_or_else(|error| error.to_string(), |results| news(&results));
        return Err(format!("{}\n{}\n{news}", output.status, String::from_utf8_lossy(&text)));
    }
    let results = Results::open(&file).map_err(|error| error.to_string())?;
    Ok(Run::Done(Box::new(results)))
}

/// Deviations from the baseline, one per line, for the end of the log, which CI shows.
fn news(results: &Results) -> String {
    let new = results
        .results()
        .iter()
        .filter(|result| result.known.is_none() && matches!(result.verdict, Verdict::Fail | Verdict::Error));
    let lines = new.map(|result| {
        let (expected, observed) = result
            .failure
            .as_ref()
            .map_or(("", ""), |failure| (failure.expected.as_str(), failure.observed.as_str()));
        format!("{} {}: {expected:?} was expected, {observed:?} observed", result.case, result.delivery)
    });
    let stale = results.footer().into_iter().flat_map(|footer| &footer.stale);
    lines.chain(stale.map(|stale| format!("stale: {stale:?}"))).collect::<Vec<_>>().join("\n")
}

fn check(folder: &Folder) -> Result<Completion, Failed> {
    let results = match run(folder)? {
        Run::Done(results) => results,
        Run::LeftOut(reason) => return Ok(Completion::ignored_with(reason)),
    };
    insta::with_settings!({
        snapshot_path => "../../../../reports/snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(folder.stem(), snapshot::snapshot(&results));
    });
    Ok(Completion::Completed)
}

/// Results without where and when they came to be.
fn without_circumstances(results: &Results) -> Results {
    let mut header = results.header().clone();
    header.started.clear();
    header.platform.os.clear();
    header.platform.arch.clear();
    Results::new(results.name(), header, results.results().to_vec(), results.footer().cloned())
}

fn check_matrix(folders: &[Folder]) -> Result<Completion, Failed> {
    let mut runs = Vec::new();
    for folder in folders {
        match run(folder) {
            Ok(Run::Done(results)) => runs.push(without_circumstances(&results)),
            Ok(Run::LeftOut(reason)) => {
                return Ok(Completion::ignored_with(format!("{}: {reason}", folder.title())));
            }
            Err(_) => return Err(format!("{} did not run as its baseline says", folder.title()).into()),
        }
    }
    let current = markdown::compatibility(&runs, SITE).map_err(|error| error.to_string())?;
    let file = Path::new(REPOSITORY).join(MATRIX);
    if std::env::var_os("SSESPEC_UPDATE").is_some() {
        std::fs::write(&file, &current).map_err(|error| error.to_string())?;
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    if written != current {
        let hint = "SSESPEC_UPDATE=1 cargo test -p ssespec-cli --test implementations matrix";
        return Err(format!("{MATRIX} is not current; `{hint}` writes it").into());
    }
    Ok(Completion::Completed)
}
