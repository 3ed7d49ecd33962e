//! The report of a probe, whose owner reads it from the end.

use insta::assert_snapshot;
use ssespec_reports::terminal::{Style, render};

use crate::files::results;

#[test]
fn failures_come_last_with_one_block_for_each_cause() {
    let text = render(&results("probe"), Style::default());
    assert_snapshot!("terminal-probe", text);
    for word in ["delivery", "deliveries", "step", "session", "as-written"] {
        assert!(!text.contains(word), "{word}");
    }
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}"));
    assert!(at("~ WARN should server/probe/chunked") < at("✘ FAIL must server/probe/resume-no-duplicate"));
    assert!(at("✘ FAIL must server/probe/resume-no-duplicate") < at("Warnings and failures"));
    // The finding with the same cause has no block of its own.
    assert!(!text.contains("~ WARN should server/probe/resume\n"));
    assert!(text.contains("also      ~ WARN should resume: "));
    assert!(text.trim_end().lines().last().is_some_and(|line| line.contains("would with --strict")));
}
