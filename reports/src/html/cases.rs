//! What the pages show of cases: each is kept once, however many implementations ran it.

use std::{collections::BTreeMap, rc::Rc};

use crate::slug::Slugs;
use crate::{
    fold::CaseOutcome,
    results::{CaseResult, Level, Role, Source},
};

/// A case.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) id: Rc<str>,
    /// Its name in paths and anchors.
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) why: Option<String>,
    pub(super) suite: String,
    pub(super) level: Level,
    pub(super) requirements: Vec<String>,
    pub(super) needs: Vec<String>,
    pub(super) source: Source,
    /// The role of the implementation that ran it first.
    pub(super) role: Role,
}

impl Case {
    fn of(id: Rc<str>, slug: String, result: &CaseResult, role: Role) -> Self {
        Self {
            id,
            slug,
            title: result.title.clone(),
            why: result.why.clone(),
            suite: result.suite.clone(),
            level: result.level,
            requirements: result.requirements.clone(),
            needs: result.needs.clone(),
            source: result.source.clone(),
            role,
        }
    }

    /// The folder of the case.
    pub(super) fn group(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// The last part of its id.
    pub(super) fn name(&self) -> &str {
        self.id.rsplit_once('/').map_or(&self.id, |(_, name)| name)
    }
}

/// All cases of all runs, by id.
#[derive(Debug, Default)]
pub(super) struct Cases {
    by_id: BTreeMap<Rc<str>, Case>,
    slugs: Slugs,
}

impl Cases {
    /// Keeps a case, if it is new; its id, shared.
    pub(super) fn keep(&mut self, outcome: &CaseOutcome<'_>, role: Role) -> Rc<str> {
        if let Some(case) = self.by_id.get_mut(outcome.case()) {
            if case.why.is_none() {
                case.why.clone_from(&outcome.worst().why);
            }
            return Rc::clone(&case.id);
        }
        let id: Rc<str> = outcome.case().into();
        let slug = self.slugs.slug(outcome.case());
        self.by_id.insert(Rc::clone(&id), Case::of(Rc::clone(&id), slug, outcome.worst(), role));
        id
    }

    /// A case.
    pub(super) fn get(&self, id: &str) -> Option<&Case> {
        self.by_id.get(id)
    }

    /// All cases, by id.
    pub(super) fn all(&self) -> impl Iterator<Item = &Case> {
        self.by_id.values()
    }

    /// The number of cases.
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }
}
