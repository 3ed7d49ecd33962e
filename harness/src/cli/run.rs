//! `ssespec run`: the implementations of folders, one after another.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ssespec::adapter::process::Command;
use ssespec::implementation::{FILE, Folder, FolderError};
use ssespec::run::{Conclusion, Launch, Plan, Rerun, Run, RunError};
use ssespec::{baseline_file, setup};
use ssespec_cases::{Capability, Corpus};
use ssespec_reports::results::Results;

use super::arguments::{Format, HowToRun};
use super::output::{self, Recorder};
use super::Status;

/// Run the implementations of these folders.
///
/// Each folder holds an ssespec.toml, which names the implementation, the command that starts its adapter and its
/// known failures. A folder without one stands for the folders below it that have one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec run --setup ci/implementations/eventsource-client
  ssespec run . --filter 'client/lines/*' --delivery bytes --output results.jsonl")]
pub(super) struct Arguments {
    /// Folders with an ssespec.toml
    #[arg(value_name = "DIR", default_value = ".")]
    folders: Vec<PathBuf>,
    /// Run the setup commands of the folders first
    #[arg(long)]
    setup: bool,
    /// Put today's failures into the ssespec.toml as known, and take out those that pass
    #[arg(long)]
    write_baseline: bool,
    #[command(flatten)]
    how: HowToRun,
}

pub(super) async fn perform(arguments: Arguments) -> Status {
    let corpus = match arguments.how.selection.corpus() {
        Ok(corpus) => Arc::new(corpus),
        Err(error) => return usage(&error.to_string()),
    };
    let mut folders = Vec::new();
    for path in &arguments.folders {
        match read_folders(path) {
            Ok(found) => folders.extend(found),
            Err(error) => return usage(&error.to_string()),
        }
    }
    let mut worst = Status::Fine;
    let mut runs = Vec::new();
    let several = folders.len() > 1;
    for folder in &folders {
        if arguments.setup
            && let Err(error) = setup::run(folder).await
        {
            output::error(&error.to_string());
            worst = Status::NotRun;
            continue;
        }
        let launch = Launch::Process(Command { words: folder.command.clone(), folder: folder.path.clone() });
        let file = match output_file(arguments.how.output.as_deref(), several, &folder.name) {
            Ok(file) => file,
            Err(error) => return usage(&error),
        };
        let run = Run {
            corpus: Arc::clone(&corpus),
            launch,
            selection: arguments.how.selection(),
            baseline: folder.baseline.clone(),
            patience: arguments.how.patience(),
            lanes: arguments.how.lanes(),
            address: arguments.how.address(),
            barrier: arguments.how.barrier(),
            rerun: Rerun::Folder(folder.path.clone()),
        };
        let (status, results) = execute(&run, file.as_deref(), arguments.how.format).await;
        worst = worse(worst, status);
        if let Some(results) = results {
            if arguments.write_baseline
                && let Err(error) = baseline_file::update(&folder.path.join(FILE), &results)
            {
                return usage(&error.to_string());
            }
            runs.push(results);
        }
    }
    show(&runs, arguments.how.format, worst)
}

/// The folder, or those below it that are of an implementation.
fn read_folders(path: &Path) -> Result<Vec<Folder>, FolderError> {
    if path.join(FILE).is_file() {
        return Ok(vec![Folder::read(path)?]);
    }
    let mut below: Vec<PathBuf> = std::fs::read_dir(path)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join(FILE).is_file())
        .collect();
    below.sort();
    if below.is_empty() {
        return Err(FolderError::Missing(path.display().to_string()));
    }
    below.iter().map(|path| Folder::read(path)).collect()
}

/// Where the results of one of several implementations are written: a file each in a folder.
fn output_file(output: Option<&Path>, several: bool, name: &str) -> Result<Option<PathBuf>, String> {
    match output {
        Some(folder) if several => {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            Ok(Some(folder.join(format!("{name}.jsonl"))))
        }
        other => Ok(other.map(Path::to_owned)),
    }
}

/// Executes a run with progress, and gives back its results.
pub(super) async fn execute(run: &Run, file: Option<&Path>, format: Format) -> (Status, Option<Results>) {
    let planned = Plan::new(&run.corpus, &run.selection, &Capability::ALL.iter().copied().collect()).cases();
    let mut recorder = match Recorder::new(file, format, planned) {
        Ok(recorder) => recorder,
        Err(error) => return (usage(&error), None),
    };
    let conclusion = run.execute(&mut |record| recorder.take(record)).await;
    let status = match conclusion {
        Ok(Conclusion::AsExpected) => Status::Fine,
        Ok(Conclusion::NotAsExpected) => Status::NotConforming,
        Ok(Conclusion::Error) => Status::NotRun,
        Err(RunError::NothingSelected(what)) => {
            return (usage(&format!("no case is selected: {what}; `ssespec cases` lists them")), None);
        }
        Err(RunError::Adapter { fault, stderr }) => {
            output::error(&fault.to_string());
            output::note(&format!("help: {}", fault.hint()));
            if !stderr.is_empty() {
                let lines = ssespec_reports::visible::last_lines(&stderr, 400, 20);
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
        Ok(results) => (status, Some(results)),
        Err(error) => (usage(&error), None),
    }
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

/// The cases for commands that only read them.
pub(super) fn embedded_or(cases: Option<&Path>) -> Result<Corpus, String> {
    match cases {
        Some(folder) => Corpus::load(folder),
        None => Corpus::embedded(),
    }
    .map_err(|error| error.to_string())
}
