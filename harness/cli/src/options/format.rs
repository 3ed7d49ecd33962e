//! The option `--format` of commands that print results.

use clap::{Args, ValueEnum};

use crate::options::headings::OUTPUT;

/// What a run prints.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct FormatOptions {
    /// What to print
    #[arg(long, help_heading = OUTPUT, value_name = "FORMAT", default_value = "terminal")]
    format: Format,
    /// Print every failing case in full, as --format full does
    #[arg(long, short, help_heading = OUTPUT, conflicts_with = "format")]
    verbose: bool,
}

impl FormatOptions {
    /// The format that was asked for.
    pub(crate) fn chosen(self) -> Format {
        if self.verbose { Format::Full } else { self.format }
    }
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A report for people: causes first, and one failing case in full for each cause or requirement
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
