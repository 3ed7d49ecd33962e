//! What ran, when and where, in one line of facts.

use std::collections::BTreeSet;

use super::all::All;
use crate::{limits, visible};

/// A fact of the strip.
pub(super) struct Item {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// How many values an item names.
const VALUES: usize = 3;

/// The strip of all runs.
pub(super) fn strip(all: &All<'_>) -> Vec<Item> {
    let each = |value: &dyn Fn(&super::run::Run) -> String| -> BTreeSet<String> {
        all.runs
            .iter()
            .map(value)
            .map(|text| visible::line(text.trim(), limits::NAME))
            .filter(|text| !text.is_empty())
            .collect()
    };
    let sessions: usize = all.runs.iter().map(|run| run.totals.sessions).sum();
    let dates = each(&|run| run.header.started.get(..10).unwrap_or_default().to_owned());
    let items = [
        ("Suite", list(&each(&|run| format!("ssespec {}", run.header.suite_version)))),
        ("Implementations", all.runs.len().to_string()),
        ("Cases", all.cases.len().to_string()),
        ("Sessions", sessions.to_string()),
        (
            "Run",
            match (dates.first(), dates.last()) {
                (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
                (Some(first), _) => first.clone(),
                _ => String::new(),
            },
        ),
        ("Machine", list(&each(&|run| format!("{} {}", run.header.platform.os, run.header.platform.arch)))),
    ];
    items
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| Item { name, value })
        .collect()
}

fn list(values: &BTreeSet<String>) -> String {
    let named: Vec<&str> = values.iter().take(VALUES).map(String::as_str).collect();
    match values.len().saturating_sub(VALUES) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
