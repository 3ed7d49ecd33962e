//! `ssespec requirements`: the documents statement by statement, with the cases that check them and who keeps them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use globset::GlobMatcher;
use ssespec_cases::lint::coverage::missing;
use ssespec_cases::{Case, Corpus, Requirement, Role, counterpart};
use ssespec_probe::all_checks;
use ssespec_reports::coverage::{
    Check, Counterparts, Coverage, ForeignSuite, ForeignTest, Section, Statement, Suite,
};
use ssespec_reports::results::{Level, Results};

use super::Status;
use super::arguments::{LevelWord, corpus, glob};
use super::output;
use super::report::open;
use super::run::usage;
use super::suggest::{no_requirement, no_such_suite};

/// Say what is checked, statement by statement: the cases of each, and who keeps it.
///
/// Nothing is run, and the exit status is 0 whatever is covered; `ssespec check` fails where a case is missing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec requirements
  ssespec requirements --suite whatwg --level must --uncovered
  ssespec requirements --filter 'whatwg/line-*' results/*.jsonl
  ssespec requirements --format markdown --output COVERAGE.md results.jsonl
  ssespec requirements --counterparts
  ssespec requirements --cases my-cases --color never")]
pub(super) struct Arguments {
    /// Results files, as written by `ssespec run --output`: says who keeps each statement
    #[arg(value_name = "RESULTS")]
    files: Vec<PathBuf>,
    /// Only statements of this suite; may be repeated
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// Only statements of this level; may be repeated
    #[arg(long, value_name = "LEVEL")]
    level: Vec<LevelWord>,
    /// Only statements whose id matches this pattern; may be repeated. `*` stands for any characters
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    filter: Vec<GlobMatcher>,
    /// Only statements that a case could check and none does
    #[arg(long)]
    uncovered: bool,
    /// Instead of statements, list the tests of other suites, with the cases that make the same claims
    #[arg(long, conflicts_with_all = ["files", "suite", "level", "filter", "uncovered"])]
    counterparts: bool,
    /// Take the cases from this folder instead of those built in: the TOML files below its client/
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// What is rendered
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: CoverageFormat,
    /// Write it here instead of printing it
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How statements are rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CoverageFormat {
    /// Text for people
    Terminal,
    /// A Markdown page
    Markdown,
    /// One JSON object
    Json,
}

pub(super) fn perform(arguments: &Arguments) -> Status {
    match rendered(arguments) {
        Ok(text) => match output::deliver(&text, arguments.output.as_deref()) {
            Ok(()) => Status::Fine,
            Err(error) => usage(&error),
        },
        Err(error) => usage(&error),
    }
}

fn rendered(arguments: &Arguments) -> Result<String, String> {
    let corpus = corpus(arguments.cases.as_deref())?;
    let color = if arguments.output.is_some() { Default::default() } else { output::stdout_color() };
    if arguments.counterparts {
        let tests = foreign(&corpus);
        return match arguments.format {
            CoverageFormat::Terminal => Ok(tests.text(color)),
            CoverageFormat::Markdown => Ok(tests.markdown()),
            CoverageFormat::Json => tests.json().map_err(|error| error.to_string()),
        };
    }
    let suites = chosen(arguments, &corpus)?;
    let runs = arguments.files.iter().map(|file| open(file)).collect::<Result<Vec<Results>, _>>()?;
    let coverage = Coverage::new(suites, &runs).map_err(|error| error.to_string())?;
    let coverage = if arguments.uncovered { coverage.uncovered() } else { coverage };
    match arguments.format {
        CoverageFormat::Terminal => Ok(coverage.text(color)),
        CoverageFormat::Markdown => Ok(coverage.markdown()),
        CoverageFormat::Json => coverage.json().map_err(|error| error.to_string()),
    }
}

/// The statements that are asked for, by document and section, in the order of their files.
fn chosen(arguments: &Arguments, corpus: &Corpus) -> Result<Vec<Suite>, String> {
    let all = || corpus.requirements.values();
    for suite in &arguments.suite {
        if !all().any(|requirement| requirement.suite() == suite) {
            return Err(no_such_suite(suite, all().map(Requirement::suite)));
        }
    }
    for filter in &arguments.filter {
        if !all().any(|requirement| filter.is_match(&requirement.id)) {
            return Err(no_requirement(
                filter.glob().glob(),
                all().map(|requirement| requirement.id.as_str()),
            ));
        }
    }
    let is_of = |requirement: &Requirement| {
        let is_any = |empty: bool, found: bool| empty || found;
        let level = requirement.judged();
        is_any(arguments.suite.is_empty(), arguments.suite.iter().any(|suite| suite == requirement.suite()))
            && is_any(arguments.level.is_empty(), arguments.level.iter().any(|word| word.level() == level))
            && is_any(
                arguments.filter.is_empty(),
                arguments.filter.iter().any(|filter| filter.is_match(&requirement.id)),
            )
    };
    let mut requirements: Vec<&Requirement> = all().collect();
    requirements.sort_by_key(|requirement| (requirement.suite(), requirement.span.start));
    let mut suites: Vec<Suite> = Vec::new();
    for requirement in requirements {
        if suites.last().is_none_or(|suite| suite.name != requirement.suite()) {
            suites.push(suite(requirement.suite(), corpus));
        }
        let Some(suite) = suites.last_mut() else { continue };
        // Sections stand in the order of the document, whichever statements of them are left.
        let at = suite.sections.iter().position(|section| section.title == requirement.section);
        let at = at.unwrap_or_else(|| {
            suite.sections.push(Section { title: requirement.section.clone(), requirements: Vec::new() });
            suite.sections.len() - 1
        });
        if is_of(requirement) {
            suite.sections[at].requirements.push(statement(requirement, corpus));
        }
    }
    for suite in &mut suites {
        suite.sections.retain(|section| !section.requirements.is_empty());
    }
    suites.retain(|suite| !suite.sections.is_empty());
    if suites.is_empty() {
        return Err("no statement is left: --suite, --level and --filter have none in common".to_owned());
    }
    Ok(suites)
}

fn suite(name: &str, corpus: &Corpus) -> Suite {
    let document = corpus.documents.get(name);
    Suite {
        name: name.to_owned(),
        title: document.map(|document| document.title.clone()),
        url: document.and_then(|document| document.url.clone()),
        sections: Vec::new(),
    }
}

fn statement(requirement: &Requirement, corpus: &Corpus) -> Statement {
    let words = |roles: BTreeSet<Role>| roles.into_iter().map(|role| role.word().to_owned()).collect();
    let mut probed = all_checks();
    probed.retain(|check| check.requirement == requirement.id);
    let mut missing = missing(requirement, corpus);
    if !probed.is_empty() {
        missing.remove(&Role::Server);
    }
    let probed = probed.iter().map(|check| Check { id: check.id(), title: check.title.to_owned() });
    let cases = corpus.cases.values().filter(|case| case.requirements.contains(&requirement.id));
    Statement {
        id: requirement.id.clone(),
        level: match requirement.level {
            ssespec_cases::Level::Must => Level::Must,
            ssespec_cases::Level::Should => Level::Should,
            ssespec_cases::Level::May => Level::May,
        },
        binds: requirement.binds.iter().map(|bound| bound.word().to_owned()).collect(),
        roles: words(requirement.roles()),
        text: requirement.text.clone(),
        link: requirement.link.clone(),
        evidence: requirement.evidence.clone(),
        untestable: requirement.untestable.clone(),
        disputed: requirement.disputed.clone(),
        cases: cases.map(check).chain(probed).collect(),
        missing: words(missing),
        results: Vec::new(),
    }
}

fn check(case: &Case) -> Check {
    Check { id: case.id.clone(), title: case.title.clone() }
}

/// The tests of other suites, with the cases that make their claims.
fn foreign(corpus: &Corpus) -> Counterparts {
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
