//! Writing of a baseline: today's failures become known ones, and those that pass are taken out.

use std::io;
use std::path::Path;

use ssespec_reports::fold::{Outcome, fold};
use ssespec_reports::results::Results;

/// How each known failure begins.
const HEADING: &str = "[[known-failure]]";

/// Updates the known failures of an `ssespec.toml`. What stands before them, and each that stays, is kept to the
/// letter.
///
/// # Errors
/// When the file cannot be read or written.
pub fn update(file: &Path, results: &Results) -> io::Result<()> {
    let text = std::fs::read_to_string(file)?;
    std::fs::write(file, updated(&text, results))
}

fn updated(text: &str, results: &Results) -> String {
    let mut blocks: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.get(1..).and_then(|tail| tail.find(&format!("\n{HEADING}"))) {
        let (block, after) = rest.split_at(at + 2);
        blocks.push(block);
        rest = after;
    }
    blocks.push(rest);
    let gone = results.footer().into_iter().flat_map(|footer| footer.stale.iter().chain(&footer.unmatched));
    let gone: Vec<String> = gone.map(|entry| format!("case = {}", quoted(&entry.case))).collect();
    let kept = blocks.into_iter().filter(|block| {
        !block.starts_with(HEADING) || !gone.iter().any(|line| block.lines().any(|found| found.trim() == line))
    });
    let mut written = kept.collect::<Vec<_>>().concat().trim_end().to_owned();
    written.push('\n');
    for case in fold(results.results()).iter().filter(|case| case.outcome() == Outcome::Fail) {
        let failure = case.worst().failure.as_ref();
        let reason = failure.map_or_else(String::new, |f| format!("expected {}; observed {}", f.expected, f.observed));
        let (case, reason) = (quoted(case.case()), quoted(&reason));
        written.push_str(&format!("\n{HEADING}\ncase = {case}\nreason = {reason}\n"));
    }
    written
}

fn quoted(text: &str) -> String {
    // A JSON string is a TOML basic string but for DEL, which TOML wants escaped.
    serde_json::to_string(text).unwrap_or_default().replace('\u{7f}', "\\u007f")
}
