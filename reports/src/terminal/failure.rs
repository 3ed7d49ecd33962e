//! One finding, with everything a maintainer needs to act on it.

use std::fmt::Write;

use super::block::Block;
use super::paint::{Paint, Style};
use crate::{
    fold::{CaseOutcome, Outcome},
    limits,
    results::{CaseResult, Failure, Requirement, Row},
    transcript::{self, Extent, Times},
    visible,
};

/// The block of a case with a failure, warning or error: what broke and where, what was expected
/// and observed, the bytes on the wire, and the command that reruns it.
///
/// `requirements` are those of the header. A case with another outcome has a block too, with what
/// there is to show.
pub fn failure(requirements: &[Requirement], case: &CaseOutcome<'_>, style: Style) -> String {
    with_evidence(requirements, case, style, Extent::Long)
}

/// The same with this much of what is on the wire.
pub(super) fn with_evidence(
    requirements: &[Requirement],
    case: &CaseOutcome<'_>,
    style: Style,
    extent: Extent,
) -> String {
    let paint = Paint::new(style.color);
    let mut finding = Finding { block: Block::new(paint), times: style.times, extent };
    let _ = writeln!(finding.block.text, "{}", heading(case, paint));
    let worst = case.worst();
    finding.what(worst, requirements);
    finding.verdict(case);
    if let Some(failure) = &worst.failure {
        finding.step(worst, failure);
    }
    finding.wire(&worst.transcript);
    if let Some(stderr) = &worst.stderr {
        finding.block.field("stderr", &visible::last_lines(stderr, limits::STDERR, limits::STDERR_LINES));
    }
    finding.late(case);
    finding.block.field("rerun", &[visible::line(&worst.rerun, limits::COMMAND)]);
    finding.block.text
}

/// The line that names a case, its outcome, and where it is seen.
pub(super) fn heading(case: &CaseOutcome<'_>, paint: Paint) -> String {
    let outcome = case.outcome();
    let word = format!("{} {}", outcome.glyph(), outcome.as_str().to_uppercase());
    let others = case.decisive().count().saturating_sub(1);
    let more = match others {
        0 => String::new(),
        1 => " (and 1 more delivery)".to_owned(),
        more => format!(" (and {more} more deliveries)"),
    };
    format!(
        "{} {} {}, delivery {}{more}",
        paint.outcome(outcome, word),
        case.level(),
        paint.strong(visible::line(case.case(), limits::ID)),
        case.worst().delivery,
    )
}

/// How many connections are shown with their bytes.
fn connections(extent: Extent) -> usize {
    match extent {
        Extent::Long => 6,
        Extent::Short => 2,
    }
}

/// The block of a case while it is written.
struct Finding {
    block: Block,
    times: Times,
    extent: Extent,
}

impl Finding {
    fn what(&mut self, result: &CaseResult, requirements: &[Requirement]) {
        let _ = writeln!(self.block.text, "  {}", visible::line(&result.title, limits::SENTENCE));
        if let (Some(why), Extent::Long) = (&result.why, self.extent) {
            self.block.field("why", &visible::lines(why, limits::PARAGRAPH, 8));
        }
        for id in &result.requirements {
            self.block.requirement(id, requirements.iter().find(|requirement| requirement.id == *id));
        }
    }

    fn verdict(&mut self, case: &CaseOutcome<'_>) {
        let worst = case.worst();
        if case.outcome() == Outcome::Error {
            self.block.field(
                "note",
                &["the adapter, the harness or the machine failed; this says nothing about conformance"
                    .to_owned()],
            );
        }
        if let Some(reason) = &worst.reason {
            self.block.field("reason", &visible::lines(reason, limits::PARAGRAPH, 12));
        }
        if let Some(known) = &worst.known {
            let mut lines = vec![visible::line(&known.reason, limits::SENTENCE)];
            lines.extend(known.link.as_deref().map(|link| visible::line(link, limits::LINK)));
            self.block.field("known", &lines);
        }
        match (case.only_in(), case.results().len()) {
            (None, 1) => {}
            // The heading counts them.
            (None, _) if self.extent == Extent::Short => {}
            (None, all) => self.block.field("seen in", &[format!("all {all} deliveries")]),
            (Some(only), all) => {
                let some = case.decisive().count();
                self.block.field("seen in", &[format!("{some} of {all} deliveries: {only}")]);
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
        self.block.field(&name, &lines);
        self.block.compare(&failure.expected, &failure.observed);
        if let Some(hint) = &failure.hint {
            self.block.field("hint", &visible::lines(hint, limits::PARAGRAPH, 8));
        }
    }

    fn wire(&mut self, transcript: &[Row]) {
        let streams = transcript::sent_bytes(transcript);
        // The failure is on one of the last connections.
        let left_out = streams.len().saturating_sub(connections(self.extent));
        if left_out > 0 {
            self.block.field("sent", &[format!("… on {left_out} earlier connections")]);
        }
        for written in streams.iter().skip(left_out) {
            let name = match written.from.as_str() {
                "harness" => "sent",
                // Around an intermediary.
                side @ ("client to proxy" | "proxy to origin" | "origin to proxy" | "proxy to client") => {
                    side
                }
                _ => "received",
            };
            let connection =
                written.connection.map(|number| format!(" on connection {number}")).unwrap_or_default();
            let unit = if written.bytes == 1 { "byte" } else { "bytes" };
            self.block.field(name, &[format!("{} {unit}{connection}", written.bytes)]);
            self.block.field("", &written.lines);
        }
        self.block.field("wire log", &transcript::log_lines(transcript, self.times, self.extent));
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
        self.block.field("late", &lines);
    }
}
