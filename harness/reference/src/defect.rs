//! The ways to get it wrong that can be switched on in the reference client.
//!
//! Each is one small change of behaviour, seen in the field or readable from a requirement. The sound client has none.
//! They prove the cases: a case that no defect fails would not notice a mistake, and a defect that no case catches shows
//! a case that is missing.
//!
//! To add one, add its entry to `stream` or `connection` and an `if` where the rule is that it breaks:
//!
//! ```text
//! /// The description: what the client does, as a sentence.
//! TwoSpacesRemoved: "whatwg/field-one-leading-space-stripped",
//!
//! if value.starts_with("  ") && self.defects.has(Defect::TwoSpacesRemoved) { .. }
//! ```
//!
//! The condition before `has` says when the two behaviours differ, as closely as is easy: a case that never asks for a
//! defect cannot be changed by it, and is not played with it.

mod connection;
mod list;
mod stream;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

pub use list::Defect;

impl Defect {
    /// Its name: stable, in lowercase with hyphens.
    pub fn name(self) -> String {
        self.entry().name()
    }

    /// What the client does, as a sentence.
    pub fn description(self) -> &'static str {
        self.entry().description.trim_start()
    }

    /// Where it comes from: an issue in the field (`owner/name#number`) or an advisory, or the requirement that it
    /// breaks (`suite/id`).
    pub fn origin(self) -> &'static str {
        self.entry().origin
    }
}

/// What the list says of a defect.
pub(super) struct Entry {
    pub(super) variant: &'static str,
    pub(super) description: &'static str,
    pub(super) origin: &'static str,
}

impl Entry {
    /// The variant in lowercase with hyphens.
    pub(super) fn name(&self) -> String {
        let mut name = String::new();
        for character in self.variant.chars() {
            if character.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(character.to_ascii_lowercase());
        }
        name
    }
}

/// Defects whose decision points a client, or a server, came to.
pub type Asked<D = Defect> = Arc<Mutex<BTreeSet<D>>>;

/// The defects of a client, or of a server: none or one.
#[derive(Debug, Clone, Default)]
pub(super) enum Defects<D = Defect> {
    /// It is sound.
    #[default]
    None,
    /// It has this one.
    One(D),
    /// It is sound, and notes what it was asked for.
    Survey(Asked<D>),
}

impl<D: Copy + Ord> Defects<D> {
    /// Whether there is this defect.
    pub(super) fn has(&self, defect: D) -> bool {
        match self {
            Self::None => false,
            Self::One(own) => *own == defect,
            Self::Survey(asked) => {
                asked.lock().unwrap_or_else(PoisonError::into_inner).insert(defect);
                false
            }
        }
    }

    /// Whether there can be any, so that it keeps what only a defect looks at.
    pub(super) fn any(&self) -> bool {
        !matches!(self, Self::None)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Defect;

    #[test]
    fn each_can_be_told_from_the_others() {
        let names: BTreeSet<String> = Defect::ALL.iter().map(|defect| defect.name()).collect();
        let descriptions: BTreeSet<&str> = Defect::ALL.iter().map(|defect| defect.description()).collect();
        assert_eq!((names.len(), descriptions.len()), (Defect::ALL.len(), Defect::ALL.len()));
        assert_eq!(Defect::LfOnly.name(), "lf-only");
    }

    #[test]
    fn each_is_described_in_one_sentence() {
        for defect in Defect::ALL {
            let description = defect.description();
            assert!(description.ends_with('.') && !description.starts_with(' '), "{description}");
        }
    }

    #[test]
    fn each_has_an_origin_that_can_be_looked_up() {
        let corpus = ssespec_cases::Corpus::embedded().unwrap();
        for defect in Defect::ALL {
            let origin = defect.origin();
            let issue = origin.split_once('#').is_some_and(|(repository, number)| {
                repository.split('/').count() == 2 && number.parse::<u32>().is_ok()
            });
            let advisory = origin.starts_with("CVE-") || origin.starts_with("GHSA-");
            let known = issue || advisory || corpus.requirements.contains_key(origin);
            assert!(known, "{}: the origin {origin:?} is neither an issue nor a requirement", defect.name());
        }
    }
}
