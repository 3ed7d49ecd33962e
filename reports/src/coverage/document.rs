//! Documents, statement by statement.

use serde::Serialize;

use crate::{fold::Outcome, results::Level};

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suite {
    /// The prefix of its statements' ids.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Where it is published.
    pub url: Option<String>,
    /// Its sections in order, after the statements outside any section.
    pub sections: Vec<Section>,
}

/// A section of a document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// Its title; absent for the statements outside any section.
    pub title: Option<String>,
    /// Its statements, in their order.
    pub requirements: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    /// `suite/name`.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The parties that it binds.
    pub binds: Vec<String>,
    /// The roles of these parties.
    pub roles: Vec<String>,
    /// What it says.
    pub text: String,
    /// The section of the document.
    pub link: String,
    /// Reports from the field.
    pub evidence: Vec<String>,
    /// Why no case can check it.
    pub untestable: Option<String>,
    /// Why the document leaves it open. Judged as `may`.
    pub disputed: Option<String>,
    /// The cases that check it.
    pub cases: Vec<Check>,
    /// The roles for which a case could check it, but none does.
    pub missing: Vec<String>,
    /// The results of implementations; those that ran none of its cases are omitted.
    pub results: Vec<Seen>,
}

/// A case that checks a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its id.
    pub id: String,
    /// What it claims.
    pub title: String,
}

/// The result of one implementation for one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The implementation's name and version.
    pub implementation: String,
    /// The worst outcome of the statement's cases.
    #[serde(serialize_with = "as_word")]
    pub outcome: Outcome,
    /// How many of its cases held.
    pub held: usize,
    /// How many of them ran.
    pub ran: usize,
}

fn as_word<S: serde::Serializer>(outcome: &Outcome, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(outcome.as_str())
}
