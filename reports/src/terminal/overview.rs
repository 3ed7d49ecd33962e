//! Several runs side by side: a table of their numbers.

use std::collections::BTreeSet;

use super::paint::{Paint, Style};
use crate::fold::fold;
use crate::limits;
use crate::results::Results;
use crate::totals::{Share, Totals, suite_rank};
use crate::visible;

/// The numbers of several runs as a table, in the order of the runs: for each suite the share of MUSTs that hold, then the
/// number of cases by outcome.
pub fn overview(runs: &[Results], style: Style) -> String {
    let totals: Vec<Totals> = runs.iter().map(|run| Totals::of(run, &fold(run.results()))).collect();
    let suites: BTreeSet<(usize, &str)> = totals
        .iter()
        .flat_map(|totals| &totals.suites)
        .filter(|suite| suite.must.of > 0)
        .map(|suite| (suite_rank(&suite.suite), suite.suite.as_str()))
        .collect();
    let mut table: Vec<Vec<String>> = vec![heading(&suites)];
    table.extend(runs.iter().zip(&totals).map(|(run, totals)| row(run, totals, &suites)));
    let widths: Vec<usize> = (0..table.first().map_or(0, Vec::len))
        .map(|at| {
            table.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let paint = Paint::new(style.color);
    let mut text = String::new();
    for (number, row) in table.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match at {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(&if number == 0 { paint.strong(line.trim_end()) } else { line.trim_end().to_owned() });
        text.push('\n');
    }
    text
}

/// How many characters of a name, and of a version, a row shows.
const NAME: usize = 40;

fn heading(suites: &BTreeSet<(usize, &str)>) -> Vec<String> {
    let mut cells = vec!["implementation".to_owned()];
    cells.extend(suites.iter().map(|(_, suite)| format!("{} MUST", visible::line(suite, limits::NAME))));
    cells.extend(["fail", "known", "warn", "error", "skip", ""].map(str::to_owned));
    cells
}

fn row(run: &Results, totals: &Totals, suites: &BTreeSet<(usize, &str)>) -> Vec<String> {
    let implementation = &run.header().implementation;
    let name = [&implementation.name, &implementation.version].map(|word| visible::line(word.trim(), NAME));
    let mut cells = vec![name.join(" ").trim().to_owned()];
    let share = |share: Share| match (share.percent(), totals.percentages.withheld()) {
        (None, _) => "–".to_owned(),
        (Some(percent), None) => format!("{share} ({percent})"),
        (Some(_), Some(_)) => share.to_string(),
    };
    cells.extend(
        suites.iter().map(|(_, name)| totals.suite(name).map_or("–".to_owned(), |suite| share(suite.must))),
    );
    let counts = &totals.counts;
    let numbers = [counts.fail, counts.known, counts.warn, counts.error, counts.skip];
    cells.extend(numbers.map(|number| number.to_string()));
    cells.push(if run.is_complete() { String::new() } else { "INCOMPLETE".to_owned() });
    cells
}
