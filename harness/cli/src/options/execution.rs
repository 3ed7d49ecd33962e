//! Options of commands that run cases.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use ssespec::delivery::DeliveryKind;
use ssespec::implementation::{FolderError, read_baseline};
use ssespec::run::{Baseline, Deaths, Launch, Selection, Until};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::Deciding;

use crate::options::format::FormatOptions;
use crate::options::headings::{EXECUTION, OUTPUT};
use crate::options::listing::ListOption;
use crate::options::selection::{CaseSelection, SELECTION};
use crate::options::values::{duration, duration_text};
use crate::options::variation::VariationOptions;

/// Which cases to run, how, and what to print.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunOptions {
    #[command(flatten)]
    pub(crate) selection: CaseSelection,
    /// Also run the soak cases that wait about this long at most, such as 2min or 5min: they are about what shows only after
    /// minutes. They run at the same time as all others, so the run takes as long as the longest
    #[arg(long, help_heading = SELECTION, value_name = "TIME", value_parser = duration)]
    pub(crate) soak: Option<Duration>,
    #[command(flatten)]
    pub(crate) listing: ListOption,
    /// How to split the bytes into writes, for clients; may be repeated [default: as-written, whole, bytes]
    #[arg(long, help_heading = EXECUTION, value_name = "DELIVERY")]
    pub(crate) delivery: Vec<DeliveryWord>,
    /// How many sessions are busy at the same time, 1 to 64 [default: eight per core for a client, two per core for a server or
    /// a proxy, at most 24]
    #[arg(
        short,
        long,
        alias = "lanes",
        help_heading = EXECUTION,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=64)
    )]
    pub(crate) jobs: Option<u16>,
    /// How long to wait for an expected observation, such as 5s or 300ms; three times as long for a request
    /// [default: 5s]
    #[arg(long, help_heading = EXECUTION, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Serve on the IPv6 loopback address instead of IPv4
    #[arg(long, help_heading = EXECUTION)]
    pub(crate) ipv6: bool,
    /// How to keep writes separate on the wire
    #[arg(long, help_heading = EXECUTION, value_name = "HOW", default_value = "auto", hide_short_help = true)]
    pub(crate) barrier: BarrierWord,
    #[command(flatten)]
    pub(crate) variation: VariationOptions,
    #[command(flatten)]
    pub(crate) strict: StrictOption,
    #[command(flatten)]
    pub(crate) fail_fast: FailFastOption,
    #[command(flatten)]
    pub(crate) timings: TimingOptions,
    #[command(flatten)]
    pub(crate) format: FormatOptions,
    /// Also write the results file (JSON Lines) here; with several implementations, a folder for one file each
    #[arg(long, help_heading = OUTPUT, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What makes a run fail.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct StrictOption {
    /// End with exit status 1 for every failure and warning that is not known, in any suite, and if the adapter died and was
    /// restarted
    #[arg(long, help_heading = EXECUTION)]
    strict: bool,
}

impl StrictOption {
    pub(crate) fn is_set(self) -> bool {
        self.strict
    }

    pub(crate) fn deaths(self) -> Deaths {
        if self.strict { Deaths::NotExpected } else { Deaths::Counted }
    }

    /// Which results decide, if without `--strict` these do.
    pub(crate) fn deciding(self, otherwise: Deciding) -> Deciding {
        if self.strict { Deciding::FailuresAndWarnings } else { otherwise }
    }
}

/// Whether to stop early.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct FailFastOption {
    /// Stop at the first failure that decides the exit status, or the first error
    #[arg(long, help_heading = EXECUTION)]
    pub(crate) fail_fast: bool,
}

impl FailFastOption {
    pub(crate) fn until(self) -> Until {
        if self.fail_fast { Until::FirstFailure } else { Until::End }
    }
}

/// Whether to print where the time went.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct TimingOptions {
    /// Also print where the time went: processor time, starts of adapters, the longest cases and waits; with another format
    /// than terminal, to standard error
    #[arg(long = "timings", help_heading = OUTPUT)]
    pub(crate) shown: bool,
}

