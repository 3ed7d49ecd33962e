//! A badge: JSON for the endpoint of [shields.io](https://shields.io/badges/endpoint-badge).

use serde::Serialize;

use crate::fold::fold;
use crate::results::{Results, Warning};
use crate::totals::{Percentages, Totals, decides_conformance};
use crate::{limits, visible};

/// What the endpoint returns.
#[derive(Serialize)]
struct Badge {
    #[serde(rename = "schemaVersion")]
    schema_version: u8,
    label: &'static str,
    message: String,
    color: &'static str,
}

/// A run as a badge: the share of MUSTs that hold, in percent and rounded down, for each suite that decides conformance.
/// Suites are not added up.
///
/// It is gray without a percentage if the run did not finish, was not of all cases, or was not of the standard suite.
pub fn badge(results: &Results) -> String {
    let totals = Totals::of(results, &fold(results.results()));
    let badge = match withheld(results, &totals) {
        Some(why) => gray(why),
        None => shares(results, &totals),
    };
    // These types always have a JSON form.
    serde_json::to_string(&badge).map(|json| json + "\n").unwrap_or_default()
}

/// Why there is no percentage.
fn withheld(results: &Results, totals: &Totals) -> Option<&'static str> {
    let selection = &results.header().selection;
    let is_part = !selection.filters.is_empty() || !selection.levels.is_empty() || selection.shard.is_some();
    let lacks_shards =
        results.warnings().iter().any(|warning| matches!(warning, Warning::MissingShards { .. }));
    match totals.percentages {
        Percentages::Incomplete => Some("incomplete"),
        Percentages::TooManyErrors => Some("too many errors"),
        Percentages::Shown if is_part || lacks_shards => Some("incomplete"),
        Percentages::Shown if !selection.variation.is_none() => Some("not the standard suite"),
        Percentages::Shown => None,
    }
}

fn gray(message: &str) -> Badge {
    Badge { schema_version: 1, label: LABEL, message: message.to_owned(), color: "lightgrey" }
}

const LABEL: &str = "Server-Sent Events";

fn shares(results: &Results, totals: &Totals) -> Badge {
    let selected = &results.header().selection.suites;
    let decides = |suite: &str| {
        if selected.is_empty() { decides_conformance(suite) } else { selected.iter().any(|one| one == suite) }
    };
    let shares: Vec<(&str, usize)> = totals
        .suites
        .iter()
        .filter(|suite| decides(&suite.suite))
        .filter_map(|suite| Some((suite.suite.as_str(), suite.must.tenths()? / 10)))
        .collect();
    let Some(least) = shares.iter().map(|(_, percent)| *percent).min() else { return gray("nothing judged") };
    let message: Vec<String> = match shares.as_slice() {
        [(_, percent)] => vec![format!("{percent}%")],
        several => several
            .iter()
            .map(|(suite, percent)| format!("{} {percent}%", visible::line(suite, limits::NAME)))
            .collect(),
    };
    Badge { schema_version: 1, label: LABEL, message: message.join(", "), color: color(least) }
}

fn color(percent: usize) -> &'static str {
    match percent {
        100 => "brightgreen",
        95.. => "green",
        90.. => "yellowgreen",
        75.. => "yellow",
        50.. => "orange",
        _ => "red",
    }
}
