//! The last lines of a probe's report: what was judged, what was seen, and what decides the exit status.

use std::fmt::Write;

use crate::{
    fold::{CaseOutcome, Outcome},
    limits,
    results::{Footer, Level, Results},
    terminal::paint::Paint,
    totals::{decides_conformance, suite_rank},
    visible,
};

/// The last lines of a probe's report.
pub(super) fn verdict(results: &Results, checks: &[CaseOutcome<'_>], paint: Paint) -> String {
    let mut text = String::new();
    let count = |outcome: Outcome| checks.iter().filter(|check| check.outcome() == outcome).count();
    let parts = [
        (Outcome::Pass, "pass"),
        (Outcome::Fail, "fail"),
        (Outcome::Known, "known"),
        (Outcome::Warn, "warn"),
        (Outcome::Error, "error"),
        (Outcome::Info, "info"),
        (Outcome::Skip, "skip"),
    ];
    let is_shown = |(outcome, _): &(Outcome, &str)| {
        count(*outcome) > 0 || matches!(outcome, Outcome::Pass | Outcome::Fail | Outcome::Error)
    };
    let parts: Vec<String> = parts
        .into_iter()
        .filter(is_shown)
        .map(|(outcome, word)| match count(outcome) {
            0 => format!("0 {word}"),
            some => paint.outcome(outcome, format!("{some} {word}")),
        })
        .collect();
    let _ = writeln!(text, "{}", parts.join(" · "));
    for line in suites(checks) {
        let _ = writeln!(text, "{line}");
    }
    let Some(footer) = results.footer() else {
        let _ = writeln!(text, "{}", paint.bad("INCOMPLETE RUN: these numbers cover only what was recorded"));
        return text;
    };
    for note in &footer.notes {
        let mut note = visible::line(note, limits::PARAGRAPH);
        if let Some(first) = note.get(..1).map(str::to_uppercase) {
            note.replace_range(..1, &first);
        }
        let _ = writeln!(text, "{}", paint.notice(note));
    }
    let tenths = footer.duration_us / 100_000;
    let _ = writeln!(
        text,
        "{}.{} s, exit status {}: {}",
        tenths / 10,
        tenths % 10,
        footer.exit_status,
        meaning(results, footer, checks)
    );
    text
}

/// A line for each suite: how many of its checks hold, of those that were judged, and how many were not.
fn suites(checks: &[CaseOutcome<'_>]) -> Vec<String> {
    let mut names: Vec<&str> = checks.iter().map(CaseOutcome::suite).collect();
    names.sort_by_key(|name| (suite_rank(name), *name));
    names.dedup();
    let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
    let line = |suite: &&str| {
        let of = |level: Level| {
            let all = || checks.iter().filter(|check| check.suite() == *suite && check.level() == level);
            let held = all().filter(|check| matches!(check.outcome(), Outcome::Pass)).count();
            let broken = all()
                .filter(|check| matches!(check.outcome(), Outcome::Fail | Outcome::Known | Outcome::Warn))
                .count();
            let skipped = all().filter(|check| check.outcome() == Outcome::Skip).count();
            (held + broken + skipped > 0).then(|| {
                let word = level.as_str().to_uppercase();
                format!("{word} {held} hold, {broken} broken, {skipped} not judged")
            })
        };
        let levels: Vec<String> = [Level::Must, Level::Should].into_iter().filter_map(of).collect();
        format!("{:<width$}   {}", visible::line(suite, limits::ID), levels.join("; ")).trim_end().to_owned()
    };
    names.iter().map(line).collect()
}

/// What the exit status means, and which option would let more decide it.
fn meaning(results: &Results, footer: &Footer, checks: &[CaseOutcome<'_>]) -> String {
    match footer.exit_status {
        0 => {}
        1 => return "not conforming, or not matching the baseline".into(),
        3 if footer.counts.error == 0 => return "too little was seen to judge the server".into(),
        3 => return "a check ended in an error".into(),
        _ => return "unknown to this version".into(),
    }
    let selects = !results.header().selection.suites.is_empty();
    let mut others: Vec<&str> = checks
        .iter()
        .filter(|check| check.outcome() == Outcome::Fail && !selects && !decides_conformance(check.suite()))
        .map(CaseOutcome::suite)
        .collect();
    let count = others.len();
    others.sort_unstable();
    others.dedup();
    let conforming = "conforming, or failing only where the baseline expects it";
    if count == 0 {
        return conforming.into();
    }
    let options: Vec<String> =
        others.iter().map(|suite| format!("--suite {}", visible::line(suite, limits::ID))).collect();
    let failures = if count == 1 { "1 failure does".into() } else { format!("{count} failures do") };
    format!("{conforming}; {failures} not decide it, but would with --strict or {}", options.join(" "))
}
