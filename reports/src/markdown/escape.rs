//! Untrusted text inside Markdown: no markup, no links, no mentions.

use crate::visible;

/// A text for one line of Markdown, including in a table.
///
/// Control characters and markup are escaped, and what GitHub would turn into a link, an issue or
/// a mention (a package called `@scope/name` would notify strangers) is broken up by empty
/// comments, which are invisible.
pub(crate) fn text(text: &str, limit: usize) -> String {
    let shown = visible::line(text, limit);
    let mut escaped = String::with_capacity(shown.len());
    let mut rest = shown.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '@' | '#' => {
                escaped.push(character);
                escaped.push_str(APART);
            }
            ':' if rest.peek() == Some(&'/') => {
                escaped.push(character);
                escaped.push_str(APART);
            }
            '.' if escaped.ends_with("www") || escaped.ends_with("WWW") => {
                escaped.push_str(APART);
                escaped.push(character);
            }
            plain => escaped.push(plain),
        }
    }
    escaped
}

const APART: &str = "<!-- -->";

/// A link whose text is its address; anything but a plain web address is shown as text.
pub(crate) fn link(address: &str) -> String {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_plain =
        address.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '|' | '\\' | '`'));
    if is_web && is_plain && address.len() <= LINK { format!("<{address}>") } else { text(address, LINK) }
}

/// A link whose text is already Markdown; only the text if the address is not a plain web address.
pub(crate) fn linked(shown: &str, address: &str) -> String {
    let target = link(address);
    if target.starts_with('<') { format!("[{shown}]({target})") } else { shown.to_owned() }
}

/// Like [`text`], but text between backticks stays code.
pub(crate) fn prose(paragraph: &str, limit: usize) -> String {
    let shown = visible::line(paragraph, limit);
    let parts: Vec<&str> = shown.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text(&shown, usize::MAX);
    }
    let is_plain = |code: &str| !code.is_empty() && !code.contains(['|', '\\', '<', '&']);
    let one = |(number, part): (usize, &&str)| match number % 2 {
        1 if is_plain(part) => format!("`{part}`"),
        1 => text(&format!("`{part}`"), usize::MAX),
        _ => text(part, usize::MAX),
    };
    parts.iter().enumerate().map(one).collect()
}

const LINK: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_instead_of_done() {
        assert_eq!(
            text("a|b <b> *x* _y_ [l](u) `c` \n&", 99),
            "a\\|b &lt;b&gt; \\*x\\* \\_y\\_ \\[l\\](u) \\`c\\` \\\\n&amp;"
        );
        assert_eq!(
            text("@org/x #1 http://a www.b", 99),
            "@<!-- -->org/x #<!-- -->1 http:<!-- -->//a www<!-- -->.b"
        );
    }

    #[test]
    fn code_stays_code() {
        assert_eq!(prose("`retry` is *not* `a|b` or ``", 99), "`retry` is \\*not\\* \\`a\\|b\\` or \\`\\`");
        assert_eq!(prose("one ` alone", 99), "one \\` alone");
        assert_eq!(prose("`@org`, @org", 99), "`@org`, @<!-- -->org");
    }

    #[test]
    fn a_link_has_a_text() {
        assert_eq!(linked("a\\_b", "https://example.org/a_b"), "[a\\_b](<https://example.org/a_b>)");
        assert_eq!(linked("a", "javascript:alert(1)"), "a");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(link("https://example.org/a_b"), "<https://example.org/a_b>");
        assert_eq!(link("javascript:alert(1)"), "javascript:alert(1)");
        assert_eq!(link("https://e/><b>"), "https:<!-- -->//e/&gt;&lt;b&gt;");
    }
}
