//! Documents, statement by statement.

use serde::Serialize;

use crate::{fold::Outcome, results::Level};

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suite {
    /// What the ids of its statements begin with.
    pub name: String,
    /// What it is called.
    pub title: Option<String>,
    /// Where it is published.
    pub url: Option<String>,
    /// Its parts, in their order, after what stands in none.
    pub sections: Vec<Section>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// What it is called; none for what stands in no part.
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
    /// What it binds.
    pub binds: Vec<String>,
    /// The roles that these are parts of.
    pub roles: Vec<String>,
    /// What it says.
    pub text: String,
    /// Where the document says so.
    pub link: String,
    /// Reports from the field.
    pub evidence: Vec<String>,
    /// Why no case can check it.
    pub untestable: Option<String>,
    /// Why the document leaves it open. Judged as `may`.
    pub disputed: Option<String>,
    /// The cases that check it.
    pub cases: Vec<Check>,
    /// The roles of which a case could check it and none does.
    pub missing: Vec<String>,
    /// What implementations made of it; those that did not run any of its cases are left out.
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

/// What one implementation made of one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The implementation's name and version.
    pub implementation: String,
    /// The worst that a case of the statement came to.
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
