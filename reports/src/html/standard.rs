//! The documents, requirement by requirement, with what each implementation does.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    all::All,
    cases::Case,
    frame::{Frame, Kind, Width},
    matrix::ordered,
    outcome::{class, word},
    prose::{Address, Piece, address, paragraph, web_address},
    run::Run,
};
use crate::slug::{Slugs, plain};
use crate::{
    coverage::Statement,
    fold::Outcome,
    limits,
    results::{Level, Requirement},
    totals::suite_rank,
    visible,
};

/// A document.
pub(super) struct Document {
    pub(super) slug: String,
    suite: String,
    title: String,
    url: Option<String>,
    sections: Vec<Section>,
}

/// A section of a document.
struct Section {
    anchor: String,
    title: Option<String>,
    statements: Vec<Stated>,
}

/// A requirement, before results are added.
struct Stated {
    id: String,
    level: Level,
    binds: Vec<String>,
    text: String,
    link: String,
    evidence: Vec<String>,
    untestable: Option<String>,
    disputed: Option<String>,
    missing: Vec<String>,
}

/// The page of a document.
#[derive(Template)]
#[template(path = "standard.html")]
pub(super) struct StandardPage {
    frame: Frame,
    title: String,
    url: Option<String>,
    columns: Vec<(String, String, String)>,
    sections: Vec<SectionShown>,
    counts: Vec<(usize, &'static str)>,
    turned: bool,
}

struct SectionShown {
    anchor: String,
    title: Option<String>,
    requirements: Vec<RequirementShown>,
}

/// A requirement with its cases and results.
struct RequirementShown {
    anchor: String,
    id: String,
    level: &'static str,
    binds: String,
    text: Vec<Piece>,
    link: Option<String>,
    evidence: Vec<Address>,
    untestable: Option<Vec<Piece>>,
    disputed: Option<Vec<Piece>>,
    missing: Option<String>,
    cases: Vec<(String, String)>,
    cells: Vec<(&'static str, &'static str)>,
}

/// The list of documents.
#[derive(Template)]
#[template(path = "documents.html")]
pub(super) struct OverviewPage {
    frame: Frame,
    documents: Vec<DocumentRow>,
}

struct DocumentRow {
    href: String,
    title: String,
    requirements: usize,
    checked: usize,
    untestable: usize,
    missing: usize,
}

/// The documents: those that the caller knows, in their order, and then what else the headers have.
pub(super) fn documents(all: &All<'_>) -> Vec<Document> {
    let mut slugs = Slugs::default();
    let mut documents: Vec<Document> = Vec::new();
    for suite in &all.background.documents {
        documents.push(Document {
            slug: slugs.slug(&suite.name),
            suite: suite.name.clone(),
            title: visible::line(suite.title.as_deref().unwrap_or(&suite.name), limits::SENTENCE),
            url: suite.url.clone(),
            sections: suite
                .sections
                .iter()
                .map(|section| Section {
                    anchor: format!("section-{}", plain(section.title.as_deref().unwrap_or("start"))),
                    title: section.title.clone(),
                    statements: section.requirements.iter().map(known).collect(),
                })
                .collect(),
        });
    }
    for requirement in all.requirements {
        let is_of = |document: &&mut Document| document.suite == requirement.suite;
        let place = documents.iter_mut().find(is_of);
        let document = match place {
            Some(document) => document,
            None => {
                documents.push(Document {
                    slug: slugs.slug(&requirement.suite),
                    suite: requirement.suite.clone(),
                    title: visible::line(&requirement.suite, limits::ID),
                    url: None,
                    sections: Vec::new(),
                });
                let Some(last) = documents.last_mut() else { continue };
                last
            }
        };
        let mut statements = document.sections.iter().flat_map(|section| &section.statements);
        if statements.any(|statement| statement.id == requirement.id) {
            continue;
        }
        // Whatever the caller does not know is at the end.
        match document.sections.last_mut().filter(|section| section.anchor == OTHERS) {
            Some(section) => section.statements.push(stated(requirement)),
            None => document.sections.push(Section {
                anchor: OTHERS.to_owned(),
                title: None,
                statements: vec![stated(requirement)],
            }),
        }
    }
    documents.sort_by(|a, b| (suite_rank(&a.suite), &a.suite).cmp(&(suite_rank(&b.suite), &b.suite)));
    documents
}

/// The anchor of the requirements that only headers have.
const OTHERS: &str = "requirements";

fn known(statement: &Statement) -> Stated {
    Stated {
        id: statement.id.clone(),
        level: statement.level,
        binds: statement.binds.clone(),
        text: statement.text.clone(),
        link: statement.link.clone(),
        evidence: statement.evidence.clone(),
        untestable: statement.untestable.clone(),
        disputed: statement.disputed.clone(),
        missing: statement.missing.clone(),
    }
}

fn stated(requirement: &Requirement) -> Stated {
    Stated {
        id: requirement.id.clone(),
        level: requirement.level,
        binds: Vec::new(),
        text: requirement.text.clone(),
        link: requirement.link.clone(),
        evidence: Vec::new(),
        untestable: requirement.untestable.clone(),
        disputed: requirement.disputed.clone(),
        missing: Vec::new(),
    }
}

/// From this number of columns on, their names are turned.
const TURNED: usize = 5;

/// The page of a document.
pub(super) fn page(document: &Document, all: &All<'_>) -> StandardPage {
    let mut runs: Vec<&Run> = Vec::new();
    for role in crate::results::Role::ALL {
        let of_role = all.runs.iter().filter(|run| {
            run.header.implementation.role == *role && run.totals.suite(&document.suite).is_some()
        });
        runs.extend(ordered(of_role.collect(), &document.suite));
    }
    let mut by_requirement: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in all.cases.all() {
        for id in &case.requirements {
            by_requirement.entry(id).or_default().push(case);
        }
    }
    let mut slugs = Slugs::default();
    let sections: Vec<SectionShown> = document
        .sections
        .iter()
        .map(|section| SectionShown {
            anchor: slugs.slug(&section.anchor),
            title: section.title.as_deref().map(|title| visible::line(title, limits::SENTENCE)),
            requirements: section
                .statements
                .iter()
                .map(|statement| {
                    let cases =
                        by_requirement.get(statement.id.as_str()).map(Vec::as_slice).unwrap_or_default();
                    shown(statement, cases, &runs, &mut slugs)
                })
                .collect(),
        })
        .collect();
    let row = count(document, all);
    StandardPage {
        frame: Frame::new(document.title.clone()).below(1).wide().under("Standard", "../standard.html"),
        title: document.title.clone(),
        url: document.url.as_deref().and_then(web_address).map(str::to_owned),
        columns: runs
            .iter()
            .map(|run| (run.name(), run.version(), format!("../implementations/{}.html", run.slug)))
            .collect(),
        sections,
        counts: [
            (row.requirements, "requirements"),
            (row.checked, "checked by a case that ran"),
            (row.untestable, "that no case can check"),
            (row.missing, "without a case"),
        ]
        .to_vec(),
        turned: runs.len() >= TURNED,
    }
}

fn shown(statement: &Stated, cases: &[&Case], runs: &[&Run], slugs: &mut Slugs) -> RequirementShown {
    let cell = |run: &&Run| {
        let outcomes = cases.iter().filter_map(|case| run.cells.get(&case.id)).map(|cell| cell.outcome);
        outcomes.max().map_or(("n", "not run"), |outcome: Outcome| (class(outcome), word(outcome)))
    };
    RequirementShown {
        anchor: slugs.slug(&statement.id),
        id: visible::line(&statement.id, limits::ID),
        level: statement.level.as_str(),
        binds: visible::line(&statement.binds.join(", "), limits::NAME),
        text: paragraph(&statement.text),
        link: web_address(&statement.link).map(str::to_owned),
        evidence: statement.evidence.iter().map(|evidence| address(evidence)).collect(),
        untestable: statement.untestable.as_deref().map(paragraph),
        disputed: statement.disputed.as_deref().map(paragraph),
        missing: (!statement.missing.is_empty() && statement.untestable.is_none())
            .then(|| visible::line(&statement.missing.join(", "), limits::NAME)),
        cases: cases
            .iter()
            .map(|case| (visible::line(&case.id, limits::ID), format!("../cases/{}.html", case.slug)))
            .collect(),
        cells: runs.iter().map(cell).collect(),
    }
}

fn count(document: &Document, all: &All<'_>) -> DocumentRow {
    let statements = || document.sections.iter().flat_map(|section| &section.statements);
    let checked: std::collections::BTreeSet<&str> =
        all.cases.all().flat_map(|case| &case.requirements).map(String::as_str).collect();
    DocumentRow {
        href: format!("standard/{}.html", document.slug),
        title: document.title.clone(),
        requirements: statements().count(),
        checked: statements().filter(|statement| checked.contains(statement.id.as_str())).count(),
        untestable: statements().filter(|statement| statement.untestable.is_some()).count(),
        missing: statements()
            .filter(|statement| statement.untestable.is_none() && !statement.missing.is_empty())
            .count(),
    }
}

/// The list of documents.
pub(super) fn overview(documents: &[Document], all: &All<'_>) -> OverviewPage {
    OverviewPage {
        frame: Frame::new("Server-Sent Events: the standard, with results"),
        documents: documents.iter().map(|document| count(document, all)).collect(),
    }
}
