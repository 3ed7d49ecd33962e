//! `ssespec run`: the implementations of folders, one after another.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ssespec::baseline_file::{self, Changes};
use ssespec::implementation::{FILE, Folder, Service, Start};
use ssespec::run::{Conclusion, Plan, Rerun, Run, RunError, Selection};
use ssespec::setup;
use ssespec_cases::{Capability, Corpus};
use ssespec_reports::results::{Results, Role};
use ssespec_reports::visible;

use super::Status;
use super::arguments::{Format, HowToRun};
use super::launch;
use super::output;
use super::probed;
use super::recorder::Recorder;
use super::shell;

/// Run the implementations of these folders.
///
/// Each folder holds an ssespec.toml, which names the implementation, the command that starts its adapter and its
/// known failures. A folder without one stands for the folders below it that have one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec run --setup ci/implementations/eventsource
  ssespec run --write-baseline
  ssespec run --filter 'client/lines/*' --filter 'client/bom/*' --delivery bytes --lanes 1
  ssespec run --suite whatwg --level must --timeout 10s --color never
  ssespec run --cases my-cases --delivery splits --ipv6 --barrier pause
  ssespec run ci/implementations --output results --format markdown > COMPATIBILITY.md

The ssespec.toml of an implementation:
  name = \"my-client\"
  role = \"client\" # or \"server\", whose adapter is told what to send
  setup = [[\"npm\", \"ci\"]]
  command = [\"node\", \"adapter.mjs\"]

  [[known-failure]]
  case = \"client/retry/*\"
  reason = \"retry is not read\"

In place of the command stands browser = \"chromium\" (or firefox, webkit), or the url = \"http://..\" of a server that \
    runs already and is probed, with headers, paths and emit as the options of `ssespec server`.

A failure that is not known, a known one that passes, and a pattern that matches no case have exit status 1. With \
    --write-baseline the status is still that of this run; the next one goes by what was written.")]
pub(super) struct Arguments {
    /// Folders with an ssespec.toml
    #[arg(value_name = "DIR", default_value = ".")]
    folders: Vec<PathBuf>,
    /// Run the setup commands of the folders first
    #[arg(long)]
    setup: bool,
    /// Write today's failures into the ssespec.toml as known, and take out those that pass
    #[arg(long)]
    write_baseline: bool,
    #[command(flatten)]
    how: HowToRun,
}

pub(super) async fn perform(arguments: Arguments) -> Status {
    let corpus = match arguments.how.selection.corpus() {
        Ok(corpus) => Arc::new(corpus),
        Err(error) => return usage(&error),
    };
    let mut folders = Vec::new();
    for path in &arguments.folders {
        match read_folders(path) {
            Ok(found) => folders.extend(found),
            Err(error) => return usage(&error),
        }
    }
    if let Err(error) = output::can_show(folders.len(), arguments.how.format) {
        return usage(&error);
    }
    let files = match output_files(arguments.how.output.as_deref(), &folders) {
        Ok(files) => files,
        Err(error) => return usage(&error),
    };
    let mut worst = Status::Fine;
    let mut runs = Vec::new();
    for (folder, file) in folders.iter().zip(files) {
        if folders.len() > 1 {
            output::note(&format!("running {}", folder.path.display()));
        }
        let (status, results) = perform_one(&arguments, &corpus, folder, file.as_deref()).await;
        worst = worse(worst, status);
        runs.extend(results);
    }
    show(&runs, arguments.how.format, worst)
}

async fn perform_one(
    arguments: &Arguments,
    corpus: &Arc<Corpus>,
    folder: &Folder,
    file: Option<&Path>,
) -> (Status, Option<Results>) {
    if arguments.setup {
        for words in &folder.setup {
            output::note(&format!(
                "setup of {}: {}",
                folder.path.display(),
                visible::line(&words.join(" "), LINE)
            ));
        }
        if let Err(error) = setup::run(folder).await {
            output::error(&error.to_string());
            return (Status::NotRun, None);
        }
    }
    let how = &arguments.how;
    let launch = match &folder.start {
        Start::Command(words) if folder.role == Role::Server => {
            launch::server(words.clone(), folder.path.clone())
        }
        Start::Command(words) => launch::command(words.clone(), folder.path.clone()),
        Start::Browser(name) => match launch::browser(name) {
            Ok(launch) => launch,
            Err(error) => return (usage(&error), None),
        },
        Start::Service(service) => return probe(arguments, folder, service, file).await,
    };
    let mut words = vec![folder.path.display().to_string()];
    words.extend(how.rerun_options());
    let run = Run {
        corpus: Arc::clone(corpus),
        lanes: how.lanes(&launch),
        launch,
        selection: how.selection(),
        baseline: how.baseline(folder.baseline.clone(), corpus),
        patience: how.patience(),
        address: how.address(),
        barrier: how.barrier(),
        rerun: Rerun::Folder {
            folder: folder.path.clone(),
            words: shell::words(words.iter().map(String::as_str)),
        },
    };
    let (status, results) = execute(&run, file, how.format).await;
    if status == Status::NotRun && results.is_none() && !arguments.setup && !setup::is_done(folder) {
        output::note("help: its setup has not run for what is in the folder now; --setup runs it");
    }
    written(arguments, folder, &run.selection, (status, results))
}

/// Probes the server of a folder.
async fn probe(
    arguments: &Arguments,
    folder: &Folder,
    service: &Service,
    file: Option<&Path>,
) -> (Status, Option<Results>) {
    let probe = match probed::of_folder(folder, service, &arguments.how) {
        Ok(probe) => probe,
        Err(error) => return (usage(&error), None),
    };
    let came = probed::execute(&probe, file, arguments.how.format).await;
    written(arguments, folder, &probe.selection, came)
}

/// Writes the baseline, where that is wanted.
fn written(
    arguments: &Arguments,
    folder: &Folder,
    selection: &Selection,
    (status, results): (Status, Option<Results>),
) -> (Status, Option<Results>) {
    if let (true, Some(results)) = (arguments.write_baseline, &results) {
        let file = folder.path.join(FILE);
        match baseline_file::update(&file, results, selection) {
            Ok(changes) => tell_changes(&file, &changes),
            Err(error) => return (usage(&error.to_string()), None),
        }
    }
    (status, results)
}

/// Says what was written into a baseline.
fn tell_changes(file: &Path, changes: &Changes) {
    let file = file.display();
    let count = |number: usize| {
        if number == 1 { "1 known failure".into() } else { format!("{number} known failures") }
    };
    match (changes.added.len(), changes.removed.len()) {
        (0, 0) => output::note(&format!("{file}: the known failures are as they were")),
        (added, 0) => output::note(&format!("{file}: {} added; give each its reason", count(added))),
        (0, removed) => output::note(&format!("{file}: {} taken out", count(removed))),
        (added, removed) => {
            output::note(&format!(
                "{file}: {} added, {removed} taken out; give each its reason",
                count(added)
            ));
        }
    }
    for pattern in &changes.left {
        output::note(&format!(
            "{file}: '{pattern}' is left as it is: some of its cases pass, and this run did not select all of them"
        ));
    }
}

/// The folder, or those below it that are of an implementation.
fn read_folders(path: &Path) -> Result<Vec<Folder>, String> {
    let read = |path: &Path| Folder::read(path).map_err(|error| error.to_string());
    if path.join(FILE).is_file() {
        return Ok(vec![read(path)?]);
    }
    let entries =
        std::fs::read_dir(path).map_err(|error| format!("{}: cannot be read: {error}", path.display()))?;
    let mut below: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join(FILE).is_file())
        .collect();
    below.sort();
    if below.is_empty() {
        return Err(format!(
            "{}: there is no {FILE} in this folder, nor in one directly below it; it names the implementation and the \
             command of its adapter (`ssespec run --help` shows one, and `ssespec client -- COMMAND` does without)",
            path.display()
        ));
    }
    below.iter().map(|path| read(path)).collect()
}

/// Where the results of each implementation are written: the file, or a file for each in the folder.
fn output_files(output: Option<&Path>, folders: &[Folder]) -> Result<Vec<Option<PathBuf>>, String> {
    let Some(output) = output else { return Ok(vec![None; folders.len()]) };
    if folders.len() == 1 && !output.is_dir() {
        return Ok(vec![Some(output.to_owned())]);
    }
    std::fs::create_dir_all(output)
        .map_err(|error| format!("{}: cannot be a folder: {error}", output.display()))?;
    let mut taken = BTreeSet::new();
    let files = folders.iter().map(|folder| {
        // A name such as @owner/name is no path.
        let name: String = folder.name.chars().map(|c| if is_of_a_file_name(c) { c } else { '-' }).collect();
        if !taken.insert(name.to_lowercase()) {
            return Err(format!(
                "two implementations are called {name}: their results cannot be in one folder"
            ));
        }
        Ok(Some(output.join(format!("{name}.jsonl"))))
    });
    files.collect()
}

fn is_of_a_file_name(c: char) -> bool {
    c.is_alphanumeric() || "-_.+@ ".contains(c)
}

/// The most characters of a line that a message of ours repeats, and the most such lines.
const LINE: usize = 1000;
const LINES: usize = 20;

/// Executes a run with progress, and gives back its results.
pub(super) async fn execute(run: &Run, file: Option<&Path>, format: Format) -> (Status, Option<Results>) {
    let all = Capability::ALL.iter().copied().collect();
    let plan = Plan::of_role(run.launch.role(), &run.corpus, &run.selection, &all);
    if plan.is_empty() {
        return (nothing_selected(&run.selection.describe()), None);
    }
    let mut recorder = match Recorder::new(file, format, plan.cases()) {
        Ok(recorder) => recorder,
        Err(error) => return (usage(&error), None),
    };
    let conclusion = run.execute(&mut |record| recorder.take(record)).await;
    let status = match conclusion {
        Ok(Conclusion::AsExpected) => Status::Fine,
        Ok(Conclusion::NotAsExpected) => Status::NotConforming,
        Ok(Conclusion::Error) => Status::NotRun,
        Err(RunError::NothingSelected(what)) => return (nothing_selected(&what), None),
        Err(RunError::Adapter { fault, stderr }) => {
            let whose = match &run.rerun {
                Rerun::Folder { .. } => format!("{}: ", run.name()),
                Rerun::Command(_) | Rerun::Server(_) | Rerun::CargoTest(_) => String::new(),
            };
            output::error(&format!("{whose}{}", visible::line(&fault.to_string(), LINE)));
            output::note(&format!("help: {}", fault.hint()));
            if !stderr.is_empty() {
                let lines = visible::last_lines(&stderr, LINE, LINES);
                output::note(&format!("its stderr:\n  {}", lines.join("\n  ")));
            }
            return (Status::NotRun, None);
        }
        Err(error @ RunError::Listen { .. }) => {
            output::error(&error.to_string());
            return (Status::NotRun, None);
        }
    };
    match recorder.finish(&run.name()) {
        Ok(results) => {
            if format != Format::Terminal && status != Status::Fine {
                say_why(&results);
            }
            (status, Some(results))
        }
        Err(error) => (usage(&error), None),
    }
}

/// Says why a run was not as expected where the report that does is not printed.
pub(super) fn say_why(results: &Results) {
    let Some(footer) = results.footer() else { return };
    let (counts, stale, unmatched) = (&footer.counts, footer.stale.len(), footer.unmatched.len());
    output::note(&format!(
        "exit status {}: {} fail, {} error; {stale} stale and {unmatched} unmatched entries of the baseline; --format \
         terminal shows them",
        footer.exit_status, counts.fail, counts.error
    ));
}

fn nothing_selected(what: &str) -> Status {
    usage(&format!("no case is selected: {what}; `ssespec cases` lists them"))
}

/// Prints the results in the format.
pub(super) fn show(runs: &[Results], format: Format, status: Status) -> Status {
    if runs.is_empty() {
        return status;
    }
    match output::rendered(runs, format, output::stdout_color()) {
        Ok(text) => {
            output::print(&text);
            status
        }
        Err(error) => usage(&error),
    }
}

fn worse(one: Status, other: Status) -> Status {
    let rank = |status| match status {
        Status::Fine => 0,
        Status::NotConforming => 1,
        Status::NotRun => 2,
        Status::Usage => 3,
        Status::Interrupted => 4,
    };
    if rank(other) > rank(one) { other } else { one }
}

pub(super) fn usage(message: &str) -> Status {
    output::error(message);
    Status::Usage
}
