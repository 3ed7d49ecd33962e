//! Options shared by commands, and what they stand for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use globset::GlobMatcher;
use ssespec::delivery::DeliveryKind;
use ssespec::run::{Baseline, Launch, Selection, baseline::id_glob};
use ssespec::session::Patience;
use ssespec_cases::{Corpus, Level};
use ssespec_diagnostics::value::{LONGEST, parse_duration};
use ssespec_mock_server::wire::BarrierMode;
use ssespec_probe::all_checks;

use super::suggest;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Makes it the choice of the whole process.
    pub(super) fn apply(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::AlwaysAnsi,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// Which cases.
#[derive(Debug, Clone, Args)]
pub(super) struct CaseSelection {
    /// Only cases whose id matches this pattern; may be repeated. `*` stands for any characters
    #[arg(long, help_heading = WHICH, value_name = "GLOB", value_parser = glob)]
    pub(super) filter: Vec<GlobMatcher>,
    /// Only cases of this suite, which then decides the exit status; may be repeated. Where none is named all cases
    /// run, and those of the standards decide
    #[arg(long, help_heading = WHICH, value_name = "SUITE")]
    pub(super) suite: Vec<String>,
    /// Only cases of this level; may be repeated
    #[arg(long, help_heading = WHICH, value_name = "LEVEL")]
    pub(super) level: Vec<LevelWord>,
    /// Take the cases from this folder instead of those built in: the TOML files below its client/
    /// and server/
    #[arg(long, help_heading = WHICH, value_name = "DIR")]
    pub(super) cases: Option<PathBuf>,
}

/// A level on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LevelWord {
    /// An absolute requirement
    Must,
    /// There may be good reasons to differ
    Should,
    /// Truly optional, or disputed
    May,
}

impl LevelWord {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Must => Level::Must,
            Self::Should => Level::Should,
            Self::May => Level::May,
        }
    }
}

/// The headings of options in a help.
const WHICH: &str = "Which cases";
const HOW: &str = "How they run";
const RESULT: &str = "What comes of it";

/// How cases run.
#[derive(Debug, Clone, Args)]
pub(super) struct HowToRun {
    #[command(flatten)]
    pub(super) selection: CaseSelection,
    /// How bytes are cut into writes, for clients; may be repeated [default: as-written, whole, bytes]
    #[arg(long, help_heading = HOW, value_name = "DELIVERY")]
    pub(super) delivery: Vec<DeliveryWord>,
    /// How many adapters run side by side, 1 to 64 [default: eight per core for a client,
    /// two for a server, at most 24]
    #[arg(long, help_heading = HOW, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(super) lanes: Option<u16>,
    /// How long to wait for what must be observed, such as 5s or 300ms; three times as long for a request
    /// [default: 5s]
    #[arg(long, help_heading = HOW, value_name = "TIME", value_parser = time)]
    pub(super) timeout: Option<Duration>,
    /// Serve on IPv6 loopback instead of IPv4
    #[arg(long, help_heading = HOW)]
    pub(super) ipv6: bool,
    /// How write boundaries are kept
    #[arg(long, help_heading = HOW, value_name = "HOW", default_value = "auto")]
    pub(super) barrier: BarrierWord,
    /// What is printed
    #[arg(long, help_heading = RESULT, value_name = "FORMAT", default_value = "terminal")]
    pub(super) format: Format,
    /// Also write the results file (JSON Lines) here; where several implementations run, one for each into this folder
    #[arg(long, help_heading = RESULT, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// A delivery on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DeliveryWord {
    /// One write a send
    AsWritten,
    /// Adjacent sends in one write
    Whole,
    /// One byte a write
    Bytes,
    /// Two writes, for every single cut point
    Splits,
}

/// How write boundaries are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum BarrierWord {
    /// Ask the kernel where it can be asked, pause elsewhere
    Auto,
    /// Ask the kernel whether the client has read
    Kernel,
    /// Pause for a millisecond
    Pause,
}

/// What is printed about results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A report for people, with progress on a terminal
    Terminal,
    /// The results file itself, JSON Lines
    Jsonl,
    /// A Markdown matrix with reasons
    Markdown,
    /// JUnit XML
    Junit,
    /// Stable text without times, for comparing
    Snapshot,
}

/// The value of an option that is a pattern over ids.
pub(super) fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    id_glob(pattern).map(|glob| glob.compile_matcher()).map_err(|error| error.kind().to_string())
}

/// A time as in a case: the same words, and the same longest.
pub(super) fn time(words: &str) -> Result<Duration, String> {
    match parse_duration(words) {
        Some(Duration::ZERO) => Err("nothing can be observed in no time".into()),
        Some(time) => Ok(time),
        None => Err(format!(
            "a time is a whole number and ms, s or min, like 500ms; the longest is {}",
            humantime::format_duration(LONGEST)
        )),
    }
}

