//! `ssespec report` and `ssespec diff`: render results files without running anything.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ssespec_reports::diff::{Diff, diff as compare};
use ssespec_reports::html::{Site, SiteError, comparison};
use ssespec_reports::results::Results;
use ssespec_reports::terminal::Style;

use crate::error::CommandError;
use crate::html::background::{Explained, background};
use crate::html::folder::SiteFolder;
use crate::options::format::Format;
use crate::output;
use crate::render::{check_number_of_runs, rendered};
use crate::results_file::{merged, one_run, open, readable, warn};
use crate::status::Status;

/// Render results files as a site, a Markdown matrix, JUnit XML or text.
///
/// The shards of a run are merged, with a warning if one is missing. Nothing is run. The exit status does not depend on
/// the results.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec report results/*.jsonl > COMPATIBILITY.md
  ssespec report --format html --output site results/*.jsonl
  ssespec report shard-*.jsonl >> summary.md
  ssespec report --format terminal --color always results.jsonl | less -R
  ssespec report --format junit --output junit.xml results.jsonl")]
pub(crate) struct ReportArguments {
    /// Results files, as written by `ssespec run --output` or `ssespec client --output`
    #[arg(value_name = "RESULTS", required = true)]
    files: Vec<PathBuf>,
    /// What to render
    #[arg(long, value_name = "FORMAT", default_value = "markdown")]
    format: ReportFormat,
    /// Write to this file instead of standard output; for html, the folder of the site, which must be empty, new, or
    /// written by an earlier report
    #[arg(long, value_name = "PATH", required_if_eq("format", "html"))]
    output: Option<PathBuf>,
}

/// How results files are rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// A site of static pages: the matrix, the evidence of each failure, and the standard with the results in it
    Html,
    /// A Markdown matrix with reasons
    Markdown,
    /// A report for people: causes first, with one failing case each
    Terminal,
    /// The same with every failing case
    Full,
    /// The results file itself (JSON Lines)
    Jsonl,
    /// JUnit XML
    Junit,
    /// Stable text without times, for comparison
    Snapshot,
}

impl ReportFormat {
    /// The format of a text; `None` for a site.
    fn text(self) -> Option<Format> {
        match self {
            Self::Html => None,
            Self::Markdown => Some(Format::Markdown),
            Self::Terminal => Some(Format::Terminal),
            Self::Full => Some(Format::Full),
            Self::Jsonl => Some(Format::Jsonl),
            Self::Junit => Some(Format::Junit),
            Self::Snapshot => Some(Format::Snapshot),
        }
    }
}

/// Compare two results files, case by case.
///
/// Each side is a results file, or a folder with the results files of a run's shards, which are merged. A missing shard is
/// reported.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec diff before.jsonl after.jsonl
  ssespec diff before.jsonl after.jsonl --format markdown --color never > comment.md
  ssespec diff before.jsonl after.jsonl --format html --output comparison
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
    /// Write to this file instead of standard output; for html, the folder of the site, which must be empty, new, or
    /// written by an earlier report
    #[arg(long, value_name = "PATH", required_if_eq("format", "html"))]
    output: Option<PathBuf>,
}

/// How a comparison is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Text for people
    Terminal,
    /// Markdown, for a pull request
    Markdown,
    /// A site of static pages, with the evidence of each case that changed
    Html,
}

pub(crate) fn report(arguments: &ReportArguments) -> Result<Status, CommandError> {
    let Some(format) = arguments.format.text() else {
        return site(&arguments.files, arguments.output.as_deref().unwrap_or(Path::new(".")));
    };
    let files = arguments.files.iter().map(|file| open(file)).collect::<Result<Vec<Results>, _>>()?;
    let runs = merged(files)?;
    check_number_of_runs(runs.len(), format)?;
    let color = if arguments.output.is_some() { Default::default() } else { output::stdout_color() };
    let text = rendered(&runs, format, color)?;
    output::print_or_write(&text, arguments.output.as_deref())?;
    Ok(Status::Success)
}

/// Writes a site. What cannot be shown is reported, on the first page too, and does not keep the rest from being shown.
fn site(files: &[PathBuf], folder: &Path) -> Result<Status, CommandError> {
    let mut folder = SiteFolder::new(folder)?;
    let explained = Explained::default();
    let explain = |id: &str, source: &_| explained.steps(id, source);
    let background = background(&explain)?;
    let mut site = Site::new(&background);
    let mut write = |page: &str, text: &str| folder.write(page, text);
    let mut status = Status::Success;
    let mut shards = Vec::new();
    let mut problem = |site: &mut Site<'_>, error: CommandError| {
        error.report();
        site.problem(&error.to_string());
        status = status.max(error.status());
    };
    let mut add = |site: &mut Site<'_>, run: &Results| match site.add(run, &mut write) {
        Ok(()) => Ok(None),
        Err(error @ SiteError::Matrix(_)) => Ok(Some(CommandError::from(error))),
        Err(error) => Err(CommandError::from(error)),
    };
    for run in readable(files) {
        match run.map_err(CommandError::from) {
            Err(error) => problem(&mut site, error),
            // All shards of a run are needed at once; any other run is forgotten after its pages are written.
            Ok(run) if run.header().selection.shard.is_some() => shards.push(run),
            Ok(run) => {
                warn(&run);
                if let Some(error) = add(&mut site, &run)? {
                    problem(&mut site, error);
                }
            }
        }
    }
    for run in merged(shards)? {
        if let Some(error) = add(&mut site, &run)? {
            problem(&mut site, error);
        }
    }
    if site.is_empty() {
        return Err(CommandError::NothingToShow);
    }
    site.finish(&mut write)?;
    Ok(status)
}

pub(crate) fn diff(arguments: &DiffArguments) -> Result<Status, CommandError> {
    let (before, after) = (one_run(&arguments.before)?, one_run(&arguments.after)?);
    let diff = compare(&before, &after);
    let color = if arguments.output.is_some() { Default::default() } else { output::stdout_color() };
    let text = match arguments.format {
        DiffFormat::Terminal => diff.text(Style { color, ..Style::default() }),
        DiffFormat::Markdown => diff.markdown(),
        DiffFormat::Html => {
            comparison_site(&diff, arguments.output.as_deref().unwrap_or(Path::new(".")))?;
            return Ok(status_of(&diff));
        }
    };
    output::print_or_write(&text, arguments.output.as_deref())?;
    Ok(status_of(&diff))
}

fn status_of(diff: &Diff<'_>) -> Status {
    if diff.broken_any() { Status::NotConforming } else { Status::Success }
}

/// Writes a comparison as a site.
fn comparison_site(diff: &Diff<'_>, folder: &Path) -> Result<(), CommandError> {
    let mut folder = SiteFolder::new(folder)?;
    let explained = Explained::default();
    let explain = |id: &str, source: &_| explained.steps(id, source);
    let background = background(&explain)?;
    comparison(diff, &background, &mut |page: &str, text: &str| folder.write(page, text))?;
    Ok(())
}
