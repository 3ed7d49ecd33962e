//! The limits of a mock server.

use clap::{Args, ValueEnum};
use ssespec_mock_server::scenario::descriptors;
use ssespec_mock_server::scenario::settings::{Limits, Settings};
use ssespec_mock_server::wire::Detail;

use crate::output;

/// How many file descriptors are not for connections: files, the control port, connections that are refused.
const RESERVED: usize = 600;

/// How many connections need no word.
const MANY: usize = 1024;

/// The limits of a mock server. A request over a limit is answered with 503, and the journal says so.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitOptions {
    /// How many connections may be open simultaneously [default: 20000, or what the system permits]
    #[arg(long, value_name = "COUNT", conflicts_with = "case")]
    max_connections: Option<usize>,
    /// How many MiB the requests that are being read or answered may have together
    #[arg(long, value_name = "MIB", default_value_t = 256, conflicts_with = "case")]
    max_memory: usize,
    /// How many MiB the body of a request may have
    #[arg(long, value_name = "MIB", default_value_t = 16, conflicts_with = "case")]
    max_body: u64,
    /// What the journal has of the wire
    #[arg(long, value_name = "DETAIL", default_value = "full", conflicts_with = "case")]
    journal: JournalDetail,
}

/// What a journal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum JournalDetail {
    /// Requests, what was sent, and how connections end
    Full,
    /// The same without what was sent: faster, for thousands of streams
    Outline,
}

/// The settings of a server with these limits, whose connections need this many descriptors each. Says so if the system does not permit as many connections.
pub(super) fn settings(options: &LimitOptions, descriptors_each: usize) -> Settings {
    let defaults = Limits::default();
    let wanted = options.max_connections.unwrap_or(defaults.connections);
    let permitted = descriptors::raise()
        .map_or(usize::MAX, |limit| (limit.saturating_sub(RESERVED) / descriptors_each).max(1));
    if permitted < wanted && (options.max_connections.is_some() || permitted < MANY) {
        output::note(&format!(
            "the system permits this process {permitted} connections; raise the limit of open files for more (ulimit -n)"
        ));
    }
    let mut settings = Settings::default();
    settings.limits = defaults
        .connections(wanted.min(permitted))
        .memory(options.max_memory.saturating_mul(1 << 20))
        .body(options.max_body.saturating_mul(1 << 20));
    settings.detail = match options.journal {
        JournalDetail::Full => Detail::Full,
        JournalDetail::Outline => Detail::Outline,
    };
    settings
}
