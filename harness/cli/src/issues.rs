//! Failures as issues for the implementation's own tracker.

use std::collections::BTreeMap;
use std::path::Path;

use ssespec_reports::fold::fold;
use ssespec_reports::issue::{Distinct, Issue, distinct, issue};
use ssespec_reports::results::Results;
use ssespec_reports::slug::{self, Slugs};
use ssespec_reports::visible;

use crate::did_you_mean::UnknownName;
use crate::error::CommandError;
use crate::html::background::Explained;
use crate::html::folder::SiteFolder;
use crate::output;

/// The word for one issue of each distinct failure.
const ALL: &str = "all";

/// Which failures an issue is written for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failing {
    /// The one of this case.
    Case(String),
    /// One of each cause.
    All,
}

impl From<String> for Failing {
    fn from(word: String) -> Self {
        if word == ALL { Self::All } else { Self::Case(word) }
    }
}

/// Writes issues into a folder, or prints one.
///
/// # Errors
/// If the case did not fail, several issues have no folder, or the folder cannot be written.
pub(crate) fn write(runs: &[Results], failing: &Failing, folder: Option<&Path>) -> Result<(), CommandError> {
    let explained = Explained::default();
    let mut issues = Vec::new();
    for run in runs {
        for failure in failures(run, failing) {
            let worst = failure.case.worst();
            let steps = explained.steps(&worst.case, &worst.source).unwrap_or_default();
            // Those that a case leaves out are about the harness.
            let steps: Vec<String> =
                steps.into_iter().filter(|step| step.number.is_some()).map(|step| step.text).collect();
            let issue = issue(run, &failure.case, &failure.mistakes, &steps);
            issues.extend(issue.map(|issue| (run, failure, issue)));
        }
    }
    match (folder, issues.as_slice(), failing) {
        (_, [], Failing::Case(case)) => {
            let mut cases: Vec<&str> =
                runs.iter().flat_map(|run| run.results()).map(|result| result.case.as_str()).collect();
            cases.dedup();
            if cases.contains(&case.as_str()) {
                Err(CommandError::NoFailure { case: visible::line(case, TITLE) })
            } else {
                Err(UnknownName::case(case, cases).into())
            }
        }
        (_, [], Failing::All) => {
            output::note("no case failed, so there is nothing to file");
            Ok(())
        }
        (None, [(_, _, issue)], Failing::Case(_)) => {
            output::print(&issue.markdown);
            Ok(())
        }
        (None, _, _) => Err(CommandError::IssuesNeedAFolder),
        (Some(folder), issues, _) => into_folder(folder, issues),
    }
}

/// The failures of a run that are asked for.
fn failures<'a>(run: &'a Results, failing: &Failing) -> Vec<Distinct<'a>> {
    let all = distinct(run);
    match failing {
        Failing::All => all,
        Failing::Case(id) => {
            let case = fold(run.results()).into_iter().find(|case| case.case() == id);
            let causes = all.iter().filter(|failure| failure.cases.contains(id));
            let mistakes = causes.flat_map(|failure| failure.mistakes.clone()).collect();
            case.map(|case| Distinct { case, mistakes, cases: vec![id.clone()] }).into_iter().collect()
        }
    }
}

/// Writes a folder for each issue, and prints where.
fn into_folder(folder: &Path, issues: &[(&Results, Distinct<'_>, Issue)]) -> Result<(), CommandError> {
    let mut output = SiteFolder::new(folder)?;
    let mut taken: BTreeMap<String, Slugs> = BTreeMap::new();
    let mut listed = String::new();
    for (run, failure, issue) in issues {
        let implementation = &run.header().implementation;
        let name = format!("{}-{}", implementation.name, implementation.version);
        let of_implementation = slug::plain(&name);
        let slugs = taken.entry(of_implementation.clone()).or_default();
        let path = format!("issues/{of_implementation}/{}", slugs.slug(failure.case.case()));
        output.write(&format!("{path}/issue.md"), issue.markdown.as_bytes()).map_err(write_error(folder))?;
        for file in &issue.files {
            output.write(&format!("{path}/{}", file.name), &file.bytes).map_err(write_error(folder))?;
        }
        let cases = match failure.cases.len() {
            1 => "1 case".to_owned(),
            cases => format!("{cases} cases"),
        };
        let title = visible::line(&issue.title, TITLE);
        listed.push_str(&format!("{}: {title} ({cases})\n", folder.join(path).join("issue.md").display()));
    }
    output::print(&listed);
    Ok(())
}

/// The longest title in the list, in characters.
const TITLE: usize = 120;

fn write_error(folder: &Path) -> impl Fn(std::io::Error) -> CommandError {
    let path = folder.to_owned();
    move |source| output::WriteFileError { path: path.clone(), source }.into()
}
