//! Where the time of a run went.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Style, paint::Paint};
use crate::{
    limits,
    results::{CaseResult, Results},
    visible,
};

/// How many cases and how many waits are listed.
const LISTED: usize = 10;

/// How many characters of a step are shown.
const STEP: usize = 100;

/// Where the time of a run went, as text for a terminal: processor time, starts of adapters, the longest cases, and the
/// steps that took longest. Nearly all that a long step does is wait.
pub fn timings(results: &Results, style: Style) -> String {
    let paint = Paint::new(style.color);
    let mut text = format!("{}\n", paint.strong("Where the time went"));
    for line in summary(results) {
        let _ = writeln!(text, "  {line}");
    }
    let rows = [("Longest cases", longest_cases(results)), ("Longest waits", longest_waits(results))];
    for (heading, rows) in rows {
        if !rows.is_empty() {
            let _ = writeln!(text, "\n{}", paint.strong(heading));
        }
        let width = rows.iter().map(|(time, _)| time.len()).max().unwrap_or_default();
        for (time, what) in rows {
            let _ = writeln!(text, "  {time:>width$}   {what}");
        }
    }
    text
}

/// The times and numbers of the whole run.
fn summary(results: &Results) -> Vec<String> {
    let mut lines = Vec::new();
    let played = || results.results().iter().filter(|result| result.start_us.is_some());
    let sessions = played().count();
    let spent = played().fold(0, |sum: u64, result| sum.saturating_add(result.duration_us));
    let lanes = played().filter_map(|result| result.lane).max().unwrap_or_default();
    let noun = |count: usize, one: &str| if count == 1 { one.to_owned() } else { format!("{one}s") };
    let took = results.footer().map(|footer| footer.duration_us);
    if let Some(took) = took {
        let mut line =
            format!("{} for {sessions} {} that took {}", time(took), noun(sessions, "session"), time(spent));
        if lanes > 0 {
            line.push_str(&format!(" in {lanes} {}", noun(lanes as usize, "lane")));
        }
        lines.push(line);
    }
    if let Some(processor) = results.footer().and_then(|footer| footer.processor) {
        lines.push(format!(
            "processor time: {} of the harness, {} of adapters or a browser",
            time(processor.harness_us),
            time(processor.adapters_us)
        ));
    }
    if let Some(adapters) = results.footer().and_then(|footer| footer.adapters) {
        lines.push(format!("adapters started: {}", adapters.started));
    }
    lines
}

/// The longest session of each case, longest first.
fn longest_cases(results: &Results) -> Vec<(String, String)> {
    let mut longest: BTreeMap<&str, &CaseResult> = BTreeMap::new();
    for result in results.results() {
        let known = longest.entry(&result.case).or_insert(result);
        if known.duration_us < result.duration_us {
            *known = result;
        }
    }
    let mut all: Vec<&CaseResult> = longest.into_values().filter(|result| result.duration_us > 0).collect();
    all.sort_by_key(|result| Reverse(result.duration_us));
    let row = |result: &CaseResult| {
        (
            time(result.duration_us),
            format!("{}, {}", visible::line(&result.case, limits::ID), result.delivery),
        )
    };
    all.into_iter().take(LISTED).map(row).collect()
}

/// The steps that took longest, each once, longest first.
fn longest_waits(results: &Results) -> Vec<(String, String)> {
    let mut longest: BTreeMap<(&str, usize), (u64, &CaseResult)> = BTreeMap::new();
    for result in results.results() {
        let Some(step) = result.longest_step else { continue };
        let known = longest.entry((&result.case, step.line)).or_insert((step.duration_us, result));
        if known.0 < step.duration_us {
            *known = (step.duration_us, result);
        }
    }
    let mut all: Vec<(usize, u64, &CaseResult)> =
        longest.into_iter().map(|((_, line), (took, result))| (line, took, result)).collect();
    all.sort_by_key(|(_, took, _)| Reverse(*took));
    let row = |(line, took, result): (usize, u64, &CaseResult)| {
        let step = result.source.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let step = visible::line(step.trim().trim_end_matches(','), STEP);
        let place = format!("{}:{line}", visible::line(&result.source.path, limits::LINK));
        (time(took), format!("{place}  {step}").trim_end().to_owned())
    };
    all.into_iter().take(LISTED).map(row).collect()
}

/// `1.25 s`.
fn time(microseconds: u64) -> String {
    let hundredths = microseconds / 10_000;
    format!("{}.{:02} s", hundredths / 100, hundredths % 100)
}
