//! The end of a run's text: the number of cases, their outcomes, and the share of each level.

use std::fmt::Write;

use super::{paint::Paint, progress::SHOWN};
use crate::{
    fold::Outcome,
    limits,
    results::{Deciding, Footer, Results, Selection},
    totals::{Percentages, Share, Totals, decides_conformance},
    visible,
};

/// The totals of a run.
pub(super) fn totals(results: &Results, totals: &Totals, paint: Paint) -> String {
    let mut text = String::new();
    let counts = &totals.counts;
    let _ = writeln!(
        text,
        "{}",
        paint.strong(format!(
            "{} of {} cases ran, in {} {}",
            counts.ran(),
            counts.total(),
            totals.sessions,
            if totals.sessions == 1 { "session" } else { "sessions" }
        ))
    );
    let parts: Vec<String> = SHOWN
        .into_iter()
        .filter(|outcome| counts.get(*outcome) > 0 || ALWAYS.contains(outcome))
        .map(|outcome| {
            let count = counts.get(outcome);
            let part = format!("{count} {}", outcome.as_str());
            if count > 0 { paint.outcome(outcome, part) } else { part }
        })
        .collect();
    let _ = writeln!(text, "{}", parts.join(" · "));
    let name = visible::line(&results.header().implementation.name, limits::NAME);
    let shares = suite_shares(totals);
    for line in &shares {
        let _ = writeln!(text, "{line}");
    }
    if !shares.is_empty() {
        let _ = writeln!(
            text,
            "{}",
            paint.quiet(format!("of what {name} can reach; skipped cases, errors and facts are not counted"))
        );
    }
    if let Some(note) = not_deciding(results, totals) {
        let _ = writeln!(text, "{}", paint.quiet(note));
    }
    if let Some(why) = totals.percentages.withheld() {
        let _ = writeln!(text, "{}", paint.notice(why));
    }
    if let Some(deaths) = deaths(results) {
        let _ = writeln!(text, "{}", paint.notice(deaths));
    }
    for note in results.footer().iter().flat_map(|footer| &footer.notes) {
        let _ = writeln!(text, "{}", paint.notice(visible::line(note, limits::PARAGRAPH)));
    }
    match results.footer() {
        Some(footer) => text.push_str(&ending(footer, &results.header().selection, totals)),
        None => {
            let _ = writeln!(
                text,
                "{}",
                paint.bad("INCOMPLETE RUN: these numbers cover only what was recorded before it stopped")
            );
        }
    }
    text
}

/// How often the adapter died, unless a failure says so.
fn deaths(results: &Results) -> Option<String> {
    match results.footer()?.adapters?.died {
        0 => None,
        1 => Some("the adapter died once and was restarted".to_owned()),
        times => Some(format!("the adapter died {times} times and was restarted")),
    }
}

/// Counts that are named even when they are 0.
const ALWAYS: [Outcome; 3] = [Outcome::Pass, Outcome::Fail, Outcome::Error];

fn ending(footer: &Footer, selection: &Selection, totals: &Totals) -> String {
    let meaning = match footer.exit_status {
        _ if !footer.complete => "stopped at the first failure (--fail-fast)",
        0 => &format!(
            "conforming, or failing only where the baseline expects it{}",
            undecided(footer, totals).unwrap_or_default()
        ),
        1 => match only_strict(footer, selection) {
            Some(why) => &format!("{why}, which --strict does not allow"),
            None => "not conforming, or not matching the baseline",
        },
        2 => "wrong usage, or no case selected",
        3 => "the implementation could not be run, or a case ended in an error",
        _ => "unknown to this version",
    };
    let seconds = footer.duration_us / 1_000_000;
    let tenths = footer.duration_us % 1_000_000 / 100_000;
    format!("{seconds}.{tenths} s, exit status {}: {meaning}\n", footer.exit_status)
}

/// What a successful run left undecided, and which option would decide by it.
fn undecided(footer: &Footer, totals: &Totals) -> Option<String> {
    let (failures, warnings) = (footer.counts.fail, footer.counts.warn);
    if failures > 0 {
        let others = totals.suites.iter().filter(|suite| suite.counts.fail > 0);
        let options: Vec<String> =
            others.map(|suite| format!("--suite {}", visible::line(&suite.suite, limits::ID))).collect();
        let verb = if failures == 1 { "failure is" } else { "failures are" };
        return Some(format!(
            "; {failures} {verb} in suites that do not decide; {} or --strict makes them decide",
            options.join(" ")
        ));
    }
    let noun = if warnings == 1 { "warning" } else { "warnings" };
    (warnings > 0).then(|| format!("; --strict makes the {warnings} {noun} decide"))
}

/// Why a run failed although without `--strict` it would not have.
fn only_strict(footer: &Footer, selection: &Selection) -> Option<&'static str> {
    if footer.counts.fail > 0 || !footer.stale.is_empty() || !footer.unmatched.is_empty() {
        return None;
    }
    if selection.deciding == Deciding::FailuresAndWarnings && footer.counts.warn > 0 {
        return Some("there are warnings");
    }
    footer.adapters.is_some_and(|adapters| adapters.died > 0).then_some("the adapter died")
}

/// Names the suites that ran but do not decide conformance, unless suites were selected by name.
fn not_deciding(results: &Results, totals: &Totals) -> Option<String> {
    let selection = &results.header().selection;
    if !selection.suites.is_empty() || selection.deciding != Deciding::Suites {
        return None;
    }
    let others = totals.suites.iter().filter(|suite| !decides_conformance(&suite.suite));
    let names: Vec<String> = others.map(|suite| visible::line(&suite.suite, limits::ID)).collect();
    let (last, rest) = names.split_last()?;
    let (names, verb) = match rest {
        [] => (last.clone(), "does"),
        rest => (format!("{} and {last}", rest.join(", ")), "do"),
    };
    Some(format!("{names} {verb} not affect the exit status without --suite or --strict"))
}

/// One line for every suite: `whatwg  MUST 212 of 215 (98.6 %)  SHOULD 3 of 3 (100 %)`.
pub(crate) fn suite_shares(totals: &Totals) -> Vec<String> {
    let lines: Vec<[String; 3]> = totals
        .suites
        .iter()
        .map(|suite| {
            let name = visible::line(&suite.suite, limits::ID);
            [name, share("MUST", suite.must, totals), share("SHOULD", suite.should, totals)]
        })
        .filter(|[_, must, should]| !must.is_empty() || !should.is_empty())
        .collect();
    let width = |column: fn(&[String; 3]) -> &String| {
        lines.iter().map(|line| column(line).chars().count()).max().unwrap_or_default()
    };
    let (names, musts) = (width(|[name, ..]| name), width(|[_, must, _]| must));
    lines
        .iter()
        .map(|[name, must, should]| {
            format!("{name:<names$}   {must:<musts$}   {should}").trim_end().to_owned()
        })
        .collect()
}

fn share(level: &str, share: Share, totals: &Totals) -> String {
    match (share.percent(), totals.percentages) {
        (None, _) => String::new(),
        (Some(percent), Percentages::Shown) => format!("{level} {share} ({percent})"),
        (Some(_), _) => format!("{level} {share}"),
    }
}
