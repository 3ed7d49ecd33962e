//! How much a run shows of its findings.

use super::paint::{Failures, Style};
use crate::fold::{CaseOutcome, Outcome};
use crate::transcript::Extent;

/// How much a run shows of its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All evidence of each cause, and of each requirement.
    Full,
    /// The evidence of the first; of some others what was expected and what was observed.
    Short,
}

/// How many findings are shown in full. Each takes about half a screen.
const FEW: usize = 6;

impl Detail {
    /// How much a run with these cases shows.
    pub(super) fn of(cases: &[CaseOutcome<'_>], style: Style) -> Self {
        let findings = cases.iter().filter(|case| matches!(case.outcome(), Outcome::Fail | Outcome::Warn));
        match style.failures {
            Failures::OnePerCause if findings.count() > FEW => Self::Short,
            _ => Self::Full,
        }
    }

    /// How much of what is on the wire is shown with a finding in full.
    pub(super) fn extent(self) -> Extent {
        match self {
            Self::Full => Extent::Long,
            Self::Short => Extent::Short,
        }
    }
}
