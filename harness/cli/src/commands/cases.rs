//! `ssespec cases`: lists cases.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use globset::GlobMatcher;
use ssespec_cases::{Case, Corpus};

use crate::did_you_mean::UnknownName;
use crate::error::CommandError;
use crate::options::selection::corpus;
use crate::options::values::glob;
use crate::output;
use crate::status::Status;

/// List the cases.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec cases 'client/close/*'
  ssespec cases --format json | jq -r '.[] | select(.level == \"must\") | .id'
  ssespec cases --cases my-cases --color never")]
pub(crate) struct Arguments {
    /// List only ids that match one of these patterns; `*` matches any characters, including `/`
    #[arg(value_name = "FILTER", value_parser = glob)]
    filters: Vec<GlobMatcher>,
    /// Use the cases in this folder (DIR/client/GROUP/NAME.toml, DIR/server/GROUP/NAME.toml, or simply
    /// DIR/NAME.toml) instead of the built-in cases
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ListFormat,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// One line each
    Text,
    /// One JSON array
    Json,
}

/// An entry of the list.
struct Entry {
    id: String,
    text: String,
    details: serde_json::Value,
}

pub(crate) fn perform(arguments: &Arguments) -> Result<Status, CommandError> {
    let corpus = corpus(arguments.cases.as_deref())?;
    let entries: Vec<Entry> = corpus.cases.values().map(|case| of_case(case, &corpus)).collect();
    for filter in &arguments.filters {
        if !entries.iter().any(|entry| filter.is_match(&entry.id)) {
            let ids = entries.iter().map(|entry| entry.id.as_str());
            return Err(UnknownName::pattern(filter.glob().glob(), ids).into());
        }
    }
    let is_wanted = |entry: &Entry| {
        arguments.filters.is_empty() || arguments.filters.iter().any(|filter| filter.is_match(&entry.id))
    };
    let chosen: Vec<Entry> = entries.into_iter().filter(is_wanted).collect();
    output::print(&match arguments.format {
        ListFormat::Text => {
            let width = chosen.iter().map(|entry| entry.id.len()).max().unwrap_or_default();
            chosen.iter().map(|entry| format!("{:<width$}  {}\n", entry.id, entry.text)).collect::<String>()
        }
        ListFormat::Json => {
            let list: Vec<_> = chosen.into_iter().map(|entry| entry.details).collect();
            format!("{:#}\n", serde_json::Value::Array(list))
        }
    });
    Ok(Status::Success)
}

fn of_case(case: &Case, corpus: &Corpus) -> Entry {
    // The requirements of one case share suite and level.
    let judgement = corpus.judgement(case);
    Entry {
        id: case.id.clone(),
        text: case.title.clone(),
        details: serde_json::json!({
            "id": case.id,
            "title": case.title,
            "role": case.role().word(),
            "suite": judgement.map(|(suite, _)| suite),
            "level": judgement.map(|(_, level)| level.word()),
            "requirements": case.requirements,
            "needs": case.needs.iter().map(|need| need.word()).collect::<Vec<_>>(),
            "why": case.why,
            "counterparts": case.counterparts,
            "isolated": case.isolated,
            "soak": case.soak,
            "file": case.source.name(),
        }),
    }
}
