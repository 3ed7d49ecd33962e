//! The documents of a corpus, requirement by requirement, as reports show them.

use std::collections::BTreeSet;

use ssespec_cases::lint::coverage::missing;
use ssespec_cases::{Case, Corpus, Requirement, Role};
use ssespec_probe::all_checks;
use ssespec_reports::coverage::{Check, Section, Statement, Suite};
use ssespec_reports::results::Level;

/// The selected requirements, grouped by document and section, in the order of their files.
pub(crate) fn documents(corpus: &Corpus, is_selected: &dyn Fn(&Requirement) -> bool) -> Vec<Suite> {
    let mut requirements: Vec<&Requirement> = corpus.requirements.values().collect();
    requirements.sort_by_key(|requirement| (requirement.suite(), requirement.span.start));
    let mut suites: Vec<Suite> = Vec::new();
    for requirement in requirements {
        if suites.last().is_none_or(|suite| suite.name != requirement.suite()) {
            suites.push(suite(requirement.suite(), corpus));
        }
        let Some(suite) = suites.last_mut() else { continue };
        // Every section is added, selected or not, to keep the order of the document.
        let at = suite.sections.iter().position(|section| section.title == requirement.section);
        let at = at.unwrap_or_else(|| {
            suite.sections.push(Section { title: requirement.section.clone(), requirements: Vec::new() });
            suite.sections.len() - 1
        });
        if is_selected(requirement) {
            suite.sections[at].requirements.push(statement(requirement, corpus));
        }
    }
    for suite in &mut suites {
        suite.sections.retain(|section| !section.requirements.is_empty());
    }
    suites.retain(|suite| !suite.sections.is_empty());
    suites
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

/// A case that checks a requirement.
pub(crate) fn check(case: &Case) -> Check {
    Check { id: case.id.clone(), title: case.title.clone() }
}
