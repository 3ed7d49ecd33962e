//! One finding, with everything a maintainer needs to act on it.

use std::fmt::Write;

use super::paint::{Paint, Style};
use crate::{
    compare::{Comparison, DiffLine, compare},
    fold::{CaseOutcome, Outcome},
    limits,
    results::{CaseResult, Failure, Requirement, Row},
    transcript::{self, Times},
    visible,
};

/// The block of a case with a failure, warning or error: what broke and where, what was expected
/// and observed, the bytes on the wire, and the command that reruns it.
///
/// `requirements` are those of the header. A case with another outcome has a block too, with what
/// there is to show.
pub fn failure(requirements: &[Requirement], case: &CaseOutcome<'_>, style: Style) -> String {
    let mut block = Block { text: String::new(), paint: Paint::new(style.color), times: style.times };
    block.heading(case);
    let worst = case.worst();
    block.what(worst, requirements);
    block.verdict(case);
    if let Some(failure) = &worst.failure {
        block.step(worst, failure);
    }
    block.wire(&worst.transcript);
    if let Some(stderr) = &worst.stderr {
        block.field("stderr", &visible::last_lines(stderr, limits::STDERR, limits::STDERR_LINES));
    }
    block.late(case);
    block.field("rerun", &[visible::line(&worst.rerun, limits::COMMAND)]);
    block.text
}

/// The width of a field's name and of the gap after it.
const LABEL: usize = 10;

/// How many connections are shown with their bytes.
const STREAMS: usize = 6;

struct Block {
    text: String,
    paint: Paint,
    times: Times,
}

impl Block {
    fn heading(&mut self, case: &CaseOutcome<'_>) {
        let outcome = case.outcome();
        let word = format!("{} {}", outcome.glyph(), outcome.as_str().to_uppercase());
        let others = case.decisive().count().saturating_sub(1);
        let more = match others {
            0 => String::new(),
            1 => " (and 1 more delivery)".to_owned(),
            more => format!(" (and {more} more deliveries)"),
        };
        let _ = writeln!(
            self.text,
            "{} {} {}, delivery {}{more}",
            self.paint.outcome(outcome, word),
            case.level(),
            self.paint.strong(visible::line(case.case(), limits::ID)),
            case.worst().delivery,
        );
    }

    fn what(&mut self, result: &CaseResult, requirements: &[Requirement]) {
        let _ = writeln!(self.text, "  {}", visible::line(&result.title, limits::SENTENCE));
        if let Some(why) = &result.why {
            self.field("why", &visible::lines(why, limits::PARAGRAPH, 8));
        }
        for id in &result.requirements {
            self.requirement(id, requirements.iter().find(|requirement| requirement.id == *id));
        }
    }

    fn requirement(&mut self, id: &str, requirement: Option<&Requirement>) {
        let mut lines = vec![visible::line(id, limits::ID)];
        match requirement {
            None => lines.push("(the results file does not include its text)".to_owned()),
            Some(requirement) => {
                let disputed = if requirement.disputed.is_some() { ", disputed" } else { "" };
                lines = vec![format!(
                    "{} ({}{disputed})",
                    visible::line(id, limits::ID),
                    requirement.level.as_str().to_uppercase()
                )];
                lines.extend(visible::lines(&requirement.text, limits::PARAGRAPH, 12));
                if !requirement.link.is_empty() {
                    lines.push(visible::line(&requirement.link, limits::LINK));
                }
            }
        }
        self.field("spec", &lines);
    }

    fn verdict(&mut self, case: &CaseOutcome<'_>) {
        let worst = case.worst();
        if case.outcome() == Outcome::Error {
            self.field(
                "note",
                &["the adapter, the harness or the machine failed; this says nothing about conformance"
                    .to_owned()],
            );
        }
        if let Some(reason) = &worst.reason {
            self.field("reason", &visible::lines(reason, limits::PARAGRAPH, 12));
        }
        if let Some(known) = &worst.known {
            let mut lines = vec![visible::line(&known.reason, limits::SENTENCE)];
            lines.extend(known.link.as_deref().map(|link| visible::line(link, limits::LINK)));
            self.field("known", &lines);
        }
        match (case.only_in(), case.results().len()) {
            (None, 1) => {}
            (None, all) => self.field("seen in", &[format!("all {all} deliveries")]),
            (Some(only), all) => {
                let some = case.decisive().count();
                self.field("seen in", &[format!("{some} of {all} deliveries: {only}")]);
            }
        }
    }

