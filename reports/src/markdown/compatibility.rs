//! Many implementations on a page that a person can read: numbers, the cases that most of them fail, facts, causes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::causes::causes;
use super::escape::{linked, prose, text};
use super::matrix::{MatrixError, check, column, implementations, sections};
use super::section::{Column, numbers, plural};
use crate::fold::{CaseOutcome, Outcome};
use crate::limits;
use crate::results::{Results, Role};
use crate::slug::plain;

/// How many cases are described.
const CASES: usize = 20;

/// Many runs as one Markdown page. `site` is the address of a [site](crate::html) of the same runs, which has the full
/// matrix.
///
/// # Errors
///
/// As for [`matrix`](super::matrix()).
pub fn compatibility(runs: &[Results], site: &str) -> Result<String, MatrixError> {
    check(runs)?;
    let version = runs.first().map(|run| run.header().suite_version.as_str()).unwrap_or_default();
    let mut page = format!(
        "# Server-Sent Events: compatibility of implementations\n\nWhat ssespec {} finds in real clients and servers. {} \
         has every case, the evidence of each failure, and the standard with the results in it.\n\n{MEANING}\n",
        text(version, limits::NAME),
        linked("The site", site),
    );
    let columns: Vec<Column<'_>> = runs.iter().map(column).collect();
    for (_, suite, role) in sections(&columns) {
        page.push_str(&numbers(suite, role, &columns).0);
    }
    for role in Role::ALL {
        most_failed(&mut page, *role, &columns, site);
    }
    for role in Role::ALL {
        facts(&mut page, *role, &columns);
    }
    page.push_str(&causes(&columns));
    implementations(&mut page, &columns);
    Ok(page)
}

const MEANING: &str = "**What this does not mean:** an implementation that passes everything is not free of bugs, and one \
                       that fails something may suit you well. A skipped case shows what an interface cannot reach, not a \
                       fault. The order is that of the number of failed MUSTs, which is not a ranking of quality.";

/// The cases that most implementations of a role fail, in words.
fn most_failed(page: &mut String, role: Role, columns: &[Column<'_>], site: &str) {
    let mut columns = of_role(role, columns);
    columns.sort_by_key(|column| column.name());
    let mut failed: BTreeMap<&str, Vec<(&Column<'_>, &CaseOutcome<'_>)>> = BTreeMap::new();
    for column in &columns {
        for (id, case) in &column.cases {
            if matches!(case.outcome(), Outcome::Fail | Outcome::Known) {
                failed.entry(id).or_default().push((column, case));
            }
        }
    }
    let mut cases: Vec<_> = failed.into_iter().collect();
    // The sort is stable: equally many by their ids.
    cases.sort_by_key(|(_, failing)| std::cmp::Reverse(failing.len()));
    if cases.is_empty() {
        return;
    }
    // Writing to a String cannot fail, here and below.
    let shown = cases.len().min(CASES);
    let _ = writeln!(page, "\n## {shown} of {} cases that {} fail\n", cases.len(), plural(role));
    page.push_str("Those that fail in most implementations.\n\n");
    for (number, (id, failing)) in cases.iter().take(CASES).enumerate() {
        let Some((first, case)) = failing.first() else { continue };
        described(page, number + 1, id, case, first.run, site);
        let names: Vec<String> = failing.iter().map(|(column, _)| column.name()).collect();
        let ran = columns.iter().filter(|column| ran(column, id)).count();
        let _ = writeln!(page, "   Fails in {} of {ran}: {}.\n", failing.len(), names.join(", "));
    }
}

fn ran(column: &Column<'_>, id: &str) -> bool {
    column.cases.get(id).is_some_and(|case| !matches!(case.outcome(), Outcome::Skip | Outcome::Error))
}

/// A case: its claim, the requirement, and what goes wrong in the field.
fn described(page: &mut String, number: usize, id: &str, case: &CaseOutcome<'_>, run: &Results, site: &str) {
    let worst = case.worst();
    let address = format!("{}/cases/{}.html", site.trim_end_matches('/'), plain(id));
    let title = text(worst.title.trim_end_matches('.'), limits::SENTENCE);
    let _ = writeln!(page, "{number}. **{}**  ", linked(&title, &address));
    for requirement in worst.requirements.iter().filter_map(|id| run.requirement(id)) {
        let words = prose(&requirement.text, limits::PARAGRAPH);
        let id = linked(&text(&requirement.id, limits::ID), &requirement.link);
        let _ = writeln!(page, "   {words} ({id}, {})  ", requirement.level.as_str().to_uppercase());
    }
    if let Some(why) = &worst.why {
        let _ = writeln!(page, "   {}  ", prose(why, limits::PARAGRAPH));
    }
}

fn of_role<'c, 'a>(role: Role, columns: &'c [Column<'a>]) -> Vec<&'c Column<'a>> {
    columns.iter().filter(|column| column.run.header().implementation.role == role).collect()
}

/// A fact of a case, and the implementations by what they do.
type Values = BTreeMap<String, BTreeSet<String>>;

/// What implementations do where the standards leave it open.
fn facts(page: &mut String, role: Role, columns: &[Column<'_>]) {
    let mut facts: BTreeMap<(&str, String), Values> = BTreeMap::new();
    for column in of_role(role, columns) {
        for (id, case) in &column.cases {
            for fact in case.facts() {
                let only = case.fact_only_in(&fact).map(|only| format!(" (in {only})")).unwrap_or_default();
                let name = format!("{}{}", column.name(), text(&only, limits::SENTENCE));
                let values = facts.entry((id, text(fact.fact, limits::SENTENCE))).or_default();
                values.entry(text(fact.value, limits::SENTENCE)).or_default().insert(name);
            }
        }
    }
    if facts.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n## Facts about {}\n", plural(role));
    page.push_str("What the standards leave open. Nothing here is a fault.\n\n");
    page.push_str("| fact | observed | implementations |\n| --- | --- | --- |\n");
    for ((_, fact), values) in facts {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
        for (at, (value, names)) in values.into_iter().enumerate() {
            let fact = if at == 0 { fact.as_str() } else { "" };
            let names: Vec<String> = names.into_iter().collect();
            let _ = writeln!(page, "| {fact} | {value} | {} |", names.join(", "));
        }
    }
}
