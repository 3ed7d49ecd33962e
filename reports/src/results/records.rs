//! What the lines of a results file say of cases.
//!
//! Unknown fields are ignored when reading, so that a file of a later ssespec stays readable as
//! long as its version is the same.

use serde::{Deserialize, Serialize};

use super::{Delivery, DeliveryKind, Level, Protocol, V1, Verdict};

/// One statement of a document that binds a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Requirement {
    /// `suite/name`.
    pub id: String,
    /// The document that it comes from.
    pub suite: String,
    /// How binding it is.
    pub level: Level,
    /// What it says.
    pub text: String,
    /// The section of the document.
    pub link: String,
    /// Why no case can check it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untestable: Option<String>,
    /// Why the document leaves it open. Judged as `may`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed: Option<String>,
}

/// One entry of the baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownFailure {
    /// A glob over case ids.
    pub case: String,
    /// Why they fail.
    pub reason: String,
    /// Where it is tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The deliveries in which they fail; in any if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<DeliveryKind>,
    /// The protocols over which they fail; over any if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protocols: Vec<Protocol>,
    /// Whether it is flaky: it fails intermittently, so that a pass does not contradict it.
    #[serde(default, alias = "by_chance", skip_serializing_if = "std::ops::Not::not")]
    pub flaky: bool,
    /// A part of the summary of the failure, or of the name of the fact that differs: anything else is not excused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fails: Option<String>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl KnownFailure {
    /// Whether another entry says the same, wherever it is written.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        Self { place: None, ..self.clone() } == Self { place: None, ..other.clone() }
    }
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// The file, relative to the working directory of the run or absolute.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
}

/// The result of one case in one delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseResult {
    /// The version of the format.
    pub v: V1,
    /// Orders records of the same case and delivery: the highest supersedes the others (a late
    /// request is charged to its case by a second record).
    pub sequence: u64,
    /// The id of the case: its path without the extension.
    pub case: String,
    /// The claim of the case.
    pub title: String,
    /// What goes wrong in the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The document that its requirements come from.
    pub suite: String,
    /// How binding they are.
    pub level: Level,
    /// Their ids.
    pub requirements: Vec<String>,
    /// The capabilities that the case needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The file of the case.
    pub source: Source,
    /// How its bytes were cut into writes.
    pub delivery: Delivery,
    /// The verdict.
    pub verdict: Verdict,
    /// The baseline expects it to fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
    /// Why it was skipped, what the error was, or a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was observed after the end of its session.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<String>,
    /// The failed step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The facts that its `record` steps stored.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// When its session began, in microseconds since the start of the run; absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_us: Option<u64>,
    /// The lane in which it was played, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<u32>,
    /// The step that took longest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_step: Option<StepTime>,
    /// The command that runs just this case again.
    pub rerun: String,
    /// The end of what the adapter wrote to stderr.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stderr: Option<String>,
    /// The record of its session; kept for `fail`, `warn` and `error`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcript: Vec<Row>,
}

/// How long a step took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepTime {
    /// Its place among the written steps, counted from 1; 0 is the implied end of the case.
    pub step: usize,
    /// Its line in the case's file, counted from 1.
    pub line: usize,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}

/// The file of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// Its path, relative to the suite.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A failure that the baseline expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Known {
    /// Why it fails.
    pub reason: String,
    /// Where it is tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Whether it is flaky: it fails intermittently, so that a pass does not contradict it.
    #[serde(default, alias = "by_chance", skip_serializing_if = "std::ops::Not::not")]
    pub flaky: bool,
}

/// The failed step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failure {
    /// Its place among the written steps, counted from 1; 0 is the implied end of the case.
    pub step: usize,
    /// Its line in the case's file, counted from 1.
    pub line: usize,
    /// Its text in the file.
    pub step_text: String,
    /// The expected observation, one acceptable outcome per line.
    pub expected: String,
    /// What was observed instead.
    pub observed: String,
    /// What this usually means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Failure {
    /// What was expected and observed, in one sentence.
    pub fn summary(&self) -> String {
        format!("expected {}; observed {}", self.expected, self.observed)
    }
}

/// A fact that a `record` step stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fact {
    /// The subject.
    pub fact: String,
    /// The observation. Contains no times, ports or paths that differ between runs.
    pub value: String,
}

/// One row of a transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    /// When, in microseconds since the start of the session.
    pub at_us: u64,
    /// Who did it: `harness`, `client`, `server`, and so on.
    pub from: String,
    /// On which connection of the session, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<u32>,
    /// What it was: `request`, `bytes`, `event`, `error`, `opened`, `closed`, `wait`, and so on.
    pub kind: String,
    /// Its content; bytes are spelled as [`escape`](crate::transcript::escape) spells them.
    pub text: String,
    /// The true length in bytes, if the text was truncated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
}

/// The number of cases for each outcome, each case by its worst delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// Every step held.
    pub pass: usize,
    /// A `should` did not hold.
    pub warn: usize,
    /// A `must` did not hold, and the baseline does not expect it.
    pub fail: usize,
    /// A `must` did not hold, as the baseline expects.
    pub known: usize,
    /// A fact was recorded.
    pub info: usize,
    /// A capability is lacking.
    pub skip: usize,
    /// The adapter, the harness or the machine failed.
    pub error: usize,
}