/// A delivery on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeliveryWord {
    /// One write for each send
    AsWritten,
    /// One write for adjacent sends
    Whole,
    /// One write for each byte
    Bytes,
    /// Two writes, for every possible split
    Splits,
}

/// How writes are kept separate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BarrierWord {
    /// Ask the kernel where that is possible, pause elsewhere
    Auto,
    /// Ask the kernel whether the client has read the bytes
    Kernel,
    /// Pause for a millisecond
    Pause,
}

/// The default maximum number of lanes. Starting more adapters costs more time than they save.
const LANES: usize = 24;

/// The number of lanes: as requested, or the default of the launch.
pub(crate) fn lanes(requested: Option<u16>, launch: &Launch) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    requested.map_or((cores * launch.lanes_a_core()).min(LANES), usize::from)
}

impl RunOptions {
    pub(crate) fn selection(&self) -> Selection {
        let mut selection = self.selection.selection();
        selection.deciding = self.strict.deciding(selection.deciding);
        selection.until = self.fail_fast.until();
        selection.soak = self.soak;
        selection.variation = self.variation.variation();
        if !self.delivery.is_empty() {
            let kinds = self.delivery.iter().map(|word| match word {
                DeliveryWord::AsWritten => DeliveryKind::AsWritten,
                DeliveryWord::Whole => DeliveryKind::Whole,
                DeliveryWord::Bytes => DeliveryKind::Bytes,
                DeliveryWord::Splits => DeliveryKind::Splits,
            });
            selection.deliveries = kinds.collect();
        }
        selection
    }

    pub(crate) fn lanes(&self, launch: &Launch) -> usize {
        lanes(self.jobs, launch)
    }

    pub(crate) fn patience(&self) -> Patience {
        let default = Patience::default();
        self.timeout.map_or(default, |time| Patience { observation: time, request: time * 3 })
    }

    pub(crate) fn address(&self) -> IpAddr {
        if self.ipv6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() }
    }

    pub(crate) fn barrier(&self) -> BarrierMode {
        match self.barrier {
            BarrierWord::Auto => BarrierMode::Auto,
            BarrierWord::Kernel => BarrierMode::Kernel,
            BarrierWord::Pause => BarrierMode::Pause,
        }
    }

    /// The baseline for these cases: known failures of built-in cases do not apply to the cases of a folder.
    pub(crate) fn baseline(&self, baseline: Baseline, corpus: &Corpus) -> Baseline {
        match (&self.selection.cases, Corpus::embedded()) {
            (Some(_), Ok(embedded)) => baseline.for_corpus(corpus, &embedded),
            _ => baseline,
        }
    }

    /// The known failures of a file, for these cases; none without a file.
    ///
    /// # Errors
    /// If the file cannot be read, or has mistakes.
    pub(crate) fn known_failures(
        &self,
        file: Option<&Path>,
        corpus: &Corpus,
    ) -> Result<Baseline, FolderError> {
        match file {
            Some(file) => Ok(self.baseline(read_baseline(file)?, corpus)),
            None => Ok(Baseline::default()),
        }
    }

    /// The options that affect the result of a case in a delivery, as words for a command that reruns it.
    pub(crate) fn rerun_options(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |name: &str, value: String| words.extend([name.to_owned(), value]);
        if let Some(folder) = &self.selection.cases {
            add("--cases", folder.display().to_string());
        }
        if let Some(time) = self.timeout {
            add("--timeout", duration_text(time));
        }
        let barrier = self.barrier.to_possible_value().filter(|_| self.barrier != BarrierWord::Auto);
        if let Some(value) = barrier {
            add("--barrier", value.get_name().to_owned());
        }
        for suite in &self.selection.suite {
            add("--suite", suite.clone());
        }
        words.extend(self.soak.into_iter().flat_map(|time| ["--soak".into(), duration_text(time)]));
        words.extend(self.variation.words());
        words.extend(self.ipv6.then(|| "--ipv6".to_owned()));
        words
    }
}
