//! One page of Markdown for a pull request or a job: numbers, causes, and what is new.

use std::fmt::Write;

use crate::diagnosis::diagnose;
use crate::fold::{CaseOutcome, Outcome, fold};
use crate::issue::distinct;
use crate::limits;
use crate::markdown::{cause_item, linked, settings_list, text};
use crate::results::{KnownFailure, Results};
use crate::terminal::{self, causes_heading};
use crate::totals::{Share, SuiteTotals, Totals};

/// The longest page, in characters: GitHub refuses comments of more than 65,536.
pub const LONGEST: usize = 60_000;

/// Runs as one page of Markdown with at most [`LONGEST`] characters. A page that has to be cut says so, and names the full
/// report if its address is given.
pub fn summary(runs: &[Results], full_report: Option<&str>) -> String {
    let mut blocks = Vec::new();
    for run in runs {
        blocks.push(numbers(run));
    }
    for run in runs {
        blocks.extend(findings(run));
    }
    let end =
        full_report.map(|address| format!("\n{}\n", linked("Full report", address))).unwrap_or_default();
    let cut = match full_report {
        Some(address) => {
            format!("\n_This page was cut; {} has the rest._\n", linked("the full report", address))
        }
        None => "\n_This page was cut; the results file has the rest._\n".to_owned(),
    };
    let room = LONGEST - cut.chars().count().max(end.chars().count());
    let (mut page, mut length, mut is_cut) = (String::new(), 0, false);
    for block in blocks {
        let characters = block.chars().count();
        if length + characters > room {
            is_cut = true;
            break;
        }
        length += characters;
        page.push_str(&block);
    }
    page.push_str(if is_cut { &cut } else { &end });
    page
}

/// Who ran, and the numbers.
fn numbers(run: &Results) -> String {
    let totals = Totals::of(run, &fold(run.results()));
    let mut block = format!("## {}\n\n", text(&terminal::identity(run.header()), usize::MAX));
    // Writing to a String cannot fail, here and below.
    if !run.is_complete() {
        let _ = writeln!(block, "**Incomplete run: cases are missing.**\n");
    }
    for warning in run.warnings().iter().take(WARNINGS) {
        let _ = writeln!(block, "{}\n", text(&warning.to_string(), limits::SENTENCE));
    }
    block.push_str("| suite | MUST | SHOULD | new failures | known failures | skipped | errors |\n");
    block.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for suite in &totals.suites {
        let _ = writeln!(block, "{}", row(suite, &totals));
    }
    if let Some(why) = totals.percentages.withheld() {
        let _ = writeln!(block, "\n{why}");
    }
    block.push('\n');
    block
}

/// How many problems of a file are listed.
const WARNINGS: usize = 5;

fn row(suite: &SuiteTotals, totals: &Totals) -> String {
    let share = |share: Share| match (share.percent(), totals.percentages.withheld()) {
        (None, _) => "none".to_owned(),
        (Some(percent), None) => format!("{share} ({percent})"),
        (Some(_), Some(_)) => share.to_string(),
    };
    let counts = &suite.counts;
    format!(
        "| {} | {} | {} | {} | {} | {} | {} |",
        text(&suite.suite, limits::ID),
        share(suite.must),
        share(suite.should),
        counts.fail,
        counts.known,
        counts.skip,
        counts.error
    )
}

/// The causes, the distinct failures that are new, errors, and what is wrong with the baseline; each a block that can be
/// left out.
fn findings(run: &Results) -> Vec<String> {
    let mut blocks = Vec::new();
    let name = text(&terminal::identity(run.header()), usize::MAX);
    let diagnosis = diagnose(run);
    if !diagnosis.causes.is_empty() {
        blocks.push(format!("### Causes in {name}\n\n{}.\n\n", causes_heading(&diagnosis)));
        blocks.extend(diagnosis.causes.iter().map(|cause| format!("- {}\n", cause_item(cause))));
        blocks.push("\n".to_owned());
    }
    let cases = fold(run.results());
    let is_new = |case: &CaseOutcome<'_>| matches!(case.outcome(), Outcome::Fail | Outcome::Warn);
    let new: Vec<_> = distinct(run).into_iter().filter(|failure| is_new(&failure.case)).collect();
    if !new.is_empty() {
        blocks.push(format!("### New failures of {name}\n\n"));
        blocks.extend(new.iter().map(|failure| finding(run, &failure.case, failure.cases.len())));
        blocks.push("\n".to_owned());
    }
    let errors: Vec<_> = cases.iter().filter(|case| case.outcome() == Outcome::Error).collect();
    if !errors.is_empty() {
        blocks.push(format!("### Errors of {name}\n\nThey say nothing about conformance.\n\n"));
        blocks.extend(errors.iter().map(|case| finding(run, case, 1)));
        blocks.push("\n".to_owned());
    }
    let settings = settings_list(run.header(), &cases);
    if !settings.is_empty() {
        blocks.push(format!("### Settings that mend failures of {name}\n\n{settings}\n"));
    }
    if let Some(footer) = run.footer() {
        for (heading, entries) in [
            ("These known failures pass now; remove them", &footer.stale),
            ("These known failures match no case; correct or remove them", &footer.unmatched),
        ] {
            if !entries.is_empty() {
                blocks.push(format!("### Baseline of {name}\n\n{heading}:\n\n"));
                blocks.extend(entries.iter().map(baseline));
                blocks.push("\n".to_owned());
            }
        }
    }
    blocks
}

fn finding(run: &Results, case: &CaseOutcome<'_>, cases: usize) -> String {
    let worst = case.worst();
    let more = if cases > 1 { format!(" (and {} more of the same kind)", cases - 1) } else { String::new() };
    let mut block = format!(
        "- {} **{}**: {}{more}\n",
        case.outcome().glyph(),
        text(case.case(), limits::ID),
        text(&worst.title, limits::SENTENCE)
    );
    if let Some(failure) = &worst.failure {
        let _ = writeln!(block, "  - expected {}", text(&failure.expected, limits::SENTENCE));
        let _ = writeln!(block, "  - observed {}", text(&failure.observed, limits::SENTENCE));
    } else if let Some(reason) = &worst.reason {
        let _ = writeln!(block, "  - {}", text(reason, limits::SENTENCE));
    }
    for requirement in worst.requirements.iter().filter_map(|id| run.requirement(id)) {
        let _ = writeln!(
            block,
            "  - {} {}",
            requirement.level.as_str().to_uppercase(),
            linked(&text(&requirement.text, limits::SENTENCE), &requirement.link)
        );
    }
    block
}

fn baseline(entry: &KnownFailure) -> String {
    format!("- {}: {}\n", text(&entry.case, limits::ID), text(&entry.reason, limits::SENTENCE))
}
