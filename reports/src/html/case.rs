//! One case and all implementations.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    all::All,
    cases::Case,
    frame::{Frame, Kind, Width},
    outcome::{class, word},
    prose::{Address, Piece, address, paragraph, sentence},
    result::RequirementBlock,
    run::{Cell, Run},
    source::{self, Step},
};
use crate::{fold::Outcome, limits, visible};

/// The page of a case.
#[derive(Template)]
#[template(path = "case.html")]
pub(super) struct CasePage {
    frame: Frame,
    title: Vec<Piece>,
    id: String,
    level: String,
    suite: String,
    why: Vec<Piece>,
    /// The implementations by outcome, the worst first.
    groups: Vec<Group>,
    agreement: Option<String>,
    requirements: Vec<RequirementBlock>,
    needs: Vec<String>,
    steps: Vec<Step>,
    path: String,
    lines: Vec<source::Line>,
}

/// The implementations with the same outcome.
struct Group {
    class: &'static str,
    word: &'static str,
    members: Vec<Member>,
}

/// What an implementation did in the case.
struct Member {
    name: String,
    href: String,
    evidence: Option<String>,
    only_in: Option<String>,
    summary: Option<String>,
    known: Option<(Vec<Piece>, Option<Address>)>,
    facts: Vec<String>,
}

/// The page of a case.
pub(super) fn page(case: &Case, all: &All<'_>) -> CasePage {
    let id = visible::line(&case.id, limits::ID);
    let mut by_outcome: BTreeMap<std::cmp::Reverse<Outcome>, Vec<Member>> = BTreeMap::new();
    for run in all.runs {
        if let Some(cell) = run.cells.get(&case.id) {
            by_outcome.entry(std::cmp::Reverse(cell.outcome)).or_default().push(member(run, cell, case));
        }
    }
    let agreement = match by_outcome.iter().next() {
        Some((outcome, members)) if by_outcome.len() == 1 && members.len() > 1 => {
            Some(format!("All {} implementations agree: {}.", members.len(), word(outcome.0)))
        }
        _ => None,
    };
    CasePage {
        frame: Frame::new(id.clone()).below(1).under("Results", format!("../index.html#{}", case.slug)),
        title: sentence(&case.title),
        level: case.level.as_str().to_uppercase(),
        suite: visible::line(&case.suite, limits::ID),
        why: case.why.as_deref().map(paragraph).unwrap_or_default(),
        groups: by_outcome
            .into_iter()
            .map(|(outcome, members)| Group { class: class(outcome.0), word: word(outcome.0), members })
            .collect(),
        agreement,
        requirements: case
            .requirements
            .iter()
            .map(|id| RequirementBlock::of(id, all.requirement(id)))
            .collect(),
        needs: case.needs.iter().map(|need| need_of(need, case, all)).collect(),
        steps: source::steps(all.background, &case.id, &case.source, None),
        path: visible::line(&case.source.path, limits::LINK),
        lines: source::lines(&case.source, None),
        id,
    }
}

fn need_of(need: &str, case: &Case, all: &All<'_>) -> String {
    let known = all.background.capabilities.iter().find(|one| one.role == case.role && one.name == need);
    let name = visible::line(need, limits::NAME);
    match known {
        Some(known) => format!("{name}: {}", known.meaning),
        None => name,
    }
}

fn member(run: &Run, cell: &Cell, case: &Case) -> Member {
    Member {
        name: run.identity(),
        href: format!("../implementations/{}.html", run.slug),
        evidence: cell.has_page().then(|| format!("../results/{}/{}.html", run.slug, case.slug)),
        only_in: cell.only_in.clone(),
        summary: cell.summary.as_deref().map(str::to_owned),
        known: cell
            .known
            .as_ref()
            .filter(|_| cell.outcome == Outcome::Known)
            .map(|known| (sentence(&known.reason), known.link.as_deref().map(address))),
        facts: cell
            .facts
            .iter()
            .map(|fact| {
                let only = fact.only_in.as_ref().map(|only| format!(" (in {only})")).unwrap_or_default();
                format!("{}: {}{only}", fact.fact, fact.value)
            })
            .collect(),
    }
}
