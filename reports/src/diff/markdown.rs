//! A diff as Markdown: the comment on a pull request.

use std::fmt::Write;

use super::{
    Change, ChangeKind, Diff,
    text::{details, story},
};
use crate::{
    fold::Outcome,
    limits,
    markdown::text,
    terminal::{self, SHOWN},
};

/// A GitHub comment may have 65 536 characters; the rest is left for text around the diff.
const LIMIT: usize = 60_000;

/// Reserved for the end of the page.
const END: usize = 1_000;

impl Diff<'_> {
    /// The diff as Markdown for a comment of less than 60 000 characters: the verdict in two
    /// lines, the numbers, and the cases in collapsible lists.
    pub fn markdown(&self) -> String {
        let mut page = String::new();
        let verdict = match (self.broken_any(), self.changes.is_empty()) {
            (true, _) => "✘ **Some cases are broken.**",
            (false, false) => "✔ **No case is broken.**",
            (false, true) => "✔ **No case changed.**",
        };
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(page, "{verdict} {}.\n", self.numbers());
        let [old, new] =
            [self.before, self.after].map(|run| text(&terminal::identity(run.header()), limits::SENTENCE));
        let _ = writeln!(page, "From {old} to {new}.");
        for caution in self.cautions() {
            let _ = writeln!(page, "\n**{}.**", text(&caution, limits::SENTENCE));
        }
        self.table(&mut page);
        let mut left_out = 0;
        for kind in ChangeKind::ALL {
            left_out += self.list(&mut page, kind);
        }
        if left_out > 0 {
            let _ = writeln!(
                page,
                "\n{left_out} more cases are omitted to keep this comment short. `ssespec diff` lists them all."
            );
        }
        page
    }

    fn table(&self, page: &mut String) {
        let [before, after] = &self.counts;
        page.push_str("\n| | before | after | difference |\n| --- | ---: | ---: | ---: |\n");
        for outcome in SHOWN {
            let (old, new) = (before.get(outcome), after.get(outcome));
            if old + new == 0 {
                continue;
            }
            let difference = match new.cmp(&old) {
                std::cmp::Ordering::Less => format!("−{}", old - new),
                std::cmp::Ordering::Equal => "0".to_owned(),
                std::cmp::Ordering::Greater => format!("+{}", new - old),
            };
            let _ =
                writeln!(page, "| {} {} | {old} | {new} | {difference} |", sign(outcome), outcome.as_str());
        }
    }

    /// Writes the cases of one kind; returns how many did not fit.
    fn list(&self, page: &mut String, kind: ChangeKind) -> usize {
        let changes: Vec<&Change<'_>> = self.of(kind).collect();
        if changes.is_empty() {
            return 0;
        }
        let open = if kind == ChangeKind::Broken { " open" } else { "" };
        let _ =
            writeln!(page, "\n<details{open}><summary>{}: {}</summary>\n", self.heading(kind), changes.len());
        let mut written = 0;
        for change in &changes {
            let item = item(change);
            if page.chars().count() + item.chars().count() > LIMIT - END {
                break;
            }
            page.push_str(&item);
            written += 1;
        }
        page.push_str("\n</details>\n");
        changes.len() - written
    }
}

fn item(change: &Change<'_>) -> String {
    let one = change.after.as_ref().or(change.before.as_ref());
    let level = one.map(|case| case.level().as_str().to_uppercase()).unwrap_or_default();
    let mut item = format!(
        "- **{}** ({level}): {}\n",
        text(change.case, limits::ID),
        text(&story(change), limits::SENTENCE)
    );
    for detail in details(change) {
        let _ = writeln!(item, "  - {}", text(&detail, limits::SENTENCE));
    }
    item
}

/// The sign, escaped for Markdown.
fn sign(outcome: Outcome) -> String {
    text(&outcome.glyph().to_string(), 1)
}
