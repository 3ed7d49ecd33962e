//! What implementations do where the standards leave them a choice, fact by fact.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::{
    all::All,
    frame::{Frame, Kind, Width},
    matrix::plural,
    prose::{Piece, sentence},
    run::{FactSeen, Run},
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
    /// The implementations that recorded one, with their addresses.
    columns: Vec<Column>,
    grid: Vec<GridRow>,
    cases: Vec<CaseFacts>,
}

/// An implementation in the grid.
struct Column {
    name: String,
    version: String,
    href: String,
}

/// A fact by implementations.
struct GridRow {
    fact: String,
    /// The anchor of its case.
    anchor: String,
    /// What each implementation showed; nothing if it recorded no such fact.
    values: Vec<Vec<String>>,
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
    let roles = Role::ALL.iter().map(|role| {
        let (columns, grid) = grid(*role, all);
        RoleFacts { role: plural(*role), columns, grid, cases: cases(*role, all) }
    });
    FactsPage {
        frame: Frame::new("Server-Sent Events: facts").wide(),
        roles: roles.filter(|role| !role.cases.is_empty()).collect(),
    }
}

/// Every fact by every implementation of a role that recorded one.
fn grid(role: Role, all: &All<'_>) -> (Vec<Column>, Vec<GridRow>) {
    let recorded = |run: &&&Run| run.cells.values().any(|cell| !cell.facts.is_empty());
    let of_role = all.runs.iter().filter(|run| run.header.implementation.role == role);
    let runs: Vec<&Run> = of_role.filter(|run| recorded(&run)).collect();
    let mut rows = Vec::new();
    for case in all.cases.all() {
        let cells: Vec<&[FactSeen]> =
            runs.iter().map(|run| run.cells.get(&case.id).map_or(&[][..], |cell| &cell.facts)).collect();
        let names: BTreeSet<&str> =
            cells.iter().flat_map(|facts| facts.iter().map(|fact| fact.fact.as_str())).collect();
        for name in names {
            let shown = |facts: &&[FactSeen]| {
                let of_name = facts.iter().filter(|fact| fact.fact == name);
                of_name.map(|fact| with_deliveries(&fact.value, fact.only_in.as_deref())).collect()
            };
            rows.push(GridRow {
                fact: name.to_owned(),
                anchor: format!("{}-{}", plural(role), case.slug),
                values: cells.iter().map(shown).collect(),
            });
        }
    }
    let column = |run: &&Run| Column {
        name: run.name(),
        version: run.version(),
        href: format!("implementations/{}.html", run.slug),
    };
    (runs.iter().map(column).collect(), rows)
}

/// A text, and the deliveries that it is about if these are not all.
fn with_deliveries(text: &str, only_in: Option<&str>) -> String {
    only_in.map_or_else(|| text.to_owned(), |only| format!("{text} (in {only})"))
}

fn cases(role: Role, all: &All<'_>) -> Vec<CaseFacts> {
    let mut cases = Vec::new();
    for case in all.cases.all() {
        let mut facts: BTreeMap<&str, Values<'_>> = BTreeMap::new();
        for run in all.runs.iter().filter(|run| run.header.implementation.role == role) {
            let Some(cell) = run.cells.get(&case.id) else { continue };
            for fact in &cell.facts {
                let name = format!("{} {}", run.name(), run.version());
                let name = with_deliveries(&name, fact.only_in.as_deref());
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
