//! `ssespec check`: finds mistakes in cases, scenarios and `ssespec.toml` files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use ssespec::implementation::{FILE, Folder, FolderError};
use ssespec_cases::load::CorpusError;
use ssespec_cases::{Corpus, Requirement, Role, lint};
use ssespec_diagnostics::{Diagnostics, Source};
use ssespec_mock_server::scenario;
use ssespec_probe::all_checks;

use crate::error::{CommandError, plural};
use crate::output;
use crate::status::Status;

/// Find mistakes in cases, scenarios and ssespec.toml files.
///
/// Each mistake is shown with its line and a hint. For the built-in cases, and for a folder with its own requirements/ or
/// counterparts/, the command also reports requirements and counterparts without a case.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec check my-cases
  ssespec check cases/client/lines/crlf-ends-one-line.toml --color never
  ssespec check ci/implementations/eventsource/ssespec.toml
  ssespec check mock-server/examples/drop-and-resume.toml
  ssespec check --scenario scenario.toml")]
pub(crate) struct Arguments {
    /// Case files, folders of cases, scenarios, or ssespec.toml files [default: the built-in cases]
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Check all files as scenarios, also those without a `route`
    #[arg(long, requires = "paths")]
    scenario: bool,
}

pub(crate) fn perform(arguments: &Arguments) -> Result<Status, CommandError> {
    let checked = if arguments.scenario { scenarios(&arguments.paths) } else { files(&arguments.paths) };
    match checked {
        Ok(Checked { cases, implementations, scenarios }) => {
            let counts = [(cases, "case"), (scenarios, "scenario"), (implementations, "ssespec.toml file")];
            let counts = counts.iter().filter(|(count, _)| *count > 0);
            let counts: Vec<String> =
                counts.map(|(count, what)| format!("{count} {what}{}", plural(*count))).collect();
            output::print(&format!("{}, no mistakes\n", counts.join(" and ")));
            Ok(Status::Success)
        }
        Err(Problem::Mistakes(list)) => {
            let styled = output::stdout_color() == ssespec_reports::terminal::Color::Ansi;
            let blocks: Vec<String> = list.iter().map(|diagnostics| diagnostics.render(styled)).collect();
            let mistakes: usize = list.iter().map(|diagnostics| diagnostics.list().len()).sum();
            output::print(&format!("{}\n\n", blocks.join("\n\n")));
            Err(CommandError::Mistakes { mistakes, files: list.len() })
        }
        Err(Problem::Other(error)) => Err(error),
    }
}

/// How many files have no mistakes.
#[derive(Default)]
struct Checked {
    cases: usize,
    implementations: usize,
    scenarios: usize,
}

/// Why a check failed.
enum Problem {
    Mistakes(Vec<Diagnostics>),
    Other(CommandError),
}

impl From<CorpusError> for Problem {
    fn from(error: CorpusError) -> Self {
        match error {
            CorpusError::Mistakes(list) => Self::Mistakes(list),
            other => Self::Other(other.into()),
        }
    }
}

impl From<FolderError> for Problem {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::Mistakes(diagnostics) => Self::Mistakes(vec![diagnostics]),
            other => Self::Other(other.into()),
        }
    }
}

/// The mistakes in all files.
#[derive(Default)]
struct Gathered {
    checked: Checked,
    mistakes: Vec<Diagnostics>,
}

