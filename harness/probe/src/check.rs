//! A check: one claim about a server, and the function that judges it.

use std::pin::Pin;

use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::outcome::Outcome;

/// The prefix of every check id.
const ID_PREFIX: &str = "server/probe/";

/// One claim about a server.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The last part of the id.
    pub name: &'static str,
    /// The claim, in one line.
    pub title: &'static str,
    /// The id of the requirement that is checked.
    pub requirement: &'static str,
    /// What the check needs besides a server.
    pub needs: &'static [Need],
    /// Whether a server that serves one stream at a time may break this check by responding late.
    pub(crate) serial_server: SerialServer,
    /// Observes the server and judges the claim.
    pub(crate) judge: Judge,
}

/// How late responses are judged if the server serves one stream at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SerialServer {
    /// A late response is not held against the server: it waited for another stream.
    Excused,
    /// A late response counts: the check is about concurrent streams.
    Judged,
}

/// Observes the server and judges the claim.
type Judge = fn(CheckContext) -> Judging;

/// The outcome of a check, once its observations are complete.
pub(crate) type Judging = Pin<Box<dyn Future<Output = Outcome> + Send>>;

impl Check {
    /// A check that needs nothing besides a server.
    pub(crate) const fn new(
        name: &'static str,
        title: &'static str,
        requirement: &'static str,
        judge: Judge,
    ) -> Self {
        Self { name, title, requirement, needs: &[], serial_server: SerialServer::Excused, judge }
    }

    /// The same check, with these needs.
    pub(crate) const fn needs(self, needs: &'static [Need]) -> Self {
        Self { needs, ..self }
    }

    /// The same check, as one about concurrent streams.
    pub(crate) const fn of_concurrent_streams(self) -> Self {
        Self { serial_server: SerialServer::Judged, ..self }
    }

    /// The id in results and filters.
    pub fn id(&self) -> String {
        format!("{ID_PREFIX}{}", self.name)
    }
}

/// The name of a check, from its id or name.
pub fn check_name(id: &str) -> &str {
    id.strip_prefix(ID_PREFIX).unwrap_or(id)
}

/// Turns the function of a check into [`Judging`]. An `Err` is the outcome if an observation is not available.
pub(crate) fn judging(judge: impl Future<Output = Result<Outcome, Outcome>> + Send + 'static) -> Judging {
    Box::pin(async { judge.await.unwrap_or_else(|outcome| outcome) })
}
