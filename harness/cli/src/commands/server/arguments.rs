//! The arguments of a probe, which `ssespec server` understands too.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use globset::GlobMatcher;
use ssespec_probe::check_name;

use crate::options::execution::{StrictOption, TimingOptions};
use crate::options::format::FormatOptions;
use crate::options::level::LevelWord;
use crate::options::listing::ListOption;
use crate::options::values::{duration, glob};
use crate::probe_input::{ProbeInputError, check_field, check_path};

/// The arguments of a probe, which `ssespec server` understands too.
#[derive(Debug, Args)]
pub(crate) struct ProbeArguments {
    /// The URL of an event stream
    #[arg(value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Send this header field with every request, replacing the default field of the same name; may be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) header: Vec<(String, String)>,
    /// Open the stream with POST and this content, or the content of FILE. The content type is JSON unless --header sets
    /// another. About 80 requests are sent
    #[arg(long, value_name = "TEXT or @FILE")]
    pub(crate) data: Option<String>,
    /// Use another path for one check; may be repeated
    #[arg(long, value_name = "CHECK=PATH", value_parser = path)]
    pub(crate) path: Vec<(String, String)>,
    /// Make the server emit an event by running this shell command or sending a POST to this URL
    #[arg(long, value_name = "COMMAND or URL")]
    pub(crate) emit: Option<String>,
    /// How long to wait for a response, such as 5s or 300ms
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "5s")]
    pub(crate) timeout: Duration,
    /// End after 5 s, and skip the checks that were not judged by then
    #[arg(long)]
    pub(crate) quick: bool,
    /// Trust the certificates in this PEM file, and those they signed, instead of those that browsers trust
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    pub(crate) ca: Option<PathBuf>,
    /// Probe the same server at this URL too, without the proxy in front of it, and say what the proxy changes: whether it holds
    /// events back, cuts streams or fails checks that pass directly. Takes twice as long
    #[arg(long, value_name = "URL")]
    pub(crate) direct: Option<String>,
    /// Accept any certificate
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Run only checks or cases whose id matches this pattern; may be repeated. `*` matches any characters, including `/`
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    pub(crate) filter: Vec<GlobMatcher>,
    /// Run only checks or cases of this suite, and let it decide the exit status; may be repeated
    #[arg(long, value_name = "SUITE")]
    pub(crate) suite: Vec<String>,
    /// Run only checks or cases of this level; may be repeated
    #[arg(long, value_name = "LEVEL")]
    pub(crate) level: Vec<LevelWord>,
    #[command(flatten)]
    pub(crate) listing: ListOption,
    #[command(flatten)]
    pub(crate) strict: StrictOption,
    /// A file of known failures, or an ssespec.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) timings: TimingOptions,
    #[command(flatten)]
    pub(crate) format: FormatOptions,
    /// Also write the results file (JSON Lines) here
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Parses a header field.
pub(crate) fn header(text: &str) -> Result<(String, String), ProbeInputError> {
    let (name, value) = text.split_once(':').ok_or(ProbeInputError::Field)?;
    check_field(name, value)?;
    Ok((name.to_owned(), value.trim().to_owned()))
}

/// Parses a path for a check.
fn path(text: &str) -> Result<(String, String), ProbeInputError> {
    let (id, path) = text.split_once('=').ok_or(ProbeInputError::PathOfCheck)?;
    let name = check_name(id);
    check_path(name, path)?;
    Ok((name.to_owned(), path.to_owned()))
}
