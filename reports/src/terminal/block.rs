//! The lines of a finding: fields with names, and how the observed differs from the expected.

use std::fmt::Write;

use super::paint::Paint;
use crate::{
    compare::{Comparison, DiffLine, compare},
    limits,
    results::Requirement,
    visible,
};

/// The width of a field's name and of the gap after it.
const LABEL: usize = 10;

/// The lines of a finding.
pub(super) struct Block {
    pub(super) text: String,
    pub(super) paint: Paint,
}

impl Block {
    pub(super) fn new(paint: Paint) -> Self {
        Self { text: String::new(), paint }
    }

    /// A requirement; `None` if the results do not have it.
    pub(super) fn requirement(&mut self, id: &str, requirement: Option<&Requirement>) {
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

    /// A requirement with its link in the first line, to save a line.
    #[cfg(feature = "renderings")]
    pub(super) fn requirement_beside_its_link(&mut self, id: &str, requirement: Option<&Requirement>) {
        let linked = requirement.filter(|requirement| !requirement.link.is_empty());
        let Some(Requirement { level, link, text, disputed, .. }) = linked else {
            return self.requirement(id, requirement);
        };
        let disputed = if disputed.is_some() { ", disputed" } else { "" };
        let mut lines = vec![format!(
            "{} ({}{disputed}), {}",
            visible::line(id, limits::ID),
            level.as_str().to_uppercase(),
            visible::line(link, limits::LINK)
        )];
        lines.extend(visible::lines(text, limits::PARAGRAPH, 12));
        self.field("spec", &lines);
    }

    /// Where the observed differs from the expected.
    pub(super) fn compare(&mut self, expected: &str, observed: &str) {
        match compare(expected, observed) {
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

    fn pair(&mut self, name: &str, lines: &[String], color: fn(Paint, String) -> String) {
        let lines: Vec<String> = lines.iter().map(|line| color(self.paint, line.clone())).collect();
        self.field(name, &lines);
    }

    /// A field with these lines; nothing if there are none.
    pub(super) fn field(&mut self, name: &str, lines: &[String]) {
        for (at, line) in lines.iter().enumerate() {
            let shown = if at == 0 { name } else { "" };
            // A long name has a gap too.
            let gap = " ".repeat(LABEL.saturating_sub(shown.len()).max(1));
            let shown = if shown.is_empty() { String::new() } else { self.paint.quiet(shown) };
            let line = format!("  {shown}{gap}{line}");
            let _ = writeln!(self.text, "{}", line.trim_end());
        }
    }
}
