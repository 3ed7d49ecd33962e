//! `ssespec explain`: one case in English.

use std::path::PathBuf;

use clap::Args;

use super::Status;
use super::arguments::corpus;
use super::output;
use super::run::usage;
use super::suggest::no_such_case;

/// Say one case in English: its claim, what it checks, and what happens step by step.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec explain client/chunks/cut-inside-a-crlf
  ssespec explain --cases my-cases client/mine/first --color never")]
pub(super) struct Arguments {
    /// The id of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// Take the cases from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
}

pub(super) fn perform(arguments: &Arguments) -> Status {
    let corpus = match corpus(arguments.cases.as_deref()) {
        Ok(corpus) => corpus,
        Err(error) => return usage(&error),
    };
    match corpus.cases.get(&arguments.case) {
        Some(case) => {
            output::print(&ssespec_cases::explain::explain(case, &corpus));
            Status::Fine
        }
        None => usage(&no_such_case(&arguments.case, corpus.cases.keys().map(String::as_str))),
    }
}
