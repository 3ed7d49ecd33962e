//! A check, and all of them.

use std::pin::Pin;
use std::time::Duration;

use super::lab::Bench;
use super::outcome::Outcome;
use super::{
    body, connections, cors, ending, fields, head, http2, identity, methods, negotiation, resume, timing,
};

/// What a check needs beside the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A command or URL that makes the server emit.
    Emit,
    /// A server that is reached over TLS.
    Tls,
    /// A stream that is had by GET, which promises more than POST: it is safe, repeatable and cacheable.
    Get,
}

/// How long a check takes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// As long as an answer to a request.
    Answer,
    /// A few seconds of a stream.
    Seconds,
    /// As long as the stream is watched, where it has nothing to say: [`OBSERVATION`].
    Observation,
    /// The same, but a glance is not enough: left out of a quick probe.
    WholeObservation,
}

/// How long the stream is watched. Proxies begin to close idle connections after 30 s to 60 s.
pub const OBSERVATION: Duration = Duration::from_secs(35);

/// How long it is watched by a quick probe.
pub const GLANCE: Duration = Duration::from_millis(4500);

/// What a check is about to come to.
pub(crate) type Judging = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// One claim about a server.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The last part of its id.
    pub name: &'static str,
    /// What is claimed.
    pub title: &'static str,
    /// The requirement that it checks.
    pub requirement: &'static str,
    /// What it needs beside the server.
    pub needs: &'static [Need],
    /// How long it takes.
    pub takes: Takes,
    /// Makes its observations, and judges.
    pub(crate) judge: Judge,
}

/// Makes observations of a server, and judges.
type Judge = fn(Bench) -> Judging;

impl Check {
    /// One that needs an answer to a request.
    pub(super) const fn answered(
        name: &'static str,
        title: &'static str,
        requirement: &'static str,
        judge: Judge,
    ) -> Self {
        Self { name, title, requirement, needs: &[], takes: Takes::Answer, judge }
    }

    /// One that needs a few seconds of a stream.
    pub(super) const fn in_seconds(
        name: &'static str,
        title: &'static str,
        requirement: &'static str,
        judge: Judge,
    ) -> Self {
        Self { takes: Takes::Seconds, ..Self::answered(name, title, requirement, judge) }
    }

    /// One that judges what came while the stream was watched.
    pub(super) const fn observed(
        name: &'static str,
        title: &'static str,
        requirement: &'static str,
        judge: Judge,
    ) -> Self {
        Self { takes: Takes::Observation, ..Self::answered(name, title, requirement, judge) }
    }

    /// The same, where the stream is had by GET.
    pub(super) const fn of_get(self) -> Self {
        Self { needs: &[Need::Get], ..self }
    }

    /// Its id in results.
    pub fn id(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }
}

/// What the ids of all checks begin with.
pub const PREFIX: &str = "server/probe/";

/// All checks, by area.
pub fn all() -> Vec<Check> {
    [
        head::CHECKS,
        timing::CHECKS,
        body::CHECKS,
        fields::CHECKS,
        identity::CHECKS,
        negotiation::CHECKS,
        methods::CHECKS,
        cors::CHECKS,
        resume::CHECKS,
        ending::CHECKS,
        connections::CHECKS,
        http2::CHECKS,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use ssespec_cases::Corpus;
    use ssespec_cases::Role;
    use ssespec_cases::lint::coverage;

    use super::all;

    #[test]
    fn every_testable_statement_that_binds_a_server_has_a_case_or_a_check() {
        let mut corpus = Corpus::embedded().unwrap();
        corpus.cases.retain(|_, case| case.role() == Role::Server);
        corpus.counterparts.clear();
        let checks = all();
        let told = coverage::check_beside(&corpus, |requirement, role| {
            role == Role::Server && checks.iter().any(|check| check.requirement == requirement.id)
        });
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
    }
}
