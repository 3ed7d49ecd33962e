//! The results of [ssespec](https://github.com/ssespec/ssespec), the conformance suite for
//! Server-Sent Events, and their renderings.
//!
//! A run writes one results file, and every report is a pure function of it. This crate contains
//! the model of that file and these functions. It never judges: the verdicts are in the file.
//!
//! - [`results`]: the file, line by line, its writer and its reader
//! - `shards`: the results files of one run that was split, merged
//! - `schema`: its JSON Schema (feature `schema`, on by default)
//! - [`fold`]: the deliveries of a case folded into one outcome
//! - [`totals`]: counts and percentages, by rules that keep them honest
//! - [`transcript`]: the bytes and the wire log of a session
//! - [`terminal`]: a run, a failure, or a line of progress as text
//! - [`snapshot`]: a run as text for comparison
//! - [`markdown`]: a matrix of many implementations
//! - [`summary`]: a page for a pull request or a job
//! - [`github`]: annotations of GitHub Actions
//! - [`advice`]: settings of known intermediaries that mend failures
//! - [`overview`]: JSON for scripts
//! - [`sarif`]: SARIF for code scanning
//! - [`badge`]: JSON for a badge
//! - [`issue`]: a failure as an issue for another tracker, with a reproduction
//! - `html`: a site of static pages (feature `html`, on by default)
//! - `junit`: JUnit XML (feature `junit`, on by default)
//! - [`coverage`]: documents statement by statement, with the cases that check them and the results
//! - [`diff`]: two runs compared
//! - [`visible`]: untrusted text made safe to display
//!
//! The same results give the same bytes: no rendering uses a clock, the environment or random
//! numbers. Everything from an implementation is untrusted, and no rendering passes on a control
//! character, a character that reorders text, or markup.
//!
//! # Example
//!
//! ```
//! use ssespec_reports::{
//!     Results, fold,
//!     results::{
//!         Adapter, CaseResult, Delivery, Footer, Header, Implementation, Level, Platform, ResultsWriter, Role,
//!         Selection, Source, Transport, V1, Verdict,
//!     },
//!     terminal::{self, Style},
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The runner writes each line immediately, usually to a file; here to memory.
//! let mut writer = ResultsWriter::new(Vec::new());
//! writer.header(&Header {
//!     v: V1,
//!     suite_version: "0.1.0".into(),
//!     implementation: Implementation {
//!         name: "my-client".into(),
//!         version: "2.3.1".into(),
//!         language: "Python".into(),
//!         role: Role::Client,
//!         program: None,
//!     },
//!     adapter: Adapter { transport: Transport::Process, capabilities: vec!["reconnect".into()] },
//!     platform: Platform { os: "linux".into(), arch: "x86_64".into() },
//!     started: "2026-07-14T09:30:00Z".into(),
//!     selection: Selection::default(),
//!     requirements: Vec::new(),
//!     known_failures: Vec::new(),
//! })?;
//! let result = CaseResult {
//!     v: V1,
//!     sequence: 1,
//!     case: "client/lines/crlf".into(),
//!     title: "A CRLF ends one line".into(),
//!     why: None,
//!     suite: "whatwg".into(),
//!     level: Level::Must,
//!     requirements: vec!["whatwg/line-crlf-single-terminator".into()],
//!     needs: Vec::new(),
//!     source: Source { path: "cases/client/lines/crlf.toml".into(), text: String::new() },
//!     delivery: Delivery::AS_WRITTEN,
//!     verdict: Verdict::Pass,
//!     known: None,
//!     reason: None,
//!     late: Vec::new(),
//!     failure: None,
//!     facts: Vec::new(),
//!     duration_us: 1800,
//!     start_us: None,
//!     lane: None,
//!     longest_step: None,
//!     rerun: "ssespec run --filter client/lines/crlf".into(),
//!     stderr: None,
//!     transcript: Vec::new(),
//! };
//! writer.result(&result)?;
//! writer.footer(&Footer {
//!     v: V1,
//!     finished: "2026-07-14T09:30:01Z".into(),
//!     duration_us: 1_000_000,
//!     counts: fold::counts(&fold::fold(&[result])),
//!     stale: Vec::new(),
//!     unmatched: Vec::new(),
//!     diagnosis: None,
//!     notes: Vec::new(),
//!     exit_status: 0,
//!     complete: true,
//!     adapters: None,
//!     processor: None,
//! })?;
//!
//! // Everything else starts from the file.
//! let file = writer.into_inner();
//! let results = Results::read("results.jsonl", file.as_slice())?;
//! assert!(results.is_complete());
//! let text = terminal::render(&results, Style::default());
//! assert!(text.contains("1 of 1 cases ran, in 1 session"));
//! assert!(text.contains("MUST 1 of 1 (100 %)"));
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "file")]
pub mod advice;
#[cfg(feature = "renderings")]
pub mod badge;
mod compare;
#[cfg(feature = "renderings")]
pub mod coverage;
#[cfg(feature = "file")]
pub mod diagnosis;
#[cfg(feature = "renderings")]
pub mod diff;
pub mod fold;
#[cfg(feature = "renderings")]
pub mod github;
#[cfg(feature = "html")]
pub mod html;
#[cfg(feature = "renderings")]
pub mod issue;
#[cfg(feature = "junit")]
pub mod junit;
mod limits;
#[cfg(feature = "renderings")]
pub mod markdown;
#[cfg(feature = "renderings")]
mod origin;
#[cfg(feature = "renderings")]
pub mod overview;
pub mod results;
#[cfg(feature = "renderings")]
pub mod sarif;
#[cfg(feature = "schema")]
pub mod schema;
#[cfg(feature = "renderings")]
pub mod shards;
#[cfg(feature = "renderings")]
pub mod slug;
#[cfg(feature = "renderings")]
pub mod snapshot;
#[cfg(feature = "renderings")]
pub mod summary;
pub mod terminal;
#[cfg(feature = "renderings")]
pub mod totals;
pub mod transcript;
pub mod visible;

#[cfg(feature = "file")]
pub use results::Results;
