//! The compatibility report of an implementation as text for comparison: CI compares it with
//! `reports/snapshots`.
//!
//! It contains only what a change of behavior changes: no times, ports, paths,
//! platforms or versions of the suite.

use std::fmt::Write;

use crate::{
    fold::{CaseOutcome, Outcome, fold},
    limits,
    results::Results,
    terminal::{SHOWN, suite_shares},
    totals::Totals,
    visible,
};

/// A run as stable text: who, every case with its verdict, known failures with their reasons,
/// facts, totals.
pub fn snapshot(results: &Results) -> String {
    let cases = fold(results.results());
    let mut text = String::new();
    head(&mut text, results);
    verdicts(&mut text, &cases);
    known(&mut text, &cases);
    facts(&mut text, &cases);
    numbers(&mut text, &Totals::of(results, &cases));
    text
}

fn head(text: &mut String, results: &Results) {
    let header = results.header();
    let mut capabilities: Vec<String> =
        header.adapter.capabilities.iter().map(|one| visible::line(one, limits::NAME)).collect();
    capabilities.sort();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "{} over {}", crate::terminal::identity(header), header.adapter.transport);
    let _ = writeln!(text, "capabilities: {}", capabilities.join(" "));
    if let Some(options) = header.selection.variation.options() {
        let _ = writeln!(text, "RUN WITH {options}: do not accept this as a snapshot");
    }
    if let Some(shard) = header.selection.shard {
        let _ = writeln!(text, "SHARD {shard}: do not accept this as a snapshot");
    }
    if !results.is_complete() {
        let _ = writeln!(text, "INCOMPLETE RUN: do not accept this as a snapshot");
    }
}

fn verdicts(text: &mut String, cases: &[CaseOutcome<'_>]) {
    let mut group = None;
    for case in cases {
        if group != Some(case.group()) {
            group = Some(case.group());
            text.push('\n');
        }
        let outcome = case.outcome();
        let _ = write!(text, "{} {}", outcome.glyph(), visible::line(case.case(), limits::ID));
        if !matches!(outcome, Outcome::Pass | Outcome::Skip) {
            let _ = write!(text, "   {}", outcome.as_str());
        }
        if let Some(only) = case.only_in() {
            let _ = write!(text, " in {only}");
        }
        if let (Outcome::Skip, Some(reason)) = (outcome, &case.worst().reason) {
            let _ = write!(text, "   {}", visible::line(reason, limits::SENTENCE));
        }
        text.push('\n');
    }
}

fn known(text: &mut String, cases: &[CaseOutcome<'_>]) {
    let known: Vec<_> = cases.iter().filter(|case| case.is_expected()).collect();
    if known.is_empty() {
        return;
    }
    text.push_str("\nknown failures\n");
    for case in known {
        let _ = write!(text, "{}: ", visible::line(case.case(), limits::ID));
        if let Some(known) = case.known() {
            text.push_str(&visible::line(&known.reason, limits::SENTENCE));
            if let Some(link) = &known.link {
                let _ = write!(text, " {}", visible::line(link, limits::LINK));
            }
        }
        text.push('\n');
    }
}

fn facts(text: &mut String, cases: &[CaseOutcome<'_>]) {
    if cases.iter().all(|case| case.facts().is_empty()) {
        return;
    }
    text.push_str("\nfacts\n");
    for case in cases {
        for fact in case.facts() {
            let _ = write!(
                text,
                "{}: {}: {}",
                visible::line(case.case(), limits::ID),
                visible::line(fact.fact, limits::SENTENCE),
                visible::line(fact.value, limits::SENTENCE),
            );
            if let Some(only) = case.fact_only_in(&fact) {
                let _ = write!(text, " (in {only})");
            }
            text.push('\n');
        }
    }
}

fn numbers(text: &mut String, totals: &Totals) {
    let counts = &totals.counts;
    let _ = writeln!(text, "\n{} of {} cases ran", counts.ran(), counts.total());
    for outcome in SHOWN {
        let count = counts.get(outcome);
        if count > 0 {
            let _ = writeln!(text, "{count} {}", outcome.as_str());
        }
    }
    for line in suite_shares(totals) {
        let _ = writeln!(text, "{line}");
    }
    if let Some(why) = totals.percentages.withheld() {
        let _ = writeln!(text, "{why}");
    }
}
