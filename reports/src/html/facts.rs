//! What implementations do where the standards leave them a choice, fact by fact.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    all::All,
    frame::{Frame, Kind, Width},
    matrix::plural,
    prose::{Piece, sentence},
};
use crate::results::Role;

/// The page of facts.
#[derive(Template)]
#[template(path = "facts.html")]
pub(super) struct FactsPage {
    frame: Frame,
    roles: Vec<RoleFacts>,
}

/// The facts of one role.
struct RoleFacts {
    role: &'static str,
    cases: Vec<CaseFacts>,
}

/// The facts of one case.
struct CaseFacts {
    anchor: String,
    title: Vec<Piece>,
    href: String,
    facts: Vec<FactTable>,
}

/// A fact, with everything that was observed.
struct FactTable {
    fact: String,
    /// The values, the most frequent first.
    values: Vec<Value>,
}

/// An observation, with the implementations that showed it.
struct Value {
    value: String,
    implementations: Vec<(String, String)>,
}

/// Implementations with their addresses, by what was observed.
type Values<'a> = BTreeMap<&'a str, Vec<(String, String)>>;

/// The page of facts.
pub(super) fn page(all: &All<'_>) -> FactsPage {
    let roles = Role::ALL.iter().map(|role| RoleFacts { role: plural(*role), cases: cases(*role, all) });
    FactsPage {
        frame: Frame::new("Server-Sent Events: facts"),
        roles: roles.filter(|role| !role.cases.is_empty()).collect(),
    }
}

fn cases(role: Role, all: &All<'_>) -> Vec<CaseFacts> {
    let mut cases = Vec::new();
    for case in all.cases.all() {
        let mut facts: BTreeMap<&str, Values<'_>> = BTreeMap::new();
        for run in all.runs.iter().filter(|run| run.header.implementation.role == role) {
            let Some(cell) = run.cells.get(&case.id) else { continue };
            for fact in &cell.facts {
                let only = fact.only_in.as_ref().map(|only| format!(" (in {only})")).unwrap_or_default();
                let name = format!("{} {}{only}", run.name(), run.version());
                let href = format!("implementations/{}.html", run.slug);
                facts.entry(&fact.fact).or_default().entry(&fact.value).or_default().push((name, href));
            }
        }
        if facts.is_empty() {
            continue;
        }
        cases.push(CaseFacts {
            anchor: format!("{}-{}", plural(role), case.slug),
            title: sentence(&case.title),
            href: format!("cases/{}.html", case.slug),
            facts: facts.into_iter().map(|(fact, values)| table(fact, values)).collect(),
        });
    }
    cases
}

fn table(fact: &str, values: Values<'_>) -> FactTable {
    let mut values: Vec<Value> = values
        .into_iter()
        .map(|(value, implementations)| Value { value: value.to_owned(), implementations })
        .collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.implementations.len()));
    FactTable { fact: fact.to_owned(), values }
}
