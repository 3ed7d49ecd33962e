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
    /// How a response that does not come in time is judged if the server often responds late.
    pub(crate) late_response: LateResponse,
    /// Whether a weak server may end because of this check.
    pub(crate) may_end_server: bool,
    /// Observes the server and judges the claim.
    pub(crate) judge: Judge,
}

/// How a response that does not come in time is judged if the server often responds late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LateResponse {
    /// It says nothing: others are late too.
    Excused,
    /// It counts: the check is about the time of responses.
    Judged,
    /// It counts: the check is about streams that are open at the same time.
    Counted,
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
        Self {
            name,
            title,
            requirement,
            needs: &[],
            late_response: LateResponse::Excused,
            may_end_server: false,
            judge,
        }
    }

    /// The same check, with these needs.
    pub(crate) const fn needs(self, needs: &'static [Need]) -> Self {
        Self { needs, ..self }
    }

    /// The same check, as one that a weak server does not survive.
    pub(crate) const fn may_end_server(self) -> Self {
        Self { may_end_server: true, ..self }
    }

    /// The same check, as one about the time of responses.
    pub(crate) const fn of_response_time(self) -> Self {
        Self { late_response: LateResponse::Judged, ..self }
    }

    /// The same check, as one about streams that are open at the same time.
    pub(crate) const fn of_concurrent_streams(self) -> Self {
        Self { late_response: LateResponse::Counted, ..self }
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
