//! `ssespec schema`: prints the JSON Schemas of the file formats.

use clap::{Args, ValueEnum};

use crate::output;
use crate::status::Status;

/// Print the JSON Schema of a file format, for editors and validators.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec schema case > case.schema.json
  ssespec schema scenario > scenario.schema.json
  ssespec schema results --color never

Editors offer completion in a case whose first line is `#:schema PATH`, with the path of the schema. The schema of results \
    describes each line of a results file.")]
pub(crate) struct Arguments {
    /// The file format
    #[arg(value_name = "FORMAT")]
    format: FileFormat,
}

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    /// A case for clients
    Case,
    /// A case for servers
    ServerCase,
    /// A case for intermediaries
    IntermediaryCase,
    /// A scenario of the mock server
    Scenario,
    /// A line of the mock server's journal (`ssespec mock --format json`)
    Journal,
    /// A results file
    Results,
    /// What `ssespec report --format json` prints
    Overview,
    /// An ssespec.toml
    Implementation,
}

pub(crate) fn perform(arguments: &Arguments) -> Status {
    let schema = match arguments.format {
        FileFormat::Case => ssespec_cases::format::case_schema(),
        FileFormat::ServerCase => ssespec_cases::format::server_case_schema(),
        FileFormat::IntermediaryCase => ssespec_cases::format::intermediary_case_schema(),
        FileFormat::Scenario => ssespec_mock_server::scenario::format::scenario_schema(),
        FileFormat::Journal => ssespec_mock_server::scenario::journal::journal_schema(),
        FileFormat::Results => ssespec_reports::schema::results_schema(),
        FileFormat::Overview => ssespec_reports::schema::overview_schema(),
        FileFormat::Implementation => ssespec::implementation::schema(),
    };
    output::print(&format!("{schema:#}\n"));
    Status::Success
}
