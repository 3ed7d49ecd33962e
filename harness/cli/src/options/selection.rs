//! Options that select cases.

use std::path::{Path, PathBuf};

use clap::Args;
use globset::GlobMatcher;
use ssespec::run::Selection;
use ssespec_cases::Corpus;
use ssespec_probe::all_checks;
use ssespec_reports::results::{Deciding, Role, Shard};

use crate::did_you_mean::UnknownName;
use crate::error::CommandError;
use crate::options::level::{LevelWord, levels};
use crate::options::values::glob;

/// The heading of these options in the help.
pub(crate) const SELECTION: &str = "Selection";

/// Which cases to run.
#[derive(Debug, Clone, Args)]
pub(crate) struct CaseSelection {
    /// Run only cases whose id matches this pattern; may be repeated. `*` matches any characters, including `/`
    #[arg(long, help_heading = SELECTION, value_name = "GLOB", value_parser = glob)]
    pub(crate) filter: Vec<GlobMatcher>,
    /// Run only cases of this suite, and let it decide the exit status; may be repeated. By default, all cases run, but
    /// only those of whatwg and http decide, unless --cases or --strict is given
    #[arg(long, help_heading = SELECTION, value_name = "SUITE")]
    pub(crate) suite: Vec<String>,
    /// Run only cases of this level; may be repeated
    #[arg(long, help_heading = SELECTION, value_name = "LEVEL")]
    pub(crate) level: Vec<LevelWord>,
    /// Use the cases in this folder (DIR/client/GROUP/NAME.toml, DIR/server/GROUP/NAME.toml, or simply
    /// DIR/NAME.toml) instead of the built-in cases
    #[arg(long, help_heading = SELECTION, value_name = "DIR")]
    pub(crate) cases: Option<PathBuf>,
    /// Run only part I of N of the selected cases, to split a run across machines; `ssespec report` merges the results. The
    /// parts of the whole suite take about as long, a case always belongs to the same part, and a part without cases succeeds
    #[arg(long, help_heading = SELECTION, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
}

/// The cases of a folder, or the built-in cases.
pub(crate) fn corpus(folder: Option<&Path>) -> Result<Corpus, CommandError> {
    match folder {
        Some(folder) if !folder.is_dir() => Err(CommandError::NoSuchFolder(folder.to_owned())),
        Some(folder) => Ok(Corpus::load(folder)?),
        None => Ok(Corpus::embedded()?),
    }
}

/// The error if no case of a role is selected.
pub(crate) fn nothing_selected(role: Role, corpus: &Corpus, selection: &Selection) -> CommandError {
    match selection.longest_soak(role, corpus) {
        Some(longest) => {
            let minutes = longest.as_secs().div_ceil(60);
            CommandError::OnlySoakCases(selection.describe(), format!("{minutes}min"))
        }
        None => CommandError::NoCaseSelected(selection.describe()),
    }
}

impl CaseSelection {
    /// The cases to select from. Every suite and filter must match something.
    pub(crate) fn corpus(&self) -> Result<Corpus, CommandError> {
        let corpus = corpus(self.cases.as_deref())?;
        for suite in &self.suite {
            if !corpus.suites().any(|known| known == suite) {
                return Err(UnknownName::suite(suite, corpus.suites()).into());
            }
        }
        for filter in &self.filter {
            let matches_a_check = || all_checks().iter().any(|check| filter.is_match(check.id()));
            if !corpus.cases.keys().any(|id| filter.is_match(id)) && !matches_a_check() {
                let ids = corpus.cases.keys().map(String::as_str);
                return Err(UnknownName::pattern(filter.glob().glob(), ids).into());
            }
        }
        Ok(corpus)
    }

    /// The selection, with the default deliveries.
    pub(crate) fn selection(&self) -> Selection {
        Selection {
            filters: self.filter.clone(),
            suites: self.suite.clone(),
            levels: levels(&self.level),
            shard: self.shard,
            // The suites of the standards decide among the built-in cases only.
            deciding: if self.cases.is_some() { Deciding::Failures } else { Deciding::Suites },
            ..Selection::default()
        }
    }
}
