//! Two runs compared, as a page, with the evidence of every case that changed.

use askama::Template;

use super::{
    background::Background,
    frame::{Frame, Kind, Width},
    outcome::{class, has_page, word},
    prose::{Piece, sentence},
    result::{Around, page as result_page},
    site::{SiteError, Write, write, write_assets},
};
use crate::slug::Slugs;
use crate::{
    diff::{Change, ChangeKind, Diff, text::details},
    fold::{CaseOutcome, Outcome},
    limits,
    results::Results,
    terminal::{self, SHOWN},
    visible,
};

/// The page of a comparison.
#[derive(Template)]
#[template(path = "comparison.html")]
struct ComparisonPage {
    frame: Frame,
    broken: bool,
    before: String,
    after: String,
    numbers: String,
    counts: Vec<CountRow>,
    kinds: Vec<KindShown>,
}

/// The number of cases with one outcome.
struct CountRow {
    class: &'static str,
    word: &'static str,
    before: usize,
    after: usize,
    difference: String,
}

struct KindShown {
    anchor: &'static str,
    heading: &'static str,
    changes: Vec<ChangeShown>,
}

struct ChangeShown {
    anchor: String,
    id: String,
    title: Vec<Piece>,
    level: String,
    before: Option<Side>,
    after: Option<Side>,
    details: Vec<String>,
}

/// The outcome of a case in one of the runs.
struct Side {
    class: &'static str,
    word: &'static str,
    only_in: Option<String>,
    href: Option<String>,
}

/// Writes a comparison as pages: `index.html`, and the evidence of the changed cases in `before` and `after`.
///
/// # Errors
///
/// If a page cannot be written.
pub fn comparison(diff: &Diff<'_>, background: &Background<'_>, to: &mut Write<'_>) -> Result<(), SiteError> {
    write_assets(to)?;
    let [before, after] = diff.runs();
    let mut slugs = Slugs::default();
    let mut kinds: Vec<KindShown> = Vec::new();
    for kind in ChangeKind::ALL {
        let mut changes = Vec::new();
        for change in diff.of(kind) {
            let slug = slugs.slug(change.case);
            let old = side("before", change.before.as_ref(), before, &slug, background, to)?;
            let new = side("after", change.after.as_ref(), after, &slug, background, to)?;
            changes.push(shown(change, slug, old, new));
        }
        if !changes.is_empty() {
            kinds.push(KindShown { anchor: kind.as_str(), heading: diff.heading(kind), changes });
        }
    }
    let mut frame = Frame::new("Server-Sent Events: comparison");
    frame.kind = Kind::Comparison;
    frame.banners = diff.cautions();
    let page = ComparisonPage {
        frame,
        broken: diff.broken_any(),
        before: terminal::identity(before.header()),
        after: terminal::identity(after.header()),
        numbers: diff.numbers(),
        counts: counts(diff),
        kinds,
    };
    write(&page, "index.html", to)
}

/// One side of a change; writes its evidence.
fn side(
    folder: &str,
    outcome: Option<&CaseOutcome<'_>>,
    run: &Results,
    slug: &str,
    background: &Background<'_>,
    to: &mut Write<'_>,
) -> Result<Option<Side>, SiteError> {
    let Some(outcome) = outcome else { return Ok(None) };
    let href = has_page(outcome.outcome()).then(|| format!("{folder}/{slug}.html"));
    if let Some(path) = &href {
        let around =
            Around { implementation: "../index.html".to_owned(), case: None, before: None, after: None };
        let mut page = result_page(run, outcome, background, around);
        page.in_comparison(folder, slug);
        write(&page, path, to)?;
    }
    Ok(Some(Side {
        class: class(outcome.outcome()),
        word: word(outcome.outcome()),
        only_in: match outcome.outcome() {
            Outcome::Pass | Outcome::Skip | Outcome::Info => None,
            _ => outcome.only_in(),
        },
        href,
    }))
}

fn shown(change: &Change<'_>, anchor: String, before: Option<Side>, after: Option<Side>) -> ChangeShown {
    let one = change.after.as_ref().or(change.before.as_ref());
    ChangeShown {
        anchor,
        id: visible::line(change.case, limits::ID),
        title: one.map(|case| sentence(&case.worst().title)).unwrap_or_default(),
        level: one.map(|case| case.level().as_str().to_uppercase()).unwrap_or_default(),
        before,
        after,
        details: details(change),
    }
}

fn counts(diff: &Diff<'_>) -> Vec<CountRow> {
    let [before, after] = diff.counts();
    let row = |outcome: Outcome| {
        let (old, new) = (before.get(outcome), after.get(outcome));
        CountRow {
            class: class(outcome),
            word: word(outcome),
            before: old,
            after: new,
            difference: match new.cmp(&old) {
                std::cmp::Ordering::Less => format!("−{}", old - new),
                std::cmp::Ordering::Equal => "0".to_owned(),
                std::cmp::Ordering::Greater => format!("+{}", new - old),
            },
        }
    };
    SHOWN.into_iter().map(row).filter(|row| row.before + row.after > 0).collect()
}
