//! The option `--format` of commands that print results.

use clap::ValueEnum;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A report for people: causes first, with one failing case each
    Terminal,
    /// The same with every failing case
    Full,
    /// The results file itself (JSON Lines); a run prints each result as its session ends
    Jsonl,
    /// A Markdown matrix with reasons
    Markdown,
    /// JUnit XML
    Junit,
    /// Stable text without times, for comparison
    Snapshot,
}
