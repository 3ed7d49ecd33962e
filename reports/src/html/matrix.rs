//! The matrix of one suite and role: a row for each case, a column for each implementation.

use std::collections::BTreeMap;

use super::{
    all::All,
    cases::Case,
    outcome::{class, word},
    run::{Cell, Run},
    summary::{Bar, bar, failed},
};
use crate::{
    fold::Outcome,
    limits,
    results::{Level, Role},
    totals::{Percentages, suite_rank},
    visible,
};

/// A suite, with the implementations of one role.
pub(super) struct Section {
    pub(super) anchor: String,
    pub(super) suite: String,
    pub(super) title: String,
    pub(super) role: &'static str,
    pub(super) rows: Vec<SummaryRow>,
    /// Those of which no case of this suite ran.
    pub(super) absent: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) groups: Vec<Group>,
    pub(super) cases: usize,
    /// Whether the names of the columns are written from bottom to top.
    pub(super) turned: bool,
}

/// An implementation in the summary.
pub(super) struct SummaryRow {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) href: String,
    pub(super) incomplete: bool,
    /// Whether only some of the cases were selected.
    pub(super) part: bool,
    pub(super) withheld: Option<&'static str>,
    pub(super) must: Bar,
    pub(super) should: Bar,
    pub(super) failed: usize,
    pub(super) known: usize,
    pub(super) facts: usize,
    pub(super) skipped: usize,
    pub(super) errors: usize,
}

/// The heading of a column.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) href: String,
}

/// The cases of a folder.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) rows: Vec<Row>,
}

/// A case.
pub(super) struct Row {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) level: &'static str,
    pub(super) cells: Vec<Shown>,
}

/// What an implementation did in a case.
pub(super) struct Shown {
    pub(super) class: &'static str,
    pub(super) word: &'static str,
    /// The page with the evidence. It is an attribute without quotes, to save space: slugs need none.
    pub(super) href: String,
    /// `2/3`, if the deliveries do not agree.
    pub(super) held: String,
}

/// From this number of columns on, their names are turned.
const TURNED: usize = 7;

/// All sections: clients, then servers, then intermediaries; the suites that decide conformance first.
pub(super) fn sections(all: &All<'_>) -> Vec<Section> {
    let mut keys: Vec<(Role, usize, &str)> = all
        .runs
        .iter()
        .flat_map(|run| {
            let role = run.header.implementation.role;
            run.totals.suites.iter().map(move |suite| (role, suite_rank(&suite.suite), suite.suite.as_str()))
        })
        .collect();
    keys.sort();
    keys.dedup();
    keys.into_iter().map(|(role, _, suite)| section(role, suite, all)).collect()
}

fn section(role: Role, suite: &str, all: &All<'_>) -> Section {
    let of_role = || all.runs.iter().filter(|run| run.header.implementation.role == role);
    let runs = ordered(of_role().filter(|run| run.totals.suite(suite).is_some()).collect(), suite);
    let absent = of_role().filter(|run| run.totals.suite(suite).is_none()).map(Run::identity).collect();
    let shown = visible::line(suite, limits::ID);
    let mut groups: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    let mut cases = 0;
    for case in all.cases.all().filter(|case| case.suite == suite) {
        let cells: Vec<Option<&Cell>> = runs.iter().map(|run| run.cells.get(&case.id)).collect();
        if cells.iter().any(Option::is_some) {
            cases += 1;
            groups.entry(case.group()).or_default().push(row(case, &runs, &cells));
        }
    }
    Section {
        anchor: format!("{}-{}", plural(role), crate::slug::plain(suite)),
        title: title(suite, all).unwrap_or_else(|| shown.clone()),
        suite: shown,
        role: plural(role),
        rows: runs.iter().map(|run| summary(run, suite)).collect(),
        absent,
        columns: runs
            .iter()
            .map(|run| Column {
                name: run.name(),
                version: run.version(),
                href: format!("implementations/{}.html", run.slug),
            })
            .collect(),
        groups: groups
            .into_iter()
            .map(|(name, rows)| Group { name: visible::line(name, limits::ID), rows })
            .collect(),
        cases,
        turned: runs.len() >= TURNED,
    }
}

