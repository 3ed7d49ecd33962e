//! `ssespec check`: mistakes in case files and scenarios, with their places.

use std::path::{Path, PathBuf};

use clap::Args;
use ssespec_cases::Corpus;
use ssespec_cases::corpus::CorpusError;
use ssespec_mock_server::document::{Diagnostics, Source};
use ssespec_mock_server::scenario;

use super::Status;
use super::output;
use super::run::usage;

/// Find mistakes in case files.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec check cases
  ssespec check cases/client/lines/crlf.toml
  ssespec check --scenario drop-and-resume.toml")]
pub(super) struct Arguments {
    /// Case files, or folders of cases; the built-in cases where none is named
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// The files are scenarios of the mock server
    #[arg(long, requires = "paths")]
    scenario: bool,
}

pub(super) fn perform(arguments: &Arguments) -> Status {
    let checked = if arguments.scenario { scenarios(&arguments.paths) } else { cases(&arguments.paths) };
    match checked {
        Ok(count) => {
            let (file, what) = (if count == 1 { "" } else { "s" }, if arguments.scenario { "scenario" } else { "case" });
            output::print(&format!("{count} {what}{file}, no mistake\n"));
            Status::Fine
        }
        Err(Problem::Mistakes(list)) => {
            let styled = output::stdout_color() == ssespec_reports::terminal::Color::Ansi;
            let blocks: Vec<String> = list.iter().map(|diagnostics| diagnostics.render(styled)).collect();
            let mistakes: usize = list.iter().map(|diagnostics| diagnostics.list().len()).sum();
            output::print(&format!("{}\n\n", blocks.join("\n\n")));
            usage(&format!("{mistakes} mistake{} in {} file{}", plural(mistakes), list.len(), plural(list.len())))
        }
        Err(Problem::Other(message)) => usage(&message),
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Why files are not right.
enum Problem {
    Mistakes(Vec<Diagnostics>),
    Other(String),
}

impl From<CorpusError> for Problem {
    fn from(error: CorpusError) -> Self {
        match error {
            CorpusError::Mistakes(list) => Self::Mistakes(list),
            other => Self::Other(other.to_string()),
        }
    }
}

fn cases(paths: &[PathBuf]) -> Result<usize, Problem> {
    if paths.is_empty() {
        return Ok(Corpus::embedded()?.cases.len());
    }
    let mut count = 0;
    let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| path.is_dir());
    for folder in folders {
        count += Corpus::load(folder)?.cases.len();
    }
    if !files.is_empty() {
        let files: Vec<PathBuf> = files.into_iter().cloned().collect();
        let before = Corpus::embedded()?;
        // The built-in cases make way: a file that is edited is checked, not compared with itself.
        let beside = Corpus { cases: Default::default(), ..before };
        count += beside.with_files(&files)?.cases.len();
    }
    Ok(count)
}

fn scenarios(paths: &[PathBuf]) -> Result<usize, Problem> {
    let mut mistakes = Vec::new();
    for path in paths {
        if let Err(diagnostics) = read_scenario(path)? {
            mistakes.push(diagnostics);
        }
    }
    if mistakes.is_empty() { Ok(paths.len()) } else { Err(Problem::Mistakes(mistakes)) }
}

fn read_scenario(path: &Path) -> Result<Result<scenario::Scenario, Diagnostics>, Problem> {
    let source = Source::read(path).map_err(|error| Problem::Other(error.to_string()))?;
    Ok(scenario::format::read(&source))
}
