//! `ssespec check`: mistakes in the files that people write, with their places.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use ssespec::implementation::{FILE, Folder, FolderError};
use ssespec_cases::load::CorpusError;
use ssespec_cases::{Corpus, Requirement, Role, lint};
use ssespec_diagnostics::{Diagnostics, Source};
use ssespec_mock_server::scenario;
use ssespec_probe::all_checks;

use super::Status;
use super::output;
use super::run::usage;

/// Find mistakes in cases, scenarios and ssespec.toml, with line and hint.
///
/// Of a folder with requirements/ or counterparts/ of its own, and of what is built in, it also tells what no case
/// checks.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec check my-cases
  ssespec check cases/client/lines/crlf-ends-one-line.toml --color never
  ssespec check ci/implementations/eventsource/ssespec.toml
  ssespec check --scenario mock-server/examples/drop-and-resume.toml")]
pub(super) struct Arguments {
    /// Case files, folders of cases, or ssespec.toml files; the built-in cases where none is named
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// The files are scenarios of the mock server
    #[arg(long, requires = "paths")]
    scenario: bool,
}

pub(super) fn perform(arguments: &Arguments) -> Status {
    let checked = if arguments.scenario { scenarios(&arguments.paths) } else { files(&arguments.paths) };
    match checked {
        Ok(Checked { cases, others }) => {
            let what = if arguments.scenario { "scenario".to_owned() } else { format!("{FILE} file") };
            let cases = (cases > 0).then(|| format!("{cases} case{}", plural(cases)));
            let others = (others > 0).then(|| format!("{others} {what}{}", plural(others)));
            let counts: Vec<String> = cases.into_iter().chain(others).collect();
            output::print(&format!("{}, no mistake\n", counts.join(" and ")));
            Status::Fine
        }
        Err(Problem::Mistakes(list)) => {
            let styled = output::stdout_color() == ssespec_reports::terminal::Color::Ansi;
            let blocks: Vec<String> = list.iter().map(|diagnostics| diagnostics.render(styled)).collect();
            let mistakes: usize = list.iter().map(|diagnostics| diagnostics.list().len()).sum();
            output::print(&format!("{}\n\n", blocks.join("\n\n")));
            usage(&format!(
                "{mistakes} mistake{} in {} file{}",
                plural(mistakes),
                list.len(),
                plural(list.len())
            ))
        }
        Err(Problem::Other(message)) => usage(&message),
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// How many files are right.
#[derive(Default)]
struct Checked {
    cases: usize,
    others: usize,
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

impl From<FolderError> for Problem {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::Mistakes(diagnostics) => Self::Mistakes(vec![diagnostics]),
            other => Self::Other(other.to_string()),
        }
    }
}

/// All mistakes of all files, before anything else that is wrong with one.
#[derive(Default)]
struct Gathered {
    checked: Checked,
    mistakes: Vec<Diagnostics>,
}

impl Gathered {
    fn add(&mut self, found: Result<Checked, Problem>) -> Result<(), Problem> {
        match found {
            Ok(Checked { cases, others }) => {
                self.checked.cases += cases;
                self.checked.others += others;
            }
            Err(Problem::Mistakes(list)) => self.mistakes.extend(list),
            Err(other) => return Err(other),
        }
        Ok(())
    }

    fn conclude(self) -> Result<Checked, Problem> {
        if self.mistakes.is_empty() { Ok(self.checked) } else { Err(Problem::Mistakes(self.mistakes)) }
    }
}

fn files(paths: &[PathBuf]) -> Result<Checked, Problem> {
    if paths.is_empty() {
        return whole(&Corpus::embedded()?, |_| true);
    }
    let mut gathered = Gathered::default();
    let mut cases = Vec::new();
    for path in paths {
        if path.file_name().is_some_and(|name| name == FILE) {
            gathered.add(implementation(path))?;
        } else if !path.is_dir() {
            cases.push(path.clone());
        } else if is_corpus(path) {
            gathered.add(folder(path))?;
        } else {
            let before = cases.len();
            if is_of_a_corpus(path) {
                collect(path, &mut cases);
            }
            if cases.len() == before {
                return Err(CorpusError::Empty(path.display().to_string()).into());
            }
        }
    }
    if !cases.is_empty() {
        gathered.add(single(&cases))?;
    }
    gathered.conclude()
}

/// The folders of which a folder with cases has some.
fn below_a_corpus() -> impl Iterator<Item = &'static str> {
    Role::WORDS.iter().copied().chain(["requirements", "counterparts"])
}

/// Whether a folder holds cases the way `--cases` wants them.
fn is_corpus(folder: &Path) -> bool {
    below_a_corpus().any(|below| folder.join(below).is_dir())
}

/// Whether a folder is below one that holds cases.
fn is_of_a_corpus(folder: &Path) -> bool {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    folder.iter().any(|part| below_a_corpus().any(|below| part == below))
}

fn folder(path: &Path) -> Result<Checked, Problem> {
    // What is built in is not for this folder to cover.
    let is_own = |file: &Path| file.starts_with(path) && file.is_file();
    whole(&Corpus::load(path)?, is_own)
}

/// A corpus as a whole, of which these files of requirements and counterparts are judged.
fn whole(corpus: &Corpus, is_judged: impl Fn(&Path) -> bool) -> Result<Checked, Problem> {
    let probed: BTreeSet<&str> = all_checks().iter().map(|check| check.requirement).collect();
    // What a probe checks needs no case beside.
    let elsewhere = |requirement: &Requirement, role: Role| {
        role == Role::Server && probed.contains(requirement.id.as_str())
    };
    let mut lacking = lint::coverage::check_beside(corpus, elsewhere);
    lacking.retain(|told| is_judged(Path::new(told.source().name())));
    if lacking.is_empty() {
        Ok(Checked { cases: corpus.cases.len(), others: 0 })
    } else {
        Err(Problem::Mistakes(lacking))
    }
}

fn implementation(path: &Path) -> Result<Checked, Problem> {
    Folder::read(path.parent().unwrap_or(Path::new(".")))?;
    Ok(Checked { cases: 0, others: 1 })
}

fn single(paths: &[PathBuf]) -> Result<Checked, Problem> {
    // The built-in cases make way: a file that is edited is checked, not compared with itself.
    let beside = Corpus { cases: Default::default(), ..Corpus::embedded()? };
    Ok(Checked { cases: beside.with_files(paths)?.cases.len(), others: 0 })
}

/// The TOML files below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
}

fn scenarios(paths: &[PathBuf]) -> Result<Checked, Problem> {
    let mut gathered = Gathered::default();
    for path in paths {
        gathered.add(scenario(path))?;
    }
    gathered.conclude()
}

fn scenario(path: &Path) -> Result<Checked, Problem> {
    let source = Source::read(path).map_err(|error| Problem::Other(error.to_string()))?;
    match scenario::format::read(&source) {
        Ok(_) => Ok(Checked { cases: 0, others: 1 }),
        Err(diagnostics) => Err(Problem::Mistakes(vec![diagnostics])),
    }
}
