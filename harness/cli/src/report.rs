//! `ssespec report` and `ssespec diff`: renderings of results files, without running anything.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ssespec_reports::diff::diff as compare;
use ssespec_reports::results::Results;
use ssespec_reports::terminal::{Style, Times};

use super::Status;
use super::arguments::Format;
use super::output;
use super::run::usage;

/// Render results files: a matrix in Markdown, JUnit, text.
///
/// Nothing is run, and the exit status is 0 whatever the results are.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec report results/*.jsonl > COMPATIBILITY.md
  ssespec report --format terminal --color always results.jsonl | less -R
  ssespec report --format junit --output junit.xml results.jsonl")]
pub(super) struct ReportArguments {
    /// Results files, as written by `ssespec run --output` or `ssespec client --output`
    #[arg(value_name = "RESULTS", required = true)]
    files: Vec<PathBuf>,
    /// What is rendered
    #[arg(long, value_name = "FORMAT", default_value = "markdown")]
    format: Format,
    /// Write it here instead of printing it
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Compare two results files, case by case.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec diff before.jsonl after.jsonl
  ssespec diff before.jsonl after.jsonl --format markdown --color never > comment.md

Exit status 1 means that a case is broken which was not before.")]
pub(super) struct DiffArguments {
    /// The results before
    #[arg(value_name = "A")]
    before: PathBuf,
    /// The results after
    #[arg(value_name = "B")]
    after: PathBuf,
    /// What is rendered
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: DiffFormat,
}

/// How a comparison is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Text for people
    Terminal,
    /// Markdown, for a pull request
    Markdown,
}

/// Reads a results file, and says what is odd about it.
pub(super) fn open(path: &Path) -> Result<Results, String> {
    let results = Results::open(path).map_err(|error| error.to_string())?;
    for warning in results.warnings() {
        output::note(&format!("warning: {warning}"));
    }
    Ok(results)
}

pub(super) fn report(arguments: &ReportArguments) -> Status {
    if let Err(error) = output::can_show(arguments.files.len(), arguments.format) {
        return usage(&error);
    }
    let mut runs = Vec::new();
    for file in &arguments.files {
        match open(file) {
            Ok(results) => runs.push(results),
            Err(error) => return usage(&error),
        }
    }
    let color = if arguments.output.is_some() { Default::default() } else { output::stdout_color() };
    let text = match output::rendered(&runs, arguments.format, color) {
        Ok(text) => text,
        Err(error) => return usage(&error),
    };
    match output::deliver(&text, arguments.output.as_deref()) {
        Ok(()) => Status::Fine,
        Err(error) => usage(&error),
    }
}

pub(super) fn diff(arguments: &DiffArguments) -> Status {
    let (before, after) = match (open(&arguments.before), open(&arguments.after)) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(error), _) | (_, Err(error)) => return usage(&error),
    };
    let diff = compare(&before, &after);
    output::print(&match arguments.format {
        DiffFormat::Terminal => diff.text(Style { color: output::stdout_color(), times: Times::Hidden }),
        DiffFormat::Markdown => diff.markdown(),
    });
    if diff.broken_any() { Status::NotConforming } else { Status::Fine }
}
