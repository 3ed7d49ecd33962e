//! The settings that may mend the failures of a run.

use serde::Serialize;

use super::cause::Cause;
use super::known_proxy::KnownProxy;
use super::settings::{SETTINGS, Setting};
use crate::fold::{CaseOutcome, Outcome};
use crate::results::{Header, Role};

/// The settings that may mend the failures of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// There is nothing to recommend.
    Nothing,
    /// The program is not known, and settings of some programs mend these failures.
    NameTheProgram,
    /// Settings of this program, at least one.
    Settings(KnownProxy, Vec<Recommendation>),
}

impl Advice {
    /// What it recommends.
    pub fn recommendations(&self) -> &[Recommendation] {
        match self {
            Self::Settings(_, recommendations) => recommendations,
            Self::Nothing | Self::NameTheProgram => &[],
        }
    }

    /// What it recommends because of a case.
    pub fn of_case(&self, case: &str) -> Option<&Recommendation> {
        self.recommendations().iter().find(|one| one.cases.iter().any(|id| id == case))
    }
}

/// A setting that may mend failures of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recommendation {
    /// The program, by its word on the command line.
    pub program: &'static str,
    /// The lines of its configuration.
    pub setting: String,
    /// Where they belong.
    pub place: &'static str,
    /// What they mend.
    pub mends: String,
    /// The documentation of the setting.
    pub link: &'static str,
    /// The failing cases that it mends.
    pub cases: Vec<String>,
}

/// The settings that may mend the failures of a run, in the order of their table. Known failures count.
pub fn advise(header: &Header, cases: &[CaseOutcome<'_>]) -> Advice {
    if header.implementation.role != Role::Intermediary {
        return Advice::Nothing;
    }
    let is_failure =
        |case: &&CaseOutcome<'_>| matches!(case.outcome(), Outcome::Fail | Outcome::Warn | Outcome::Known);
    let failing: Vec<&str> = cases.iter().filter(is_failure).map(CaseOutcome::case).collect();
    let program = header.implementation.program.as_deref().and_then(|word| word.parse().ok());
    let mending = SETTINGS.iter().filter(|setting| program.is_none_or(|program| setting.program == program));
    let recommendations: Vec<Recommendation> =
        mending.filter_map(|setting| recommendation(setting, &failing)).collect();
    match program {
        _ if recommendations.is_empty() => Advice::Nothing,
        Some(program) => Advice::Settings(program, recommendations),
        None => Advice::NameTheProgram,
    }
}

/// The cases that the table names.
pub fn advised_cases() -> Vec<&'static str> {
    let causes = SETTINGS.iter().flat_map(|setting| setting.causes);
    let mut cases: Vec<&str> = causes.flat_map(|cause| cause.cases()).copied().collect();
    cases.sort_unstable();
    cases.dedup();
    cases
}

/// A setting, if it mends one of these cases.
fn recommendation(setting: &Setting, failing: &[&str]) -> Option<Recommendation> {
    let mended = |cause: Cause| {
        failing.iter().copied().filter(move |case| cause.cases().contains(case)).map(str::to_owned)
    };
    let causes: Vec<Cause> =
        setting.causes.iter().copied().filter(|cause| mended(*cause).next().is_some()).collect();
    let cases: Vec<String> = causes.iter().flat_map(|cause| mended(*cause)).collect();
    let words: Vec<&str> = causes.iter().map(|cause| cause.words()).collect();
    (!cases.is_empty()).then(|| Recommendation {
        program: setting.program.word(),
        setting: setting.lines.join("\n"),
        place: setting.place,
        mends: words.join("; "),
        link: setting.link,
        cases,
    })
}
