//! The site: runs are added one after another, and the pages about all of them are written at the end.

use std::io;

use askama::Template;

use super::{
    all::All, background::Background, case, cases::Cases, facts, frame::Crumb, implementation, index, result,
    run::Run, standard,
};
use crate::slug::Slugs;
use crate::{
    fold::{CaseOutcome, fold},
    limits,
    markdown::MatrixError,
    results::{Requirement, Results},
    terminal, visible,
};

/// Writes one page: its path below the folder of the site, with `/` between folders, and its text.
pub type Write<'w> = dyn FnMut(&str, &str) -> io::Result<()> + 'w;

/// Why a site cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A run cannot be shown next to the others.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// A page cannot be rendered. No text of a results file causes this.
    #[error("cannot render a page: {0}; this is a bug in ssespec, please report it")]
    Render(#[from] askama::Error),
    /// A page cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The path of the page, below the folder of the site.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// A site of static pages.
///
/// Only one run needs to be in memory: [`add`](Self::add) writes the pages of its failures.
#[derive(Debug)]
pub struct Site<'a> {
    background: &'a Background<'a>,
    runs: Vec<Run>,
    cases: Cases,
    slugs: Slugs,
    requirements: Vec<Requirement>,
    problems: Vec<String>,
}

/// A page as text.
pub(super) fn write(page: &impl Template, path: &str, to: &mut Write<'_>) -> Result<(), SiteError> {
    let text = page.render()?;
    to(path, &text).map_err(|source| SiteError::Write { path: path.to_owned(), source })
}

/// The style sheet and the script.
pub(super) fn write_assets(to: &mut Write<'_>) -> Result<(), SiteError> {
    for (path, text) in [("style.css", include_str!("style.css")), ("filter.js", include_str!("filter.js"))] {
        to(path, text).map_err(|source| SiteError::Write { path: path.to_owned(), source })?;
    }
    Ok(())
}

impl<'a> Site<'a> {
    /// A site without runs.
    pub fn new(background: &'a Background<'a>) -> Self {
        Self {
            background,
            runs: Vec::new(),
            cases: Cases::default(),
            slugs: Slugs::default(),
            requirements: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Says on the first page that something could not be shown, such as a results file that cannot be read.
    pub fn problem(&mut self, problem: &str) {
        self.problems.push(visible::line(problem, limits::PARAGRAPH));
    }

    /// Whether no run has been added.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Adds a run, and writes the pages of its failures.
    ///
    /// # Errors
    ///
    /// If another run is about the same version of the same implementation, or of another version of the suite; nothing is
    /// written then. If a page cannot be written.
    pub fn add(&mut self, results: &Results, to: &mut Write<'_>) -> Result<(), SiteError> {
        self.check(results)?;
        let implementation = &results.header().implementation;
        let slug = self.slugs.slug(&format!("{}-{}", implementation.name, implementation.version));
        let outcomes = fold(results.results());
        for requirement in &results.header().requirements {
            if !self.requirements.iter().any(|known| known.id == requirement.id) {
                self.requirements.push(requirement.clone());
            }
        }
        let run = Run::of(slug, results, &outcomes, &mut self.cases);
        self.write_results(&run, results, &outcomes, to)?;
        self.runs.push(run);
        Ok(())
    }

    fn check(&self, results: &Results) -> Result<(), MatrixError> {
        let name = visible::line(results.name(), limits::LINK);
        let header = results.header();
        if let Some(first) = self.runs.first()
            && first.header.suite_version != header.suite_version
        {
            return Err(MatrixError::SuiteVersions {
                first: first.file.clone(),
                first_version: visible::line(&first.header.suite_version, limits::NAME),
                second: name,
                second_version: visible::line(&header.suite_version, limits::NAME),
            });
        }
        let (named, version) = (&header.implementation.name, &header.implementation.version);
        let is_same = |run: &&Run| {
            run.header.implementation.name == *named && run.header.implementation.version == *version
        };
        match self.runs.iter().find(is_same) {
            None => Ok(()),
            Some(run) => Err(MatrixError::Duplicate {
                implementation: terminal::identity(header),
                first: run.file.clone(),
                second: name,
            }),
        }
    }

    fn write_results(
        &self,
        run: &Run,
        results: &Results,
        outcomes: &[CaseOutcome<'_>],
        to: &mut Write<'_>,
    ) -> Result<(), SiteError> {
        let findings: Vec<&CaseOutcome<'_>> =
            outcomes.iter().filter(|outcome| super::outcome::has_page(outcome.outcome())).collect();
        let place = |outcome: Option<&&CaseOutcome<'_>>| {
            let case = self.cases.get(outcome?.case())?;
            Some(Crumb {
                title: visible::line(&case.title, limits::SENTENCE),
                href: format!("{}.html", case.slug),
            })
        };
        for (at, outcome) in findings.iter().enumerate() {
            let Some(case) = self.cases.get(outcome.case()) else { continue };
            let around = result::Around {
                implementation: format!("../../implementations/{}.html", run.slug),
                case: Some(format!("../../cases/{}.html", case.slug)),
                before: place(at.checked_sub(1).and_then(|before| findings.get(before))),
                after: place(findings.get(at + 1)),
            };
            let mut page = result::page(results, outcome, self.background, around);
            page.frame.banners = run.banners();
            write(&page, &format!("results/{}/{}.html", run.slug, case.slug), to)?;
        }
        Ok(())
    }

    /// Writes all other pages.
    ///
    /// # Errors
    ///
    /// If there is no run, or a page cannot be written.
    pub fn finish(mut self, to: &mut Write<'_>) -> Result<(), SiteError> {
        if self.runs.is_empty() {
            return Err(MatrixError::Nothing.into());
        }
        self.runs.sort_by(|a, b| a.slug.cmp(&b.slug));
        let all = All {
            runs: &self.runs,
            cases: &self.cases,
            requirements: &self.requirements,
            background: self.background,
        };
        write_assets(to)?;
        for run in &self.runs {
            let page = implementation::page(run, &all);
            write(&page, &format!("implementations/{}.html", run.slug), to)?;
        }
        for case in self.cases.all() {
            write(&case::page(case, &all), &format!("cases/{}.html", case.slug), to)?;
        }
        let documents = standard::documents(&all);
        for document in &documents {
            write(&standard::page(document, &all), &format!("standard/{}.html", document.slug), to)?;
        }
        write(&standard::overview(&documents, &all), "standard.html", to)?;
        write(&facts::page(&all), "facts.html", to)?;
        write(&index::page(&all, &self.problems), "index.html", to)
    }
}
