//! One finding of a probe, with what an owner needs to see it and to repeat it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write;

use crate::{
    fold::{CaseOutcome, Outcome},
    limits,
    results::{Requirement, Row},
    terminal::{Style, block::Block, paint::Paint},
    transcript, visible,
};

/// What the reason of a finding starts with that has the same cause as another one.
const SAME_CAUSE: &str = "the same cause as ";

/// How many lines of a response are shown.
const LINES: usize = 9;

/// How many characters of the content are shown if the head was shown before.
const CONTENT: usize = 100;

/// The line that ends a head, made printable.
const HEAD_END: &str = r"\r\n";

/// The prefix of the ids of all checks.
const PREFIX: &str = "server/probe/";

/// All findings of a probe.
pub(super) struct Findings<'r> {
    checks: &'r [CaseOutcome<'r>],
    requirements: &'r [Requirement],
    paint: Paint,
    /// The response heads that were shown.
    heads: RefCell<BTreeSet<Vec<String>>>,
}

impl<'r> Findings<'r> {
    pub(super) fn of(checks: &'r [CaseOutcome<'r>], requirements: &'r [Requirement], style: Style) -> Self {
        Self { checks, requirements, paint: Paint::new(style.color), heads: RefCell::default() }
    }

    /// The blocks of the findings with this outcome, without those that belong to another one.
    pub(super) fn blocks(&self, outcome: Outcome) -> impl Iterator<Item = String> {
        let own = move |check: &&CaseOutcome<'_>| check.outcome() == outcome && self.cause(check).is_none();
        self.checks.iter().filter(own).map(|check| self.block(check))
    }

    /// The finding that has the same cause and a block of its own.
    fn cause(&self, check: &CaseOutcome<'_>) -> Option<&CaseOutcome<'r>> {
        let id = check.worst().reason.as_deref()?.strip_prefix(SAME_CAUSE)?;
        self.checks
            .iter()
            .find(|other| other.case() == id && matches!(other.outcome(), Outcome::Warn | Outcome::Fail))
    }

    fn block(&self, check: &CaseOutcome<'_>) -> String {
        let mut block = Block::new(self.paint);
        let (outcome, worst) = (check.outcome(), check.worst());
        let word = format!("{} {}", outcome.glyph(), outcome.as_str().to_uppercase());
        let _ = writeln!(
            block.text,
            "{} {} {}",
            self.paint.outcome(outcome, word),
            check.level(),
            self.paint.strong(visible::line(check.case(), limits::ID)),
        );
        let _ = writeln!(block.text, "  {}", visible::line(&worst.title, limits::SENTENCE));
        for id in &worst.requirements {
            let found = self.requirements.iter().find(|requirement| requirement.id == *id);
            block.requirement_beside_its_link(id, found);
        }
        if let Some(reason) = &worst.reason {
            block.field("reason", &visible::lines(reason, limits::PARAGRAPH, 12));
        }
        if let Some(failure) = &worst.failure {
            block.compare(&failure.expected, &failure.observed);
            if let Some(hint) = &failure.hint {
                block.field("hint", &visible::lines(hint, limits::PARAGRAPH, 8));
            }
            self.others(&mut block, check);
            let is_curl = |line: &&str| line.starts_with("curl ");
            let (curl, request): (Vec<&str>, Vec<&str>) = failure.step_text.lines().partition(is_curl);
            let shown = |lines: &[&str]| -> Vec<String> {
                lines.iter().map(|line| visible::line(line, limits::COMMAND)).collect()
            };
            // A curl command says all of a request.
            if curl.len() < request.len() {
                block.field("request", &shown(&request));
            }
            block.field("curl", &shown(&curl));
        }
        self.bytes(&mut block, check);
        block.text
    }

    /// The findings that have the same cause as this one.
    fn others(&self, block: &mut Block, check: &CaseOutcome<'_>) {
        let others = self.checks.iter().filter(|other| {
            matches!(other.outcome(), Outcome::Warn | Outcome::Fail)
                && self.cause(other).is_some_and(|cause| cause.case() == check.case())
        });
        let lines: Vec<String> = others
            .map(|other| {
                let outcome = other.outcome();
                let word = format!("{} {}", outcome.glyph(), outcome.as_str().to_uppercase());
                format!(
                    "{} {} {}: {}",
                    self.paint.outcome(outcome, word),
                    other.level(),
                    name(other),
                    visible::line(&other.worst().title, limits::SENTENCE)
                )
            })
            .collect();
        block.field("also", &lines);
    }

    /// What the server sent, unless an earlier block shows the same.
    fn bytes(&self, block: &mut Block, check: &CaseOutcome<'_>) {
        let rows = &check.worst().transcript;
        if rows.is_empty() {
            return;
        }
        if let Some(earlier) = self.earlier_with(rows, check) {
            return block.field("received", &[format!("the same bytes as for {} above", name(earlier))]);
        }
        for written in transcript::sent_bytes(rows).iter().filter(|written| written.from != "harness") {
            let unit = if written.bytes == 1 { "byte" } else { "bytes" };
            let on = written.connection.filter(|_| has_several_connections(rows));
            let on = on.map(|number| format!(" on connection {number}")).unwrap_or_default();
            let when = when(rows, written.connection);
            let received = format!("{} {unit}{on}, {when}", written.bytes);
            if let Some(content) = self.content_after_shown_head(&written.lines) {
                let content = visible::line(&content.concat(), CONTENT);
                let content = if content.is_empty() { String::new() } else { format!(", then {content}") };
                block.field("received", &[format!("{received}: the head above{content}")]);
                continue;
            }
            block.field("received", &[received]);
            let more = written.lines.len().saturating_sub(LINES);
            let mut lines: Vec<String> = written.lines.iter().take(LINES).cloned().collect();
            lines.extend((more > 0).then(|| format!("… {more} more lines; --output FILE keeps them")));
            block.field("", &lines);
        }
        let ends = rows.iter().filter(|row| row.kind == "end" && !row.text.contains("still open"));
        let ends: Vec<String> = ends.map(|row| visible::line(&row.text, limits::SENTENCE)).collect();
        block.field("end", &ends);
    }

    /// What follows the head of a response, if an earlier block shows the same head but for its date; it is shown now otherwise.
    fn content_after_shown_head<'l>(&self, lines: &'l [String]) -> Option<&'l [String]> {
        let end = lines.iter().take(LINES).position(|line| line == HEAD_END)?;
        let (head, content) = lines.split_at(end + 1);
        let is_date = |line: &&String| line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("date:"));
        let head: Vec<String> = head.iter().filter(|line| !is_date(line)).cloned().collect();
        (!self.heads.borrow_mut().insert(head)).then_some(content)
    }

    /// The finding whose block comes before this one and shows these bytes.
    fn earlier_with(&self, rows: &[Row], check: &CaseOutcome<'_>) -> Option<&CaseOutcome<'r>> {
        let rank = |outcome: Outcome| match outcome {
            Outcome::Warn => 0,
            Outcome::Error => 1,
            _ => 2,
        };
        let is_shown = |other: &&CaseOutcome<'_>| {
            matches!(other.outcome(), Outcome::Warn | Outcome::Error | Outcome::Fail)
        };
        let key = |check: &CaseOutcome<'_>| (rank(check.outcome()), check.case().to_owned());
        self.checks.iter().filter(is_shown).find(|other| {
            key(other) < key(check) && self.cause(other).is_none() && other.worst().transcript == *rows
        })
    }
}

/// The name of a check, without the prefix of all ids.
pub(super) fn name(check: &CaseOutcome<'_>) -> String {
    visible::line(check.case().strip_prefix(PREFIX).unwrap_or(check.case()), limits::ID)
}

fn has_several_connections(rows: &[Row]) -> bool {
    rows.iter().any(|row| row.connection != rows.first().and_then(|first| first.connection))
}

/// When the first and the last bytes of a connection came.
fn when(rows: &[Row], connection: Option<u32>) -> String {
    let of_server = |row: &&Row| row.connection == connection && row.from != "harness" && row.kind == "bytes";
    let times: Vec<u64> = rows.iter().filter(of_server).map(|row| row.at_us).collect();
    let seconds = |time: Option<&u64>| time.copied().unwrap_or_default() / 1000;
    match (times.first(), times.last()) {
        (first, last) if seconds(first) == seconds(last) => format!("after {} ms", seconds(first)),
        (first, last) => format!("from {} ms to {} ms after the request", seconds(first), seconds(last)),
    }
}
