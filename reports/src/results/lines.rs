//! The lines of a results file: the first and the last, and those between.

use serde::{Deserialize, Serialize};

use super::{
    CaseResult, Counts, Deciding, Diagnosis, KnownFailure, Level, Requirement, Role, Shard, Transport, V1,
    Variation,
};

/// One line of a results file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Record {
    /// The first line: what ran against what.
    Header(Box<Header>),
    /// One case in one delivery.
    Result(Box<CaseResult>),
    /// The last line. A file without it is the record of a run that did not finish.
    Footer(Box<Footer>),
}

/// The first line: what ran against what, and everything that the results refer to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Header {
    /// The version of the format.
    pub v: V1,
    /// The version of ssespec that provided the cases.
    pub suite_version: String,
    /// The implementation under test.
    pub implementation: Implementation,
    /// How it was reached, and its capabilities.
    pub adapter: Adapter,
    /// Where it ran.
    pub platform: Platform,
    /// When the run started (RFC 3339).
    pub started: String,
    /// The selection of cases.
    pub selection: Selection,
    /// Every requirement of the suites that ran.
    pub requirements: Vec<Requirement>,
    /// The baseline.
    #[serde(default)]
    pub known_failures: Vec<KnownFailure>,
}

/// The implementation under test, as it identifies itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Implementation {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its programming language.
    pub language: String,
    /// Its role.
    pub role: Role,
    /// The known intermediary that it is, by its word on the command line; absent if it was not recognized.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

/// How the implementation was reached, and its capabilities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Adapter {
    /// The transport of the messages.
    pub transport: Transport,
    /// The capabilities of its API. A case that needs more is skipped.
    pub capabilities: Vec<String>,
}

/// The machine, as far as readers of the results need to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Platform {
    /// The operating system.
    pub os: String,
    /// The architecture of its processor.
    pub arch: String,
}

/// The selection of cases. An empty list means no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Selection {
    /// Globs over case ids.
    pub filters: Vec<String>,
    /// Deliveries, by the words of the command line.
    pub deliveries: Vec<String>,
    /// The protocols over which cases for clients were played, if not HTTP/1.1 without TLS alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protocols: Vec<String>,
    /// Suites.
    pub suites: Vec<String>,
    /// Levels.
    pub levels: Vec<Level>,
    /// The part of the selected cases that ran, if they were split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Which results decide the exit status.
    #[serde(default, skip_serializing_if = "Deciding::is_the_default")]
    pub deciding: Deciding,
    /// What differs from the standard suite.
    #[serde(default, skip_serializing_if = "Variation::is_none")]
    pub variation: Variation,
}

/// The last line: the run finished, with these totals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Footer {
    /// The version of the format.
    pub v: V1,
    /// When it finished (RFC 3339).
    pub finished: String,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// The number of cases for each outcome.
    pub counts: Counts,
    /// Baseline entries whose failures did not happen.
    #[serde(default)]
    pub stale: Vec<KnownFailure>,
    /// Baseline entries that match no case.
    #[serde(default)]
    pub unmatched: Vec<KnownFailure>,
    /// The mistakes that explain the failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<Diagnosis>,
    /// What was seen altogether, and what is missing for a judgement, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The exit status of the run.
    pub exit_status: u8,
    /// Whether every selected case was tried. A run that stopped at its first failure was not; an interrupted run has no
    /// footer.
    pub complete: bool,
    /// What happened to the adapters; absent if the run needed none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapters: Option<Adapters>,
    /// The processor time that the run took, where the system reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<ProcessorTime>,
}

/// What happened to the adapters of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Adapters {
    /// How often one was started.
    pub started: usize,
    /// How often one died and was restarted. A case that makes it die twice at the same step fails instead.
    pub died: usize,
}

/// The processor time that a run took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProcessorTime {
    /// Of this process, in microseconds.
    pub harness_us: u64,
    /// Of the processes that it started and that have exited, in microseconds: adapters, or a browser.
    pub adapters_us: u64,
}