/// The title of a document.
pub(super) fn title(suite: &str, all: &All<'_>) -> Option<String> {
    let document = all.background.documents.iter().find(|document| document.name == suite)?;
    document.title.as_deref().map(|title| visible::line(title, limits::SENTENCE))
}

/// `clients`.
pub(super) fn plural(role: Role) -> &'static str {
    match role {
        Role::Client => "clients",
        Role::Server => "servers",
        Role::Intermediary => "intermediaries",
    }
}

/// Fewest failed MUSTs first. Runs without percentages and runs of a part of the cases cannot be compared, and come last. The versions of an implementation
/// are next to each other, at the place of the best one, the oldest first.
pub(super) fn ordered<'r>(runs: Vec<&'r Run>, suite: &str) -> Vec<&'r Run> {
    let rank = |run: &Run| {
        (
            run.totals.percentages != Percentages::Shown || run.is_filtered(),
            failed(run, suite, Level::Must),
            failed(run, suite, Level::Should),
        )
    };
    let mut best = BTreeMap::new();
    for run in &runs {
        let name = run.header.implementation.name.as_str();
        let known = best.entry(name).or_insert_with(|| rank(run));
        *known = (*known).min(rank(run));
    }
    let mut runs = runs;
    runs.sort_by_cached_key(|run| {
        let implementation = &run.header.implementation;
        (
            best.get(implementation.name.as_str()).copied(),
            implementation.name.clone(),
            version(&implementation.version),
        )
    });
    runs
}

/// The parts of a version, so that 1.10 comes after 1.9.
fn version(text: &str) -> Vec<(u64, String)> {
    let parts = text.split(['.', '-', '+']);
    parts.map(|part| (part.parse().unwrap_or(u64::MAX), part.to_owned())).collect()
}

fn summary(run: &Run, suite: &str) -> SummaryRow {
    let counts = run.totals.suite(suite).map(|suite| suite.counts).unwrap_or_default();
    SummaryRow {
        name: run.name(),
        version: run.version(),
        href: format!("implementations/{}.html", run.slug),
        incomplete: !run.is_complete,
        withheld: run.totals.percentages.withheld(),
        must: bar(run, suite, Level::Must),
        should: bar(run, suite, Level::Should),
        failed: failed(run, suite, Level::Must),
        known: run.counts(suite, Level::Must).known,
        part: run.is_filtered(),
        facts: counts.info,
        skipped: counts.skip,
        errors: counts.error,
    }
}

fn row(case: &Case, runs: &[&Run], cells: &[Option<&Cell>]) -> Row {
    Row {
        anchor: case.slug.clone(),
        name: visible::line(case.name(), limits::ID),
        title: visible::line(&case.title, limits::SENTENCE),
        level: case.level.as_str(),
        cells: runs.iter().zip(cells).map(|(run, cell)| shown(case, run, *cell)).collect(),
    }
}

fn shown(case: &Case, run: &Run, cell: Option<&Cell>) -> Shown {
    let Some(cell) = cell else {
        return Shown { class: "n", word: "not run", href: String::new(), held: String::new() };
    };
    Shown {
        class: class(cell.outcome),
        word: if cell.outcome == Outcome::Known { "known" } else { word(cell.outcome) },
        href: match cell.has_page() {
            true => format!("results/{}/{}.html", run.slug, case.slug),
            false => String::new(),
        },
        held: cell.held_in_some().map(|(held, ran)| format!("{held}/{ran}")).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let mut versions = ["1.10.0", "1.9.2", "1.9", "2"];
        versions.sort_by_key(|text| version(text));
        assert_eq!(versions, ["1.9", "1.9.2", "1.10.0", "2"]);
    }
}
