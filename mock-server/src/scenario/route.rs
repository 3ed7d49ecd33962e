//! What a scenario contains: scripts for routes.

use globset::GlobMatcher;

use crate::action::Action;
use crate::wire::{BarrierMode, Request};

/// Scripts for routes.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it demonstrates.
    pub title: String,
    /// Whether a write waits until the client has read the previous one ([`BarrierMode::Auto`]) or not
    /// ([`BarrierMode::Off`]).
    pub barrier: BarrierMode,
    /// The routes; the first that matches a request serves it.
    pub routes: Vec<Route>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self { title: String::new(), barrier: BarrierMode::Off, routes: Vec::new() }
    }
}

/// Which requests it serves, and the scripts that serve them.
#[derive(Debug, Clone)]
pub struct Route {
    /// The method; any if absent.
    pub method: Option<String>,
    /// The path as written; `*` stands for any characters.
    pub path: String,
    pub(crate) glob: GlobMatcher,
    /// What header fields must be.
    pub headers: Vec<(String, FieldMatch)>,
    /// The script of the first connection, of the second, and so on; the last one also serves all later connections.
    pub connections: Vec<Vec<Action>>,
}

/// What a header field must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldMatch {
    /// Present, with this value.
    Is(String),
    /// Present.
    Present,
    /// Absent.
    Absent,
}

impl Route {
    /// Whether it serves this request. A query is not part of the path.
    pub fn matches(&self, request: &Request) -> bool {
        let path = request.target.split('?').next().unwrap_or_default();
        self.method.as_ref().is_none_or(|method| *method == request.method)
            && self.glob.is_match(path)
            && self.headers.iter().all(|(name, field)| {
                let mut values = request.header(name);
                match field {
                    FieldMatch::Is(value) => values.any(|found| found == value.as_bytes()),
                    FieldMatch::Present => values.next().is_some(),
                    FieldMatch::Absent => values.next().is_none(),
                }
            })
    }
}
