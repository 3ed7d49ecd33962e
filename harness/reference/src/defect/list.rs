//! The lists of defects: one enum for each role, made by one macro.

/// The variant's name in lowercase with hyphens.
fn kebab_case(variant: &str) -> String {
    let mut name = String::new();
    for character in variant.chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// Defines an enum of defects: each entry is a sentence, a variant and its origin.
macro_rules! defects {
    (
        $(#[doc = $documentation:literal])* $list:ident
        $(#[doc = $description:literal] $variant:ident: $origin:literal,)*
    ) => {
        $(#[doc = $documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $list {
            $(#[doc = $description] $variant,)*
        }

        impl $list {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable name: the variant in lowercase with hyphens.
            pub fn name(self) -> String {
                match self {
                    $(Self::$variant => kebab_case(stringify!($variant)),)*
                }
            }

            /// What the implementation does, as a sentence.
            pub fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $description.trim_start(),)*
                }
            }

            /// Where the defect comes from: an issue in the field (`owner/name#number`), an advisory, or the requirement
            /// that it breaks (`suite/id`).
            pub fn origin(self) -> &'static str {
                match self {
                    $(Self::$variant => $origin,)*
                }
            }
        }
    };
}

crate::defect::client::connection::entries! { defects!
    /// One way for a client to be wrong.
    Defect
}

crate::defect::server::connection::entries! { defects!
    /// One way for a server to be wrong.
    ServerDefect
}

crate::defect::intermediary::forwarding::entries! { defects!
    /// One way for an intermediary to be wrong.
    IntermediaryDefect
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Defect, IntermediaryDefect, ServerDefect};

    /// Name, description and origin of each defect, list by list.
    fn lists() -> [Vec<(String, &'static str, &'static str)>; 3] {
        [
            Defect::ALL.iter().map(|defect| (defect.name(), defect.description(), defect.origin())).collect(),
            ServerDefect::ALL
                .iter()
                .map(|defect| (defect.name(), defect.description(), defect.origin()))
                .collect(),
            IntermediaryDefect::ALL
                .iter()
                .map(|defect| (defect.name(), defect.description(), defect.origin()))
                .collect(),
        ]
    }

    #[test]
    fn names_and_descriptions_are_unique() {
        for list in lists() {
            let names: BTreeSet<&str> = list.iter().map(|(name, ..)| name.as_str()).collect();
            let descriptions: BTreeSet<&str> = list.iter().map(|(_, description, _)| *description).collect();
            assert_eq!((names.len(), descriptions.len()), (list.len(), list.len()));
        }
        assert_eq!(Defect::LfOnly.name(), "lf-only");
    }

    #[test]
    fn each_is_described_in_one_sentence() {
        for (_, description, _) in lists().concat() {
            assert!(description.ends_with('.') && !description.starts_with(' '), "{description}");
        }
    }

    #[test]
    fn each_origin_exists() {
        let corpus = ssespec_cases::Corpus::embedded().unwrap();
        for (name, _, origin) in lists().concat() {
            let issue = origin.split_once('#').is_some_and(|(repository, number)| {
                repository.split('/').count() == 2 && number.parse::<u32>().is_ok()
            });
            let advisory = origin.starts_with("CVE-") || origin.starts_with("GHSA-");
            let known = issue || advisory || corpus.requirements.contains_key(origin);
            assert!(
                known,
                "{name}: the origin {origin:?} is neither an issue, an advisory nor a requirement"
            );
        }
    }
}
