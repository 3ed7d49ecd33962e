//! `ssespec report` and `ssespec diff`: render results files without running anything.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ssespec_reports::diff::diff as compare;
use ssespec_reports::results::Results;
use ssespec_reports::terminal::Style;

use crate::error::CommandError;
use crate::options::format::Format;
use crate::output;
use crate::render::{check_number_of_runs, rendered};
use crate::results_file::{merged, one_run, open};
use crate::status::Status;

/// Render results files as a Markdown matrix, JUnit XML or text.
///
/// The shards of a run are merged, with a warning if one is missing. Nothing is run. The exit status does not depend on
/// the results.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec report results/*.jsonl > COMPATIBILITY.md
  ssespec report shard-*.jsonl >> summary.md
  ssespec report --format terminal --color always results.jsonl | less -R
  ssespec report --format junit --output junit.xml results.jsonl")]
pub(crate) struct ReportArguments {
    /// Results files, as written by `ssespec run --output` or `ssespec client --output`
    #[arg(value_name = "RESULTS", required = true)]
    files: Vec<PathBuf>,
    /// What to render
    #[arg(long, value_name = "FORMAT", default_value = "markdown")]
    format: Format,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Compare two results files, case by case.
///
/// Each side is a results file, or a folder with the results files of a run's shards, which are merged. A missing shard is
/// reported.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec diff before.jsonl after.jsonl
  ssespec diff before.jsonl after.jsonl --format markdown --color never > comment.md
  ssespec diff shards-of-main shards-of-this-branch

The exit status is 1 if a case is broken that was not broken before.")]
pub(crate) struct DiffArguments {
    /// The results before the change: a results file, or a folder with those of shards
    #[arg(value_name = "A")]
    before: PathBuf,
    /// The results after the change, likewise
    #[arg(value_name = "B")]
    after: PathBuf,
    /// What to render
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

pub(crate) fn report(arguments: &ReportArguments) -> Result<Status, CommandError> {
    let files = arguments.files.iter().map(|file| open(file)).collect::<Result<Vec<Results>, _>>()?;
    let runs = merged(files)?;
    check_number_of_runs(runs.len(), arguments.format)?;
    let color = if arguments.output.is_some() { Default::default() } else { output::stdout_color() };
    let text = rendered(&runs, arguments.format, color)?;
    output::print_or_write(&text, arguments.output.as_deref())?;
    Ok(Status::Success)
}

pub(crate) fn diff(arguments: &DiffArguments) -> Result<Status, CommandError> {
    let (before, after) = (one_run(&arguments.before)?, one_run(&arguments.after)?);
    let diff = compare(&before, &after);
    output::print(&match arguments.format {
        DiffFormat::Terminal => diff.text(Style { color: output::stdout_color(), ..Style::default() }),
        DiffFormat::Markdown => diff.markdown(),
    });
    Ok(if diff.broken_any() { Status::NotConforming } else { Status::Success })
}
