//! `ssespec cases`: what there is to run.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ssespec::run::baseline::id_glob;

use super::Status;
use super::output;
use super::run::{embedded_or, usage};

/// List the cases.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec cases 'client/close/*'
  ssespec cases --format json | jq '.[].id'")]
pub(super) struct Arguments {
    /// Only cases whose id matches this glob
    #[arg(value_name = "FILTER")]
    filter: Option<String>,
    /// Take the cases from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// List the requirements instead
    #[arg(long)]
    requirements: bool,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ListFormat,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// A line each
    Text,
    /// One JSON array
    Json,
}

/// An entry of the list: what it is called, what it says, and what belongs to it.
struct Entry {
    id: String,
    text: String,
    details: serde_json::Value,
}

pub(super) fn perform(arguments: &Arguments) -> Status {
    let corpus = match embedded_or(arguments.cases.as_deref()) {
        Ok(corpus) => corpus,
        Err(error) => return usage(&error),
    };
    let glob = match arguments.filter.as_deref().map(id_glob).transpose() {
        Ok(glob) => glob.map(|glob| glob.compile_matcher()),
        Err(error) => return usage(&format!("not a pattern: {error}")),
    };
    let entries: Vec<Entry> = if arguments.requirements {
        corpus
            .requirements
            .values()
            .map(|r| Entry {
                id: r.id.clone(),
                text: format!("{:<6} {}", r.level.word(), r.text),
                details: serde_json::json!({
                    "id": r.id, "level": r.level.word(), "text": r.text, "link": r.link,
                    "untestable": r.untestable, "disputed": r.disputed,
                }),
            })
            .collect()
    } else {
        corpus
            .cases
            .values()
            .map(|case| Entry {
                id: case.id.clone(),
                text: case.title.clone(),
                details: serde_json::json!({
                    "id": case.id, "title": case.title, "requirements": case.requirements,
                    "needs": case.needs.iter().map(|need| need.name()).collect::<Vec<_>>(),
                    "why": case.why, "counterparts": case.counterparts, "file": case.source.name(),
                }),
            })
            .collect()
    };
    let chosen: Vec<Entry> =
        entries.into_iter().filter(|entry| glob.as_ref().is_none_or(|glob| glob.is_match(&entry.id))).collect();
    if chosen.is_empty() {
        return usage(&format!("nothing matches '{}'", arguments.filter.as_deref().unwrap_or("*")));
    }
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
    Status::Fine
}
