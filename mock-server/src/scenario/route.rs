//! What a scenario contains: scripts for routes.

use std::path::PathBuf;
use std::sync::Arc;

use super::path_pattern::PathPattern;
use super::request_match::{FieldMatch, RequestMatch};
use super::step::Script;
use crate::forward::Upstream;
use crate::wire::{BarrierMode, Request};

/// Scripts for routes.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it demonstrates.
    pub title: String,
    /// Whether a write waits until the client has read the previous one ([`BarrierMode::Auto`]) or not
    /// ([`BarrierMode::Off`]).
    pub barrier: BarrierMode,
    /// The seed of its random times.
    pub seed: u64,
    /// The routes; the first that matches a request serves it.
    pub routes: Vec<Route>,
    /// The files that its steps name.
    pub files: Vec<PathBuf>,
    /// The server to which its `forward` steps, and requests without a route, are forwarded.
    pub upstream: Option<Arc<Upstream>>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            title: String::new(),
            barrier: BarrierMode::Off,
            seed: 0,
            routes: Vec::new(),
            files: Vec::new(),
            upstream: None,
        }
    }
}

/// Which requests it serves, and the scripts that serve them.
#[derive(Debug, Clone)]
pub struct Route {
    /// The method; any if absent.
    pub method: Option<String>,
    /// The path.
    pub path: PathPattern,
    /// What the request must be.
    pub matching: RequestMatch,
    /// The script of the first connection, of the second, and so on; the last one also serves all later connections.
    pub connections: Vec<Arc<Script>>,
}

impl Route {
    /// Whether it serves this request. A query is not part of the path.
    pub fn matches(&self, request: &Request) -> bool {
        self.method.as_ref().is_none_or(|method| *method == request.method)
            && self.path.matches(&request.target)
            && self.matching.matches(request)
    }

    /// Whether another route has the same conditions.
    pub(super) fn serves_the_same(&self, other: &Self) -> bool {
        (&self.method, self.path.text(), &self.matching)
            == (&other.method, other.path.text(), &other.matching)
    }

    /// The route as a request line with its conditions: `GET /stream with last-event-id: 1`.
    pub fn words(&self) -> String {
        let method = self.method.as_ref().map(|method| format!("{method} ")).unwrap_or_default();
        let fields = self.matching.headers.iter().map(|(name, field)| match field {
            FieldMatch::Is(value) => format!("{name}: {value}"),
            FieldMatch::Present => name.clone(),
            FieldMatch::Absent => format!("no {name}"),
        });
        let rest = RequestMatch { headers: Vec::new(), ..self.matching.clone() }.words();
        let rest = rest.strip_prefix(", ").map(str::to_owned);
        let fields: Vec<String> = fields.chain(rest).collect();
        let with = if fields.is_empty() { String::new() } else { format!(" with {}", fields.join(", ")) };
        format!("{method}{}{with}", self.path.text())
    }
}
