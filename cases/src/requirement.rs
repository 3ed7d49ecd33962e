//! The statements that cases check: one TOML file per document that they come from.
//!
//! ```toml
//! title = "HTML Living Standard, 9.2 Server-sent events"
//! url = "https://html.spec.whatwg.org/multipage/server-sent-events.html"
//!
//! [requirement.line-lf]
//! section = "Lines"
//! level = "must"
//! binds = ["parser"]
//! text = "An LF that does not follow a CR ends a line."
//! anchor = "#event-stream-interpretation"
//! ```

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use ssespec_diagnostics::{Diagnostics, Findings, Key, Shape, Source, Table, parse, value};
use toml::Spanned;
use toml::de::{DeString, DeTable};

#[cfg(test)]
mod tests;

/// How strictly a requirement binds, see [BCP 14](https://www.rfc-editor.org/info/bcp14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// An absolute requirement.
    Must,
    /// There may be good reasons to differ.
    Should,
    /// Truly optional.
    May,
}

impl Level {
    /// The words for levels.
    pub const WORDS: &[&str] = &["must", "should", "may"];

    /// The level of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Must, Self::Should, Self::May].into_iter().find(|level| level.word() == word)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One statement that binds a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// `suite/id`.
    pub id: String,
    /// The part of the document that it stands in.
    pub section: Option<String>,
    /// How strictly it binds, as its document says.
    pub level: Level,
    /// What it binds: `parser`, `connection`, `api`, `user-agent`, `server`.
    pub binds: Vec<String>,
    /// The statement, in our words.
    pub text: String,
    /// Where it comes from.
    pub link: String,
    /// Reports from the field.
    pub evidence: Vec<String>,
    /// Why no case can check it.
    pub untestable: Option<String>,
    /// Why it is disputed, with both readings.
    pub disputed: Option<String>,
    /// The file that defines it.
    pub source: Source,
    /// Its name in that file.
    pub span: Range<usize>,
}

/// A document that requirements come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// Where it is published.
    pub url: Option<String>,
}

impl Requirement {
    /// The document that it comes from: the first part of its id.
    pub fn suite(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The level at which it is judged: what is disputed is judged as `may`.
    pub fn judged(&self) -> Level {
        if self.disputed.is_some() { Level::May } else { self.level }
    }

    /// The roles that it binds, as the ids of cases name them.
    pub fn roles(&self) -> BTreeSet<&'static str> {
        let role = |word: &String| BOUND.iter().find(|(bound, _)| bound == word).map(|(_, role)| *role);
        self.binds.iter().filter_map(role).collect()
    }
}

static FILE: Table = Table {
    what: "a file of requirements",
    keys: &[
        Key::required("title", Shape::Text, "The document that the requirements come from."),
        Key::optional("url", Shape::Text, "Where it is published."),
        Key::required(
            "requirement",
            Shape::Map(&Shape::Table(&REQUIREMENT)),
            "The requirements by their ids.",
        ),
    ],
};

static REQUIREMENT: Table = Table {
    what: "a requirement",
    keys: &[
        Key::optional("section", Shape::Text, "The part of the document that it stands in."),
        Key::required("level", Shape::Word(Level::WORDS), "How strictly it binds."),
        Key::required("binds", Shape::List(&Shape::Word(BOUND_WORDS)), "What it binds."),
        Key::required("text", Shape::Text, "The statement, in our words."),
        Key::optional("anchor", Shape::Text, "A fragment of the document's url, or a whole URL."),
        Key::optional(
            "evidence",
            Shape::List(&Shape::Text),
            "Reports from the field: owner/name#number, a CVE.",
        ),
        Key::optional("untestable", Shape::Text, "Why no case can check it."),
        Key::optional("disputed", Shape::Text, "Why it is disputed, with both readings."),
    ],
};

/// What requirements bind, and the role that it is a part of.
const BOUND: [(&str, &str); 6] = [
    ("parser", "client"),
    ("connection", "client"),
    ("api", "client"),
    ("user-agent", "client"),
    ("server", "server"),
    ("intermediary", "intermediary"),
];

/// The words of [`BOUND`].
const BOUND_WORDS: &[&str] = &[BOUND[0].0, BOUND[1].0, BOUND[2].0, BOUND[3].0, BOUND[4].0, BOUND[5].0];

/// Reads one file of requirements.
///
/// # Errors
/// When it is not of the format; every mistake is named.
pub fn read(source: &Source, suite: &str) -> Result<Vec<Requirement>, Diagnostics> {
    let root = parse(source, &FILE)?;
    let mut findings = Findings::default();
    let url = value::text_of(&root, "url").unwrap_or_default();
    let entries = value::get(&root, "requirement").and_then(value::table);
    let mut list = Vec::new();
    for (name, entry) in entries.into_iter().flatten() {
        let Some(table) = value::table(entry) else { continue };
        match one(suite, name, &url, (source, table)) {
            Some(requirement) => list.push(requirement),
            None => {
                let hint = "say where it comes from, so that a reader can look";
                let message = format!("requirement `{}` has neither anchor nor evidence", name.get_ref());
                findings.add_with_hint(name.span(), message, "expected one of them", hint);
            }
        }
    }
    findings.or(source, Some(list))
}

/// What the head of a file of requirements says of their document; none where it does not name it.
pub fn document(source: &Source) -> Option<Document> {
    let root = DeTable::parse(source.text()).ok()?;
    let root = root.get_ref();
    Some(Document { title: value::text_of(root, "title")?, url: value::text_of(root, "url") })
}

fn one(
    suite: &str,
    name: &Spanned<DeString<'_>>,
    url: &str,
    (source, table): (&Source, &DeTable<'_>),
) -> Option<Requirement> {
    let evidence = value::texts_of(table, "evidence");
    let anchor = value::text_of(table, "anchor");
    let link = match (&anchor, evidence.first()) {
        (Some(anchor), _) if anchor.starts_with('#') => format!("{url}{anchor}"),
        (Some(address), _) => address.clone(),
        (None, Some(report)) => report_link(report),
        (None, None) => return None,
    };
    Some(Requirement {
        id: format!("{suite}/{}", name.get_ref()),
        section: value::text_of(table, "section"),
        level: value::text_of(table, "level").as_deref().and_then(Level::from_word)?,
        binds: value::texts_of(table, "binds"),
        text: value::text_of(table, "text")?,
        link,
        evidence,
        untestable: value::text_of(table, "untestable"),
        disputed: value::text_of(table, "disputed"),
        source: source.clone(),
        span: name.span(),
    })
}

/// `owner/name#number` as an address; anything else as it is.
fn report_link(report: &str) -> String {
    match report.split_once('#') {
        Some((repository, number)) if repository.matches('/').count() == 1 => {
            format!("https://github.com/{repository}/issues/{number}")
        }
        _ if report.starts_with("CVE-") => format!("https://www.cve.org/CVERecord?id={report}"),
        _ if report.starts_with("GHSA-") => format!("https://github.com/advisories/{report}"),
        _ => report.to_owned(),
    }
}