    fn step(&mut self, result: &CaseResult, failure: &Failure) {
        let name = match failure.step {
            0 => "end".to_owned(),
            step => format!("step {step}"),
        };
        let mut lines =
            vec![format!("{}:{}", visible::line(&result.source.path, limits::LINK), failure.line)];
        lines.extend(visible::lines(&failure.step_text, limits::PARAGRAPH, 12));
        self.field(&name, &lines);
        match compare(&failure.expected, &failure.observed) {
            Comparison::Pair { expected, observed } => {
                self.pair("expected", &expected, Paint::good);
                self.pair("observed", &observed, Paint::bad);
            }
            Comparison::Window { at, expected, observed } => {
                self.pair("expected", &[expected], Paint::good);
                self.pair("observed", &[observed], Paint::bad);
                self.field("differ", &[format!("first at character {at}")]);
            }
            Comparison::Lines(lines) => {
                let shown: Vec<String> = lines.into_iter().map(|line| self.diff_line(line)).collect();
                self.field("compare", &["- expected, + observed".to_owned()]);
                self.field("", &shown);
            }
        }
        if let Some(hint) = &failure.hint {
            self.field("hint", &visible::lines(hint, limits::PARAGRAPH, 8));
        }
    }

    fn diff_line(&self, line: DiffLine) -> String {
        match line {
            DiffLine::Same(text) => format!("  {text}"),
            DiffLine::Missing(text) => self.paint.good(format!("- {text}")),
            DiffLine::Extra(text) => self.paint.bad(format!("+ {text}")),
            DiffLine::LeftOut(1) => self.paint.quiet("  … 1 line"),
            DiffLine::LeftOut(lines) => self.paint.quiet(format!("  … {lines} lines")),
        }
    }

    fn wire(&mut self, transcript: &[Row]) {
        let streams = transcript::sent_bytes(transcript);
        // The failure is on one of the last connections.
        let left_out = streams.len().saturating_sub(STREAMS);
        if left_out > 0 {
            self.field("sent", &[format!("… on {left_out} earlier connections")]);
        }
        for written in streams.iter().skip(left_out) {
            let name = if written.from == "harness" { "sent" } else { "received" };
            let connection =
                written.connection.map(|number| format!(" on connection {number}")).unwrap_or_default();
            let unit = if written.bytes == 1 { "byte" } else { "bytes" };
            self.field(name, &[format!("{} {unit}{connection}", written.bytes)]);
            self.field("", &written.lines);
        }
        self.field("wire log", &transcript::log_lines(transcript, self.times));
    }

    fn late(&mut self, case: &CaseOutcome<'_>) {
        let all: Vec<String> = case
            .results()
            .iter()
            .flat_map(|result| result.late.iter().map(|late| (result.delivery, late)))
            .map(|(delivery, late)| format!("{delivery}: {}", visible::line(late, limits::SENTENCE)))
            .collect();
        let mut lines: Vec<String> = all.iter().take(limits::LATE).cloned().collect();
        if all.len() > lines.len() {
            lines.push(format!("… and {} more", all.len() - lines.len()));
        }
        self.field("late", &lines);
    }

    fn pair(&mut self, name: &str, lines: &[String], color: fn(Paint, String) -> String) {
        let lines: Vec<String> = lines.iter().map(|line| color(self.paint, line.clone())).collect();
        self.field(name, &lines);
    }

    fn field(&mut self, name: &str, lines: &[String]) {
        for (at, line) in lines.iter().enumerate() {
            let shown = if at == 0 { name } else { "" };
            let gap = " ".repeat(LABEL.saturating_sub(shown.len()));
            let shown = if shown.is_empty() { String::new() } else { self.paint.quiet(shown) };
            let line = format!("  {shown}{gap}{line}");
            let _ = writeln!(self.text, "{}", line.trim_end());
        }
    }
}
