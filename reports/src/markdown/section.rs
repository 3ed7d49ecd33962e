//! One suite of the matrix: its numbers, its table, its notes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use super::{
    cells::{Notes, cell},
    escape::text,
};
use crate::{
    fold::CaseOutcome,
    limits,
    results::{Results, Role},
    totals::{Percentages, Share, SuiteTotals, Totals},
};

/// One implementation.
pub(super) struct Column<'a> {
    pub(super) run: &'a Results,
    pub(super) totals: Totals,
    pub(super) cases: BTreeMap<&'a str, CaseOutcome<'a>>,
}

impl Column<'_> {
    /// `eventsource 5.1.5`, escaped.
    pub(super) fn name(&self) -> String {
        let implementation = &self.run.header().implementation;
        let words = [&implementation.name, &implementation.version];
        words.map(|word| text(word.trim(), limits::NAME)).join(" ").trim().to_owned()
    }

    fn heading(&self) -> String {
        let incomplete = if self.run.is_complete() { "" } else { " (incomplete)" };
        let options = self.run.header().selection.variation.options();
        let varied =
            options.map(|options| format!(" (not the standard suite: {options})")).unwrap_or_default();
        format!("{}{incomplete}{varied}", self.name())
    }

    /// Fewest failed musts first. Runs without percentages cannot be compared, and come last.
    fn order(&self, suite: &SuiteTotals) -> impl Ord + use<> {
        let failed = |share: Share| share.of - share.held;
        (
            self.totals.percentages != Percentages::Shown,
            failed(suite.must),
            failed(suite.should),
            self.run.header().implementation.name.clone(),
            self.run.header().implementation.version.clone(),
        )
    }
}

/// A suite of one role: its numbers, its table and its notes.
pub(super) fn section(suite: &str, role: Role, all: &[Column<'_>]) -> String {
    let (mut page, columns) = numbers(suite, role, all);
    table(&mut page, suite, &columns);
    page
}

/// The numbers of a suite, and the columns that they are about, in their order.
pub(super) fn numbers<'c, 'a>(
    suite: &str,
    role: Role,
    all: &'c [Column<'a>],
) -> (String, Vec<&'c Column<'a>>) {
    let of_role = || all.iter().filter(|column| column.run.header().implementation.role == role);
    let mut columns: Vec<(&Column<'_>, &SuiteTotals)> =
        of_role().filter_map(|column| Some((column, column.totals.suite(suite)?))).collect();
    columns.sort_by_key(|(column, totals)| column.order(totals));
    let mut absent: Vec<String> =
        of_role().filter(|column| column.totals.suite(suite).is_none()).map(Column::name).collect();
    absent.sort();

    let mut page = String::new();
    let _ = writeln!(page, "\n## {}: {}\n", text(suite, limits::ID), plural(role));
    summary(&mut page, &columns);
    if !absent.is_empty() {
        let _ = writeln!(page, "\nNo case of this suite ran against {}.", absent.join(", "));
    }
    let columns = columns.into_iter().map(|(column, _)| column).collect();
    (page, columns)
}

pub(super) fn plural(role: Role) -> &'static str {
    match role {
        Role::Client => "clients",
        Role::Server => "servers",
        Role::Intermediary => "intermediaries",
    }
}

fn summary(page: &mut String, columns: &[(&Column<'_>, &SuiteTotals)]) {
    page.push_str("| implementation | MUST | SHOULD | known failures | facts | skipped | errors |\n");
    page.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (column, suite) in columns {
        let show = |share: Share| share_of(share, column.totals.percentages);
        let counts = &suite.counts;
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} |",
            column.heading(),
            show(suite.must),
            show(suite.should),
            counts.known,
            counts.info,
            counts.skip,
            counts.error
        );
    }
    page.push_str(
        "\nCases that held, out of those the implementation can reach. Known failures count as failures.\n",
    );
    for (column, _) in columns {
        if let Some(why) = column.totals.percentages.withheld() {
            let _ = writeln!(page, "\n{}: {why}.", column.name());
        }
    }
}

fn share_of(share: Share, percentages: Percentages) -> String {
    match (share.percent(), percentages) {
        (None, _) => "none".to_owned(),
        (Some(percent), Percentages::Shown) => format!("{share} ({percent})"),
        (Some(_), _) => share.to_string(),
    }
}

fn table(page: &mut String, suite: &str, columns: &[&Column<'_>]) {
    let mut notes: Vec<Notes> = columns.iter().map(|_| Notes::default()).collect();
    let headings: Vec<String> = columns.iter().map(|column| column.heading()).collect();
    let _ = writeln!(page, "\n| case | level | {} |", headings.join(" | "));
    let _ = writeln!(page, "| --- | --- |{}", " --- |".repeat(headings.len()));
    let ids: BTreeSet<(&str, &str)> = columns
        .iter()
        .flat_map(|column| column.cases.values())
        .filter(|case| case.suite() == suite)
        .map(|case| (case.group(), case.case()))
        .collect();
    let mut current = None;
    for (group, id) in ids {
        if current != Some(group) {
            // Repeat the names in a long table; the first group has them in the heading.
            let names: Vec<String> = match current {
                None => headings.iter().map(|_| String::new()).collect(),
                Some(_) => headings.iter().map(|name| format!("**{name}**")).collect(),
            };
            let _ = writeln!(page, "| **{}** | | {} |", text(group, limits::ID), names.join(" | "));
            current = Some(group);
        }
        row(page, id, columns, &mut notes);
    }
    for (column, notes) in columns.iter().zip(notes) {
        notes.write(page, &column.name());
    }
}

fn row(page: &mut String, id: &str, columns: &[&Column<'_>], notes: &mut [Notes]) {
    let level = columns
        .iter()
        .find_map(|column| column.cases.get(id))
        .map(|case| case.level().as_str().to_uppercase())
        .unwrap_or_default();
    let cells: Vec<String> =
        columns.iter().zip(notes).map(|(column, notes)| cell(column.cases.get(id), notes)).collect();
    let _ = writeln!(page, "| {} | {level} | {} |", text(id, limits::ID), cells.join(" | "));
}
