//! The first page: how to read it, the numbers of each implementation, and the matrices.

use askama::Template;

use super::{
    all::All,
    frame::{Frame, Kind, Width},
    matrix::{Section, sections},
    outcome::{LEGEND, Sign},
    run::Run,
    strip::{Item, strip},
};

/// The first page.
#[derive(Template)]
#[template(path = "index.html")]
pub(super) struct IndexPage {
    frame: Frame,
    strip: Vec<Item>,
    legend: [Sign; 8],
    sections: Vec<Section>,
}

/// The first page, with what could not be shown.
pub(super) fn page(all: &All<'_>, problems: &[String]) -> IndexPage {
    let mut frame = Frame::new("Server-Sent Events: results").wide();
    frame.banners = problems.iter().map(|problem| format!("Not shown: {problem}")).collect();
    frame.banners.extend(all.runs.iter().flat_map(Run::banners));
    IndexPage { frame, strip: strip(all), legend: LEGEND, sections: sections(all) }
}
