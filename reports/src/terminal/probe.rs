//! The text of a probe of a server by its URL.
//!
//! It differs from that of other runs because an owner reads it once, from the end: there are no deliveries, steps and
//! sessions; failures come last, one block for each cause; the last lines list them and say what decides the exit status.

mod finding;
mod verdict;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{
    Style,
    identity::{identity, selection},
    paint::Paint,
};
use crate::{
    fold::{CaseOutcome, Outcome, fold},
    limits,
    results::{KnownFailure, Results, Transport},
    visible,
};
use finding::{Findings, name};

/// Whether these are the results of a probe.
pub(super) fn is_probe(results: &Results) -> bool {
    results.header().adapter.transport == Transport::Url
}

/// The results of a probe, as text for a terminal.
pub(super) fn render(results: &Results, style: Style) -> String {
    let checks = fold(results.results());
    let mut report = Report { text: String::new(), paint: Paint::new(style.color) };
    report.head(results);
    report.facts(&checks);
    report.not_judged(&checks);
    report.known(&checks);
    let findings = Findings::of(&checks, &results.header().requirements, style);
    for outcome in [Outcome::Warn, Outcome::Error, Outcome::Fail] {
        for block in findings.blocks(outcome) {
            report.text.push('\n');
            report.text.push_str(&block);
        }
    }
    if let Some(footer) = results.footer() {
        report
            .baseline("Stale baseline entries: these checks pass now, so remove the entries", &footer.stale);
        report.baseline("Baseline entries that match no check: correct or remove them", &footer.unmatched);
    }
    report.list(&checks);
    report.text.push('\n');
    report.text.push_str(&verdict::verdict(results, &checks, report.paint));
    report.text
}

struct Report {
    text: String,
    paint: Paint,
}

impl Report {
    fn head(&mut self, results: &Results) {
        let header = results.header();
        let os = visible::line(&header.platform.os, limits::NAME);
        let arch = visible::line(&header.platform.arch, limits::NAME);
        let identity = self.paint.strong(identity(header));
        self.line(&format!("{identity} over {} from {os} {arch}", header.adapter.transport));
        let version = visible::line(&header.suite_version, limits::NAME);
        self.line(&self.paint.quiet(format!("ssespec {version}, {}", selection(header))));
        for warning in results.warnings() {
            self.line(&self.paint.notice(warning));
        }
        if !results.is_complete() {
            self.line(&self.paint.bad("INCOMPLETE RUN: it did not finish, so checks are missing"));
        }
    }

    fn facts(&mut self, checks: &[CaseOutcome<'_>]) {
        let facts: Vec<String> = checks
            .iter()
            .flat_map(CaseOutcome::facts)
            .map(|fact| {
                let value = visible::line(fact.value, limits::SENTENCE);
                format!("{}: {value}", visible::line(fact.fact, limits::SENTENCE))
            })
            .collect();
        self.section("Facts", &side_by_side(&facts));
    }

    /// The checks that were not judged, by reason.
    fn not_judged(&mut self, checks: &[CaseOutcome<'_>]) {
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for check in checks.iter().filter(|check| check.outcome() == Outcome::Skip) {
            let reason = check.worst().reason.as_deref().unwrap_or("no reason given");
            reasons.entry(reason).or_default().push(name(check));
        }
        let mut reasons: Vec<(&str, Vec<String>)> = reasons.into_iter().collect();
        // What an option would help comes first.
        reasons.sort_by_key(|(reason, names)| (!reason.contains("--"), std::cmp::Reverse(names.len())));
        let rest = reasons.split_off(reasons.len().min(REASONS));
        let mut lines: Vec<String> = reasons
            .into_iter()
            .map(|(reason, names)| {
                let more = names.len().saturating_sub(NAMES);
                let shown: Vec<String> = names.into_iter().take(NAMES).collect();
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                self.paint.quiet(format!(
                    "  {}: {}{more}",
                    visible::line(reason, limits::SENTENCE),
                    shown.join(", ")
                ))
            })
            .collect();
        if !rest.is_empty() {
            let names: Vec<String> = rest.into_iter().flat_map(|(_, names)| names).collect();
            let line = format!("  for other reasons, in the results file (--output): {}", names.join(", "));
            lines.push(self.paint.quiet(line));
        }
        self.section("Not judged", &lines);
    }

    fn known(&mut self, checks: &[CaseOutcome<'_>]) {
        let lines: Vec<String> = checks
            .iter()
            .filter(|check| check.outcome() == Outcome::Known)
            .map(|check| {
                let reason = check.known().map_or("no reason given", |known| known.reason.as_str());
                let link = check.known().and_then(|known| known.link.as_deref());
                let link = link.map(|link| format!("   {}", visible::line(link, limits::LINK)));
                self.paint.quiet(format!(
                    "  {} {}: {}{}",
                    Outcome::Known.glyph(),
                    name(check),
                    visible::line(reason, limits::SENTENCE),
                    link.unwrap_or_default()
                ))
            })
            .collect();
        self.section("Known failures", &lines);
    }

    fn baseline(&mut self, heading: &str, entries: &[KnownFailure]) {
        let lines: Vec<String> = entries
            .iter()
            .map(|entry| {
                let id = self.paint.notice(visible::line(&entry.case, limits::ID));
                format!("  {id}   {}", self.paint.quiet(visible::line(&entry.reason, limits::SENTENCE)))
            })
            .collect();
        self.section(heading, &lines);
    }

    /// The warnings, errors and failures once more, a line each.
    fn list(&mut self, checks: &[CaseOutcome<'_>]) {
        let mut lines = Vec::new();
        let listed = [Outcome::Warn, Outcome::Error, Outcome::Fail];
        let is_listed = |check: &&CaseOutcome<'_>| listed.contains(&check.outcome());
        let names = checks.iter().filter(is_listed).map(|check| name(check).chars().count());
        let width = names.max().unwrap_or_default();
        for outcome in listed {
            for check in checks.iter().filter(|check| check.outcome() == outcome) {
                let word = format!("{} {:<5}", outcome.glyph(), outcome.as_str().to_uppercase());
                lines.push(format!(
                    "  {} {:<6} {:<width$}  {}",
                    self.paint.outcome(outcome, word),
                    check.level().as_str(),
                    name(check),
                    visible::line(&check.worst().title, limits::SENTENCE)
                ));
            }
        }
        let rerun = match checks.iter().filter(is_listed).collect::<Vec<_>>().as_slice() {
            [] => None,
            [only] => Some(only.worst().rerun.clone()),
            [first, ..] => Some(first.worst().rerun.replace(first.case(), "server/probe/NAME")),
        };
        lines.extend(rerun.map(|rerun| format!("  rerun one: {}", visible::line(&rerun, limits::COMMAND))));
        self.section("Warnings and failures", &lines);
    }

    fn section(&mut self, heading: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        let _ = writeln!(self.text, "\n{}", self.paint.strong(heading));
        for line in lines {
            self.line(line);
        }
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{}", line.trim_end());
    }
}

/// How many characters a line with several facts has at most.
const FACTS: usize = 120;

/// Facts in as few lines as they fit into.
fn side_by_side(facts: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for fact in facts {
        match lines.last_mut() {
            Some(line) if line.chars().count() + fact.chars().count() + 3 <= FACTS => {
                line.push_str(" · ");
                line.push_str(fact);
            }
            _ => lines.push(format!("  {fact}")),
        }
    }
    lines
}

/// How many reasons are shown.
const REASONS: usize = 6;

/// How many checks are named that were not judged for the same reason.
const NAMES: usize = 8;
