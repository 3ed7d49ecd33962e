//! Requirements: the statements that cases check. One TOML file per document that they come from.
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
use std::ops::Range;

use ssespec_diagnostics::{Diagnostics, Findings, Key, Shape, Source, Table, parse, value};
use toml::Spanned;
use toml::de::{DeString, DeTable};

use crate::role::Role;

#[cfg(test)]
mod tests;

ssespec_diagnostics::words! {
    /// How strictly a requirement binds, see [BCP 14](https://www.rfc-editor.org/info/bcp14).
    pub enum Level {
        /// An absolute requirement.
        Must = "must",
        /// A recommendation, which may be ignored for good reasons.
        Should = "should",
        /// Truly optional.
        May = "may",
    }
}

ssespec_diagnostics::words! {
    /// The part of an implementation that a requirement binds.
    pub enum Bound {
        /// The parser of event streams.
        Parser = "parser",
        /// The handling of connections.
        Connection = "connection",
        /// The API for users.
        Api = "api",
        /// The browser that the client is part of.
        UserAgent = "user-agent",
        /// The server.
        Server = "server",
        /// The intermediary.
        Intermediary = "intermediary",
    }
}

impl Bound {
    /// The role of implementations with this part.
    pub fn role(self) -> Role {
        match self {
            Self::Parser | Self::Connection | Self::Api | Self::UserAgent => Role::Client,
            Self::Server => Role::Server,
            Self::Intermediary => Role::Intermediary,
        }
    }
}

/// One statement that binds a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// `suite/id`.
    pub id: String,
    /// The section of the document.
    pub section: Option<String>,
    /// How strictly it binds according to the document.
    pub level: Level,
    /// What it binds.
    pub binds: Vec<Bound>,
    /// The statement, paraphrased.
    pub text: String,
    /// Where it comes from.
    pub link: String,
    /// Reports from the field.
    pub evidence: Vec<String>,
    /// Why no case can check it.
    pub untestable: Option<String>,
    /// Why it is disputed, with both interpretations.
    pub disputed: Option<String>,
    /// The file that defines it.
    pub source: Source,
    /// Its name in that file.
    pub span: Range<usize>,
}

/// A document that requirements come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Where it is published.
    pub url: Option<String>,
}

impl Requirement {
    /// The document that it comes from: the first part of its id.
    pub fn suite(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The level at which it is judged: a disputed requirement is judged as `may`.
    pub fn judged(&self) -> Level {
        if self.disputed.is_some() { Level::May } else { self.level }
    }

    /// The roles that it binds.
    pub fn roles(&self) -> BTreeSet<Role> {
        self.binds.iter().map(|bound| bound.role()).collect()
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
        Key::optional("section", Shape::Text, "The section of the document."),
        Key::required("level", Shape::Word(Level::WORDS), "How strictly it binds."),
        Key::required("binds", Shape::List(&Shape::Word(Bound::WORDS)), "What it binds."),
        Key::required("text", Shape::Text, "The statement, paraphrased."),
        Key::optional("anchor", Shape::Text, "A fragment of the document's url, or a complete URL."),
        Key::optional(
            "evidence",
            Shape::List(&Shape::Text),
            "Reports from the field: owner/name#number, a CVE.",
        ),
        Key::optional("untestable", Shape::Text, "Why no case can check it."),
        Key::optional("disputed", Shape::Text, "Why it is disputed, with both interpretations."),
    ],
};

/// Reads one file of requirements.
///
/// # Errors
/// If the format is wrong; every mistake is reported.
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
                let hint = "say where it comes from, so that readers can look it up";
                let message = format!("requirement `{}` has neither anchor nor evidence", name.get_ref());
                findings.add_with_hint(name.span(), message, "expected one of them", hint);
            }
        }
    }
    findings.or(source, Some(list))
}

/// The document in a file of requirements; `None` if it names none.
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
        level: value::word_of(table, "level")?,
        binds: value::words_of(table, "binds"),
        text: value::text_of(table, "text")?,
        link,
        evidence,
        untestable: value::text_of(table, "untestable"),
        disputed: value::text_of(table, "disputed"),
        source: source.clone(),
        span: name.span(),
    })
}

/// The URL of a report such as `owner/name#number`; anything else is returned unchanged.
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
