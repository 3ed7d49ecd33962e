//! Text with code and issues in it, and links that are only web addresses.

use crate::{limits, visible};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Plain text.
    Text(String),
    /// Text between backticks.
    Code(String),
    /// `owner/name#12`, with its address.
    Issue { name: String, link: String },
}

/// Cuts an untrusted text into pieces, after making it visible.
pub(super) fn prose(text: &str, limit: usize) -> Vec<Piece> {
    let shown = visible::line(text, limit);
    let parts: Vec<&str> = shown.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![Piece::Text(shown)];
    }
    let mut pieces = Vec::new();
    for (number, part) in parts.into_iter().enumerate() {
        match number % 2 {
            1 => pieces.push(Piece::Code(part.to_owned())),
            _ => with_issues(part, &mut pieces),
        }
    }
    pieces
}

/// A sentence: a title, a reason.
pub(super) fn sentence(text: &str) -> Vec<Piece> {
    prose(text, limits::SENTENCE)
}

/// A paragraph: what a requirement says. Its lines are joined.
pub(super) fn paragraph(text: &str) -> Vec<Piece> {
    prose(&text.replace('\n', " "), limits::PARAGRAPH)
}

/// Adds a text, in which issues become links.
fn with_issues(text: &str, pieces: &mut Vec<Piece>) {
    let mut rest = text;
    let mut plain = String::new();
    while let Some(at) = rest.find('#') {
        let (before, after) = rest.split_at(at);
        let digits = after[1..].chars().take_while(char::is_ascii_digit).count();
        let repository = before.rsplit(|c: char| !is_name(c) && c != '/').next().unwrap_or_default();
        if digits > 0 && is_repository(repository) {
            let number = &after[1..=digits];
            plain.push_str(&before[..before.len() - repository.len()]);
            push(pieces, &mut plain);
            pieces.push(Piece::Issue {
                name: format!("{repository}#{number}"),
                link: format!("https://github.com/{repository}/issues/{number}"),
            });
            rest = &after[1 + digits..];
        } else {
            plain.push_str(before);
            plain.push('#');
            rest = &after[1..];
        }
    }
    plain.push_str(rest);
    push(pieces, &mut plain);
}

fn push(pieces: &mut Vec<Piece>, plain: &mut String) {
    if !plain.is_empty() {
        pieces.push(Piece::Text(std::mem::take(plain)));
    }
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

fn is_repository(text: &str) -> bool {
    text.split_once('/').is_some_and(|(owner, name)| {
        !owner.is_empty() && !name.is_empty() && owner.chars().chain(name.chars()).all(is_name)
    })
}

/// A plain web address; anything else is not a link.
pub(super) fn web_address(address: &str) -> Option<&str> {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_plain =
        address.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\'' | '\\' | '`'));
    (is_web && is_plain && address.len() <= limits::LINK).then_some(address)
}

/// An address that is a link where it is a web address, and text otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) text: String,
    pub(super) link: Option<String>,
}

/// An untrusted address.
pub(super) fn address(address: &str) -> Address {
    Address { text: visible::line(address, limits::LINK), link: web_address(address).map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn code_and_issues_are_found() {
        assert_eq!(prose("a `b` c", 99), [text("a "), Piece::Code("b".into()), text(" c")]);
        assert_eq!(prose("one ` alone", 99), [text("one ` alone")]);
        assert_eq!(
            prose("#1, a#2, # and (fanout/x.y#73).", 99),
            [
                text("#1, a#2, # and ("),
                Piece::Issue {
                    name: "fanout/x.y#73".into(),
                    link: "https://github.com/fanout/x.y/issues/73".into()
                },
                text(")."),
            ]
        );
        assert_eq!(prose("a//b#1 é/é#2", 99), [text("a//b#1 é/é#2")]);
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(web_address("https://example.org/a_b"), Some("https://example.org/a_b"));
        for other in ["javascript:alert(1)", "https://e/\"><b>", "https://e/ x", "//e"] {
            assert_eq!(web_address(other), None, "{other}");
        }
    }
}
