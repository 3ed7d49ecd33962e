//! `ssespec completions`: completions for a shell.

use clap::Args;
use clap_complete::Shell;

use crate::error::CommandError;
use crate::output;
use crate::status::Status;

/// Print completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec completions bash > ~/.local/share/bash-completion/completions/ssespec
  ssespec completions zsh > ~/.zfunc/_ssespec
  ssespec completions fish --color never > ~/.config/fish/completions/ssespec.fish")]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn perform(arguments: &Arguments, mut command: clap::Command) -> Result<Status, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "ssespec", &mut script);
    output::print(&String::from_utf8_lossy(&script));
    Ok(Status::Success)
}
