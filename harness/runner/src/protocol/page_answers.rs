//! The answers of a page, as fields of a line.

use serde::Deserialize;

use super::page::{Exception, ScriptResult};

/// The answer to statements.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ran {
    exception: Option<Exception>,
}

/// The answer to an expression.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Value {
    text: Option<String>,
    exception: Option<Exception>,
}

/// What a script reports.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    pub(super) text: String,
}

impl From<Ran> for ScriptResult {
    fn from(ran: Ran) -> Self {
        ran.exception.map_or(Self::Ran, Self::Threw)
    }
}

impl Value {
    /// The result; `None` if there is neither a text nor an exception, or both.
    pub(super) fn result(self) -> Option<ScriptResult> {
        match (self.text, self.exception) {
            (Some(text), None) => Some(ScriptResult::Value(text)),
            (None, Some(exception)) => Some(ScriptResult::Threw(exception)),
            _ => None,
        }
    }
}
