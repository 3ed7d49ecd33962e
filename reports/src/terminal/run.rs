//! The text of a whole run.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{
    Failures, Style, advice,
    asides::asides,
    detail::Detail,
    diagnosis,
    findings::Findings,
    identity::{departure, identity, selection},
    paint::Paint,
    probe, tally, totals,
};
use crate::{
    advice::advise,
    diagnosis::diagnose,
    fold::{CaseOutcome, Outcome, fold},
    limits,
    results::{KnownFailure, Results},
    totals::Totals,
    visible,
};

/// A whole run, as text for a terminal.
///
/// From top to bottom: who ran; a tally for each group; facts; known failures, notes and late
/// observations, a quiet line each; the causes of failures, each with one case; warnings, errors and
/// failures without a cause, with all their evidence;
/// baseline entries that are wrong; settings that may mend failures; the totals.
pub fn render(results: &Results, style: Style) -> String {
    if probe::is_probe(results) {
        return probe::render(results, style);
    }
    let cases = fold(results.results());
    let detail = Detail::of(&cases, style);
    let mut run = Run { text: String::new(), paint: Paint::new(style.color) };
    run.head(results);
    if cases.is_empty() {
        run.section("No case ran: nothing was selected, or the run stopped before the first case.");
    } else {
        run.text.push('\n');
        run.text.push_str(&tally::tallies(&cases, run.paint, detail));
    }
    run.facts(&cases, detail);
    run.known(&cases);
    let quiet: Vec<&CaseOutcome<'_>> = cases.iter().filter(is_quiet).collect();
    let asides = asides(&quiet, detail, run.paint);
    if detail == Detail::Short && !asides.is_empty() {
        run.section("Notes");
    }
    run.text.push_str(&asides);
    let diagnosis = diagnose(results);
    let requirements = &results.header().requirements;
    run.text.push_str(&diagnosis::causes(&diagnosis, requirements, &cases, (style, detail)));
    let unexplained: BTreeSet<&String> = diagnosis.unexplained.iter().collect();
    let of_causes: BTreeSet<&String> = diagnosis.causes.iter().flat_map(|cause| &cause.cases).collect();
    let explained: BTreeSet<&str> = of_causes.difference(&unexplained).map(|case| case.as_str()).collect();
    let in_full: Vec<&CaseOutcome<'_>> = diagnosis::shown_in_full(&diagnosis, &cases, detail).collect();
    let is_shown = |case: &&CaseOutcome<'_>| {
        case.outcome() == Outcome::Error
            || (style.failures == Failures::All && !in_full.iter().any(|shown| shown.case() == case.case()))
            || !explained.contains(case.case())
    };
    if !diagnosis.causes.is_empty() && cases.iter().filter(is_shown).any(|case| is_finding(case.outcome())) {
        run.section("Other findings");
    }
    let mut findings = Findings::new(requirements, (style, detail), in_full.iter().copied());
    for outcome in [Outcome::Warn, Outcome::Error, Outcome::Fail] {
        for case in cases.iter().filter(is_shown).filter(|case| case.outcome() == outcome) {
            run.text.push_str(&findings.one(case));
        }
        run.text.push_str(&findings.rest(outcome));
    }
    if let Some(footer) = results.footer() {
        run.baseline("Stale baseline entries: these cases pass now, so remove the entries", &footer.stale);
        run.baseline("Baseline entries that match no case: correct or remove them", &footer.unmatched);
    }
    run.text.push_str(&advice::advice(&advise(results.header(), &cases), run.paint));
    run.text.push('\n');
    let totals = Totals::of(results, &cases);
    run.text.push_str(&totals::totals(results, &totals, run.paint));
    run.text
}

/// Whether an outcome has a block of its own.
fn is_finding(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Warn | Outcome::Error | Outcome::Fail)
}

/// How many facts a run with many findings shows.
const FEW_FACTS: usize = 5;

struct Run {
    text: String,
    paint: Paint,
}

impl Run {
    fn head(&mut self, results: &Results) {
        let header = results.header();
        let identity = identity(header);
        self.line(&format!(
            "{} over {} on {} {}",
            self.paint.strong(identity),
            header.adapter.transport,
            visible::line(&header.platform.os, limits::NAME),
            visible::line(&header.platform.arch, limits::NAME),
        ));
        let selection = selection(header);
        let version = visible::line(&header.suite_version, limits::NAME);
        self.line(&self.paint.quiet(format!("ssespec {version}, {selection}")));
        if let Some(departure) = departure(header) {
            self.line(&self.paint.notice(departure));
        }
        for warning in results.warnings() {
            self.line(&self.paint.notice(warning));
        }
        if !results.is_complete() {
            let why = match results.footer() {
                Some(_) => "it stopped at the first failure",
                None => "it did not finish",
            };
            self.line(&self.paint.bad(format!("INCOMPLETE RUN: {why}, so cases are missing")));
        }
    }

    fn facts(&mut self, cases: &[CaseOutcome<'_>], detail: Detail) {
        let count = cases.iter().map(|case| case.facts().len()).sum::<usize>();
        if count == 0 {
            return;
        }
        if detail == Detail::Short && count > FEW_FACTS {
            let note = format!("\n{count} facts were recorded; --verbose shows them");
            return self.line(&self.paint.quiet(note));
        }
        self.section("Facts");
        for case in cases {
            for fact in case.facts() {
                let only = case.fact_only_in(&fact).map(|only| format!(" (in {only})")).unwrap_or_default();
                self.line(&format!(
                    "  {} {}: {}: {}{only}",
                    self.paint.outcome(Outcome::Info, Outcome::Info.glyph()),
                    visible::line(case.case(), limits::ID),
                    visible::line(fact.fact, limits::SENTENCE),
                    visible::line(fact.value, limits::SENTENCE),
                ));
            }
        }
    }

    fn known(&mut self, cases: &[CaseOutcome<'_>]) {
        let known: Vec<_> = cases.iter().filter(|case| case.is_expected()).collect();
        if known.is_empty() {
            return;
        }
        self.section("Known failures");
        for case in known {
            let (reason, link) = case
                .known()
                .map(|known| (known.reason.as_str(), known.link.as_deref()))
                .unwrap_or(("no reason given", None));
            let link =
                link.map(|link| format!("   {}", visible::line(link, limits::LINK))).unwrap_or_default();
            let only = case.only_in().map(|only| format!(" (in {only})")).unwrap_or_default();
            let line = format!(
                "  {} {}{only}: {}{link}",
                case.outcome().glyph(),
                visible::line(case.case(), limits::ID),
                visible::line(reason, limits::SENTENCE),
            );
            self.line(&self.paint.quiet(line));
        }
    }

    fn baseline(&mut self, heading: &str, entries: &[KnownFailure]) {
        if entries.is_empty() {
            return;
        }
        self.section(heading);
        for entry in entries {
            self.line(&format!(
                "  {}   {}",
                self.paint.notice(visible::line(&entry.case, limits::ID)),
                self.paint.quiet(visible::line(&entry.reason, limits::SENTENCE)),
            ));
        }
    }

    fn section(&mut self, heading: &str) {
        let _ = writeln!(self.text, "\n{}", self.paint.strong(heading));
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{}", line.trim_end());
    }
}

/// Whether a case has no block of its own.
fn is_quiet(case: &&CaseOutcome<'_>) -> bool {
    !is_finding(case.outcome())
}
