//! `ssespec explain`: one case in English.

use std::path::PathBuf;

use clap::Args;
use ssespec_mock_server::document::nearest;

use super::Status;
use super::output;
use super::run::{embedded_or, usage};

/// Say one case in English.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  ssespec explain client/chunks/crlf-cut")]
pub(super) struct Arguments {
    /// The id of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// Take the cases from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
}

pub(super) fn perform(arguments: &Arguments) -> Status {
    let corpus = match embedded_or(arguments.cases.as_deref()) {
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

/// What to say about a case that does not exist.
pub(super) fn no_such_case<'a>(id: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(id, known) {
        Some(near) => format!("no case {id}; did you mean {near}?"),
        None => format!("no case {id}; `ssespec cases` lists them"),
    }
}
