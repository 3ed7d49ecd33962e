//! `ssespec requirements`: every requirement, with the cases that check it and the implementations that meet it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use globset::GlobMatcher;
use ssespec_cases::{Corpus, Requirement, counterpart};
use ssespec_reports::coverage::{Counterparts, Coverage, ForeignSuite, ForeignTest, Suite};
use ssespec_reports::results::Results;

use crate::did_you_mean::UnknownName;
use crate::documents::{check, documents};
use crate::error::CommandError;
use crate::options::level::{LevelWord, levels};
use crate::options::selection::corpus;
use crate::options::values::glob;
use crate::output;
use crate::results_file::open;
use crate::status::Status;

/// Show the coverage of each requirement: the cases that check it, and which implementations meet it.
///
/// Nothing is run. The exit status does not depend on the coverage; `ssespec check` fails if a case is missing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec requirements
  ssespec requirements --suite whatwg --level must --uncovered
  ssespec requirements --filter 'whatwg/line-*' results/*.jsonl
  ssespec requirements --format markdown --output COVERAGE.md results.jsonl
  ssespec requirements --counterparts
  ssespec requirements --cases my-cases --color never")]
pub(crate) struct Arguments {
    /// Results files, as written by `ssespec run --output`; they show which implementations meet each requirement
    #[arg(value_name = "RESULTS")]
    files: Vec<PathBuf>,
    /// Show only requirements of this suite; may be repeated
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// Show only requirements of this level; may be repeated
    #[arg(long, value_name = "LEVEL")]
    level: Vec<LevelWord>,
    /// Show only requirements whose id matches this pattern; may be repeated. `*` matches any characters, including `/`
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    filter: Vec<GlobMatcher>,
    /// Show only testable requirements that no case checks
    #[arg(long)]
    uncovered: bool,
    /// List the tests of other suites instead, with the cases that check the same behavior
    #[arg(long, conflicts_with_all = ["files", "suite", "level", "filter", "uncovered"])]
    counterparts: bool,
    /// Use the cases in this folder (DIR/client/GROUP/NAME.toml, DIR/server/GROUP/NAME.toml, or simply
    /// DIR/NAME.toml) instead of the built-in cases
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// What to render
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: CoverageFormat,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How the coverage is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CoverageFormat {
    /// Text for people
    Terminal,
    /// A Markdown page
    Markdown,
    /// One JSON object
    Json,
}

pub(crate) fn perform(arguments: &Arguments) -> Result<Status, CommandError> {
    output::print_or_write(&rendered(arguments)?, arguments.output.as_deref())?;
    Ok(Status::Success)
}

fn rendered(arguments: &Arguments) -> Result<String, CommandError> {
    let corpus = corpus(arguments.cases.as_deref())?;
    let color = if arguments.output.is_some() { Default::default() } else { output::stdout_color() };
    if arguments.counterparts {
        let tests = other_suites(&corpus);
        return match arguments.format {
            CoverageFormat::Terminal => Ok(tests.text(color)),
            CoverageFormat::Markdown => Ok(tests.markdown()),
            CoverageFormat::Json => tests.json().map_err(json_error),
        };
    }
    let suites = chosen(arguments, &corpus)?;
    let runs = arguments.files.iter().map(|file| open(file)).collect::<Result<Vec<Results>, _>>()?;
    let coverage = Coverage::new(suites, &runs)?;
    let coverage = if arguments.uncovered { coverage.uncovered() } else { coverage };
    match arguments.format {
        CoverageFormat::Terminal => Ok(coverage.text(color)),
        CoverageFormat::Markdown => Ok(coverage.markdown()),
        CoverageFormat::Json => coverage.json().map_err(json_error),
    }
}

fn json_error(error: serde_json::Error) -> CommandError {
    CommandError::Render(error.into())
}

/// The selected requirements, grouped by document and section, in the order of their files.
fn chosen(arguments: &Arguments, corpus: &Corpus) -> Result<Vec<Suite>, CommandError> {
    let all = || corpus.requirements.values();
    for suite in &arguments.suite {
        if !all().any(|requirement| requirement.suite() == suite) {
            return Err(UnknownName::suite(suite, all().map(Requirement::suite)).into());
        }
    }
    for filter in &arguments.filter {
        if !all().any(|requirement| filter.is_match(&requirement.id)) {
            let ids = all().map(|requirement| requirement.id.as_str());
            return Err(UnknownName::requirement_pattern(filter.glob().glob(), ids).into());
        }
    }
    let (suites, filters, levels) = (&arguments.suite, &arguments.filter, levels(&arguments.level));
    let is_selected = |requirement: &Requirement| {
        (suites.is_empty() || suites.iter().any(|suite| suite == requirement.suite()))
            && (levels.is_empty() || levels.contains(&requirement.judged()))
            && (filters.is_empty() || filters.iter().any(|filter| filter.is_match(&requirement.id)))
    };
    let suites = documents(corpus, &is_selected);
    if suites.is_empty() {
        return Err(CommandError::NoRequirementSelected);
    }
    Ok(suites)
}

/// The tests of other suites, with the cases that check the same behavior.
fn other_suites(corpus: &Corpus) -> Counterparts {
    let suite = |list: &counterpart::List| {
        let test = |test: &counterpart::Test| ForeignTest {
            name: test.name.clone(),
            cases: counterpart::cases(list, test, corpus.cases.values()).into_iter().map(check).collect(),
            none: test.none.as_ref().map(|(why, _)| why.clone()),
        };
        ForeignSuite {
            name: list.name.clone(),
            title: list.title.clone(),
            url: list.url.clone(),
            revision: list.revision.clone(),
            tests: list.tests.iter().map(test).collect(),
        }
    };
    Counterparts { suites: corpus.counterparts.values().map(suite).collect() }
}
