//! `ssespec explain`: describes one case in English.

use std::path::PathBuf;

use clap::Args;

use crate::did_you_mean::UnknownName;
use crate::error::CommandError;
use crate::options::selection::corpus;
use crate::output;
use crate::status::Status;

/// Explain one case in English: what it checks, why, and each step.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec explain client/chunks/cut-inside-a-crlf
  ssespec explain --cases my-cases client/mine/first --color never")]
pub(crate) struct Arguments {
    /// The id of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// Use the cases in this folder instead of the built-in cases
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
}

pub(crate) fn perform(arguments: &Arguments) -> Result<Status, CommandError> {
    let corpus = corpus(arguments.cases.as_deref())?;
    let Some(case) = corpus.cases.get(&arguments.case) else {
        return Err(UnknownName::case(&arguments.case, corpus.cases.keys().map(String::as_str)).into());
    };
    output::print(&ssespec_cases::explain::explain(case, &corpus));
    Ok(Status::Success)
}