/// A time in the words of an option.
pub(super) fn time_words(time: Duration) -> String {
    let milliseconds = time.as_millis();
    let whole = milliseconds.is_multiple_of(1000);
    if whole { format!("{}s", milliseconds / 1000) } else { format!("{milliseconds}ms") }
}

/// The levels of these words.
pub(super) fn levels(words: &[LevelWord]) -> Vec<Level> {
    let levels = words.iter().map(|word| match word {
        LevelWord::Must => Level::Must,
        LevelWord::Should => Level::Should,
        LevelWord::May => Level::May,
    });
    levels.collect()
}

/// The cases of a folder, or those built in.
pub(super) fn corpus(folder: Option<&Path>) -> Result<Corpus, String> {
    match folder {
        Some(folder) if !folder.is_dir() => Err(format!("{}: no such folder", folder.display())),
        Some(folder) => Corpus::load(folder).map_err(|error| error.to_string()),
        None => Corpus::embedded().map_err(|error| error.to_string()),
    }
}

impl CaseSelection {
    /// The cases to select from, of which there are some to select.
    pub(super) fn corpus(&self) -> Result<Corpus, String> {
        let corpus = corpus(self.cases.as_deref())?;
        for suite in &self.suite {
            let known = || corpus.requirements.values().map(|requirement| requirement.suite());
            if !known().any(|known| known == suite) {
                return Err(suggest::no_such_suite(suite, known()));
            }
        }
        for filter in &self.filter {
            let is_of_check = || all_checks().iter().any(|check| filter.is_match(check.id()));
            if !corpus.cases.keys().any(|id| filter.is_match(id)) && !is_of_check() {
                return Err(suggest::no_match(filter.glob().glob(), corpus.cases.keys().map(String::as_str)));
            }
        }
        Ok(corpus)
    }

    /// The selection, in the standard deliveries.
    pub(super) fn selection(&self) -> Selection {
        Selection {
            filters: self.filter.clone(),
            suites: self.suite.clone(),
            levels: levels(&self.level),
            ..Selection::default()
        }
    }
}

/// The most lanes that are used without being asked for.
const LANES: usize = 24;

/// How many lanes there are where so many are asked for. More cost more in starting adapters than they gain.
pub(super) fn lanes(asked: Option<u16>, launch: &Launch) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    asked.map_or((cores * launch.lanes_a_core()).min(LANES), usize::from)
}

impl HowToRun {
    pub(super) fn selection(&self) -> Selection {
        let mut selection = self.selection.selection();
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

    pub(super) fn lanes(&self, launch: &Launch) -> usize {
        lanes(self.lanes, launch)
    }

    pub(super) fn patience(&self) -> Patience {
        let usual = Patience::default();
        self.timeout.map_or(usual, |time| Patience { observation: time, request: time * 3 })
    }

    pub(super) fn address(&self) -> IpAddr {
        if self.ipv6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() }
    }

    pub(super) fn barrier(&self) -> BarrierMode {
        match self.barrier {
            BarrierWord::Auto => BarrierMode::Auto,
            BarrierWord::Kernel => BarrierMode::Kernel,
            BarrierWord::Pause => BarrierMode::Pause,
        }
    }

    /// A baseline for these cases: what is known of those that are built in says nothing about others.
    pub(super) fn baseline(&self, baseline: Baseline, corpus: &Corpus) -> Baseline {
        match (&self.selection.cases, Corpus::embedded()) {
            (Some(_), Ok(embedded)) => baseline.for_corpus(corpus, &embedded),
            _ => baseline,
        }
    }

    /// The options of which a result may depend beside its case and delivery, as words for a command that reruns it.
    pub(super) fn rerun_options(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |name: &str, value: String| words.extend([name.to_owned(), value]);
        if let Some(folder) = &self.selection.cases {
            add("--cases", folder.display().to_string());
        }
        if let Some(time) = self.timeout {
            let milliseconds = time.as_millis();
            let whole = milliseconds.is_multiple_of(1000);
            add(
                "--timeout",
                if whole { format!("{}s", milliseconds / 1000) } else { format!("{milliseconds}ms") },
            );
        }
        let barrier = self.barrier.to_possible_value().filter(|_| self.barrier != BarrierWord::Auto);
        if let Some(value) = barrier {
            add("--barrier", value.get_name().to_owned());
        }
        for suite in &self.selection.suite {
            add("--suite", suite.clone());
        }
        words.extend(self.ipv6.then(|| "--ipv6".to_owned()));
        words
    }
}
