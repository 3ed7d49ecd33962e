//! Whether the server under test may be on another machine.

use clap::Args;
use ssespec::adapter::reach::Reach;

use super::headings::EXECUTION;

/// Whether the server under test may be on another machine.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct RemoteOption {
    /// Connect to the URL that a server's adapter reports even if it is not on this machine
    #[arg(long, help_heading = EXECUTION)]
    allow_remote: bool,
}

impl RemoteOption {
    pub(crate) fn reach(self) -> Reach {
        if self.allow_remote { Reach::Anywhere } else { Reach::Loopback }
    }

    /// The option as a word of a command that reruns a case.
    pub(crate) fn word(self) -> Option<String> {
        self.allow_remote.then(|| "--allow-remote".into())
    }
}
