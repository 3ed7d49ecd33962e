//! The ways to get it wrong that can be switched on in the reference server, as those of the client can be.
//!
//! - `stream`: what is wrong with what it writes in its streams
//! - `connection`: what is wrong around them

mod connection;
mod list;
mod stream;

use super::super::defect::{self, Entry};
pub use list::ServerDefect;

/// The defects of a server: none or one.
pub(super) type Defects = defect::Defects<ServerDefect>;

impl ServerDefect {
    /// Its name: stable, in lowercase with hyphens.
    pub fn name(self) -> String {
        self.entry().name()
    }

    /// What the server does, as a sentence.
    pub fn description(self) -> &'static str {
        self.entry().description.trim_start()
    }

    /// Where it comes from: an issue in the field (`owner/name#number`) or an advisory, or the requirement that it
    /// breaks (`suite/id`).
    pub fn origin(self) -> &'static str {
        self.entry().origin
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ServerDefect;

    #[test]
    fn each_can_be_told_from_the_others() {
        let all = ServerDefect::ALL;
        let names: BTreeSet<String> = all.iter().map(|defect| defect.name()).collect();
        let descriptions: BTreeSet<&str> = all.iter().map(|defect| defect.description()).collect();
        assert_eq!((names.len(), descriptions.len()), (all.len(), all.len()));
        assert!(descriptions.iter().all(|words| words.ends_with('.') && !words.starts_with(' ')));
    }

    #[test]
    fn each_has_an_origin_that_can_be_looked_up() {
        let corpus = ssespec_cases::Corpus::embedded().unwrap();
        for defect in ServerDefect::ALL {
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
