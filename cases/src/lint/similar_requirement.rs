//! The requirements that an unknown id may mean.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use ssespec_diagnostics::nearest;

/// How many are named.
const NAMED: usize = 3;

/// The id that was misspelled, or those that have most of its words in any order, best first.
pub(super) fn similar<'k>(id: &str, known: impl Iterator<Item = &'k str> + Clone) -> Vec<&'k str> {
    let (suite, name) = id.split_once('/').unwrap_or(("", id));
    let wanted = words(name);
    let shared = |known: &str| wanted.intersection(&words(name_of(known))).count();
    let mut ranked: Vec<_> = known
        .clone()
        .filter_map(|known| {
            let shared = shared(known);
            // Half of the words, and more than half if there are only two.
            let enough = shared * 2 >= wanted.len() && (shared > 1 || wanted.len() == 1);
            let is_of_other_suite = known.split_once('/').is_some_and(|(other, _)| other != suite);
            enough.then_some((Reverse(shared), is_of_other_suite, words(name_of(known)).len(), known))
        })
        .collect();
    ranked.sort_unstable();
    let most = ranked.first().map_or(0, |(Reverse(shared), ..)| *shared);
    match nearest(id, known) {
        // Another word may look alike: of data-field, abnf-field is the nearest in letters.
        Some(nearest) if shared(nearest) >= most => vec![nearest],
        _ => ranked.into_iter().map(|(.., known)| known).take(NAMED).collect(),
    }
}

/// The id without its suite.
fn name_of(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, name)| name)
}

/// The words of a name, in lower case and without the plural.
fn words(name: &str) -> BTreeSet<String> {
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase().trim_end_matches('s').to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 7] = [
        "whatwg/abnf-field",
        "whatwg/field-data-append-newline",
        "whatwg/field-data-empty",
        "resilience/data-of-a-field",
        "whatwg/line-lf",
        "whatwg/line-crlf",
        "whatwg/field-id-nul-ignored",
    ];

    fn of(id: &str) -> Vec<&'static str> {
        similar(id, KNOWN.into_iter())
    }

    #[test]
    fn a_misspelled_id_is_the_only_one() {
        assert_eq!(of("whatwg/lin-lf"), ["whatwg/line-lf"]);
    }

    #[test]
    fn the_words_count_in_any_order() {
        let expected =
            ["whatwg/field-data-empty", "whatwg/field-data-append-newline", "resilience/data-of-a-field"];
        assert_eq!(of("whatwg/data-field"), expected);
        assert_eq!(of("whatwg/data-fields-empty"), expected);
        assert_eq!(of("id-ignored"), ["whatwg/field-id-nul-ignored"]);
    }

    #[test]
    fn an_id_without_such_words_has_none() {
        assert_eq!(of("whatwg/cookies-kept"), [""; 0]);
        assert_eq!(of("whatwg/line-of-cookies"), [""; 0]);
    }
}
