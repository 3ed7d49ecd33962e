use super::*;

fn file(entry: &str) -> Result<Vec<Requirement>, Diagnostics> {
    let text = format!(
        "title = \"A standard\"\nurl = \"https://example.org/page\"\n[requirement.line-lf]\nlevel = \"must\"\n\
         binds = [\"parser\", \"api\"]\ntext = \"An LF ends a line.\"\n{entry}\n"
    );
    read(&Source::new("requirements/whatwg.toml", text), "whatwg")
}

/// The one requirement of a file with this entry.
#[track_caller]
fn one(entry: &str) -> Requirement {
    file(entry).unwrap_or_else(|reported| panic!("{reported}")).remove(0)
}

/// The first message about a file with this entry.
#[track_caller]
fn reported(entry: &str) -> String {
    file(entry).expect_err("a mistake").list()[0].message.clone()
}

#[test]
fn a_requirement_is_read() {
    let requirement = one("anchor = \"#lines\"");
    assert_eq!(requirement.id, "whatwg/line-lf");
    assert_eq!(requirement.suite(), "whatwg");
    assert_eq!((requirement.level, requirement.judged()), (Level::Must, Level::Must));
    assert_eq!(requirement.binds, [Bound::Parser, Bound::Api]);
    assert_eq!(requirement.text, "An LF ends a line.");
    assert_eq!(requirement.link, "https://example.org/page#lines");
    assert_eq!((requirement.untestable, requirement.disputed), (None, None));
}

#[test]
fn what_is_disputed_is_judged_as_may() {
    let requirement = one("anchor = \"#lines\"\ndisputed = \"Two readings.\"");
    assert_eq!((requirement.level, requirement.judged()), (Level::Must, Level::May));
}

#[test]
fn the_link_is_the_anchor_or_the_first_report() {
    for (entry, link) in [
        ("anchor = \"https://example.org/other\"", "https://example.org/other"),
        ("evidence = [\"owner/name#12\", \"CVE-2020-1\"]", "https://github.com/owner/name/issues/12"),
        ("evidence = [\"CVE-2020-1\"]", "https://www.cve.org/CVERecord?id=CVE-2020-1"),
        ("evidence = [\"GHSA-aaaa\"]", "https://github.com/advisories/GHSA-aaaa"),
        ("evidence = [\"https://example.org/a/b#c\"]", "https://example.org/a/b#c"),
        ("evidence = [\"owner/name#12\"]\nanchor = \"#lines\"", "https://example.org/page#lines"),
    ] {
        assert_eq!(one(entry).link, link, "{entry}");
    }
}

#[test]
fn a_requirement_comes_from_somewhere() {
    assert_eq!(reported(""), "requirement `line-lf` has neither anchor nor evidence");
    assert_eq!(reported("evidence = []"), "requirement `line-lf` has neither anchor nor evidence");
}

#[test]
fn mistakes_are_told() {
    assert_eq!(reported("anchor = 1"), "expected a string, found a whole number");
    assert_eq!(reported("ancor = \"#a\"\nanchor = \"#a\""), "unknown key `ancor` in a requirement");
    assert_eq!(
        reported("anchor = \"#a\"\n[requirement.other]\nlevel = \"shall\""),
        "a requirement needs the keys `binds` and `text`"
    );
    let empty = read(&Source::new("requirements/a.toml", ""), "a").expect_err("a mistake");
    assert_eq!(empty.list()[0].message, "a file of requirements needs the keys `title` and `requirement`");
}

#[test]
fn levels_have_words() {
    for level in [Level::Must, Level::Should, Level::May] {
        assert_eq!(Level::from_word(level.word()), Some(level));
        assert_eq!(level.to_string(), level.word());
        assert!(Level::WORDS.contains(&level.word()));
    }
    assert_eq!(Level::from_word("MUST"), None);
}
