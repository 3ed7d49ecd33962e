//! Everything that the pages about all runs show.

use super::{background::Background, cases::Cases, run::Run};
use crate::results::Requirement;

/// Everything that the pages about all runs show.
pub(super) struct All<'a> {
    pub(super) runs: &'a [Run],
    pub(super) cases: &'a Cases,
    pub(super) requirements: &'a [Requirement],
    pub(super) background: &'a Background<'a>,
}

impl All<'_> {
    /// A requirement of the headers.
    pub(super) fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }
}
