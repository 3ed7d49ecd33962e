//! `ssespec report` and `ssespec diff`: render results files without running anything.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ssespec_reports::diff::{Diff, diff as compare};
use ssespec_reports::html::{Site, SiteError, comparison};
use ssespec_reports::results::Results;
use ssespec_reports::terminal::Style;
use ssespec_reports::{badge, github, markdown, overview, sarif, summary};

use crate::error::CommandError;
use crate::html::background::{Explained, background};
use crate::html::folder::SiteFolder;
use crate::issues::{self, Failing};
use crate::options::format::Format;
use crate::render::{check_number_of_runs, rendered};
use crate::results_file::{merged, one_run, open, readable, warn};
use crate::status::Status;
use crate::{output, step_summary};

/// Render results files as a site, Markdown, JUnit XML, SARIF, JSON, text, or as issues to file.
///
/// The shards of a run are merged, with a warning if one is missing. Nothing is run. The exit status does not depend on
/// the results.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec report results/*.jsonl > COMPATIBILITY.md
  ssespec report --format html --output site results/*.jsonl
  ssespec report shard-*.jsonl >> summary.md
  ssespec report --format terminal --color always results.jsonl | less -R
  ssespec report --format junit --output junit.xml results.jsonl
  ssespec report --format github --link https://example.org/report results.jsonl
  ssespec report --format badge --output badge.json results.jsonl
  ssespec report --issue client/bom/second-one-is-kept results.jsonl
  ssespec report --issue all --output to-file results.jsonl")]
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
    /// Instead, write an issue for the tracker of the implementation: what it does, the rule, and a server in Python that
    /// shows it without ssespec. CASE is printed, or written with its files to the folder of --output; `all` writes an issue
    /// for each cause there
    #[arg(long, value_name = "CASE|all", conflicts_with_all = ["format", "link"])]
    issue: Option<Failing>,
    /// The address of the full report or of the site, for summary, github and compatibility
    #[arg(long, value_name = "URL")]
    link: Option<String>,
}

/// How results files are rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// A site of static pages: the matrix, the evidence of each failure, and the standard with the results in it
    Html,
    /// A Markdown matrix with reasons
    Markdown,
    /// A page of Markdown about many implementations: numbers, the cases that most of them fail, facts and causes. --link is
    /// the site that it links to
    Compatibility,
    /// One page of Markdown for a pull request: numbers, causes and new failures, in at most 60,000 characters
    Summary,
    /// Annotations of GitHub Actions; the summary goes to the file that GITHUB_STEP_SUMMARY names
    Github,
    /// A report for people: causes first, with one failing case each
    Terminal,
    /// The same with every failing case
    Full,
    /// Numbers, causes, findings and facts as one JSON document
    Json,
    /// The results file itself (JSON Lines)
    Jsonl,
    /// JUnit XML
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// The JSON of a badge, for the endpoint of shields.io
    Badge,
    /// Stable text without times, for comparison
    Snapshot,
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
    let output = arguments.output.as_deref();
    if arguments.issue.is_none() && arguments.format == ReportFormat::Html {
        return site(&arguments.files, output.unwrap_or(Path::new(".")));
    }
    let files = arguments.files.iter().map(|file| open(file)).collect::<Result<Vec<Results>, _>>()?;
    let runs = merged(files)?;
    if let Some(failing) = &arguments.issue {
        issues::write(&runs, failing, output)?;
        return Ok(Status::Success);
    }
    let text = text(&runs, arguments)?;
    output::print_or_write(&text, output)?;
    Ok(Status::Success)
}

/// Where the site is that a page links to, if nothing else is said: that of the implementations of this repository.
const SITE: &str = "https://ssespec.github.io/ssespec";

/// A report that is one text.
fn text(runs: &[Results], arguments: &ReportArguments) -> Result<String, CommandError> {
    let color = if arguments.output.is_some() { Default::default() } else { output::stdout_color() };
    let of_runs = |format| {
        check_number_of_runs(runs.len(), format)?;
        rendered(runs, format, color)
    };
    let summary = || summary::summary(runs, arguments.link.as_deref());
    match arguments.format {
        ReportFormat::Html => Ok(String::new()),
        ReportFormat::Compatibility => {
            let site = arguments.link.as_deref().unwrap_or(SITE);
            Ok(markdown::compatibility(runs, site)?)
        }
        ReportFormat::Summary => Ok(summary()),
        ReportFormat::Github => {
            step_summary::append(&summary())?;
            Ok(runs.iter().map(github::annotations).collect())
        }
        ReportFormat::Json => Ok(overview::json(runs)),
        ReportFormat::Sarif => Ok(sarif::sarif(runs)),
        ReportFormat::Badge => match runs {
            [run] => Ok(badge::badge(run)),
            _ => Err(CommandError::OneRun { format: "badge", runs: runs.len() }),
        },
        ReportFormat::Markdown => of_runs(Format::Markdown),
        ReportFormat::Terminal => of_runs(Format::Terminal),
        ReportFormat::Full => of_runs(Format::Full),
        ReportFormat::Jsonl => of_runs(Format::Jsonl),
        ReportFormat::Junit => of_runs(Format::Junit),
        ReportFormat::Snapshot => of_runs(Format::Snapshot),
    }
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
