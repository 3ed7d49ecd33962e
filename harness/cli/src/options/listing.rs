//! The option `--list` of commands that select cases or checks.

use clap::Args;

/// Whether to list instead of running.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ListOption {
    /// List what is selected instead of running it
    #[arg(long, help_heading = "Selection")]
    pub(crate) list: bool,
}
