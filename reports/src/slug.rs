//! Names of files and anchors, made from untrusted names.

use std::collections::BTreeSet;

/// The longest name, in bytes.
const LONGEST: usize = 120;

/// Names that were given out, so that each is given out once.
#[derive(Debug, Default)]
pub struct Slugs {
    taken: BTreeSet<String>,
}

impl Slugs {
    /// A name that is safe in a path, in a URL and as an anchor on every system, and differs from all others of these slugs.
    pub fn slug(&mut self, text: &str) -> String {
        let plain = plain(text);
        let mut slug = plain.clone();
        let mut number = 2_usize;
        while !self.taken.insert(slug.clone()) {
            slug = format!("{plain}-{number}");
            number += 1;
        }
        slug
    }
}

/// `client/lines/cr` becomes `client.lines.cr`; what is neither a letter, a digit nor punctuation of names becomes `-`.
pub fn plain(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        let next = match character {
            '/' => '.',
            'a'..='z' | '0'..='9' | '-' | '_' | '.' => character,
            'A'..='Z' => character.to_ascii_lowercase(),
            _ => '-',
        };
        let repeats = matches!(next, '.' | '-') && slug.ends_with(['.', '-']);
        if !(repeats || slug.is_empty() && matches!(next, '.' | '-')) {
            slug.push(next);
        }
        if slug.len() >= LONGEST {
            break;
        }
    }
    let slug = slug.trim_end_matches(['.', '-']);
    if slug.is_empty() { "unnamed".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_readable_and_inside_of_their_folder() {
        assert_eq!(plain("client/http/status-404"), "client.http.status-404");
        assert_eq!(plain("EventSource 5.1.5"), "eventsource-5.1.5");
        assert_eq!(plain("@scope/name"), "scope.name");
        assert_eq!(plain("../../etc/passwd"), "etc.passwd");
        assert_eq!(plain("\u{202e}<b>\0"), "b");
        assert_eq!(plain(""), "unnamed");
        assert!(plain(&"x".repeat(1_000_000)).len() <= LONGEST);
    }

    #[test]
    fn no_name_is_given_out_twice() {
        let mut slugs = Slugs::default();
        assert_eq!(slugs.slug("a/b"), "a.b");
        assert_eq!(slugs.slug("a.b"), "a.b-2");
        assert_eq!(slugs.slug("A.B"), "a.b-3");
    }
}