impl Gathered {
    fn add(&mut self, found: Result<Checked, Problem>) -> Result<(), Problem> {
        match found {
            Ok(Checked { cases, implementations, scenarios }) => {
                self.checked.cases += cases;
                self.checked.implementations += implementations;
                self.checked.scenarios += scenarios;
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
        return check_corpus(&Corpus::embedded()?, |_| true);
    }
    let mut gathered = Gathered::default();
    let mut cases = Vec::new();
    for path in paths {
        if path.file_name().is_some_and(|name| name == FILE) {
            gathered.add(implementation(path))?;
        } else if !path.is_dir() {
            if is_scenario(path) {
                gathered.add(scenario(path))?;
            } else {
                cases.push(path.clone());
            }
        } else if is_folder_of_scenarios(path) {
            let mut files = Vec::new();
            collect(path, &mut files);
            for file in files {
                gathered.add(scenario(&file))?;
            }
        } else if is_corpus(path) || !is_in_a_corpus(path) {
            gathered.add(folder(path))?;
        } else {
            let mut files = Vec::new();
            collect(path, &mut files);
            if files.is_empty() {
                return Err(CorpusError::Empty(path.display().to_string()).into());
            }
            cases.append(&mut files);
        }
    }
    if !cases.is_empty() {
        gathered.add(single(&cases))?;
    }
    gathered.conclude()
}

/// The names of the folders in a corpus.
fn corpus_folders() -> impl Iterator<Item = &'static str> {
    Role::WORDS.iter().copied().chain(["requirements", "counterparts"])
}

/// Whether a folder contains cases in the layout that `--cases` expects.
fn is_corpus(folder: &Path) -> bool {
    corpus_folders().any(|below| folder.join(below).is_dir())
}

/// Whether a folder contains scenarios and nothing else.
fn is_folder_of_scenarios(folder: &Path) -> bool {
    let mut files = Vec::new();
    collect(folder, &mut files);
    !is_corpus(folder) && !files.is_empty() && files.iter().all(|file| is_scenario(file))
}

/// Whether a folder is part of a corpus.
fn is_in_a_corpus(folder: &Path) -> bool {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    folder.iter().any(|part| corpus_folders().any(|below| part == below))
}

fn folder(path: &Path) -> Result<Checked, Problem> {
    // The folder need not cover the built-in requirements.
    let is_own = |file: &Path| file.starts_with(path) && file.is_file();
    check_corpus(&Corpus::load(path)?, is_own)
}

/// Checks the coverage of a corpus: of the requirements and counterparts in the files for which `is_checked` holds.
fn check_corpus(corpus: &Corpus, is_checked: impl Fn(&Path) -> bool) -> Result<Checked, Problem> {
    let probed: BTreeSet<&str> = all_checks().iter().map(|check| check.requirement).collect();
    // A requirement that a probe checks needs no case.
    let by_a_probe = |requirement: &Requirement, role: Role| {
        role == Role::Server && probed.contains(requirement.id.as_str())
    };
    let mut missing = lint::coverage::check_beside(corpus, by_a_probe);
    missing.retain(|diagnostics| is_checked(Path::new(diagnostics.source().name())));
    if missing.is_empty() {
        Ok(Checked { cases: corpus.cases.len(), ..Checked::default() })
    } else {
        Err(Problem::Mistakes(missing))
    }
}

fn implementation(path: &Path) -> Result<Checked, Problem> {
    Folder::read(path.parent().unwrap_or(Path::new(".")))?;
    Ok(Checked { implementations: 1, ..Checked::default() })
}

fn single(paths: &[PathBuf]) -> Result<Checked, Problem> {
    // Without the built-in cases: a file that is one of them is not compared with itself.
    let requirements = Corpus { cases: Default::default(), ..Corpus::embedded()? };
    Ok(Checked { cases: requirements.with_files(paths)?.cases.len(), ..Checked::default() })
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

/// Whether a file is a scenario: it has routes, which no case has.
fn is_scenario(path: &Path) -> bool {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    // Also in a file with mistakes.
    text.lines().map(str::trim_start).any(|line| {
        let name = line.trim_start_matches('[').trim_start();
        let rest = name.strip_prefix("route").map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with(['.', ']', '=']))
    })
}

fn scenarios(paths: &[PathBuf]) -> Result<Checked, Problem> {
    let mut gathered = Gathered::default();
    for path in paths {
        gathered.add(scenario(path))?;
    }
    gathered.conclude()
}

fn scenario(path: &Path) -> Result<Checked, Problem> {
    let source = Source::read(path).map_err(|error| Problem::Other(error.into()))?;
    match scenario::format::read(&source) {
        Ok(_) => Ok(Checked { scenarios: 1, ..Checked::default() }),
        Err(diagnostics) => Err(Problem::Mistakes(vec![diagnostics])),
    }
}
