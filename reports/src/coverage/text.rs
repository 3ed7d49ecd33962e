//! Documents statement by statement, as text for a terminal.

use std::fmt::Write;

use super::{Coverage, Implementation, Seen, Statement, Tally};
use crate::{
    fold::Outcome,
    limits,
    terminal::{Color, Paint},
    totals::{Percentages, Share},
    visible,
};

impl Coverage {
    /// All of it as text for a terminal: the statements, and the numbers at the end.
    pub fn text(&self, color: Color) -> String {
        let paint = Paint::new(color);
        let mut text = String::new();
        // Writing to a String cannot fail, here and below.
        for suite in &self.suites {
            let title = suite.title.as_ref().map(|title| format!(": {title}")).unwrap_or_default();
            let heading = visible::line(&format!("{}{title}", suite.name), limits::SENTENCE);
            let _ = writeln!(text, "{}", paint.strong(heading));
            if let Some(url) = &suite.url {
                let _ = writeln!(text, "{}", paint.quiet(visible::line(url, limits::LINK)));
            }
            for section in &suite.sections {
                if let Some(title) = &section.title {
                    let title = visible::line(title, limits::SENTENCE);
                    let _ = writeln!(text, "\n  {}", paint.strong(title));
                }
                for one in &section.requirements {
                    let _ = writeln!(text);
                    statement(&mut text, one, paint);
                }
            }
            let _ = writeln!(text);
        }
        text.push_str(&self.numbers(paint));
        text
    }

    fn numbers(&self, paint: Paint) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "{}", paint.strong("Testable statements with a case"));
        let names: Vec<String> =
            self.summary.iter().map(|tally| visible::line(&tally.suite, limits::ID)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        let roles = self.summary.iter().map(|tally| tally.role.len()).max().unwrap_or_default();
        for (tally, name) in self.summary.iter().zip(names) {
            let share = format!("{:>3} of {:>3}", tally.covered, tally.testable);
            let share = if tally.missing() == 0 { paint.good(share) } else { paint.notice(share) };
            let line = format!("  {name:<width$}   {:<roles$}   {share}{}", tally.role, exceptions(tally));
            let _ = writeln!(text, "{}", line.trim_end());
        }
        if !self.implementations.is_empty() {
            let _ = writeln!(
                text,
                "\n{}",
                paint.strong("Statements that hold, out of those the cases could check")
            );
        }
        for implementation in &self.implementations {
            kept(&mut text, implementation, paint);
        }
        text
    }
}

/// The numbers of untestable and disputed statements, if any.
fn exceptions(tally: &Tally) -> String {
    let parts = [(tally.untestable, "untestable"), (tally.disputed, "disputed")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if parts.is_empty() { String::new() } else { format!("   ({})", parts.join(", ")) }
}

fn kept(text: &mut String, implementation: &Implementation, paint: Paint) {
    let _ = writeln!(text, "  {}", visible::line(&implementation.title, limits::SENTENCE));
    let percentages = implementation.percentages.unwrap_or(Percentages::Shown);
    for suite in &implementation.suites {
        let shares = [("MUST", suite.must), ("SHOULD", suite.should)];
        let shares: Vec<String> = shares
            .into_iter()
            .filter(|(_, share)| share.of > 0)
            .map(|(level, share)| format!("{level} {}", words(share, percentages)))
            .collect();
        if !shares.is_empty() {
            let _ =
                writeln!(text, "    {}   {}", visible::line(&suite.suite, limits::ID), shares.join("   "));
        }
    }
    if let Some(why) = percentages.withheld() {
        let _ = writeln!(text, "    {}", paint.notice(why));
    }
}

/// `12 of 13 (92.3 %)`; without the percentage if it would mislead.
pub(super) fn words(share: Share, percentages: Percentages) -> String {
    match (share.percent(), percentages) {
        (Some(percent), Percentages::Shown) => format!("{share} ({percent})"),
        _ => share.to_string(),
    }
}

fn statement(text: &mut String, one: &Statement, paint: Paint) {
    let binds = format!("{}, binds {}", one.level, one.binds.join(", "));
    let _ = writeln!(
        text,
        "    {}   {}",
        paint.strong(visible::line(&one.id, limits::ID)),
        visible::line(&binds, limits::SENTENCE)
    );
    let _ = writeln!(text, "      {}", visible::line(&one.text, limits::PARAGRAPH));
    let _ = writeln!(text, "      {}", paint.quiet(visible::line(&one.link, limits::LINK)));
    for (word, why) in [("untestable", &one.untestable), ("disputed", &one.disputed)] {
        if let Some(why) = why {
            let why = visible::line(why, limits::PARAGRAPH);
            let _ = writeln!(text, "      {} {why}", paint.notice(format!("{word}:")));
        }
    }
    if !one.evidence.is_empty() {
        let reports = visible::line(&one.evidence.join(", "), limits::PARAGRAPH);
        let _ = writeln!(text, "      {}", paint.quiet(format!("reported in {reports}")));
    }
    let width = one.cases.iter().map(|case| visible::line(&case.id, limits::ID).chars().count()).max();
    for case in &one.cases {
        let id = visible::line(&case.id, limits::ID);
        let title = paint.quiet(visible::line(&case.title, limits::SENTENCE));
        let _ = writeln!(text, "      {id:<width$}   {title}", width = width.unwrap_or_default());
    }
    for role in &one.missing {
        let _ = writeln!(text, "      {}", paint.bad(format!("no {} case", visible::line(role, limits::ID))));
    }
    if !one.results.is_empty() {
        let seen: Vec<String> = one.results.iter().map(|seen| self::seen(seen, paint)).collect();
        let _ = writeln!(text, "      {}", seen.join(" · "));
    }
}

/// `✔ 3/3 eventsource 4.1.0`: a known failure is a failure.
fn seen(seen: &Seen, paint: Paint) -> String {
    let outcome = shown(seen.outcome);
    let name = visible::line(&seen.implementation, limits::NAME);
    let share = if seen.ran > 0 { format!(" {}/{}", seen.held, seen.ran) } else { String::new() };
    format!("{}{share} {name}", paint.outcome(outcome, outcome.glyph()))
}

/// How an outcome is shown: the baseline excuses a build, not an implementation.
pub(super) fn shown(outcome: Outcome) -> Outcome {
    if outcome == Outcome::Known { Outcome::Fail } else { outcome }
}
