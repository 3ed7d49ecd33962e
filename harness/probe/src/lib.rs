//! Black-box checks of a Server-Sent Events server, given only the URL of its stream.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use ssespec::run::{Baseline, Rerun, Selection};
//! use ssespec_probe::{HttpVersion, Length, Options, Probe, Strictness, Target, Trust};
//!
//! # async fn probe() -> Result<(), Box<dyn std::error::Error>> {
//! let url = "http://127.0.0.1:8080/events";
//! let probe = Probe {
//!     corpus: Arc::new(ssespec_cases::Corpus::embedded()?),
//!     options: Options {
//!         target: Target::parse(url)?,
//!         headers: Vec::new(),
//!         content: None,
//!         paths: Default::default(),
//!         emit: None,
//!         timeout: std::time::Duration::from_secs(5),
//!         length: Length::Quick,
//!         limit: Some(std::time::Duration::from_secs(5)),
//!         trust: Trust::default(),
//!         version: HttpVersion::default(),
//!     },
//!     selection: Selection::default(),
//!     name: "my server".into(),
//!     url: url.into(),
//!     baseline: Baseline::default(),
//!     rerun: Rerun::Probe(url.into()),
//!     strictness: Strictness::default(),
//! };
//! probe.execute(&mut |record| println!("{record:?}")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Each check judges one claim and belongs to one requirement. The checks run concurrently and share their observations,
//! so a probe takes as long as its longest observation. Whatever a server does, an observation is bounded in time and
//! memory.
//!
//! # How a check reaches its verdict
//!
//! From the top down; no file imports from one that uses it:
//!
//! - `probe`: runs the selected checks and records the results
//! - `all_checks`: the list of all checks
//! - `checks`: the checks, one file per topic
//! - `same_cause`: findings that have the same cause
//! - `conclusion`: whether enough was seen, and the exit status
//! - `proxied`: the same server probed directly, and what its proxy changes
//! - `record`: the records of the results file; `rejudge`: judges doubtful checks again, one at a time
//! - `survey`: a first look at the server: how many streams it serves at the same time
//! - `check`: the type of a check; `need`: what a check needs besides a server
//! - `observe::observations`: the observations that checks share, each made once
//! - `http2`: the stream over HTTP/2
//! - `outcome`: the outcome of a check, and the breach that it may have found
//! - `own_lateness`: when this process itself was late
//! - `wire`: requests, each on its own connection, and the responses
//! - `options`, `content`, `credentials`, `emit`: how the server is reached, and what is sent to it
//!
//! # How to add a check
//!
//! 1. If no requirement states the claim yet, add it to `cases/requirements/<suite>.toml` with `binds = ["server"]`.
//! 2. Add a [`Check`] to the `CHECKS` of the topic's file in `checks/`, and write its function there. The function gets a
//!    `CheckContext`, sends requests or asks for an observation, and returns an `Outcome`. The level of the requirement
//!    turns the outcome into a verdict.
//! 3. Add a server that breaks the claim to `tests/probe/`: a `Flaw` in `flaw.rs`, its behavior in `server.rs`, and the
//!    verdict that it causes in `flawed_servers.rs`. The server without flaws must pass.
//!
//! A new topic is a new file in `checks/`, named in `checks/mod.rs` and in `all_checks.rs`.

mod all_checks;
mod check;
mod checks;
mod conclusion;
mod content;
mod credentials;
mod describe;
mod emit;
mod error;
mod http2;
mod need;
mod observe;
mod options;
mod outcome;
mod own_lateness;
mod probe;
mod proxied;
mod record;
mod rejudge;
mod same_cause;
mod survey;
mod wire;

pub use all_checks::all_checks;
pub use check::{Check, check_name};
pub use conclusion::Strictness;
pub use content::{Content, ContentError};
pub use emit::EmitTrigger;
pub use error::ProbeError;
pub use need::Need;
pub use options::{HttpVersion, Length, Options};
pub use probe::Probe;
pub use proxied::{BothStreams, worse_through_a_proxy};
pub use ssespec_mock_server::client::{Roots, RootsError, Security, Target, TargetError, Trust};
