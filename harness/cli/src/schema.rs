//! `ssespec schema`: the JSON Schemas of our file formats, for editors and for the check that they are current.

use clap::{Args, ValueEnum};

use super::Status;
use super::output;

/// Print the JSON Schema of a file format, for editors and validators.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec schema case > case.schema.json
  ssespec schema scenario > scenario.schema.json
  ssespec schema results --color never

An editor completes a case whose first line is `#:schema PATH`, with the path of the schema. That of results is for each \
    line of a results file.")]
pub(super) struct Arguments {
    /// Which format
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
    /// A scenario of the mock server
    Scenario,
    /// A results file
    Results,
    /// An ssespec.toml
    Implementation,
}

pub(super) fn perform(arguments: &Arguments) -> Status {
    let schema = match arguments.format {
        FileFormat::Case => ssespec_cases::format::case_schema(),
        FileFormat::ServerCase => ssespec_cases::format::server_case_schema(),
        FileFormat::Scenario => ssespec_mock_server::scenario::format::scenario_schema(),
        FileFormat::Results => ssespec_reports::schema::results_schema(),
        FileFormat::Implementation => ssespec::implementation::schema(),
    };
    output::print(&format!("{schema:#}\n"));
    Status::Fine
}
