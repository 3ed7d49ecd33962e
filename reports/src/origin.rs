//! Where a known mistake was seen.

/// Where a known mistake was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin<'a> {
    /// An issue of a repository.
    Issue { name: &'a str, link: String },
    /// A security advisory.
    Advisory { name: &'a str, link: String },
    /// A requirement that it breaks.
    Requirement(&'a str),
}

/// What an origin says: `owner/name#number`, `CVE-..` or `GHSA-..`, or a requirement.
pub(crate) fn origin(text: &str) -> Origin<'_> {
    if let Some((repository, number)) = text.split_once('#') {
        return Origin::Issue {
            name: text,
            link: format!("https://github.com/{repository}/issues/{number}"),
        };
    }
    if text.starts_with("GHSA-") {
        return Origin::Advisory { name: text, link: format!("https://github.com/advisories/{text}") };
    }
    if text.starts_with("CVE-") {
        return Origin::Advisory { name: text, link: format!("https://nvd.nist.gov/vuln/detail/{text}") };
    }
    Origin::Requirement(text)
}

impl Origin<'_> {
    /// The origin in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Issue { link, .. } | Self::Advisory { link, .. } => {
                format!("the same mistake elsewhere: {link}")
            }
            Self::Requirement(id) => format!("it breaks {id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn origins_have_links() {
        assert_eq!(
            origin("owner/name#12").words(),
            "the same mistake elsewhere: https://github.com/owner/name/issues/12"
        );
        assert_eq!(
            origin("GHSA-p6xx-57qc-3wxr").words(),
            "the same mistake elsewhere: https://github.com/advisories/GHSA-p6xx-57qc-3wxr"
        );
        assert_eq!(origin("whatwg/line-lf").words(), "it breaks whatwg/line-lf");
    }
}
