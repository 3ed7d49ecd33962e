//! The matrix: every case by every implementation.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use super::{
    advice::settings,
    causes::causes,
    escape::text,
    section::{Column, section},
};
use crate::{
    fold::fold,
    limits,
    results::{Results, Role},
    terminal,
    totals::{Totals, suite_rank},
    visible,
};

/// Why results cannot be shown in one matrix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// There are no results.
    #[error("no results: pass at least one results file")]
    Nothing,
    /// Two files are results of the same implementation and version.
    #[error("{first} and {second} are both results of {implementation}: pass only one of them")]
    Duplicate {
        /// The implementation, with its version.
        implementation: String,
        /// One file.
        first: String,
        /// The other file.
        second: String,
    },
    /// Two files come from different versions of the suite.
    #[error(
        "{first} is from ssespec {first_version}, {second} from {second_version}: \
         their cases differ, so run one of them again"
    )]
    SuiteVersions {
        /// One file.
        first: String,
        /// Its version.
        first_version: String,
        /// The other file.
        second: String,
        /// Its version.
        second_version: String,
    },
}

/// Many runs as one Markdown page: a table for each suite, a column for each implementation,
/// those with the fewest `must` failures first.
///
/// # Errors
///
/// When there is nothing to show, when two files are about the same version of the same
/// implementation, or when they come from different versions of the suite.
pub fn matrix(runs: &[Results]) -> Result<String, MatrixError> {
    check(runs)?;
    let mut page = String::new();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(page, "# Server-Sent Events: compatibility of implementations\n");
    let version = runs.first().map(|run| run.header().suite_version.as_str()).unwrap_or_default();
    let _ = writeln!(page, "{}\n", introduction(&text(version, limits::NAME)));
    page.push_str(LEGEND);
    let columns: Vec<Column<'_>> = runs.iter().map(column).collect();
    for (_, suite, role) in sections(&columns) {
        page.push_str(&section(suite, role, &columns));
    }
    page.push_str(&causes(&columns));
    page.push_str(&settings(&columns));
    implementations(&mut page, &columns);
    Ok(page)
}

/// What the page is, and what it does not mean.
fn introduction(version: &str) -> String {
    format!(
        "Every case of ssespec {version} against every implementation. **What this does not mean:** \
         an implementation that passes everything here is not free of bugs, and one that fails something \
         may suit you well; a skipped case shows what an interface cannot reach, not a fault; the columns are \
         ordered by the number of failed MUSTs, which is not a ranking of quality. Read the notes below each \
         table before you draw a conclusion."
    )
}

const LEGEND: &str = "\
| sign | meaning |
| --- | --- |
| ✔ n/m | every step held, in n of m deliveries (ways to cut the same bytes into writes) |
| ✘ n/m | a MUST did not hold; it did hold in n of m deliveries |
| ~ n/m | every MUST held, a SHOULD did not |
| i | something the standard leaves open, as observed |
| – | skipped: the interface cannot reach it, for the reason in the note |
| ! | an error of the adapter, the harness or the machine: neither a failure nor a pass |
| · | not run |
";

/// Checks that these runs can be shown in one matrix.
pub(crate) fn check(runs: &[Results]) -> Result<(), MatrixError> {
    let Some(first) = runs.first() else {
        return Err(MatrixError::Nothing);
    };
    let name = |run: &Results| visible::line(run.name(), limits::LINK);
    let version = |run: &Results| visible::line(&run.header().suite_version, limits::NAME);
    let mut seen: BTreeMap<(&str, &str), &Results> = BTreeMap::new();
    for run in runs {
        if run.header().suite_version != first.header().suite_version {
            return Err(MatrixError::SuiteVersions {
                first: name(first),
                first_version: version(first),
                second: name(run),
                second_version: version(run),
            });
        }
        let implementation = &run.header().implementation;
        if let Some(earlier) = seen.insert((&implementation.name, &implementation.version), run) {
            return Err(MatrixError::Duplicate {
                implementation: terminal::identity(run.header()),
                first: name(earlier),
                second: name(run),
            });
        }
    }
    Ok(())
}

pub(super) fn column(run: &Results) -> Column<'_> {
    let cases = fold(run.results());
    let totals = Totals::of(run, &cases);
    Column { run, totals, cases: cases.into_iter().map(|case| (case.case(), case)).collect() }
}

/// Suites never share a table, and neither do roles: a proxy is not compared with a client.
pub(super) fn sections<'a>(columns: &[Column<'a>]) -> BTreeSet<(usize, &'a str, Role)> {
    let of = |column: &Column<'a>| {
        let role = column.run.header().implementation.role;
        column
            .cases
            .values()
            .map(move |case| (suite_rank(case.suite()), case.suite(), role))
            .collect::<Vec<_>>()
    };
    columns.iter().flat_map(of).collect()
}

pub(super) fn implementations(page: &mut String, columns: &[Column<'_>]) {
    page.push_str("\n## Implementations\n\n");
    let mut lines: Vec<String> = columns.iter().map(implementation).collect();
    lines.sort();
    page.push_str(&lines.concat());
}

fn implementation(column: &Column<'_>) -> String {
    let header = column.run.header();
    let mut capabilities: Vec<String> =
        header.adapter.capabilities.iter().map(|one| text(one, limits::NAME)).collect();
    capabilities.sort();
    let capabilities = if capabilities.is_empty() { "none".to_owned() } else { capabilities.join(", ") };
    let incomplete = if column.run.is_complete() { "" } else { "**Incomplete run:** cases are missing. " };
    // Pages for comparison omit where and when the runs took place.
    let machine = format!("{} {}", header.platform.os, header.platform.arch);
    let place = [machine.trim(), header.started.as_str()].map(|words| text(words, limits::NAME));
    let place = place.iter().filter(|words| !words.is_empty()).cloned().collect::<Vec<_>>().join(", ");
    let place = if place.is_empty() { place } else { format!(" on {place}") };
    format!(
        "- **{}** ({}): over {}{place}. {incomplete}Capabilities: {capabilities}. Selected: {}.\n",
        column.name(),
        format!("{} {}", text(&header.implementation.language, limits::NAME), header.implementation.role)
            .trim(),
        header.adapter.transport,
        // The selection is already sanitized, and sanitizing it again changes nothing.
        text(&terminal::selection(header), limits::PARAGRAPH),
    )
}
