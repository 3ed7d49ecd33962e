//! Documents statement by statement, as a Markdown page.

use std::fmt::Write;

use super::{
    Coverage, Section, Statement,
    text::{shown, words},
};
use crate::{
    fold::Outcome,
    limits,
    markdown::{link, linked, prose, text},
    totals::Percentages,
};

impl Coverage {
    /// All of it as a Markdown page: the numbers, then a table for every section.
    pub fn markdown(&self) -> String {
        let mut page = String::from("# Server-Sent Events: requirements and the cases that check them\n\n");
        // Writing to a String cannot fail, here and below.
        page.push_str(
            "Every statement of the documents that ssespec covers, paraphrased, with the cases that check it. \
             Each links to its source.\n\n",
        );
        self.summary_table(&mut page);
        self.implementations_table(&mut page);
        for suite in &self.suites {
            let title = suite.title.as_ref().map(|title| format!(": {title}")).unwrap_or_default();
            let heading = text(&format!("{}{title}", suite.name), limits::SENTENCE);
            let _ = writeln!(page, "\n## {heading}");
            if let Some(url) = &suite.url {
                let _ = writeln!(page, "\n{}", link(url));
            }
            for section in &suite.sections {
                self.section(&mut page, section);
            }
        }
        page
    }

    fn summary_table(&self, page: &mut String) {
        page.push_str(
            "| suite | binds | statements | untestable | disputed | testable | with a case |\n\
             | --- | --- | ---: | ---: | ---: | ---: | ---: |\n",
        );
        for tally in &self.summary {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} | {} | {} | {} |",
                text(&tally.suite, limits::ID),
                text(&tally.role, limits::ID),
                tally.statements,
                tally.untestable,
                tally.disputed,
                tally.testable,
                tally.covered
            );
        }
    }

    fn implementations_table(&self, page: &mut String) {
        if self.implementations.is_empty() {
            return;
        }
        page.push_str("\n| implementation | suite | MUST | SHOULD |\n| --- | --- | --- | --- |\n");
        for implementation in &self.implementations {
            let percentages = implementation.percentages.unwrap_or(Percentages::Shown);
            let title = text(&implementation.title, limits::SENTENCE);
            let mark = percentages.withheld().map(|why| format!(" ({why})")).unwrap_or_default();
            let suites: Vec<_> =
                implementation.suites.iter().filter(|suite| suite.must.of + suite.should.of > 0).collect();
            if suites.is_empty() {
                let _ = writeln!(page, "| {title}{mark} | | | |");
            }
            for suite in suites {
                let [must, should] = [suite.must, suite.should]
                    .map(|share| if share.of > 0 { words(share, percentages) } else { String::new() });
                let _ = writeln!(
                    page,
                    "| {title}{mark} | {} | {must} | {should} |",
                    text(&suite.suite, limits::ID)
                );
            }
        }
        page.push_str(LEGEND);
    }

    fn section(&self, page: &mut String, section: &Section) {
        if let Some(title) = &section.title {
            let _ = writeln!(page, "\n### {}", prose(title, limits::SENTENCE));
        }
        page.push_str("\n| statement | level | binds | cases |");
        for implementation in &self.implementations {
            let _ = write!(page, " {} |", text(&implementation.key(), limits::NAME));
        }
        page.push_str("\n| --- | --- | --- | --- |");
        page.push_str(&" --- |".repeat(self.implementations.len()));
        page.push('\n');
        for one in &section.requirements {
            let _ = write!(
                page,
                "| {} | {} | {} | {} |",
                claim(one),
                one.level.as_str().to_uppercase(),
                text(&one.binds.join(", "), limits::SENTENCE),
                checks(one)
            );
            for implementation in &self.implementations {
                let _ = write!(page, " {} |", cell(one, &implementation.key()));
            }
            page.push('\n');
        }
    }
}

const LEGEND: &str = "
n/m: n of the m cases that ran held. ✔: all of them; ✘: a MUST did not hold; ~: a SHOULD did not; i: a fact that the \
document leaves open; –: skipped, the interface cannot reach it; !: an error of the adapter, the harness or the \
machine; ·: not run. A case that does not hold counts against every statement that it names.
";

fn claim(one: &Statement) -> String {
    let mut claim = format!(
        "{}<br>{}",
        linked(&text(&one.id, limits::ID), &one.link),
        prose(&one.text, limits::PARAGRAPH)
    );
    for (word, why) in [("Untestable", &one.untestable), ("Disputed", &one.disputed)] {
        if let Some(why) = why {
            let _ = write!(claim, "<br>*{word}:* {}", prose(why, limits::PARAGRAPH));
        }
    }
    if !one.evidence.is_empty() {
        let _ = write!(claim, "<br>*Reported in:* {}", text(&one.evidence.join(", "), limits::PARAGRAPH));
    }
    claim
}

fn checks(one: &Statement) -> String {
    let cases = one.cases.iter().map(|case| text(&case.id, limits::ID));
    let missing = one.missing.iter().map(|role| format!("**no {} case**", text(role, limits::ID)));
    cases.chain(missing).collect::<Vec<_>>().join("<br>")
}

fn cell(one: &Statement, implementation: &str) -> String {
    let Some(seen) = one.results.iter().find(|seen| seen.implementation == implementation) else {
        return "·".to_owned();
    };
    let sign = text(&shown(seen.outcome).glyph().to_string(), 1);
    match seen.outcome {
        Outcome::Skip | Outcome::Info | Outcome::Error => sign,
        _ => format!("{sign} {}/{}", seen.held, seen.ran),
    }
}
