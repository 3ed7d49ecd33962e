//! What only pages are ordered, and what only pages report: the messages of the capability `dom`, and the visibility of the page.
//!
//! ```text
//! -> {"session":7,"connect":{..., "in":"dedicated-worker","base":"http://../7/","other":"http://../7/","constructorUrl":"x"}}
//! -> {"session":7,"enter":{"in":"window","base":"http://../7/","other":"http://../7/"}}
//! -> {"session":7,"visibility":{"state":"hidden"}}            <- {"session":7,"ran":{}}
//! -> {"session":7,"run":{"script":"source.close()"}}          <- {"session":7,"ran":{}}
//! -> {"session":7,"evaluate":{"script":"source.readyState"}}  <- {"session":7,"value":{"text":"2"}}
//! <- {"session":7,"report":{"text":"open 1"}}
//! <- {"session":7,"exception":{"name":"SyntaxError","message":"..."}}
//! ```
//!
//! `ran` and `value` carry `"exception":{"name":..,"message":..}` where the script throws.

use serde::{Deserialize, Serialize, Serializer};
use ssespec_cases::client::Scope;

/// Where in a browser a session takes place, and the URLs that its scripts know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Where the EventSource is constructed, or where scripts construct theirs.
    #[serde(rename = "in", serialize_with = "word")]
    pub scope: Scope,
    /// The session's URL: `base` in scripts.
    pub base: String,
    /// The session's URL at the second origin: `other` in scripts.
    pub other: String,
    /// What is passed to the constructor, if not the session's URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constructor_url: Option<String>,
}

fn word<S: Serializer>(scope: &Scope, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(scope.word())
}

/// An exception.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The name of the DOMException, or of the class: `SyntaxError`.
    pub name: String,
    /// The browser's message.
    #[serde(default)]
    pub message: String,
}

/// The result of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptResult {
    /// Statements have run.
    Ran,
    /// An expression has this value, as a string.
    Value(String),
    /// It threw.
    Threw(Exception),
}
